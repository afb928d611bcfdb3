"""Who completed or left when, out of periods and outcomes; who has no date. Values only: no row leaves here.

A period that starts the clock of its ECT is the one of the outcome in force, or, without an outcome, the last one
that ended where none is open. Each read takes the session that may see: the AB's own, or the house's for the DPO.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.ects.models import ECT, ECTIdentity, Placement
from app.ects.rules import ECTState
from app.fabext.lists import COUNT_CAP
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Result
from app.retention.rules import (
    Month,
    Status,
    Trigger,
    Triggers,
    due_on,
    last_trigger_due_by,
    months_ahead,
    status_on,
    triggers_of,
)

ENDED = (ECTState.PASSED, ECTState.FAILED, ECTState.LEFT)
STREAMED = 2000  # rows that an export holds at a time
Place = tuple[Any, int] | None

other = aliased(InductionPeriod)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One line of the report. Without a trigger there is no due date: a work list, never a deletion."""

    id: int  # of the row that the page is cut at
    uid: str
    sort_name: str
    name: str
    trn: str
    state: ECTState
    status: Status
    trigger: Trigger | None = None
    result: Result | None = None
    ended_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many stand where, and how many fall due in each of the months to come."""

    number: Mapping[Status, int]
    months: Sequence[tuple[Month, int]]


# --- Known triggers ---


def starts_the_clock() -> ColumnElement[bool]:
    """Whether a period is the one that its ECT's clock starts from; the outcome in force is joined beside it.

    As a CASE: PostgreSQL then guesses that every second period does, walks along the days, and a page costs the same
    whatever the number of ECTs. Of an OR it guesses that none does, and reads them all.
    """
    of_same = other.ect_id == InductionPeriod.ect_id
    open_one = select(other.id).where(of_same, other.ended_on.is_(None)).exists()
    later = select(other.id).where(of_same, other.ended_on > InductionPeriod.ended_on).exists()
    return case(
        (Outcome.id.is_not(None), Outcome.period_id == InductionPeriod.id), (open_one, false()), else_=~later
    )


def triggered(ask: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """`ask` about periods, less those that start no clock."""
    decided = and_(Outcome.ect_id == InductionPeriod.ect_id, Outcome.replaced_by_id.is_(None))
    ended = InductionPeriod.ended_on.is_not(None)
    return ask.select_from(InductionPeriod).outerjoin(Outcome, decided).where(ended, starts_the_clock())


def within(triggers: Triggers) -> ColumnElement[bool]:
    """Periods that ended within these bounds."""
    after = InductionPeriod.ended_on > triggers.after if triggers.after else None
    until = InductionPeriod.ended_on <= triggers.until if triggers.until else None
    return and_(*(each for each in (after, until, InductionPeriod.ended_on.is_not(None)) if each is not None))


def figures(session: Session, today: date) -> Figures:
    """All numbers of the report: one statement for those with a trigger, one for those without."""
    known = [status for status in Status if status is not Status.UNKNOWN]
    months = months_ahead(today)
    bounds = [triggers_of(status, today) for status in known] + [month.triggers for month in months]
    counts = session.execute(
        triggered(select(*(func.count(case((within(each), 1))) for each in bounds)))
    ).one()
    number = dict(zip(known, counts, strict=False))
    number[Status.UNKNOWN] = session.scalar(unknown(select(func.count(ECT.id)), today)) or 0
    return Figures(number=number, months=list(zip(months, counts[len(known) :], strict=True)))


def with_date() -> Select[*tuple[Any, ...]]:
    """Those whose clock has started, with what the report says of them."""
    return (
        triggered(
            select(
                InductionPeriod.id,
                InductionPeriod.ended_on,
                ECT.uid,
                ECT.sort_name,
                ECT.first_name,
                ECT.last_name,
                ECT.state,
                ECTIdentity.trn,
                Outcome.result,
            )
        )
        .join(ECT, ECT.id == InductionPeriod.ect_id)
        .outerjoin(ECTIdentity, ECTIdentity.ect_id == ECT.id)
    )


def read_with_date(row: Any, today: date) -> Person:
    """One of `with_date`."""
    due = due_on(row.ended_on)
    return Person(
        id=row.id,
        uid=row.uid,
        sort_name=row.sort_name,
        name=f"{row.last_name}, {row.first_name}",
        trn=row.trn or "",
        state=row.state,
        status=status_on(today, due),
        trigger=Trigger.COMPLETED if row.result else Trigger.LEFT,
        result=row.result,
        ended_on=row.ended_on,
        due_on=due,
    )


# --- Unknown triggers ---


def unknown(ask: Select[*tuple[Any, ...]], today: date) -> Select[*tuple[Any, ...]]:
    """`ask` about ECTs, less those whose clock has started or still waits.

    Left are those whose induction has ended, or who are placed nowhere, without a date to count from.
    """
    of_ect = InductionPeriod.ect_id == ECT.id
    has_outcome = select(Outcome.id).where(Outcome.ect_id == ECT.id, Outcome.replaced_by_id.is_(None))
    completed = has_outcome.join(InductionPeriod, Outcome.period_id == InductionPeriod.id).where(
        InductionPeriod.ended_on.is_not(None)
    )
    ended = select(InductionPeriod.id).where(of_ect, InductionPeriod.ended_on.is_not(None)).exists()
    goes_on = select(InductionPeriod.id).where(of_ect, InductionPeriod.ended_on.is_(None)).exists()
    placed = (
        select(Placement.id)
        .where(Placement.ect_id == ECT.id, or_(Placement.ended_on.is_(None), Placement.ended_on >= today))
        .exists()
    )
    known = or_(completed.exists(), and_(~has_outcome.exists(), ended, ~goes_on))
    return ask.where(or_(ECT.state.in_(ENDED), ~placed), ~known)


def without_date(today: date) -> Select[*tuple[Any, ...]]:
    """Those without a trigger, with what the report says of them."""
    return unknown(
        select(
            ECT.id, ECT.uid, ECT.sort_name, ECT.first_name, ECT.last_name, ECT.state, ECTIdentity.trn
        ).outerjoin(ECTIdentity, ECTIdentity.ect_id == ECT.id),
        today,
    )


def read_without_date(row: Any) -> Person:
    """One of `without_date`."""
    return Person(
        id=row.id,
        uid=row.uid,
        sort_name=row.sort_name,
        name=f"{row.last_name}, {row.first_name}",
        trn=row.trn or "",
        state=row.state,
        status=Status.UNKNOWN,
    )


# --- Pages and the whole ---


def page(
    session: Session, status: Status, today: date, at: Place, *, backwards: bool, limit: int
) -> Sequence[Person]:
    """Some people of a status next to `at`: by due date, or by name where there is none. Any page costs the same."""
    if status is Status.UNKNOWN:
        ask, order = without_date(today), (ECT.sort_name, ECT.id)
    else:
        ask = with_date().where(within(triggers_of(status, today)))
        order = (InductionPeriod.ended_on, InductionPeriod.id)  # type: ignore[assignment]
    if at is not None:
        here, there = tuple_(*order), tuple_(*at)
        ask = ask.where(here < there if backwards else here > there)
    ask = ask.order_by(*(column.desc() if backwards else column.asc() for column in order)).limit(limit)
    rows = session.execute(ask).all()
    people = [
        read_without_date(row) if status is Status.UNKNOWN else read_with_date(row, today) for row in rows
    ]
    return people[::-1] if backwards else people


def everybody(session: Session, today: date) -> Iterator[Person]:
    """The whole report, by due date, those without a date last; streamed."""
    dated = with_date().order_by(InductionPeriod.ended_on, InductionPeriod.id)
    for row in session.execute(dated, execution_options={"yield_per": STREAMED}):
        yield read_with_date(row, today)
    undated = without_date(today).order_by(ECT.sort_name, ECT.id)
    for row in session.execute(undated, execution_options={"yield_per": STREAMED}):
        yield read_without_date(row)


def how_many_due(session: Session, today: date) -> int:
    """How many have fallen due by today, counted no further than 10,001: the tile of the home pages."""
    due = within(Triggers(after=None, until=last_trigger_due_by(today)))
    some = triggered(select(InductionPeriod.id)).where(due).limit(COUNT_CAP + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
