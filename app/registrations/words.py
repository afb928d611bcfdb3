"""Answers as people read them, and as a form takes them back."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _

from app.ects.words import pattern_in_words
from app.fabext.fields import DayMonthYear
from app.fabext.pages import Fact, Group, Link, Tag
from app.forms.parts import PatternField
from app.forms.registrations import STEP_GROUPS, labels, step_fields
from app.registrations.rules import (
    FILLED_IN,
    STATE_IN_WORDS,
    STEP_IN_WORDS,
    VERDICT_IN_WORDS,
    Answers,
    Check,
    RegistrationState,
    Step,
    Value,
)
from app.terms.on_screen import on_screen

COLOURS: Final = {
    RegistrationState.DRAFT: "grey",
    RegistrationState.AWAITING_AB: "yellow",
    RegistrationState.RETURNED: "orange",
    RegistrationState.AUTHORISED: "teal",
    RegistrationState.WITHDRAWN: "grey",
}
FIELDS: Final[Mapping[str, Any]] = step_fields()
LABELS: Final[Mapping[str, Any]] = labels()


def state_tag(state: RegistrationState) -> Tag:
    """The state of a registration, as everywhere (`screens.md` 1.5)."""
    return Tag(label=str(STATE_IN_WORDS[state]), colour=COLOURS[state])


def answer_in_words(name: str, value: Value) -> str:
    """One answer: a date, a choice, the days of a week, or the text."""
    made = FIELDS.get(name)
    if value in (None, ""):
        return ""
    if made is None:
        return str(value)
    if made.field_class is DayMonthYear:
        return on_screen(date.fromisoformat(str(value)))
    if made.field_class is PatternField:
        return pattern_in_words(str(value))
    choices = {choice.value: str(choice.label) for choice in made.kwargs.get("choices") or ()}
    return choices.get(str(value), ", ".join(str(value).splitlines()))


def for_form(said: Mapping[str, Value]) -> dict[str, Any]:
    """Answers of a step as its form takes them: dates are dates."""
    return {
        name: date.fromisoformat(str(value))
        if value and name in FIELDS and FIELDS[name].field_class is DayMonthYear
        else value
        for name, value in said.items()
    }


def summary(answers: Answers, change_at: str = "") -> Iterator[Group]:
    """Every answer, step by step; with an address, a link to change each."""
    for step in FILLED_IN:
        said = answers.of(step)
        link = Link(label=_("Change"), href=f"{change_at}/{step.value}") if change_at else None
        named = [name for group in STEP_GROUPS[step] for name in group.fields]
        if step is Step.CONFIRMATIONS:
            named.append("confirmed_by")
        yield Group(
            heading=STEP_IN_WORDS[step],
            facts=[
                Fact(label=str(LABELS[name]), text=answer_in_words(name, said[name]), change=link)
                for name in named
                if said.get(name) not in (None, "")
            ],
            empty=_("Not filled in yet."),
            links=[Link(label=_("Fill in"), href=f"{change_at}/{step.value}")] if link and not said else (),
        )


def check_rows(checks: tuple[Check, ...]) -> list[dict[str, str]]:
    """The checks as the template draws them: mark, word, rule, paragraph."""
    return [
        {
            "mark": check.verdict.value,
            "verdict": str(VERDICT_IN_WORDS[check.verdict]),
            "words": check.words,
            "sub": " ".join(
                part
                for part in (
                    _("Guidance %(paragraph)s.", paragraph=check.paragraph) if check.paragraph else "",
                    check.detail,
                )
                if part
            ),
        }
        for check in checks
    ]
