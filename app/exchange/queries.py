"""Named reads of notifications and of the files that carried them."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, case, exists, func, literal, select
from sqlalchemy.orm import aliased

from app.ects.models import ECT
from app.exchange.models import Notification, TraFile, TraFileRow
from app.exchange.rules import EightFields, Event, Why, as_told
from app.extensions import db
from app.terms.on_screen import LONDON

AT_A_TIME: Final = 2000  # rows in hand while a file is written
SHOWN: Final = 50
EIGHT: Final = (
    *(Notification.trn, Notification.surname, Notification.first_name, Notification.born_on),
    *(Notification.started_on, Notification.ended_on, Notification.outcome, Notification.terms),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which notifications a file is for: those never sent; since a day; those sent before as well."""

    since: date | None = None
    again: bool = False


def sent() -> ColumnElement[bool]:
    """Whether a notification has gone out in a file that a named person released."""
    return exists().where(TraFileRow.notification_id == Notification.id, TraFileRow.first)


def replaced() -> ColumnElement[bool]:
    """Whether a later notification of the same event tells it better: a correction, an appeal decision."""
    later = aliased(Notification)
    return exists().where(
        later.period_id == Notification.period_id,
        later.event == Notification.event,
        later.id > Notification.id,
    )


def why(today: date) -> ColumnElement[str]:
    """Why a notification may not go; `ready` where it may."""
    return case(
        (Notification.trn.is_(None), literal(Why.NO_TRN.value)),
        (Notification.born_on.is_(None), literal(Why.NO_BIRTH_DATE.value)),
        (Notification.started_on > today, literal(Why.WAITS.value)),
        else_=literal(Why.READY.value),
    )


def wanted(ask: Any, asked: Asked) -> Any:
    """`ask` with the notifications that a file is asked for; never one that a later one replaces."""
    ask = ask.where(~replaced())
    if not asked.again:
        ask = ask.where(~sent())
    if asked.since is not None:
        ask = ask.where(Notification.made_at >= datetime.combine(asked.since, time.min, LONDON))
    return ask


def counts(asked: Asked, today: date) -> dict[Why, int]:
    """How many notifications are ready, and how many are withheld for which reason."""
    reasons = wanted(select(Notification.id, why(today).label("why")), asked).subquery()
    ask = select(reasons.c.why, func.count()).group_by(reasons.c.why)
    return {Why(reason): number for reason, number in db.session.execute(ask)}


def shown(asked: Asked, today: date, *, ready: bool, most: int = SHOWN) -> Sequence[Row[Any]]:
    """The first of those that would go, or of those that are withheld: why, record, event and the eight fields."""
    reason = why(today)
    is_ready = reason == Why.READY.value
    ask = (
        select(reason.label("why"), ECT.uid, Notification.event, *EIGHT)
        .join(ECT, ECT.id == Notification.ect_id)
        .where(is_ready if ready else ~is_ready)
        .order_by(Notification.trn, Notification.id)
        .limit(most)
    )
    found: Sequence[Row[Any]] = db.session.execute(wanted(ask, asked)).all()
    return found


def eight_of(event: Event, values: Sequence[Any]) -> EightFields:
    """The eight values of a notification, as that event tells them."""
    trn, surname, first_name, born_on, started_on, ended_on, outcome, terms = values
    return as_told(
        event,
        EightFields(
            trn=trn,
            surname=surname,
            first_name=first_name,
            born_on=born_on,
            started_on=started_on,
            ended_on=ended_on,
            outcome=outcome,
            terms=terms,
        ),
    )


def in_file(session: Any, file_id: int) -> Generator[EightFields, None, None]:
    """What a file holds, by TRN so that two files compare; a few rows in hand at a time."""
    ask = (
        select(Notification.event, *EIGHT)
        .join(TraFileRow, TraFileRow.notification_id == Notification.id)
        .where(TraFileRow.file_id == file_id)
        .order_by(Notification.trn, Notification.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    with session.execute(ask) as found:  # closed where the writing stops in the middle
        for event, *values in found:
            yield eight_of(event, values)


def rows_seen(file_id: int) -> int:
    """How many rows of a file this person may see."""
    ask = select(func.count()).select_from(TraFileRow).where(TraFileRow.file_id == file_id)
    return db.session.scalar(ask) or 0


def file_named(uid: str) -> TraFile | None:
    """The file of a random name."""
    return db.session.scalars(select(TraFile).where(TraFile.uid == uid)).one_or_none()


def newest_file() -> TraFile | None:
    """The file released last by a named person."""
    ask = select(TraFile).where(TraFile.released_by_id.is_not(None)).order_by(TraFile.id.desc()).limit(1)
    return db.session.scalars(ask).one_or_none()
