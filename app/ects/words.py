"""Values of an ECT's facts as people read them."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.ects.rules import (
    CONTRACT_IN_WORDS,
    PROGRAMME_IN_WORDS,
    QTS_IN_WORDS,
    STATE_IN_WORDS,
    WHOLE_WEEK,
    ContractKind,
    ECTState,
    Programme,
    QTSStatus,
    plain_number,
)
from app.fabext.pages import Tag
from app.terms.on_screen import on_screen

WORDS: Final[Mapping[type[StrEnum], Mapping[Any, Any]]] = MappingProxyType(
    {
        ContractKind: CONTRACT_IN_WORDS,
        ECTState: STATE_IN_WORDS,
        Programme: PROGRAMME_IN_WORDS,
        QTSStatus: QTS_IN_WORDS,
    }
)
COLOURS: Final = MappingProxyType(
    {
        ECTState.AUTHORISED: "teal",
        ECTState.IN_PROGRESS: "blue",
        ECTState.PASSED: "green",
        ECTState.FAILED: "red",
        ECTState.LEFT: "grey",
    }
)
DAYS: Final = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
)


def state_tag(state: ECTState) -> Tag:
    """The state of an induction, as everywhere (`screens.md` 1.5)."""
    return Tag(label=str(STATE_IN_WORDS[state]), colour=COLOURS[state])


def shown(value: object) -> str:
    """A value as a record or a clash shows it."""
    if isinstance(value, StrEnum) and type(value) in WORDS:
        return str(WORDS[type(value)][value])
    if isinstance(value, Decimal):
        return plain_number(value)
    return on_screen(value)


def fte_in_words(fte: Decimal) -> str:
    """0.6 FTE, or full time."""
    return _("full time") if fte == 1 else _("%(fte)s FTE", fte=plain_number(fte))


def pattern_in_words(pattern: str) -> str:
    """Ten half days in words: Monday, Tuesday morning; every day."""
    if pattern == WHOLE_WEEK:
        return _("Monday to Friday")
    parts = []
    for at, day in enumerate(DAYS):
        morning, afternoon = pattern[2 * at : 2 * at + 1] == "1", pattern[2 * at + 1 : 2 * at + 2] == "1"
        if morning and afternoon:
            parts.append(str(day))
        elif morning or afternoon:
            half = _("morning") if morning else _("afternoon")
            parts.append(_("%(day)s %(half)s", day=day, half=half))
    return ", ".join(parts)
