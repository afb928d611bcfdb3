"""A registration: what a school says of an ECT until an AB officer authorises or returns it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.ownership import OfSchool
from app.extensions import SORTED, Instant, now
from app.registrations.rules import RegistrationState
from app.schools.models import School
from app.terms.closed_set import closed_set
from app.vault.keys import StorageClass
from app.vault.sealed import HasUid, Sealed, sealed_column

LIVE = text("trn IS NOT NULL AND state IN ('draft', 'awaiting_ab', 'returned')")


class Registration(HasUid, OfSchool):
    """One school's registration of one ECT. The answers are sealed; name, TRN and start stand for the lists.

    It belongs to the school that makes it: another school, where the ECT may be known, learns nothing of it.
    """

    __tablename__ = "registration"
    __names_an_ect__ = True
    __table_args__ = (
        CheckConstraint("trn IS NULL OR length(trn) = 7", name="trn_has_seven_digits"),
        Index(
            "uq_registration_live_trn",
            "school_id",
            "trn",
            unique=True,
            postgresql_where=LIVE,
            sqlite_where=LIVE,
        ),
        Index("ix_registration_state_moved_at_id", "state", "moved_at", "id"),
        Index("ix_registration_moved_at_id", "moved_at", "id"),
        Index("ix_registration_sort_name_id", "sort_name", "id"),
        Index("ix_registration_trn", "trn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[RegistrationState] = mapped_column(
        closed_set(RegistrationState, "registration_state"), default=RegistrationState.DRAFT
    )
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    sort_name: Mapped[str] = mapped_column(SORTED, default="")
    trn: Mapped[str | None] = mapped_column(String(7))
    starts_on: Mapped[date | None]
    answers_sealed: Mapped[bytes | None] = sealed_column()
    made_at: Mapped[datetime] = mapped_column(Instant, default=now)
    # When it came into the state that it is in: how long the AB, or the school, has had it.
    moved_at: Mapped[datetime] = mapped_column(Instant, default=now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    reason_sealed: Mapped[bytes | None] = sealed_column()
    # The record that it became; set when it is authorised.
    ect_id: Mapped[int | None] = mapped_column(ForeignKey("ect.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    answers = Sealed(StorageClass.DRAFTS)  # JSON, a key for each question of `app/forms/registrations.py`
    reason = Sealed(StorageClass.DRAFTS)  # why it came back, as the school reads it

    school: Mapped[School] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}

    @property
    def key_owner(self) -> str:
        """Whose key: its own, until it becomes a person's record."""
        return f"registration:{self.uid}"

    @property
    def listed_name(self) -> str:
        """The name in lists: Osei, Miriam."""
        return f"{self.last_name}, {self.first_name}".strip(", ")
