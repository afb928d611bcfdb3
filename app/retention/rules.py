"""When a record falls due for deletion: six calendar years after induction was completed or left (P-7).

Pure: no database, request or clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

YEARS: Final = 6
SOON: Final = timedelta(days=90)
# How long a record may be due before it counts as overdue: time for a person to look and to approve.
TIME_TO_DELETE: Final = timedelta(days=30)


class Trigger(StrEnum):
    """What starts the clock."""

    COMPLETED = "completed"
    LEFT = "left"


class Status(StrEnum):
    """Where a record stands, in the order in which it wants somebody's eye."""

    OVERDUE = "overdue"
    DUE = "due"
    SOON = "soon"
    UNKNOWN = "unknown"
    NOT_DUE = "not_due"


STATUS_IN_WORDS: Final = MappingProxyType(
    {
        Status.OVERDUE: _("Overdue"),
        Status.DUE: _("Due"),
        Status.SOON: _("Due in 90 days"),
        Status.UNKNOWN: _("Trigger unknown"),
        Status.NOT_DUE: _("Not due"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """How long a record is kept: whole `years` after its trigger."""

    number: str
    trigger: Trigger
    years: int


RULES: Final[Mapping[Trigger, RetentionRule]] = MappingProxyType(
    {
        Trigger.COMPLETED: RetentionRule(number="R1", trigger=Trigger.COMPLETED, years=YEARS),
        Trigger.LEFT: RetentionRule(number="R2", trigger=Trigger.LEFT, years=YEARS),
    }
)


def due_on(triggered_on: date) -> date:
    """First day on which the record may be deleted: six calendar years on.

    A trigger on 29 February falls due on 1 March, as no sixth year after a leap year has that day.

    Source: P-7; statutory guidance, 2.77 and 5.11.
    """
    return years_on(triggered_on, YEARS)


def years_on(day: date, years: int) -> date:
    """The same day so many years on; for 29 February, where that year has none, 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_trigger_due_by(day: date) -> date:
    """The latest trigger that has fallen due by `day`: lists and counts ask the database by it.

    For every trigger: `due_on(trigger) <= day` exactly where `trigger <= last_trigger_due_by(day)`.
    """
    try:
        return day.replace(year=day.year - YEARS)
    except ValueError:  # 29 February: the year six before has none
        return date(day.year - YEARS, 2, 28)


def status_on(today: date, due: date) -> Status:
    """Where a record with this due date stands today.

    Due from the due date on; overdue when it has been due for more than 30 days.

    Source: service rule; P-7 sets the six years.
    """
    if due > today + SOON:
        return Status.NOT_DUE
    if due > today:
        return Status.SOON
    return Status.DUE if due >= today - TIME_TO_DELETE else Status.OVERDUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """Triggers after one day, up to and including another; None: no bound."""

    after: date | None
    until: date | None


def triggers_of(status: Status, today: date) -> Triggers:
    """The triggers that have this status today; together they hold every trigger once.

    Raises:
        ValueError: an unknown trigger has no date.
    """
    overdue = last_trigger_due_by(today - TIME_TO_DELETE - timedelta(days=1))
    due, soon = last_trigger_due_by(today), last_trigger_due_by(today + SOON)
    bounds = {
        Status.OVERDUE: Triggers(after=None, until=overdue),
        Status.DUE: Triggers(after=overdue, until=due),
        Status.SOON: Triggers(after=due, until=soon),
        Status.NOT_DUE: Triggers(after=soon, until=None),
    }
    if status not in bounds:
        raise ValueError(status)
    return bounds[status]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month that is to come, and the triggers that fall due in it."""

    year: int
    month: int
    triggers: Triggers


def months_ahead(today: date, number: int = 12) -> tuple[Month, ...]:
    """So many months from tomorrow on; the first one less the days that have passed."""
    found: list[Month] = []
    last = today
    while len(found) < number:
        first = last + timedelta(days=1)
        ends = end_of_month(first)
        triggers = Triggers(after=last_trigger_due_by(last), until=last_trigger_due_by(ends))
        found.append(Month(year=first.year, month=first.month, triggers=triggers))
        last = ends
    return tuple(found)


def end_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
