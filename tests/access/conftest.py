"""Sessions of the people of the world, without a browser: the walls are tried where they stand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.hats import HatKind
from app.access.models import Hat, Person
from app.access.principal import HOUSE, Principal
from app.access.scope import acting_as, for_the_house, open_for
from app.access.sessions import principal_in
from app.extensions import db, today
from tests.browser import Browser
from tests.world import World

Acting = Callable[..., Any]


def principal_of(world: World, key: str, number: int = 0) -> Principal:
    """The principal as a request gets it: somebody of the world in the hat of that number."""
    with Session(db.engine, info=acting_as(HOUSE), expire_on_commit=False) as look:
        person = look.get_one(Person, world.people[key])
        user = look.get_one(User, person.user_id)
        hats = list(look.scalars(select(Hat).where(Hat.person_id == person.id).order_by(Hat.id)))
        counted = [hat for hat in hats if hat.worn_on(today()) or hat.kind is HatKind.ECT]
        return principal_in(hats[number], counted, user, person.id, 1)


@pytest.fixture
def acting(app: Flask, world: World) -> Acting:
    """`with acting("head") as session:` the session of somebody, in the hat of that number."""

    @contextmanager
    def act(key: str, number: int = 0) -> Iterator[Any]:
        with app.app_context():
            db.session.remove()
            open_for(principal_of(world, key, number))
            try:
                yield db.session
            finally:
                db.session.remove()

    return act


@pytest.fixture
def signed_in_as(app: Flask, world: World, signed_in: Callable[[str], Browser]) -> Callable[..., Browser]:
    """A browser in which somebody wears the hat of that number."""

    def sign_in(key: str, number: int = 0) -> Browser:
        browser = signed_in(key)
        if len(world.hats[key]) > 1:
            with app.app_context(), for_the_house():
                uid = db.session.get_one(Hat, world.hats[key][number]).uid
            assert browser.post("/me/hat", {"hat": uid}).status_code == 303
        return browser

    return sign_in


@pytest.fixture
def house(app: Flask) -> Acting:
    """`with house() as session:` sees all and writes all; what it did is committed at the end."""

    @contextmanager
    def act() -> Iterator[Any]:
        with app.app_context(), for_the_house():
            yield db.session
            db.session.commit()

    return act


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much of the table "Whose records a person sees" these tests hold."""
    told = [
        dict(report.user_properties)
        for report in terminalreporter.getreports("passed")
        if report.when == "call"
    ]
    cells = sum(int(each.get("visibility cells", 0)) for each in told)
    waiting = max((int(each.get("visibility cells that wait", 0)) for each in told), default=0)
    if cells or waiting:
        terminalreporter.write_line(
            f"visibility table: {cells} cells tested, {waiting} wait for later issues"
        )
