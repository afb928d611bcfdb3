"""The worker's side of the outbox: each mail goes out once, or a person is told (S5).

Claim by lease, send, mark. A worker that is killed between sending and marking leaves its lease to run out; the next
one sends the same mail with the same Message-ID, which mailboxes fold. Nothing is lost. No log names a person (S17).
"""

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from flask import current_app
from flask_mail import BadHeaderError, Connection, Message
from sqlalchemy import or_, select, update
from sqlalchemy.orm import undefer

from app.extensions import db, now
from app.messages.models import OutgoingMail
from app.messages.rules import LEASE, WAITING, MailState, pause_after, problem_in_words
from app.vault.errors import DoesNotOpen, KeyGone

log = logging.getLogger(__name__)
SMTP_SECONDS = 30  # for each answer of the mail server
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One claimed mail, with its text."""

    id: int
    uid: str
    claimed_until: datetime
    tries: int
    made_at: datetime
    message_id: str
    to_address: str
    subject: str
    body: str = field(repr=False)

    def as_message(self) -> Message:
        """What is sent, byte for byte the same each time."""
        message = Message(
            subject=self.subject,
            recipients=[self.to_address],
            body=self.body,
            date=self.made_at.timestamp(),
            # No answer-machine answers it (RFC 3834).
            extra_headers={"Auto-Submitted": "auto-generated"},
        )
        message.msgId = self.message_id
        return message


class NotSent(Exception):
    """The mail did not go out. `final`: nor will it. `reached`: whether a mail server answered at all."""

    def __init__(self, reply: str, *, final: bool, reached: bool = True) -> None:
        super().__init__(reply)
        self.reply, self.final, self.reached = reply, final, reached


class WayOut(Protocol):
    """Where mail leaves by."""

    def send(self, letter: Letter) -> None:
        """The mail has left.

        Raises:
            NotSent: it has not; the reason, and whether to try again.
        """

    def close(self) -> None:
        """Nothing more is sent."""


class InTime(Connection):
    """Flask-Mail's connection with time-outs, and with certificates that are checked."""

    def configure_host(self) -> smtplib.SMTP:
        """A mail server that listens to us."""
        told = self.mail
        checked = ssl.create_default_context()
        host: smtplib.SMTP
        if told.use_ssl:
            host = smtplib.SMTP_SSL(told.server, told.port, timeout=SMTP_SECONDS, context=checked)
        else:
            host = smtplib.SMTP(told.server, told.port, timeout=SMTP_SECONDS)
            if told.use_tls:
                host.starttls(context=checked)
        if told.username and told.password:
            host.login(told.username, told.password)
        return host


class Server:
    """A mail server, reached with the first mail of a run and kept for the others."""

    def __init__(self) -> None:
        self.connection: InTime | None = None

    def send(self, letter: Letter) -> None:
        """The server has taken the mail.

        Raises:
            NotSent: it has not.
        """
        connection = self.reached()
        try:
            letter.as_message().send(connection)
        except smtplib.SMTPRecipientsRefused as refusal:
            code, said = next(iter(refusal.recipients.values()))
            raise NotSent(f"{code} {text_of(said)}", final=code >= 500) from None
        except smtplib.SMTPResponseException as refusal:
            reply = f"{refusal.smtp_code} {text_of(refusal.smtp_error)}"
            raise NotSent(reply, final=refusal.smtp_code >= 500) from None
        except (BadHeaderError, UnicodeError, smtplib.SMTPNotSupportedError):
            raise NotSent("The address or subject cannot be written in a mail", final=True) from None
        except (OSError, smtplib.SMTPException) as broken:
            self.close()
            raise NotSent(f"The connection broke: {type(broken).__name__}", final=False) from None

    def reached(self) -> InTime:
        """The connection, made where there is none.

        Raises:
            NotSent: no mail server answers, or it does not let us in. Never final: it is ours to mend.
        """
        if self.connection is None:
            made = InTime(current_app.extensions["mail"])
            try:
                self.connection = made.__enter__()
            except (OSError, smtplib.SMTPException) as broken:
                reply = f"No mail server: {type(broken).__name__}"
                raise NotSent(reply, final=False, reached=False) from None
        return self.connection

    def close(self) -> None:
        """The connection is ended, as far as the server still listens."""
        connection, self.connection = self.connection, None
        if connection is not None and connection.host is not None:
            try:
                connection.host.quit()
            except (OSError, smtplib.SMTPException):
                connection.host.close()


