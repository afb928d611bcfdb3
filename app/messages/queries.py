"""Named reads of the outbox and of who wants marketing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import func, select

from app.extensions import db
from app.messages.models import MarketingChoice, OutgoingMail
from app.messages.rules import MailState

NEWEST = 50


def how_many_failed() -> int:
    """Mails that failed for good: each is somebody who was not told."""
    ask = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.state == MailState.FAILED)
    return db.session.scalar(ask) or 0


def choices_of(person_id: int) -> Sequence[MarketingChoice]:
    """What somebody said about marketing, the newest first."""
    ask = (
        select(MarketingChoice)
        .where(MarketingChoice.person_id == person_id)
        .order_by(MarketingChoice.id.desc())
        .limit(NEWEST)
    )
    return db.session.scalars(ask).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledMail:
    """A mail that development wrote into a folder."""

    name: str
    to: str
    subject: str
    sent: datetime | None
    message_id: str
    text: str


def filed(folder: Path) -> list[FiledMail]:
    """The newest mails in the folder of development, the newest first."""
    files = sorted(folder.glob("*.eml"), reverse=True) if folder.is_dir() else []
    return [read(file) for file in files[:NEWEST]]


def filed_as(folder: Path, name: str) -> FiledMail | None:
    """The mail of that name; None where the folder has none."""
    return next((read(file) for file in folder.glob("*.eml") if file.stem == name), None)


def read(file: Path) -> FiledMail:
    """What a file of the folder holds."""
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    when = mail["Date"].datetime if mail["Date"] else None
    return FiledMail(
        name=file.stem,
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        sent=when,
        message_id=str(mail["Message-ID"] or ""),
        text=str(mail.get_content()),
    )
