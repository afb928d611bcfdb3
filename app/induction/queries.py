"""Named reads of induction periods and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, load_only, undefer

from app.access.scope import one_to_write
from app.ects.models import ECT, QTS
from app.extensions import db
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Span, Standing
from app.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One person's induction as the rules judge it: all periods wherever served, and the outcome in force."""

    spans: dict[int, Span]
    qts_awarded_on: date | None = None
    standing: Standing | None = None

    def others(self, period_id: int | None = None) -> Sequence[Span]:
        """The periods but one."""
        return [span for number, span in self.spans.items() if number != period_id]


def course_of(house: Session, ect_id: int) -> Course:
    """The whole induction of one ECT, in one statement.

    A decision whose notice is not released ends its period already: the end stands with the outcome.

    Args:
        house: a session that sees all (`whole_record`).
    """
    ends = func.coalesce(InductionPeriod.ended_on, Outcome.ended_on)
    ask = (
        select(
            *(ECT.first_name, ECT.last_name, QTS.awarded_on, Outcome.result, Outcome.decided_on),
            *(Outcome.period_id, InductionPeriod.id, InductionPeriod.started_on, InductionPeriod.ended_on),
            *(ends.label("ends"), School.name),
        )
        .select_from(ECT)
        .outerjoin(QTS, QTS.ect_id == ECT.id)
        .outerjoin(Outcome, and_(Outcome.ect_id == ECT.id, Outcome.replaced_by_id.is_(None)))
        .outerjoin(InductionPeriod, InductionPeriod.ect_id == ECT.id)
        .outerjoin(School, School.id == InductionPeriod.school_id)
        .where(ECT.id == ect_id)
    )
    spans: dict[int, Span] = {}
    awarded_on: date | None = None
    standing: Standing | None = None
    for row in house.execute(ask):
        awarded_on = row.awarded_on
        if row.id is not None:
            last_day = row.ends if row.id == row.period_id else row.ended_on
            spans[row.id] = Span(started_on=row.started_on, ended_on=last_day, school=row.name)
        if row.result is not None:
            standing = Standing(
                name=f"{row.first_name} {row.last_name}", result=row.result, decided_on=row.decided_on
            )
    return Course(spans=spans, qts_awarded_on=awarded_on, standing=standing)


def seen_of(ect_id: int) -> tuple[Sequence[InductionPeriod], Sequence[Outcome]]:
    """Periods and outcomes of one ECT that this person sees, each as they began or were recorded. One statement.

    Schools see what was made there, and with the ECT only outcomes whose notice is released.
    """
    ask = (
        select(InductionPeriod, Outcome)
        .outerjoin(Outcome, Outcome.period_id == InductionPeriod.id)
        .where(InductionPeriod.ect_id == ect_id)
        .options(
            joinedload(InductionPeriod.school).load_only(School.name, School.urn),
            undefer(Outcome.reasons_sealed),
        )
        .order_by(InductionPeriod.started_on, InductionPeriod.id, Outcome.id)
    )
    periods: dict[int, InductionPeriod] = {}
    outcomes: dict[int, Outcome] = {}
    for period, outcome in db.session.execute(ask):
        periods[period.id] = period
        if outcome is not None:
            outcomes[outcome.id] = outcome
    return list(periods.values()), sorted(outcomes.values(), key=lambda outcome: outcome.id)


def newest_period() -> Select[Any]:
    """Periods with their ECT and school, the newest first: the caller says whose."""
    return (
        select(InductionPeriod)
        .join(InductionPeriod.ect)
        .options(
            contains_eager(InductionPeriod.ect).load_only(
                ECT.uid, ECT.first_name, ECT.last_name, ECT.person_id, ECT.state, ECT.version
            ),
            joinedload(InductionPeriod.school).load_only(School.name, School.urn),
        )
        .order_by(InductionPeriod.started_on.desc(), InductionPeriod.id.desc())
        .limit(1)
    )


def period_to_leave(ect_uid: str, *, lock: bool = False) -> InductionPeriod | None:
    """The open period of an ECT, with ECT and school.

    Args:
        ect_uid: the ECT's random name.
        lock: the ECT's row as well, in the same statement, where this person may change it. Who waited for it may
            hold an old period: its version then stops the save.
    """
    ask = newest_period().where(ECT.uid == ect_uid, InductionPeriod.ended_on.is_(None))
    if lock:
        return one_to_write(db.session(), ask.with_for_update(of=ECT))
    return db.session.scalars(ask).one_or_none()


def period_to_decide(ect_uid: str, *, lock: bool = False) -> InductionPeriod | None:
    """The period that an outcome would be about: the one that began last. `lock`: as `period_to_leave`."""
    ask = newest_period().where(ECT.uid == ect_uid)
    if lock:
        return one_to_write(db.session(), ask.with_for_update(of=ECT))
    return db.session.scalars(ask).one_or_none()


def outcome_of(ect_uid: str, outcome_uid: str) -> Outcome | None:
    """One outcome of an ECT, with ECT, period and school."""
    ask = (
        select(Outcome)
        .join(Outcome.ect)
        .options(
            contains_eager(Outcome.ect).load_only(
                ECT.uid, ECT.first_name, ECT.last_name, ECT.person_id, ECT.state, ECT.version
            ),
            joinedload(Outcome.period).joinedload(InductionPeriod.school).load_only(School.name, School.urn),
        )
        .where(ECT.uid == ect_uid, Outcome.uid == outcome_uid)
    )
    return db.session.scalars(ask).one_or_none()


def ect_named(uid: str) -> ECT | None:
    """The ECT of a random name."""
    ask = select(ECT).where(ECT.uid == uid).options(load_only(ECT.uid, ECT.first_name, ECT.last_name))
    return db.session.scalars(ask).one_or_none()