class Folder:
    """Development: a folder with a file for each mail. Sent twice, it is one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letter: Letter) -> None:
        """The mail is a file: written whole, or not there.

        Raises:
            NotSent: the disk refuses.
        """
        name = f"{letter.made_at:%Y%m%dT%H%M%S}-{letter.uid}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f".{name}.part"
            part.write_bytes(letter.as_message().as_bytes())
            part.replace(self.folder / name)
        except OSError as refused:
            raise NotSent(f"The folder takes no mail: {type(refused).__name__}", final=False) from None

    def close(self) -> None:
        """Nothing is open."""


def text_of(reply: Any) -> str:
    """A server's reply as text."""
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)


def way_out() -> WayOut | None:
    """The way that the configuration names; None: no mail leaves, it waits in the outbox."""
    if current_app.config["MAIL_SERVER"]:
        return Server()
    folder = current_app.config["MAIL_FOLDER"]
    return Folder(Path(folder)) if folder else None


def post(clock: Clock = now) -> int:
    """Everything that is due has been tried; returns how many mails went out.

    Any number of workers may do this at once. Where no mail server answers, the rest waits for the next minute.
    """
    way = way_out()
    if way is None:
        return 0
    sent = 0
    try:
        while (mail_id := claim(clock())) is not None:
            outcome = sent_by(way, mail_id, clock)
            sent += outcome is None
            if outcome is not None and not outcome.reached:
                break
    finally:
        way.close()
    return sent


def sent_by(way: WayOut, mail_id: int, clock: Clock) -> NotSent | None:
    """None once the claimed mail has gone out; otherwise why not, which its row says too."""
    try:
        letter = opened(mail_id)
    except (DoesNotOpen, KeyGone) as gone:  # the recipient's key was destroyed: so was the text
        fault = NotSent(f"The text cannot be opened: {type(gone).__name__}", final=True)
        put_off(mail_id, None, fault, clock())
        return fault
    try:
        way.send(letter)
    except NotSent as refusal:
        put_off(mail_id, letter, refusal, clock())
        return refusal
    except Exception as fault:  # noqa: BLE001 - a named edge: this mail waits, the others go on
        log.error("mail not sent: %s", type(fault).__name__)
        put_off(mail_id, letter, NotSent(f"A fault here: {type(fault).__name__}", final=False), clock())
        return NotSent("", final=False)
    mark(mail_id, letter.claimed_until, state=MailState.SENT, sent_at=clock(), problem="")
    return None


def claim(moment: datetime) -> int | None:
    """The mail that is due first, for this worker alone until the lease ends; None: nothing is due.

    On PostgreSQL rows that another worker is claiming are passed over; on SQLite writers stand in line anyway.
    """
    due = (
        select(OutgoingMail)
        .where(
            OutgoingMail.state.in_(WAITING),
            OutgoingMail.due_at <= moment,
            or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until <= moment),
        )
        .order_by(OutgoingMail.due_at, OutgoingMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    mail = db.session.scalar(due)
    if mail is None:
        db.session.rollback()
        return None
    mail.state, mail.claimed_until, mail.tries = MailState.SENDING, moment + LEASE, mail.tries + 1
    db.session.commit()
    return mail.id


def opened(mail_id: int) -> Letter:
    """The claimed mail with its text, held in no transaction."""
    ask = select(OutgoingMail).where(OutgoingMail.id == mail_id).options(undefer(OutgoingMail.body_sealed))
    mail = db.session.scalars(ask).one()
    try:
        assert mail.claimed_until is not None
        return Letter(
            id=mail.id,
            uid=mail.uid,
            claimed_until=mail.claimed_until,
            tries=mail.tries,
            made_at=mail.made_at,
            message_id=mail.message_id,
            to_address=mail.to_address,
            subject=mail.subject,
            body=mail.body or "",
        )
    finally:
        db.session.rollback()


def put_off(mail_id: int, letter: Letter | None, refusal: NotSent, moment: datetime) -> None:
    """The mail is tried again later, or has failed for good and stands on Today of the administrators."""
    pause = None if refusal.final or letter is None else pause_after(letter.tries)
    problem = problem_in_words(refusal.reply, letter.to_address if letter else "")
    until = letter.claimed_until if letter else None
    if pause is None:
        log.warning("mail failed for good")
        mark(mail_id, until, state=MailState.FAILED, problem=problem)
    else:
        mark(mail_id, until, state=MailState.DELAYED, problem=problem, due_at=moment + pause)


def mark(mail_id: int, claimed_until: datetime | None, **values: object) -> None:
    """What became of a claimed mail; nothing where the lease ran out and another worker has it."""
    mine = update(OutgoingMail).where(OutgoingMail.id == mail_id, OutgoingMail.state == MailState.SENDING)
    if claimed_until is not None:
        mine = mine.where(OutgoingMail.claimed_until == claimed_until)
    db.session.execute(
        mine.values(claimed_until=None, **values), execution_options={"synchronize_session": False}
    )
    db.session.commit()
