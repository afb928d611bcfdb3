"""What every table holds to, whichever feature it belongs to, on both databases."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    create_engine,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

import app.models as index_of_the_schema
from app.access.ownership import FAB_TABLES, whose_is
from app.extensions import Instant
from app.extensions import Table as OurTable
from app.vault.sealed import Box, HasUid, sealed_texts

ROOT = Path(__file__).resolve().parent.parent
LONGEST_NAME = 63  # letters of a name that PostgreSQL keeps; it cuts the rest off without a word
DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}

TABLES = sorted(OurTable.metadata.tables.values(), key=lambda table: table.name)
OURS = [table for table in TABLES if table.name not in FAB_TABLES]
MODELS = sorted(
    (mapper.class_ for mapper in OurTable.registry.mappers if mapper.class_.__module__.startswith("app.")),
    key=lambda model: model.__name__,
)

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
each_of_our_tables = pytest.mark.parametrize("table", OURS, ids=lambda table: table.name)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
on_both = pytest.mark.parametrize("database", DIALECTS)


def first_columns_of_indexes(table: Table) -> set[str]:
    """The columns that an index of the whole table begins with; keys and unique constraints are indexes too."""
    whole = [index for index in table.indexes if not is_partial(index)]
    keys = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    ordered = [[*index.expressions] for index in whole] + [[*key.columns] for key in keys]
    return {columns[0].name for columns in ordered if columns and isinstance(columns[0], Column)}


def is_partial(index: Index) -> bool:
    """Whether an index leaves rows out, on either database."""
    return any(options.get("where") is not None for options in index.dialect_options.values())


def constraints_of(table: Table) -> Iterator[Constraint]:
    """All but empty ones: a table without a primary key still has an object for it."""
    for constraint in table.constraints:
        if not isinstance(constraint, PrimaryKeyConstraint) or len(constraint.columns):
            yield constraint


def name_of(constraint: Constraint | Index, database: str) -> str | None:
    """The name as the database gets it, made by the naming convention where the table gives none."""
    preparer = DIALECTS[database].identifier_preparer
    if isinstance(constraint, Index):
        return preparer.format_index(constraint)
    return preparer.format_constraint(constraint)


def type_of(column: Column, database: str) -> str:
    """The column's type as the database reads it: VARCHAR(40), TEXT, INTEGER."""
    return column.type.compile(dialect=DIALECTS[database])


class TestWhoseItIs:
    """design.md 3, rule 1: every table states whose it is; one that does not fails the build."""

    @each_table
    def test_a_table_says_whose_its_rows_are(self, table):
        assert whose_is(table.name) is not None

    def test_a_table_that_says_nothing_is_noticed(self):
        assert whose_is("a_table_that_nobody_declared") is None

    def test_no_table_of_fab_is_declared_that_is_not_there(self):
        assert set(FAB_TABLES) <= set(OurTable.metadata.tables)


class TestIndexOfTheSchema:
    """style.md 1: `app/models.py` is the schema on one page."""

    @each_model
    def test_a_model_stands_in_the_index(self, model):
        assert getattr(index_of_the_schema, model.__name__, None) is model
        assert model.__name__ in index_of_the_schema.__all__

    def test_the_index_reads_the_models_of_every_feature(self):
        files = {f"app.{path.parent.name}.models" for path in ROOT.glob("app/*/models.py")}

        assert files - set(sys.modules) == set()

    def test_no_two_models_have_one_name(self):
        assert [
            name for name, times in Counter(model.__name__ for model in MODELS).items() if times > 1
        ] == []


class TestIndexes:
    """Issue 2, item 3: every foreign key has an index."""

    @each_table
    def test_a_foreign_key_begins_an_index_of_its_own(self, table):
        begun = first_columns_of_indexes(table)
        keys = {constraint.columns[0].name for constraint in table.foreign_key_constraints}

        assert keys - begun == set()

    @each_of_our_tables
    def test_no_index_repeats_another(self, table):
        begun = Counter(
            tuple(str(part) for part in index.expressions) for index in table.indexes if not is_partial(index)
        )

        assert [columns for columns, times in begun.items() if times > 1] == []

    def test_no_sealed_column_is_in_an_index(self):
        indexed = [
            column
            for table in TABLES
            for index in table.indexes
            for column in index.columns
            if isinstance(column.type, Box)
        ]

        assert indexed == []


