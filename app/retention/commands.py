"""`flask retention report`: who falls due for deletion, from the desk. It lists; it deletes nothing."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from app.access.console import acting, as_somebody, in_json, progress_bar
from app.access.hats import HatKind
from app.extensions import today
from app.retention import queries, service
from app.retention.queries import Figures, Person
from app.retention.rules import RULES, STATUS_IN_WORDS, Status
from app.retention.table import rule_in_words, trigger_in_words
from app.terms.on_screen import on_screen

MAY_READ: Final = (HatKind.AB_ADMINISTRATOR, HatKind.DPO)
SHOWN: Final = 10  # people of each kind on a terminal
WANT_AN_EYE: Final = (Status.OVERDUE, Status.DUE, Status.UNKNOWN)

retention = AppGroup("retention", help="How long records are kept, and what falls due for deletion.")


@retention.command("report")
@in_json
@as_somebody
def report(*, as_json: bool, username: str) -> None:
    """Say who falls due for deletion, when, and under which rule. Nothing is deleted."""
    with acting(username, MAY_READ, _("nobody of that name may read the retention report")):
        day = today()
        with service.reading() as session:
            found = queries.figures(session, day)
        service.note_that_it_was_taken(found, "JSON" if as_json else "console")
        with service.without_a_write_lock():
            if as_json:
                for piece in in_pieces(found, day):
                    click.echo(piece, nl=False)
            else:
                show(found, day)


def show(found: Figures, day: date) -> None:
    """The figures, and the first people whom somebody must look at."""
    click.echo(_("Position on %(day)s. Nothing is deleted.", day=on_screen(day)))
    for status in Status:
        click.echo(f"{found.number[status]:>9,}  {STATUS_IN_WORDS[status]}")
    for status in WANT_AN_EYE:
        with service.reading() as session:
            people = queries.page(session, status, day, None, backwards=False, limit=SHOWN)
        for person in people:
            click.echo(line(person))
        if (more := found.number[status] - len(people)) > 0:
            click.echo(_("… and %(more)s more; --json lists everybody", more=on_screen(more)))


def line(person: Person) -> str:
    """One person on a terminal."""
    words = [str(STATUS_IN_WORDS[person.status]), person.name, person.trn or _("no TRN")]
    if person.due_on and person.ended_on:
        words += [on_screen(person.due_on), trigger_in_words(person), on_screen(person.ended_on)]
    return "   ".join([*words, rule_in_words(person)]).rstrip()


def in_pieces(found: Figures, day: date) -> Iterator[str]:
    """The whole report as one JSON object, person by person: nothing is held whole."""
    head = {"position": day.isoformat(), "figures": {each.value: found.number[each] for each in Status}}
    yield json.dumps(head)[:-1] + ', "people": ['
    with progress_bar() as bar, service.reading() as session:
        task = bar.add_task(_("Listing"), total=sum(found.number.values()))
        for number, person in enumerate(queries.everybody(session, day)):
            yield (", " if number else "") + json.dumps(as_plain(person), ensure_ascii=False)
            bar.update(task, completed=number + 1)
    yield "]}\n"


def as_plain(person: Person) -> dict[str, Any]:
    """One person as JSON has it: dates in ISO 8601."""
    rule = RULES[person.trigger] if person.trigger else None
    return {
        "name": person.name,
        "trn": person.trn or None,
        "trigger": person.trigger.value if person.trigger else None,
        "outcome": person.result.value if person.result else None,
        "ended_on": person.ended_on.isoformat() if person.ended_on else None,
        "due_on": person.due_on.isoformat() if person.due_on else None,
        "rule": rule.number if rule else None,
        "years": rule.years if rule else None,
        "status": person.status.value,
    }
