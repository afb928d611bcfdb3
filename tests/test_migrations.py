"""Tables by migrations, on both databases: what they make is what the models say, and no row is lost on the way."""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError

from app import release
from app.extensions import Table, set_up_sqlite
from config import ROOT
from tests.databases import KINDS

TABLES = Table.metadata.sorted_tables
# Rows that a check holds to one another: table → what a made-up row of it says.
FITTING = {
    "hat": {"kind": "ect", "school_id": None, "trust_code": None, "ends_on": None},
    "caseload": {"school_id": None, "ect_id": None},
    "declared_interest": {"ect_id": None},
    "ect_identity": {"trn": "0041001"},
    "induction_period": {"ended_on": None, "terms": None},
    "notification": {"outcome": None, "outcome_id": None, "ended_on": None, "terms": None, "trn": "0041001"},
    "outcome": {"replaced_by_id": None},
    "registration": {"trn": "0041001"},
    "rights_epoch": None,  # the migration itself makes its one row
}
VALUES = {
    bool: True,
    int: 1,
    str: "x",
    bytes: b"x",
    date: date(2026, 1, 1),
    Decimal: Decimal("0.5"),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    UUID: UUID(int=1),
}
LATER = '''
"""A later version, as one may come."""
import sqlalchemy as sa
from alembic import op
revision = "9999_later"
down_revision = {head!r}

def upgrade():
{up}

def downgrade():
{down}
'''


@pytest.fixture
def empty(tmp_path, request, worker_id):
    """An engine of the owner on a database without a table."""
    database = KINDS[request.config.getoption("--database")](tmp_path, f"m_{worker_id}")
    database.make_empty()
    address = sa.make_url(database.owner_uri)
    if database.name == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    if database.name == "sqlite":
        set_up_sqlite(engine)
    yield engine
    engine.dispose()
    database.drop()


@pytest.fixture
def full(empty):
    """The same with the tables of this version, and a row in each."""
    up(empty)
    fill(empty)
    return empty


def up(engine, revision="head", folder=None):
    with engine.connect() as connection:
        command.upgrade(config_for(connection, folder), revision)


def down(engine, revision, folder=None):
    with engine.connect() as connection:
        command.downgrade(config_for(connection, folder), revision)


def config_for(connection, folder):
    """Alembic as the release sets it up, with one more folder of migrations."""
    config = release.alembic_config(connection)
    if folder is not None:
        config.set_main_option("path_separator", "os")
        both = os.pathsep.join([str(ROOT / "migrations" / "versions"), str(folder)])
        config.set_main_option("version_locations", both)
    return config


def head():
    """The newest revision of the repository."""
    return ScriptDirectory.from_config(release.alembic_config(None)).get_current_head()


def later(folder, body, undo="pass"):
    """A migration after the newest one."""
    folder.mkdir()

    def indented(code):
        return "\n".join(f"    {line}" for line in code.splitlines())

    (folder / "9999_later.py").write_text(LATER.format(head=head(), up=indented(body), down=indented(undo)))
    return folder


def fill(engine):
    """One row in each table, each pointing at the first row of another."""
    there = sa.MetaData()
    with engine.begin() as connection:
        there.reflect(connection)
        for table in TABLES:
            fitting = FITTING.get(table.name, {})
            if fitting is not None:
                plain = there.tables[table.name]
                row = {column.name: made_up(column, plain.c[column.name]) for column in table.columns}
                connection.execute(sa.insert(plain).values(row | fitting))


def made_up(column, plain):
    """A value that fits a column, as the database keeps it (`plain`): 1 for every key."""
    if column.foreign_keys or (column.primary_key and isinstance(column.type, sa.Integer)):
        return 1
    if isinstance(column.type, sa.Enum):
        return column.type.enums[0]
    if isinstance(column.type, sa.JSON):
        return {}
    return VALUES[plain.type.python_type]


def counts(engine):
    """Table → number of rows, of each table that is there."""
    with engine.connect() as connection:
        names = [name for name in sa.inspect(connection).get_table_names() if name != "alembic_version"]
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in names
        }


def revision_of(engine):
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


