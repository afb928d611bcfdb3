"""One step between versions; a serving process writes nothing when it starts (design.md 3, rule 3)."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from app import create_app
from app.access import rights
from app.access.models import RightsEpoch
from app.errors import NotReady
from app.extensions import set_up_sqlite
from app.release import release, screens
from config import ROOT, Settings
from tests.access.sign_ins import forget, settings_of, with_cookie
from tests.builders import everything, rows_of

# Each process reads a number and writes it back one higher; a lost update or a lock error would show.
READ_THEN_WRITE = """
import sys
import sqlalchemy as sa
from app.extensions import set_up_sqlite
engine = sa.create_engine(sys.argv[1])
set_up_sqlite(engine)
errors = 0
for _ in range(250):
    try:
        with engine.begin() as connection:
            number = connection.scalar(sa.text("SELECT number FROM tally"))
            connection.execute(sa.text("UPDATE tally SET number = :next"), {"next": number + 1})
    except sa.exc.OperationalError:
        errors += 1
print(errors)
"""


@pytest.fixture(autouse=True)
def rights_read_anew(monkeypatch):
    """What these tests say of rights is not remembered afterwards: the number goes back with the database."""
    monkeypatch.setattr(rights, "_KNOWN", {})


class TestRelease:
    """Tables, walls, roles and rights from the reviewed file."""

    def test_twice_changes_nothing(self, app):
        before = everything(app, but=frozenset())
        with app.app_context():
            said = list(release(app))

        assert said[-1] == "Done."
        assert everything(app, but=frozenset()) == before

    def test_a_right_that_no_screen_has_stops_it_and_changes_nothing(self, app, monkeypatch):
        before = everything(app, but=frozenset())
        wrong = dict(rights.reviewed_roles())
        wrong["ect"] = wrong["ect"] | {("can_list", "ScreenThatIsNotThere")}
        monkeypatch.setattr(rights, "reviewed_roles", lambda: wrong)
        with app.app_context(), pytest.raises(NotReady) as refused:
            list(release(app))

        assert "ScreenThatIsNotThere" in str(refused.value.values)
        assert everything(app, but=frozenset()) == before

    def test_a_right_taken_from_the_file_is_gone_with_the_next_request(self, app, signed_in, monkeypatch):
        browser = signed_in("head")
        assert browser.get("/ects/").status_code == 200
        number = rows_of(app, RightsEpoch)[0].number
        fewer = dict(rights.reviewed_roles())
        fewer["headteacher"] = frozenset(right for right in fewer["headteacher"] if right[1] != "ECTView")
        monkeypatch.setattr(rights, "reviewed_roles", lambda: fewer)
        with app.app_context():
            said = list(release(app))

        assert said[-1] == "Done: rights changed."
        assert rows_of(app, RightsEpoch)[0].number == number + 1
        assert browser.get("/ects/").status_code == 403
        assert signed_in("lead").get("/ects/").status_code == 200

    def test_a_right_slipped_into_the_database_is_taken_out_again(self, app):
        with app.app_context():
            before = {kind: rights.read_rights(kind) for kind in rights.HatKind}
        slip_in(app, "ect", "PeopleView")
        with app.app_context():
            assert ("can_list", "PeopleView") in rights.read_rights(rights.HatKind.ECT)
            assert list(release(app))[-1] == "Done: rights changed."
            assert {kind: rights.read_rights(kind) for kind in rights.HatKind} == before

    def test_each_right_of_the_file_belongs_to_a_screen(self, app):
        with app.app_context():
            named = {right for of_role in rights.reviewed_roles().values() for right in of_role}
            assert named <= screens(app)


class TestStart:
    """A serving process starts with zero SQL writes, and its first pages write none."""

    def test_create_app_runs_no_statement_and_the_first_pages_none_that_writes(self, app, signed_in):
        cookie = signed_in("head").cookie()
        signed = with_cookie(app, cookie)
        signed.get("/")  # the sign-in itself flashes nothing; "last seen" is fresh
        with every_statement() as seen:
            other = create_app(Settings(**settings_of(app)))
            assert seen == []
            browser = with_cookie(other, cookie)
            for path in ("/", "/ects/", "/me/", "/schools/"):
                assert browser.get(path).status_code == 200
            assert other.test_client().get("/login/").status_code == 200
        forget(other)

        asked = [sql.split()[0].upper() for sql in seen]
        assert "SELECT" in asked
        assert set(asked) <= {"SELECT", "BEGIN", "SHOW"}

    def test_the_pages_of_somebody_signed_out_ask_the_database_nothing(self, anybody):
        with every_statement() as seen:
            for path in ("/login/", "/", "/ects/"):
                anybody().get(path)
        assert seen == []


@pytest.mark.sqlite_only
@pytest.mark.own_database
class TestWriters:
    """recipes.md 3: a writer takes SQLite's lock before its first read."""

    def test_four_processes_with_250_transactions_each_meet_no_error_and_lose_no_update(self, tmp_path):
        address = f"sqlite:///{tmp_path / 'tally.db'}"
        engine = sa.create_engine(address)
        set_up_sqlite(engine)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE tally (number INTEGER NOT NULL)"))
            connection.execute(sa.text("INSERT INTO tally VALUES (0)"))
        running = [
            subprocess.Popen(
                [sys.executable, "-c", READ_THEN_WRITE, address],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _process in range(4)
        ]
        told = [process.communicate(timeout=300) for process in running]
        with engine.connect() as connection:
            number = connection.scalar(sa.text("SELECT number FROM tally"))
        engine.dispose()

        assert [out.strip() for out, _err in told] == ["0"] * 4, told
        assert number == 1000

    def test_an_engine_keeps_the_rules_of_the_house(self, app):
        engine = sa.create_engine(app.config["OWNER_DATABASE_URI"])
        set_up_sqlite(engine)
        with engine.connect() as connection:
            told = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "secure_delete", "busy_timeout", "auto_vacuum")
            }
        engine.dispose()

        assert told == {
            "journal_mode": "wal",
            "foreign_keys": 1,
            "secure_delete": 1,
            "busy_timeout": 5000,
            "auto_vacuum": 2,
        }


@contextmanager
def every_statement():
    """What any engine of this process runs."""
    seen = []

    def note(_connection, _cursor, sql, *_more):
        seen.append(sql)

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


def slip_in(app, role, screen):
    """Somebody with access to the database gives a role the list of a screen."""
    engine = sa.create_engine(
        app.config["OWNER_DATABASE_URI"].replace("postgresql://", "postgresql+psycopg://")
    )
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO ab_permission_view_role (id, permission_view_id, role_id)"
                " SELECT 999999, pv.id, r.id FROM ab_permission_view pv"
                " JOIN ab_permission p ON p.id = pv.permission_id AND p.name = 'can_list'"
                " JOIN ab_view_menu v ON v.id = pv.view_menu_id AND v.name = :screen"
                " JOIN ab_role r ON r.name = :role"
            ),
            {"screen": screen, "role": role},
        )
    engine.dispose()
