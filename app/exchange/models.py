"""What leaves: a notification for each event, the files that carried it, and the ledger made of both (P-3, P-5)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.hats import AT_A_SCHOOL, HatKind
from app.access.ownership import Books, OfECT
from app.exchange.rules import Event, FileKind
from app.extensions import Instant, now
from app.terms.closed_set import closed_set
from app.vault.sealed import HasUid

# The first time that a named person released a notification: once, whoever does so at once.
FIRST_TIME = text("first")
NOT_FOR_SCHOOLS = AT_A_SCHOOL | {HatKind.TRUST_ADMINISTRATOR}


class Notification(HasUid, OfECT):
    """One event, with the eight fields as they were. It never changes; a later event has its own."""

    __tablename__ = "notification"
    __hidden_from__ = NOT_FOR_SCHOOLS
    __table_args__ = (
        CheckConstraint("(event = 'outcome') = (outcome IS NOT NULL)", name="outcome_when_decided"),
        CheckConstraint("event = 'start' OR ended_on IS NOT NULL", name="end_when_ended"),
        Index("ix_notification_period_id", "period_id"),
        Index("ix_notification_outcome_id", "outcome_id"),
        Index("ix_notification_made_at_id", "made_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[Event] = mapped_column(closed_set(Event, "notification_event"))
    made_at: Mapped[datetime] = mapped_column(Instant, default=now)
    period_id: Mapped[int] = mapped_column(ForeignKey("induction_period.id"))
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"))
    # --- the eight fields ---
    trn: Mapped[str | None] = mapped_column(String(7))
    surname: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    born_on: Mapped[date | None]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(4))
    terms: Mapped[Decimal | None] = mapped_column(Numeric(3, 1))


class TraFile(HasUid, Books):
    """A file with the eight fields: hash, who, when. Nobody's name: a copy for the desk, which counts as not sent."""

    __tablename__ = "tra_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    released_at: Mapped[datetime] = mapped_column(Instant, default=now)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    actor: Mapped[str] = mapped_column(String(130), default="")
    kind: Mapped[FileKind] = mapped_column(closed_set(FileKind, "tra_file_kind"))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    row_count: Mapped[int]
    since: Mapped[date | None]
    # Rows that had gone before were asked for again.
    again: Mapped[bool] = mapped_column(default=False)

    rows: Mapped[list["TraFileRow"]] = relationship(back_populates="file", lazy="raise_on_sql")

    @property
    def number(self) -> str:
        """How people call it: T-2026-7."""
        return f"T-{self.released_at.year}-{self.id}"


class TraFileRow(OfECT):
    """One person's notification in one file: the ledger's answer to "which people"."""

    __tablename__ = "tra_file_row"
    __hidden_from__ = NOT_FOR_SCHOOLS
    __table_args__ = (
        UniqueConstraint("file_id", "notification_id", name="uq_tra_file_row_file_notification"),
        Index("ix_tra_file_row_notification_id", "notification_id"),
        Index("ix_tra_file_row_file_id", "file_id"),
        Index(
            "uq_tra_file_row_first",
            "notification_id",
            unique=True,
            postgresql_where=FIRST_TIME,
            sqlite_where=FIRST_TIME,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("tra_file.id"))
    notification_id: Mapped[int] = mapped_column(ForeignKey("notification.id"))
    # Sent with this file. False: it had gone before and was asked for again, or the file is a copy for the desk.
    first: Mapped[bool] = mapped_column(default=True)

    file: Mapped[TraFile] = relationship(back_populates="rows", lazy="raise_on_sql")
    notification: Mapped[Notification] = relationship(lazy="raise_on_sql")
