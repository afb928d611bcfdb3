"""The outbox, and who wants marketing."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.access.ownership import Books, OfPerson
from app.extensions import Instant, now
from app.messages.rules import ChosenBy, MailState, Purpose
from app.terms.closed_set import closed_set
from app.vault.keys import StorageClass
from app.vault.sealed import HasUid, Sealed, sealed_column


class OutgoingMail(HasUid, Books):
    """One mail to one person, written in the transaction of its cause; sent by the worker, once.

    The subject names nobody; the body is sealed under the recipient's key and is gone with it.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_state_due_at_id", "state", "due_at", "id"),
        Index("ix_outgoing_mail_made_at_id", "made_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # purpose:what:whom, so that one cause sends one mail whatever is tried twice.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    purpose: Mapped[Purpose] = mapped_column(closed_set(Purpose, "mail_purpose", 32))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    to_address: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(200))
    body_sealed: Mapped[bytes | None] = sealed_column()
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[MailState] = mapped_column(closed_set(MailState, "mail_state"), default=MailState.QUEUED)
    made_at: Mapped[datetime] = mapped_column(Instant, default=now)
    due_at: Mapped[datetime] = mapped_column(Instant, default=now)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str] = mapped_column(String(200), default="")
    ect_id: Mapped[int | None]  # about whom; no foreign key: the book outlives the record

    body = Sealed(StorageClass.CONTACT)

    @property
    def key_owner(self) -> str:
        """Whose key seals the body."""
        return f"person:{self.to_person_id}" if self.to_person_id else "house"


class MarketingChoice(OfPerson):
    """Whether somebody wants marketing from a moment on (P-12). The newest row counts; none: no."""

    __tablename__ = "marketing_choice"
    __own_to_write__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    wants: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    by: Mapped[ChosenBy] = mapped_column(closed_set(ChosenBy, "marketing_chosen_by"))
    # The words that stood beside the switch when it was used.
    wording: Mapped[str] = mapped_column(String(300))
