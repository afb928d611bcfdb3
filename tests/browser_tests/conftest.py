"""The house served on a port of this machine, Debian's Chromium to look at it, and the real worker beside it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from app.extensions import db
from config import ROOT
from tests.browser import Browser as Person
from tests.browser_tests.looking import HEIGHT, WIDE
from tests.browser_tests.states import without_worker
from tests.look.browsing import CHROMIUM, chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder drives Chromium; it is left out only where there is none and none is required."""
    missing = not CHROMIUM.exists() and "chromium" not in os.environ.get("REQUIRE", "")
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason="no Chromium here: pages are not looked at"))


class Quiet(WSGIRequestHandler):
    """Requests are no news to a test."""

    def log_request(self, *_more: object) -> None:
        pass


class Door:
    """Lets a browser's requests through to the house while a test runs, and no other.

    An answer is made whole before it is sent: a browser that goes away in the middle leaves no file open and no
    connection borrowed, and the database of the next test is not put under somebody's feet.
    """

    def __init__(self, app: Flask) -> None:
        self.app, self.inside, self.is_open = app, 0, False
        self.changed = Condition()

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        with self.changed:
            if not self.is_open:
                start_response("503 Service Unavailable", [])
                return []
            self.inside += 1
        try:
            with closing(self.app(environ, start_response)) as answer:
                return [b"".join(answer)]
        finally:
            with self.changed:
                self.inside -= 1
                self.changed.notify_all()

    def close(self) -> None:
        """Whoever is inside has gone, and nobody comes in."""
        with self.changed:
            self.is_open = False
            self.changed.wait_for(lambda: self.inside == 0)


@pytest.fixture(scope="session")
def door(built_house) -> Door:
    return Door(built_house.app)


@pytest.fixture(scope="session")
def served(door: Door) -> Iterator[str]:
    """Address of the running house. Each test that asks for `app` finds it with a fresh copy of the world."""
    server = make_server("127.0.0.1", 0, door, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(
    scope="module"
)  # two at once in one process, such as that of `tests/look`, Playwright refuses
def running() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


Opened = Callable[..., Page]


@pytest.fixture
def opened(app: Flask, served: str, door: Door, running: Browser) -> Iterator[Opened]:
    """A page of a fresh browser, signed in as somebody of the world: `opened("head", java_script_enabled=False)`.

    `page.complaints` gathers what the console and the content policy say, `page.asked` every address asked for.
    """
    contexts: list[BrowserContext] = []
    door.is_open = True

    def open_page(who: str = "", *, width: int = WIDE, **more: object) -> Page:
        context = running.new_context(
            base_url=served, viewport={"width": width, "height": HEIGHT}, reduced_motion="reduce", **more
        )
        contexts.append(context)
        if who:
            person = Person(app)
            assert person.sign_in(who).status_code == 303
            context.add_cookies([{"name": "session", "value": person.cookie(), "url": served}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        listen_to(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    door.close()


def listen_to(page: Page) -> None:
    """What the console says, what the script stumbles over, and which addresses are asked for, are kept."""
    page.complaints, page.asked = [], []
    page.on(
        "console",
        lambda said: page.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))


class Worker:
    """`python -m app.worker` on the database, the files and the queue of the house under test."""

    def __init__(self, app: Flask) -> None:
        told = app.config
        self.environ = os.environ | {
            "SECRET_KEY": told["SECRET_KEY"],
            "MASTER_KEY": told["MASTER_KEY"],
            "DATABASE_URL": told["SQLALCHEMY_DATABASE_URI"],
            "KEY_STORE_URL": told["KEY_STORE_URL"],
            "JOBS_URL": told["JOBS_URL"],
            "FILES_URL": told["FILES_URL"],
            "INSTANCE_FOLDER": told["INSTANCE_FOLDER"],
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "app.worker"], cwd=ROOT, env=self.environ)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=60)
            self.process = None


@pytest.fixture
def worker(app: Flask) -> Iterator[Worker]:
    """The real worker; the test says when it starts. Until then work waits on the queue."""
    file = Path(app.config["JOBS_URL"].removeprefix("sqlite:///"))
    with without_worker(app):
        worker = Worker(app)
        yield worker
        worker.stop()
    file.unlink(missing_ok=True)
    with app.app_context():
        db.engine.dispose()