class TestWhatTheyMake:
    """recipes.md 8: a check after the upgrade finds no difference."""

    def test_tables_columns_types_indexes_and_constraints_are_what_the_models_say(self, empty):
        up(empty)
        with empty.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Table.metadata) == []

    def test_a_difference_would_be_noticed(self, empty):
        up(empty)
        with empty.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE ect ADD COLUMN shoe_size VARCHAR(3)")
            connection.exec_driver_sql("DROP INDEX ix_ect_sort_name_id")
        with empty.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found = {each[0] for each in compare_metadata(context, Table.metadata)}

        assert found == {"remove_column", "add_index"}

    def test_checks_stand_in_the_database_under_the_names_of_the_models(self, empty):
        up(empty)
        with empty.connect() as connection:
            inspector = sa.inspect(connection)
            there = {
                check["name"] for table in TABLES for check in inspector.get_check_constraints(table.name)
            }
        wanted = {
            str(each.name)
            for table in TABLES
            for each in table.constraints
            if isinstance(each, sa.CheckConstraint)
        }
        assert {name.removeprefix("ck_") for name in there} >= {
            name.removeprefix("ck_") for name in wanted if name.startswith("ck_")
        }
        assert len(there) == len(wanted)

    @pytest.mark.sqlite_only
    def test_rows_of_the_audit_trail_are_held_by_triggers(self, empty):
        up(empty)
        assert triggers(empty) == {"audit_note_is_never_UPDATEd", "audit_note_is_never_DELETEd"}

    def test_there_is_one_newest_version(self):
        assert len(ScriptDirectory.from_config(release.alembic_config(None)).get_heads()) == 1


class TestUpDownUp:
    """Up, down and up again over rows: each table that survives keeps its rows."""

    def test_each_version_goes_down_and_up_again_over_rows(self, empty):
        up(empty)
        fill(empty)
        script = ScriptDirectory.from_config(release.alembic_config(None))
        for revision in [each.revision for each in script.walk_revisions()]:
            before = counts(empty)
            assert all(number > 0 for number in before.values())
            down(empty, "-1")
            kept = counts(empty)
            assert {name: before[name] for name in kept} == kept
            up(empty, revision)
            again = counts(empty)
            assert set(again) == set(before)
            assert {name: again[name] for name in kept} == kept
            down(empty, "-1")
        assert counts(empty) == {}
        up(empty)
        fill(empty)
        assert set(counts(empty)) == {table.name for table in TABLES}

    def test_a_change_of_a_parent_table_empties_no_child(self, full, tmp_path):
        """recipes.md 8: with foreign keys on, SQLite's copy of a table takes the children along."""
        folder = later(
            tmp_path / "later",
            'for name in ("school", "ab_user", "hat", "gias_import"):\n'
            '    with op.batch_alter_table(name, recreate="auto") as batch:\n'
            '        batch.add_column(sa.Column("later", sa.String(9)))\n'
            '        batch.alter_column("id", type_=sa.BigInteger())',
            'for name in ("school", "ab_user", "hat", "gias_import"):\n'
            "    with op.batch_alter_table(name) as batch:\n"
            '        batch.alter_column("id", type_=sa.Integer())\n'
            '        batch.drop_column("later")',
        )
        before = counts(full)
        assert set(before.values()) == {1}
        for move in (up, lambda *args: down(args[0], "-1", args[2]), up):
            move(full, "head", folder)
            assert counts(full) == before

    def test_foreign_keys_are_kept_after_a_migration(self, full, tmp_path):
        up(
            full,
            "head",
            later(tmp_path / "later", 'op.add_column("school", sa.Column("later", sa.String(9)))'),
        )
        with pytest.raises(IntegrityError), full.begin() as connection:
            connection.execute(sa.delete(Table.metadata.tables["school"]))


class TestAllOrNone:
    """A migration that fails half-way leaves nothing."""

    def test_a_fault_half_way_leaves_the_version_before(self, full, tmp_path):
        before, version = counts(full), revision_of(full)
        folder = later(
            tmp_path / "later",
            'op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))\n'
            "op.execute(\"UPDATE school SET name = 'half'\")\n"
            'with op.batch_alter_table("school") as batch:\n'
            '    batch.add_column(sa.Column("half", sa.String(9)))\n'
            'raise RuntimeError("half-way")',
        )
        with pytest.raises(RuntimeError, match="half-way"):
            up(full, "head", folder)

        assert counts(full) == before
        assert revision_of(full) == version == head()
        with full.connect() as connection:
            assert connection.scalar(sa.text("SELECT name FROM school")) == "x"
            assert "half" not in {column["name"] for column in sa.inspect(connection).get_columns("school")}

    def test_rows_that_would_point_nowhere_stop_it(self, full, tmp_path):
        before = counts(full)
        folder = later(tmp_path / "later", 'op.execute("DELETE FROM school")')
        with pytest.raises((RuntimeError, IntegrityError)):
            up(full, "head", folder)

        assert counts(full) == before
        assert revision_of(full) == head()

    @pytest.mark.sqlite_only
    def test_triggers_are_there_as_before(self, full, tmp_path):
        before = triggers(full)
        folder = later(tmp_path / "later", 'op.drop_table("audit_note")\nraise RuntimeError("half-way")')
        with pytest.raises(RuntimeError, match="half-way"):
            up(full, "head", folder)

        assert triggers(full) == before != set()


def triggers(engine):
    with engine.connect() as connection:
        return set(
            connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
        )
