"""Induction periods, and the outcome: one in force for a person, ever."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.ownership import OfECT
from app.ects.models import ECT, NOT_FOR_MENTORS
from app.ects.rules import Programme
from app.extensions import Instant, now
from app.induction.rules import Cause, Result
from app.schools.models import School
from app.terms.closed_set import closed_set
from app.vault.keys import StorageClass
from app.vault.sealed import HasUid, Sealed, sealed_column

IN_FORCE = text("replaced_by_id IS NULL")


class InductionPeriod(HasUid, OfECT):
    """Induction at one school with this body, from a first to a last day (inclusive; none: it goes on).

    No two of one ECT overlap: a rule, and on PostgreSQL an exclusion constraint (`excl_induction_period_overlap`).
    """

    __tablename__ = "induction_period"
    __at_school__ = True
    __hidden_from__ = NOT_FOR_MENTORS
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on > started_on", name="ends_after_start"),
        CheckConstraint("(ended_on IS NULL) = (terms IS NULL)", name="terms_when_ended"),
        CheckConstraint("terms IS NULL OR (terms >= 0 AND terms <= 16)", name="terms_in_bounds"),
        CheckConstraint("fte > 0 AND fte <= 1", name="fte_in_bounds"),
        Index("ix_induction_period_school_id_ect_id", "school_id", "ect_id"),
        # The retention report and what ended lately are read along it.
        Index("ix_induction_period_ended_on_id", "ended_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    programme: Mapped[Programme] = mapped_column(closed_set(Programme, "period_programme"))
    fte: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    # FTE terms served, one decimal; known when the period has ended.
    terms: Mapped[Decimal | None] = mapped_column(Numeric(3, 1))
    version: Mapped[int] = mapped_column(default=1)

    ect: Mapped[ECT] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class Outcome(HasUid, OfECT):
    """Pass or fail, recorded by a named AB assessor. Never edited: replaced by an appeal or a correction.

    Schools and the ECT read it once its notice is released. Until then nothing else tells of it: the end that goes
    with it stands here, and comes into the period with the notice.
    """

    __tablename__ = "outcome"
    __once_released__ = True
    __at_school__ = True
    __hidden_from__ = NOT_FOR_MENTORS
    __table_args__ = (
        CheckConstraint("(ended_on IS NULL) = (terms IS NULL)", name="terms_when_ended"),
        CheckConstraint("terms IS NULL OR (terms >= 0 AND terms <= 16)", name="terms_in_bounds"),
        Index("uq_outcome_in_force", "ect_id", unique=True, postgresql_where=IN_FORCE, sqlite_where=IN_FORCE),
        Index("ix_outcome_school_id_ect_id", "school_id", "ect_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("induction_period.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))  # that of the period
    # Last day and FTE terms that the decision gives the period. None: as the period had them before.
    ended_on: Mapped[date | None]
    terms: Mapped[Decimal | None] = mapped_column(Numeric(3, 1))
    result: Mapped[Result] = mapped_column(closed_set(Result, "outcome_result"))
    cause: Mapped[Cause] = mapped_column(closed_set(Cause, "outcome_cause"), default=Cause.DECISION)
    decided_on: Mapped[date]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # The name as it was: it stays with the decision, whatever becomes of the account.
    decided_by: Mapped[str] = mapped_column(String(130), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant, default=now)
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)  # whose key seals the reasons
    reasons_sealed: Mapped[bytes | None] = sealed_column()

    reasons = Sealed(StorageClass.STATUTORY)

    ect: Mapped[ECT] = relationship(lazy="raise_on_sql")
    period: Mapped[InductionPeriod] = relationship(lazy="raise_on_sql")

    @property
    def key_owner(self) -> str:
        """Whose key."""
        return f"person:{self.person_id}"
