"""The report as a table for people, in CSV: what a spreadsheet would run is made harmless."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from flask_babel import gettext as _

from app.exchange.rules import harmless
from app.induction.rules import Result
from app.retention.queries import Person
from app.retention.rules import RULES, STATUS_IN_WORDS, Trigger

LINES_AT_ONCE: Final = 500


def header() -> tuple[str, ...]:
    """The names of the columns."""
    return (
        _("Name"),
        _("TRN"),
        _("What started the clock"),
        _("On"),
        _("Due"),
        _("Rule"),
        _("Status"),
    )


def trigger_in_words(person: Person) -> str:
    """What started the clock."""
    if person.trigger is None:
        return _("Not known")
    if person.trigger is Trigger.LEFT:
        return _("Left without completing")
    return _("Induction completed, failed") if person.result is Result.FAIL else _("Induction completed")


def rule_in_words(person: Person) -> str:
    """R1, 6 years."""
    if person.trigger is None:
        return ""
    rule = RULES[person.trigger]
    return _("%(number)s, %(years)s years", number=rule.number, years=rule.years)


def line(person: Person) -> tuple[str, ...]:
    """One person; dates in ISO 8601, the TRN with its zeros."""
    return (
        harmless(person.name),
        person.trn,
        trigger_in_words(person),
        person.ended_on.isoformat() if person.ended_on else "",
        person.due_on.isoformat() if person.due_on else "",
        rule_in_words(person),
        str(STATUS_IN_WORDS[person.status]),
    )


def in_csv(people: Iterable[Person]) -> Iterator[str]:
    """The report as CSV, in pieces of some hundred lines."""
    piece = io.StringIO()
    writer = csv.writer(piece)
    writer.writerow(header())
    for number, person in enumerate(people, start=1):
        writer.writerow(line(person))
        if number % LINES_AT_ONCE == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()
