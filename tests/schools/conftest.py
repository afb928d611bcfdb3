"""A small house with schools in it and nothing else; and the real files, where this machine has them."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from sqlalchemy import event

from app.access.guard import guarded
from app.access.principal import HOUSE
from app.access.scope import open_for
from app.extensions import Table, db, set_up_sqlite
from app.schools import made_up, service
from app.schools.models import GiasImport
from app.vault.extension import vault
from app.vault.master import SAMPLE_MASTER_KEY

REAL = os.environ.get("REFERENCE_DATA", "")


@pytest.fixture
def words() -> Iterator[None]:
    """Sentences can be read: gettext has an application to ask."""
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Flask]:
    """Tables in a file of their own, the session the house's, uploaded files in a folder."""
    app = Flask(__name__)
    app.config |= {
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'schools.db'}",
        "FILES_URL": str(tmp_path / "files"),
        "UPLOAD_LIMIT": 200 * 1024 * 1024,
        "KEY_STORE_URL": f"sqlite:///{tmp_path / 'keys.db'}",
        "MASTER_KEY": SAMPLE_MASTER_KEY,
        "INSTANCE_FOLDER": str(tmp_path),
    }
    Babel(app)
    db.init_app(app)
    vault.init_app(app)
    with app.app_context():
        set_up_sqlite(db.engine)
        guarded(db.engine)
        with db.engine.connect().execution_options(unscoped=True) as connection:
            Table.metadata.create_all(connection)
            connection.commit()
        vault.keys.prepare()
        open_for(HOUSE)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def taken(house: Flask) -> Callable[..., GiasImport]:
    """Takes a file in and reads it."""

    def take(content: bytes, name: str = "edubasealldata20261125.csv") -> GiasImport:
        import_ = service.take_in(io.BytesIO(content), name, HOUSE)
        db.session.commit()
        service.read(import_)
        return import_

    return take


@pytest.fixture
def applied(taken) -> Callable[..., GiasImport]:
    """Takes a file in, reads it and applies it."""

    def apply(content: bytes, name: str = "edubasealldata20261125.csv") -> GiasImport:
        import_ = taken(content, name)
        service.start_applying(import_)
        service.apply(import_)
        return import_

    return apply


@pytest.fixture
def sent(house: Flask) -> Iterator[list[str]]:
    """Every SQL statement sent from here on, without BEGIN."""
    seen: list[str] = []

    def note(_connection, _cursor, sql, *_rest) -> None:
        if not sql.startswith("BEGIN"):
            seen.append(sql)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture(params=["made up", pytest.param("real", marks=pytest.mark.reference)])
def whole_file(request: pytest.FixtureRequest) -> bytes:
    """A whole GIAS file: a made-up one, and the real sample where this machine has it."""
    if request.param == "made up":
        return made_up.content(600)
    return real("gias_sample.csv")


def real(name: str) -> bytes:
    """A file of the folder that REFERENCE_DATA names; the test is left out where there is none, but not in CI."""
    if not REAL:
        if os.environ.get("CI") == "true":
            pytest.fail("REFERENCE_DATA names no folder, and CI requires it")
        pytest.skip("REFERENCE_DATA is not set: the real GIAS files are not read")
    return (Path(REAL) / name).read_bytes()


@pytest.fixture
def real_file() -> Callable[[str], bytes]:
    """Reads one of the real files."""
    return real


def pytest_report_header() -> str:
    return f"real GIAS files: {REAL or 'none (REFERENCE_DATA is not set); their tests are left out'}"