class TestNames:
    """design.md 1: named constraints. recipes.md 8: a migration can only change what has a name."""

    @on_both
    @each_table
    def test_each_constraint_and_index_has_a_name(self, table, database):
        named = [*constraints_of(table), *table.indexes]

        assert [each for each in named if not name_of(each, database)] == []

    @each_of_our_tables
    def test_a_name_is_short_enough_for_both_databases_to_keep_it_whole(self, table):
        names = [name_of(each, "sqlite") for each in (*constraints_of(table), *table.indexes)]

        assert [name for name in names if len(name.strip('"')) > LONGEST_NAME] == []

    def test_no_two_indexes_of_the_schema_share_a_name(self):
        names = Counter(
            name_of(each, "postgresql")
            for table in TABLES
            for each in (
                *table.indexes,
                *(
                    key
                    for key in constraints_of(table)
                    if isinstance(key, PrimaryKeyConstraint | UniqueConstraint)
                ),
            )
        )

        assert [name for name, times in names.items() if times > 1] == []

    @each_table
    def test_no_two_constraints_of_a_table_share_a_name(self, table):
        names = Counter(name_of(each, "postgresql") for each in constraints_of(table))

        assert [name for name, times in names.items() if times > 1] == []


class TestColumns:
    """A rule that two people can break at once also stands in the schema."""

    @on_both
    @each_table
    def test_a_short_text_says_how_long_it_may_be(self, table, database):
        kept_as = {column.name: type_of(column, database) for column in table.columns}
        endless = [name for name, said in kept_as.items() if "CHAR" in said and "(" not in said]

        assert endless == []

    @each_of_our_tables
    def test_a_moment_has_a_time_zone(self, table):
        naive = [
            column.name
            for column in table.columns
            if isinstance(column.type, DateTime) and not isinstance(column.type, Instant)
        ]

        assert naive == []

    @each_of_our_tables
    def test_a_closed_set_is_held_by_a_check_and_not_by_a_type_of_the_database(self, table):
        sets = [column for column in table.columns if isinstance(column.type, Enum)]
        checked = {name_of(each, "sqlite") for each in table.constraints if isinstance(each, CheckConstraint)}

        assert [column.name for column in sets if column.type.native_enum] == []
        assert {f"ck_{table.name}_{column.type.name}" for column in sets} - checked == set()

    @each_table
    def test_a_row_can_be_told_from_every_other(self, table):
        assert len(table.primary_key.columns) > 0

    @each_table
    def test_a_foreign_key_points_at_one_whole_row(self, table):
        for key in table.foreign_key_constraints:
            assert isinstance(key, ForeignKeyConstraint)
            there = {column.name for column in key.referred_table.primary_key.columns}
            unique = [
                {column.name for column in each.columns}
                for each in key.referred_table.constraints
                if isinstance(each, UniqueConstraint)
            ]
            assert {element.column.name for element in key.elements} in [there, *unique]


class TestSealedColumns:
    """design.md 3, rule 12: sealed is sealed."""

    @each_model
    def test_each_sealed_text_has_a_box_that_lists_leave_out(self, model):
        columns = model.__mapper__.column_attrs
        for text in sealed_texts(model):
            assert isinstance(columns[text.column].columns[0].type, Box)
            assert columns[text.column].deferred

    @each_model
    def test_each_box_belongs_to_a_sealed_text(self, model):
        boxes = {
            column.key for column in model.__mapper__.column_attrs if isinstance(column.columns[0].type, Box)
        }

        assert boxes == {text.column for text in sealed_texts(model)}

    @each_model
    def test_a_row_with_sealed_texts_says_under_whose_key_and_has_a_random_name(self, model):
        if sealed_texts(model):
            assert issubclass(model, HasUid)
            assert isinstance(model.key_owner, property)


class TestBothDatabases:
    """Issue 2, item 3: the same tables on both databases."""

    @on_both
    @each_table
    def test_a_table_can_be_written_down_for_it(self, table, database):
        dialect = DIALECTS[database]

        assert str(CreateTable(table).compile(dialect=dialect)).strip().startswith("CREATE TABLE")
        for index in table.indexes:
            assert "INDEX" in str(CreateIndex(index).compile(dialect=dialect))

    def test_sqlite_makes_all_tables_at_once(self):
        engine = create_engine("sqlite://")
        with engine.begin() as connection:
            OurTable.metadata.create_all(connection)
            made = connection.exec_driver_sql(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
            ).scalar_one()
        engine.dispose()

        assert made >= len(TABLES)
