"""Two walls: the session's and PostgreSQL's row level security. Either one holds alone (recipes.md 4)."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.access import scope, walls
from app.access.ownership import Whose, whose_is
from app.audit.models import AuditNote
from app.ects.models import ECT, Placement
from app.extensions import Table, db, sql
from app.release import release
from tests.access.conftest import principal_of
from tests.builders import looking_round_the_house, number_of

OF_ECTS = sorted(name for name in Table.metadata.tables if whose_is(name) is Whose.ECT)
# Whose *person* may appear behind the second wall, in the role of each hat.
COARSE = {
    "head": {"Amara", "Ben", "Dan"},
    "mentor": {"Amara", "Ben", "Dan"},  # coarse: the school's; the session knows who is assigned
    "trust": {"Amara", "Ben", "Dan", "Eve"},
    "head_b": {"Ben", "Cora"},
    "ect": {"Amara"},
    "officer": {"Amara", "Ben", "Cora", "Dan", "Eve"},
    "dpo": set(),
    "finance": set(),
    "operator": set(),
}


@contextmanager
def behind_the_second_wall_alone(app, who):
    """A connection of the serving role, which took on the role of `who` and knows no session."""
    engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool)
    with engine.connect() as connection, connection.begin():
        scope.put_up_second_wall(who, connection)
        yield connection


@pytest.mark.postgres_only
class TestRowLevelSecurity:
    """The second wall by itself, as if the session's had fallen."""

    def test_it_is_forced_on_each_table_of_an_ect_with_a_policy_for_each_role(self, app):
        with looking_round_the_house(app) as owner:
            forced = owner.execute(
                text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
            ).scalars()
            assert sorted(forced) == OF_ECTS
            for name in OF_ECTS:
                roles = owner.execute(
                    text("SELECT policyname FROM pg_policies WHERE tablename = :name"), {"name": name}
                ).scalars()
                assert sorted(roles) == sorted(walls.ROLES), name

    @pytest.mark.parametrize("who", list(COARSE))
    def test_without_the_sessions_wall_no_foreign_person_appears(self, who, app, world):
        with app.app_context():
            principal = principal_of(world, who)
        with behind_the_second_wall_alone(app, principal) as connection:
            assert set(connection.scalars(select(sql(ECT).c.first_name))) == COARSE[who]
            allowed = {world.ects[name.lower()] for name in COARSE[who]}
            for name in OF_ECTS:
                if name != "ect":
                    ids = connection.scalars(select(Table.metadata.tables[name].c.ect_id))
                    assert set(ids) <= allowed, name

    def test_the_serving_role_itself_sees_nobody(self, app):
        engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool)
        with engine.connect() as connection:
            for name in OF_ECTS:
                assert connection.execute(select(Table.metadata.tables[name])).all() == [], name

    @pytest.mark.parametrize("who", ["head", "ect", "dpo"])
    def test_it_lets_nobody_write_a_foreign_row(self, who, app, world):
        with app.app_context():
            principal = principal_of(world, who)
        foreign = {
            "ect_id": world.ects["cora"],
            "school_id": world.schools["birch"],
            "started_on": "2026-10-01",
        }
        with behind_the_second_wall_alone(app, principal) as connection:
            changed = connection.execute(
                text("UPDATE placement SET ended_on = NULL WHERE ect_id = :id"), {"id": foreign["ect_id"]}
            )
            assert changed.rowcount == 0
            with pytest.raises(ProgrammingError, match="row-level security"):
                connection.execute(
                    text(
                        "INSERT INTO placement (ect_id, school_id, started_on) VALUES (:ect_id, :school_id, :started_on)"
                    ),
                    foreign,
                )

    def test_no_serving_role_passes_the_walls_or_owns_a_table(self, app):
        with looking_round_the_house(app) as owner:
            strong = owner.execute(
                text(
                    "SELECT rolname FROM pg_roles WHERE rolname = ANY(:names)"
                    " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolinherit AND rolname = 'web')"
                ),
                {"names": ["web", *walls.ROLES]},
            ).all()
            owned = owner.execute(
                text("SELECT tablename FROM pg_tables WHERE tableowner = ANY(:names)"),
                {"names": ["web", *walls.ROLES]},
            ).all()
        assert strong == owned == []


