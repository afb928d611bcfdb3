"""A key store and a table with sealed texts, each in a file of its own: nothing of the service's schema."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from app.access.principal import HOUSE
from app.vault.extension import vault
from app.vault.keys import KeyStore
from app.vault.master import SAMPLE_MASTER_KEY, read_master_key
from tests.vault.tables import OWN, PLAN, Note, Teacher


@pytest.fixture
def a_house(tmp_path) -> Iterator[Flask]:
    """An application with nothing but a vault, over an empty key store."""
    house = Flask("a_house")
    house.config.update(
        KEY_STORE_URL=f"sqlite:///{tmp_path / 'keys.db'}",
        MASTER_KEY=SAMPLE_MASTER_KEY,
        INSTANCE_FOLDER=str(tmp_path / "instance"),
    )
    Babel(house)
    vault.init_app(house)
    with house.app_context():
        yield house


@pytest.fixture
def keys(a_house) -> Iterator[KeyStore]:
    """The key store of that application, ready for use."""
    vault.keys.prepare()
    yield vault.keys
    vault.keys.engine.dispose()


@pytest.fixture
def another_process(keys):
    """Key stores over the same file, as other processes have them: nothing shared but the file."""
    opened = []

    def open_store(master_key=SAMPLE_MASTER_KEY, **named):
        opened.append(KeyStore(str(keys.engine.url), read_master_key(master_key), **named))
        return opened[-1]

    yield open_store
    for store in opened:
        store.engine.dispose()


@pytest.fixture
def engine(tmp_path):
    """A main database of its own, where a second session may look while the first is at work."""
    made = create_engine(f"sqlite:///{tmp_path / 'main.db'}")
    OWN.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def a_session(engine, keys):
    """Makes sessions of the house."""
    opened = []

    def open_session():
        opened.append(Session(engine, info={"principal": HOUSE, "options": ()}))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


@pytest.fixture
def session(a_session):
    return a_session()


@pytest.fixture
def statements(engine):
    """The SQL that the main database is asked from here on."""
    heard = []

    def hear(connection, cursor, sql, parameters, context, many):
        heard.append(sql)

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


@pytest.fixture
def asked(keys, monkeypatch):
    """Whose keys the store is asked for from here on."""
    heard, answer = [], keys.of

    def of(owner, storage_class, *, make=False):
        heard.append((owner, storage_class))
        return answer(owner, storage_class, make=make)

    monkeypatch.setattr(keys, "of", of)
    return heard


@pytest.fixture
def priya(session):
    priya = Teacher(id=17)
    session.add_all([priya, Teacher(id=18)])
    session.commit()
    return priya


@pytest.fixture
def note(session, priya):
    note = Note(teacher_id=17, plan=PLAN, telephone="01632 960 123")
    session.add(note)
    session.commit()
    return note
