"""The demonstration of any size on a database of its own, by the command that people use."""

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.release import release
from tests.browser import Browser
from tests.conftest import settings_in
from tests.databases import KINDS


def sign_ins(app: Flask) -> dict[str, dict[str, str]]:
    """Who can sign in: key → username and password."""
    file = Path(app.config["INSTANCE_FOLDER"]) / "demo-credentials.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return json.loads(file.read_text(encoding="utf-8"))["users"]


def browser_of(app: Flask, key: str) -> Browser:
    """A browser in which somebody of the cast is signed in."""
    browser = Browser(app)
    fields = browser.fields("/login/", having="password") | sign_ins(app)[key]
    assert browser.client.post("/login/", data=fields).status_code == 303
    return browser


@pytest.fixture(scope="session")
def demonstration_of(tmp_path_factory, request, worker_id) -> Callable[..., Iterator[Flask]]:
    """An application with so many ECTs; its database is gone afterwards."""

    @contextmanager
    def made(number: int) -> Iterator[Flask]:
        folder = tmp_path_factory.mktemp(f"demonstration{number}")
        kind = KINDS[request.config.getoption("--database")]
        database = kind(folder, f"{worker_id}_demo{number}")
        database.make_empty()
        app = create_app(settings_in(folder, database.uri, database.owner_uri))
        with app.app_context():
            list(release(app))
        answer = app.test_cli_runner().invoke(args=["demo", "--ects", str(number)])
        assert answer.exit_code == 0, answer.output
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        database.drop()

    return made
