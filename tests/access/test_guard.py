"""No way round the scope: what did not pass the session's listener is refused, for everybody and for nobody."""

import re
from pathlib import Path

import pytest
from sqlalchemy import (
    DDL,
    column,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from app.access.guard import is_scoped
from app.access.models import Hat
from app.access.ownership import Whose, whose_is
from app.ects.models import ECT, ECTIdentity, Placement
from app.errors import NotYours
from app.extensions import Table, db, sql
from app.schools.models import School

APP = Path(__file__).resolve().parents[2] / "app"
ect, school, identity = sql(ECT), sql(School), sql(ECTIdentity)
inner = select(ect.c.id).cte("inner_ects")

CORE = {
    "select": select(ect.c.first_name),
    "count": select(func.count()).select_from(ect),
    "alias": select(ect.alias("them").c.first_name),
    "cte": select(inner.c.id),
    "union": union_all(select(school.c.name), select(ect.c.first_name)),
    "exists": select(exists(select(ect.c.id))),
    "scalar subquery": select(school.c.name, select(func.max(ect.c.first_name)).scalar_subquery()),
    "where in": select(school.c.name).where(school.c.id.in_(select(ect.c.id))),
    "join": select(school.c.name).join(ect, true()),
    "lateral name": select(table("ect", column("first_name")).c.first_name),
    "update": update(ect).values(first_name="Changed"),
    "delete": delete(identity),
    "insert": insert(identity).values(ect_id=1, trn="7654321"),
    "insert from select": insert(school).from_select(["name"], select(ect.c.first_name)),
    "text": text("SELECT first_name FROM ect"),
    "text with columns": text("SELECT first_name FROM ect").columns(column("first_name")),
    "text inside": select(text("first_name")).select_from(text("ect")),
    "literal": select(literal_column("(SELECT max(first_name) FROM ect)")),
    "text of a public table": text("SELECT name FROM school"),
    "ddl": DDL("DROP TABLE ect_identity"),
}
ORM = {
    "from text": select(ECT).from_statement(text("SELECT * FROM ect")),
    "columns from text": select(ECT.first_name).from_statement(text("SELECT first_name FROM ect")),
    "literal": select(School.name, literal_column("(SELECT max(first_name) FROM ect)")),
    "where text": select(ECT.first_name).where(text("1 = 1")),
    "join of a table": select(School.name, ect.c.first_name).join(ect, true()),
    "join of an alias": select(School.name).join(ect.alias("them"), true()),
    "table in a subquery": select(School.name).where(School.id.in_(select(ect.c.id))),
    "the same table in a subquery": select(ECT.first_name, select(func.max(ect.c.id)).scalar_subquery()),
    "table that exists": select(School.name, exists(select(ect.c.id))),
    "entity and a table of it": select(Placement.id).where(Placement.ect_id.in_(select(identity.c.ect_id))),
    "entity of a core subquery": select(aliased(ECT, select(ect).subquery()).first_name),
}
WHO = ("head", "officer", "auditor", "operator")
as_each = pytest.mark.parametrize("who", WHO)


class TestCore:
    """recipes.md 1: Core is not filtered by the session, hence the guard."""

    @as_each
    @pytest.mark.parametrize("way", list(CORE))
    def test_a_statement_of_core_is_refused_on_the_session_and_on_its_connection(self, way, who, acting):
        with acting(who) as session:
            for runs in (session.execute, lambda ask: session.connection().execute(ask)):
                with pytest.raises(NotYours):
                    runs(CORE[way])
                session.rollback()

    @pytest.mark.parametrize("way", list(CORE))
    def test_it_is_refused_for_nobody_and_on_a_connection_of_the_engine(self, way, app):
        with app.app_context():
            with pytest.raises(NotYours):
                db.session.execute(CORE[way])
            db.session.rollback()
            with db.engine.connect() as connection, pytest.raises(NotYours):
                connection.execute(CORE[way])

    @pytest.mark.parametrize(
        "said",
        [
            "SELECT first_name FROM ect",
            "DELETE FROM ect_identity",
            "  select 1",
            "WITH x AS (SELECT 1) SELECT first_name FROM ect",
            "SET TIME ZONE 'UTC'; SELECT first_name FROM ect",
            "PRAGMA user_version; SELECT first_name FROM ect",
            "COPY ect TO STDOUT",
            "VACUUM",
        ],
    )
    def test_sql_handed_to_the_driver_is_refused(self, said, acting):
        with acting("officer") as session:
            with pytest.raises(NotYours):
                session.connection().exec_driver_sql(said)
            session.rollback()

    def test_a_refused_statement_never_reached_the_database(self, acting, app, world):
        with acting("officer") as session:
            for way in ("update", "delete", "ddl"):
                with pytest.raises(NotYours):
                    session.execute(CORE[way])
                session.rollback()
        with acting("officer") as session:
            assert session.get_one(ECT, world.ects["amara"]).first_name == "Amara"
            assert len(session.scalars(select(ECTIdentity)).all()) == 5

    def test_public_tables_pass(self, app):
        with app.app_context(), db.engine.connect() as connection:
            assert len(connection.execute(select(school.c.urn)).all()) == 3

    def test_what_the_house_must_do_says_so(self, app):
        with app.app_context(), db.engine.connect().execution_options(unscoped=True) as connection:
            assert connection.scalar(select(func.count()).select_from(sql(Hat))) > 0


class TestCoreInsideTheOrm:
    """A statement of the ORM gets criteria at its entities alone: tables and text inside it would go round."""

    @pytest.mark.parametrize("who", ["head", "officer", "mentor"])
    @pytest.mark.parametrize("way", list(ORM))
    def test_a_table_or_a_text_inside_is_refused(self, way, who, acting):
        with acting(who) as session:
            with pytest.raises(NotYours):
                session.execute(ORM[way]).all()
            session.rollback()

    def test_it_is_refused_the_second_time_as_well(self, acting):
        with acting("head") as session:
            for _again in range(3):
                with pytest.raises(NotYours):
                    session.execute(ORM["join of a table"]).all()
                session.rollback()

    def test_the_house_may_since_it_sees_all_anyhow(self, house):
        with house() as session:
            found = session.execute(
                select(ECT.first_name, identity.c.trn).join(identity, identity.c.ect_id == ECT.id)
            )
            assert len(found.all()) == 5


@pytest.mark.postgres_only
class TestCopy:
    """COPY is a statement that the engine's events never see."""

    def test_copy_is_refused_on_every_connection_of_the_house(self, acting):
        with acting("officer") as session:
            raw = session.connection().connection.dbapi_connection
            with raw.cursor() as plain, raw.cursor(name="streamed") as streamed:
                for cursor in (plain, streamed):
                    with pytest.raises(NotYours), cursor.copy("COPY ect TO STDOUT"):
                        pass


class TestWhoseItIs:
    """Every mapped table says whose it is; the guard is made from that."""

    def test_each_mapped_table_says_whose_it_is(self):
        silent = [
            mapper.local_table.name
            for mapper in Table.registry.mappers
            if whose_is(mapper.local_table.name) is None
        ]
        assert silent == []

    def test_only_public_facts_are_not_scoped(self):
        open_tables = {name for name, found in Table.metadata.tables.items() if not is_scoped(found)}
        public = {name for name in Table.metadata.tables if whose_is(name) is Whose.REFERENCE}

        assert open_tables == public == {"school", "school_word"}


class TestReviewedPlaces:
    """What goes past the scope says so, and stands where it was reviewed."""

    REVIEWED = {
        "access/endings.py",  # sessions end with the change that ends them
        "access/guard.py",  # the word itself
        "access/limits.py",  # wrong tries, before anybody is signed in
        "access/rights.py",  # what a role may do
        "access/scope.py",  # the second wall; where a row was before
        "access/sessions.py",  # sessions after the answer
        "demo/bulk.py",  # made-up people by the hundred thousand, before anybody signs in
        "fabext/saving.py",  # what was sent with a form's token
    }
    HOUSE = {
        "access/principal.py",
        "access/scope.py",
        "access/service.py",  # who signs in
        "access/sessions.py",  # who is asking
        "demo/commands.py",
        "jobs.py",
        "people/commands.py",  # the operator at the console
        "access/console.py",  # the same
        "worker.py",
    }

    def test_unscoped_is_said_in_reviewed_places_alone(self):
        assert places(r"unscoped") == self.REVIEWED

    def test_the_house_acts_in_reviewed_places_alone(self):
        assert places(r"\bHOUSE\b|for_the_house|is_house=True") <= self.HOUSE

    def test_no_module_takes_a_bare_cursor_past_the_guard(self):
        assert places(r"raw_connection|\.cursor\(|dbapi_connection|driver_connection") <= {"vault/keys.py"}

    def test_no_module_makes_an_engine_that_is_not_guarded(self):
        assert places(r"\bcreate_engine\(") <= {"release.py", "vault/keys.py"}


def places(pattern):
    """The files of the application that match."""
    return {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    }