class TestOneWallAlone:
    """Mutation: take one wall away, and the other still shows nothing of anybody foreign."""

    FOREIGN = ("cora", "eve")

    @pytest.mark.postgres_only
    @pytest.mark.parametrize("who", ["head", "mentor", "ect", "dpo"])
    def test_the_sessions_criteria_removed(self, who, acting, world):
        with acting(who) as session:
            session.info["options"] = ()
            for key in self.FOREIGN:
                assert session.get(ECT, world.ects[key]) is None
            assert set(session.scalars(select(ECT.first_name))) == COARSE.get(who)

    @pytest.mark.parametrize("who", ["head", "mentor", "ect", "dpo"])
    def test_the_second_wall_removed(self, who, acting, world, monkeypatch):
        def as_the_house(principal, connection):
            original(scope.HOUSE if principal is not None else None, connection)

        original = scope.put_up_second_wall
        monkeypatch.setattr(scope, "put_up_second_wall", as_the_house)
        with acting(who) as session:
            for key in self.FOREIGN:
                assert session.get(ECT, world.ects[key]) is None
            assert (
                session.scalars(
                    select(Placement.id).where(Placement.school_id == world.schools["birch"])
                ).all()
                == []
            )

    @pytest.mark.postgres_only
    def test_with_both_removed_everybody_is_seen_so_the_mutations_bite(self, acting, world, monkeypatch):
        original = scope.put_up_second_wall
        monkeypatch.setattr(scope, "put_up_second_wall", lambda _who, at: original(scope.HOUSE, at))
        with acting("head") as session:
            session.info["options"] = ()
            assert len(session.scalars(select(ECT.id)).all()) == 5


@pytest.mark.postgres_only
class TestThePool:
    """The role is said for a transaction, not for a connection."""

    def test_the_next_borrower_of_a_connection_inherits_no_role(self, acting, app):
        with acting("officer") as session:
            assert session.scalar(select(func.count(ECT.id))) == 5
            backend = backend_of(session.connection())
            session.commit()
            assert role_of(session.connection()) == "web_ab"  # said again by each transaction
        with app.app_context(), db.engine.connect().execution_options(unscoped=True) as connection:
            assert backend_of(connection) == backend
            assert role_of(connection) == "web"
            assert connection.scalar(text("SELECT current_setting('app.schools', true)")) in (None, "")
            assert connection.execute(select(sql(ECT))).all() == []

    def test_a_role_outlives_a_commit_and_a_rollback_of_the_same_session(self, acting):
        with acting("head") as session:
            for end in (session.commit, session.rollback, session.commit):
                assert len(session.scalars(select(ECT.id)).all()) == 3
                end()


class TestAuditNotes:
    """S11: rows of the audit trail are only ever inserted."""

    @pytest.mark.postgres_only
    @pytest.mark.parametrize("role", ["web", *walls.ROLES])
    @pytest.mark.parametrize(
        "said", ["UPDATE audit_note SET what = 'x'", "DELETE FROM audit_note", "TRUNCATE audit_note"]
    )
    def test_no_serving_role_changes_or_deletes_one(self, role, said, app):
        engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool)
        with engine.connect() as connection, connection.begin():
            connection.execute(text(f"SET LOCAL ROLE {role}"))
            assert connection.scalar(text("SELECT count(*) FROM audit_note")) > 0
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(said))

    @pytest.mark.sqlite_only
    @pytest.mark.parametrize("said", ["UPDATE audit_note SET what = 'x'", "DELETE FROM audit_note"])
    def test_triggers_refuse_it_on_sqlite(self, said, app):
        before = number_of(app, AuditNote)
        with looking_round_the_house(app) as owner, pytest.raises(DBAPIError, match="only ever inserted"):
            owner.execute(text(said))
        assert number_of(app, AuditNote) == before > 0

    @pytest.mark.parametrize("who", ["admin", "operator", "dpo"])
    def test_not_even_those_who_read_them_change_one_through_the_session(self, who, acting):
        with acting(who) as session:
            note = session.scalars(select(AuditNote).limit(1)).one()
            note.what = "something else"
            with pytest.raises(DBAPIError):
                session.flush()
            session.rollback()


@pytest.mark.postgres_only
class TestTheOwner:
    """FORCE binds the owner too: a migration of rows must run as a role that passes the walls."""

    def test_a_migration_that_runs_as_the_owner_changes_rows(self, app):
        with looking_round_the_house(app) as owner, owner.begin():
            changed = owner.execute(text("UPDATE ect SET version = version"))
            assert changed.rowcount == 5
            owner.rollback()

    def test_a_release_puts_a_fallen_wall_up_again(self, app):
        with looking_round_the_house(app) as owner, owner.begin():
            owner.execute(text("DROP POLICY web_school ON ect"))
            owner.execute(text("ALTER TABLE ect DISABLE ROW LEVEL SECURITY"))
            owner.execute(text("GRANT UPDATE ON audit_note TO web"))
        with app.app_context():
            list(release(app))
        TestRowLevelSecurity().test_it_is_forced_on_each_table_of_an_ect_with_a_policy_for_each_role(app)
        with looking_round_the_house(app) as owner:
            assert not owner.scalar(text("SELECT has_table_privilege('web', 'audit_note', 'UPDATE')"))


def backend_of(connection):
    """The process that serves a connection."""
    return connection.execute(select(func.pg_backend_pid()), execution_options={"unscoped": True}).scalar()


def role_of(connection):
    """The role of this moment."""
    return connection.execute(select(func.current_user()), execution_options={"unscoped": True}).scalar()
