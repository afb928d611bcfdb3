"""The house under test: an application on a database of its own, filled with the world of `tests/world.py`."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import event

from app import create_app
from app.access.scope import for_the_house
from app.extensions import WRITES, db
from app.fabext.lists import COUNTS
from app.release import release
from app.vault.master import SAMPLE_MASTER_KEY
from config import Settings
from tests import world as made_up_world
from tests.browser import Browser
from tests.databases import KINDS
from tests.world import World

# A run that decides about a change tries the same cases each time; at the desk they are new ones.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") == "true":
    hypothesis.settings.load_profile("ci")

COUNTLESS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")
CHANGING = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "TRUNCATE")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=sorted(KINDS), default="sqlite", help="where the tests run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What belongs to the other database is not taken up at all: nothing is ever reported as skipped.

    Pages drawn with sample values, and the vault's own files, know no database: they run once.
    """
    on_postgresql = config.getoption("--database") == "postgresql"
    other = "sqlite_only" if on_postgresql else "postgres_only"
    alike = ("tests/look/", "tests/vault/", "tests/test_style.py") if on_postgresql else ()
    left_out = [item for item in items if item.get_closest_marker(other) or item.nodeid.startswith(alike)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


class House:
    """The application of one test worker, and the database that it is reset to."""

    def __init__(self, folder: Path, kind: str, worker: str) -> None:
        self.database = KINDS[kind](folder, worker)
        self.database.make_empty()
        self.app = create_app(settings_in(folder, self.database.uri, self.database.owner_uri))
        with self.app.app_context():
            for _line in release(self.app):
                pass
            self.world = made_up_world.fill()
            db.engine.dispose()
            self.database.keep_as_template()
            event.listen(db.engine, "before_cursor_execute", self.notice)
            event.listen(db.engine, "commit", self.notice_commit)
            event.listen(db.engine, "rollback", lambda connection: connection.info.pop("wrote", None))
        self.changed = False

    def notice(self, connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        if sql.lstrip().upper().startswith(CHANGING):
            connection.info["wrote"] = True

    def notice_commit(self, connection: Any) -> None:
        """What was rolled back needs no fresh copy of the world."""
        self.changed = connection.info.pop("wrote", False) or self.changed

    def reset(self) -> None:
        COUNTS.clear()
        if self.changed:
            with self.app.app_context():
                db.session.remove()
                db.engine.dispose()
            self.database.reset()
            self.changed = False


def settings_in(folder: Path, uri: str, owner_uri: str = "", **changes: Any) -> Settings:
    """Settings of a house in `folder`: cheap password hashes, work done at once, faults not hidden."""
    told: dict[str, Any] = {
        "SECRET_KEY": "made-up secret of the tests, 40 characters",
        "MASTER_KEY": SAMPLE_MASTER_KEY,
        "SQLALCHEMY_DATABASE_URI": uri,
        "OWNER_DATABASE_URI": owner_uri,
        "KEY_STORE_URL": f"sqlite:///{folder / 'keys.db'}",
        "JOBS_URL": f"sqlite:///{folder / 'jobs.db'}",
        "FILES_URL": str(folder / "files"),
        "INSTANCE_FOLDER": str(folder),
        "FAB_PASSWORD_HASH_METHOD": "scrypt:1024:8:1",
        "JOBS_AT_ONCE": True,
        "TESTING": True,
        "MADE_UP": True,
        "EXTRA": {"PROPAGATE_FAULTS": True},
    }
    return Settings(**(told | changes))


@pytest.fixture(scope="session")
def built_house(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, worker_id: str
) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"), request.config.getoption("--database"), worker_id)
    yield house
    with house.app.app_context():
        db.session.remove()
        db.engine.dispose()
    getattr(house.database, "forget", house.database.drop)()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return str(getattr(request.config, "workerinput", {}).get("workerid", "alone"))


@pytest.fixture
def app(built_house: House) -> Iterator[Flask]:
    """The application, on a fresh copy of the world."""
    built_house.reset()
    writes = WRITES.set(True)
    yield built_house.app
    WRITES.reset(writes)


@pytest.fixture
def world(app: Flask, built_house: House) -> World:
    """The ids of what is there."""
    return built_house.world


@pytest.fixture
def on_postgresql(app: Flask, built_house: House) -> bool:
    return built_house.database.name == "postgresql"


@pytest.fixture
def anybody(app: Flask) -> Callable[[], Browser]:
    """A browser in which nobody is signed in."""
    return lambda: Browser(app)


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Browser]:
    """A browser in which somebody of the world is signed in."""

    def sign_in(key: str) -> Browser:
        browser = Browser(app)
        answer = browser.sign_in(key)
        assert answer.status_code == 303, answer.text
        return browser

    return sign_in


@pytest.fixture
def as_house(app: Flask) -> Iterator[None]:
    """The session is the house's own: sees all, writes all."""
    with app.app_context(), for_the_house():
        yield


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """Counts what goes to the database: `with statements() as seen: ...; len(seen)`. BEGIN and savepoints do not count."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, sql: str, *_more: Any) -> None:
            if not sql.lstrip().upper().startswith(COUNTLESS):
                seen.append(sql)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


def pytest_report_header(config: pytest.Config) -> list[str]:
    told = [f"database: {config.getoption('--database')}"]
    if not os.environ.get("REFERENCE_DATA"):
        told.append("REFERENCE_DATA is not set: tests on the real school files are left out")
    return told
