"""The queues of each hat: a number, what it counts, and the list that it leads to. Each costs one statement."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from flask import url_for
from flask_babel import gettext as _

from app.access.hats import AT_A_SCHOOL, HatKind
from app.access.sessions import principal
from app.ects.queries import how_many_seen
from app.extensions import today
from app.fabext.lists import COUNT_CAP, counted
from app.messages import queries as messages
from app.registrations import queries as registrations
from app.registrations.rules import RegistrationState
from app.retention import queries as retention
from app.retention import service as retention_service

Tile = tuple[str, str, str, str, bool]  # number, what, address, a line of meaning, late


def in_words(number: int) -> str:
    """1,942; or 10,000+ where no further was counted."""
    return f"{number:,}" if number <= COUNT_CAP else f"{COUNT_CAP:,}+"


def ects_seen() -> Tile:
    """All that this hat sees."""
    label = _("ECTs, now or before") if principal().at_a_school else _("ECTs you can see")
    return (in_words(how_many_seen()), label, url_for("ECTView.list"), "", False)


def in_state(state: RegistrationState, label: str, note: str) -> Tile:
    """Registrations of one state that this hat sees."""
    number = counted(lambda: registrations.how_many_in({state}), ("home", "registrations", state))
    return (in_words(number), label, url_for("RegistrationView.list", status=state.value), note, False)


def to_authorise() -> Tile:
    """What schools have sent."""
    return in_state(
        RegistrationState.AWAITING_AB, _("registrations to authorise"), _("The longest wait first")
    )


def drafts() -> Tile:
    """What was begun here."""
    return in_state(
        RegistrationState.DRAFT, _("drafts to finish"), _("The appropriate body sees none of them yet")
    )


def returned() -> Tile:
    """What the AB sent back."""
    return in_state(RegistrationState.RETURNED, _("registrations returned"), _("The reason stands in each"))


def failed_mail() -> Tile:
    """People who were not told."""
    number = counted(messages.how_many_failed, ("home", "failed mail"))
    note = _("Somebody was not told") if number else ""
    return (
        in_words(number),
        _("emails failed"),
        url_for("OutboxView.list", state="failed"),
        note,
        number > 0,
    )


def due_for_deletion() -> Tile:
    """Records whose six years are over."""

    def count() -> int:
        with retention_service.reading() as session:
            return retention.how_many_due(session, today())

    number = counted(count, ("home", "due"))
    return (
        in_words(number),
        _("due for deletion"),
        url_for("RetentionView.list"),
        _("Nothing is deleted yet"),
        False,
    )


SCHOOL: Final = (drafts, returned, ects_seen)
TILES: Final = MappingProxyType(
    {
        HatKind.AB_ADMINISTRATOR: (to_authorise, failed_mail, due_for_deletion, ects_seen),
        HatKind.AB_OFFICER: (to_authorise, returned, failed_mail, ects_seen),
        HatKind.AB_ASSESSOR: (ects_seen,),
        HatKind.DIRECTOR: (ects_seen,),
        HatKind.DPO: (due_for_deletion,),
        HatKind.AUDITOR: (ects_seen,),
        HatKind.MENTOR: (ects_seen,),
        **dict.fromkeys(sorted(AT_A_SCHOOL - {HatKind.MENTOR}), SCHOOL),
        HatKind.TRUST_ADMINISTRATOR: SCHOOL,
    }
)


def tiles_of(kind: HatKind | None) -> list[Tile]:
    """The queues of a hat, the most urgent first."""
    found: tuple[Callable[[], Tile], ...] = TILES.get(kind, ()) if kind else ()
    return [tile() for tile in found]
