"""A mail server of the tests' own, on loopback, that takes, puts off or refuses."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.access.scope import for_the_house
from app.extensions import db
from app.messages import service
from app.messages.models import OutgoingMail
from app.messages.rules import Purpose

TEXT = "Dear Beth Canary,\n\nthe registration of Amara Herenow (TRN 0041001) has come.\n"


class MailServer:
    """Answers with the next of `answers`; when they run out it takes everything."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[EmailMessage] = []
        self.recipients: list[list[str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("2"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients.append(envelope.rcpt_tos)
        return answer

    @property
    def message_ids(self) -> list[str]:
        return [str(each["Message-ID"]) for each in self.taken]


@contextmanager
def listening() -> Iterator[tuple[MailServer, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server, port
    finally:
        controller.stop()


@pytest.fixture
def configured(app: Flask) -> Iterator[Callable[..., None]]:
    """Mail settings of the application and of Flask-Mail, as they were afterwards."""
    names = ("MAIL_SERVER", "MAIL_PORT", "MAIL_USE_TLS", "MAIL_FOLDER", "PRODUCTION")
    before = {name: app.config[name] for name in names}
    state = app.extensions["mail"]
    kept = (state.server, state.port, state.use_tls)

    def configure(**changes: Any) -> None:
        app.config.update(changes)
        state.server, state.port = app.config["MAIL_SERVER"], app.config["MAIL_PORT"]
        state.use_tls = app.config["MAIL_USE_TLS"]

    yield configure
    app.config.update(before)
    state.server, state.port, state.use_tls = kept


@pytest.fixture
def mail_server(configured: Callable[..., None]) -> Iterator[MailServer]:
    with listening() as (server, port):
        configured(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_USE_TLS=False)
        yield server


@pytest.fixture
def no_server(configured: Callable[..., None]) -> None:
    """Nobody listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        configured(MAIL_SERVER="127.0.0.1", MAIL_PORT=free.getsockname()[1], MAIL_USE_TLS=False)


def queue_mail(world: Any, number: int = 1, **changes: Any) -> OutgoingMail | None:
    """A mail to the tutor stands in the outbox, not committed."""
    told: dict[str, Any] = {
        "about": f"registration:{number:012d}",
        "to_person_id": world.people["tutor"],
        "to_address": "tutor@made-up.example",
        "subject": "A registration has come",
        "body": TEXT,
        "ect_id": world.ects["amara"],
    }
    return service.send(Purpose.REGISTRATION_RECEIVED, **(told | changes))


def in_house(app: Flask, ask: Callable[[], Any]) -> Any:
    with app.app_context(), for_the_house():
        return ask()


def states(app: Flask) -> list[tuple[str, int, str]]:
    """State, tries and problem of every mail, the oldest first."""
    ask = select(OutgoingMail).order_by(OutgoingMail.id)
    return in_house(app, lambda: [(m.state.value, m.tries, m.problem) for m in db.session.scalars(ask).all()])


def all_mail() -> list[OutgoingMail]:
    ask = select(OutgoingMail).order_by(OutgoingMail.id).options(undefer(OutgoingMail.body_sealed))
    return list(db.session.scalars(ask))


__all__ = ["TEXT", "MailServer", "all_mail", "in_house", "listening", "queue_mail", "states"]
