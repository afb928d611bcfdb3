"""What the pages of an ECT's induction show: plain values out of what this person sees."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from flask import current_app, g
from flask_babel import gettext as _

from app.access.sessions import principal
from app.ects.models import ECT
from app.ects.record import record_actions, record_groups, record_tags
from app.ects.rules import PROGRAMME_IN_WORDS, plain_number
from app.fabext.pages import Cell, Column, Fact, Group, Link, RecordPage, Row, Tag
from app.induction import queries
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import CAUSE_IN_WORDS, RESULT_IN_WORDS, Cause, Result
from app.terms.on_screen import on_screen

COLOURS: Final = {Result.PASS: "green", Result.FAIL: "red"}
Seen = tuple[Sequence[InductionPeriod], Sequence[Outcome]]


def may(right: str, screen: str = "InductionView") -> bool:
    """Whether the hat in use has the right on these pages."""
    return bool(current_app.appbuilder.sm.has_access(f"can_{right}", screen))  # type: ignore[attr-defined]


def seen_of(ect: ECT) -> Seen:
    """What this person sees of the ECT's induction, asked for once a request."""
    kept: dict[int, Seen] = g.setdefault("induction_seen", {})
    if ect.id not in kept:
        kept[ect.id] = queries.seen_of(ect.id)
    return kept[ect.id]


def at(ect: ECT, rest: str = "") -> str:
    """The address of the ECT's record, or of a page under it."""
    return f"/ects/{ect.uid}{rest}"


def crumbs(ect: ECT, *, induction: bool = True) -> list[Link]:
    """ECTs, the record, its induction."""
    found = [Link(label=_("ECTs"), href="/ects/"), Link(label=ect.name, href=at(ect))]
    return [*found, Link(label=_("Induction"), href=at(ect, "/induction"))] if induction else found


def terms_in_words(terms: Decimal | None) -> str:
    """Terms with one decimal; nothing while the period goes on."""
    return f"{terms:.1f}" if terms is not None else ""


def page_of(ect: ECT) -> RecordPage:
    """Periods and outcome of one ECT, and what can be done about them."""
    periods, outcomes = seen_of(ect)
    links = deeds(ect, periods, outcomes)
    standing = in_force(outcomes)
    is_decided = standing is not None and standing.released_at is not None  # nothing is left to do first
    correct = may("edit", "InductionPeriodView")
    return RecordPage(
        title=ect.name,
        crumbs=crumbs(ect, induction=False),
        tags=tags_of(ect),
        sections=[
            (Link(label=_("Overview"), href=at(ect)), False),
            (Link(label=_("Induction"), href=at(ect, "/induction")), True),
        ],
        facts=[Fact(label=_("Terms served"), text=terms_in_words(served(periods)))],
        primary=None if is_decided else next(iter(links), None),
        more=links if is_decided else links[1:],
        groups=[periods_group(ect, periods, correct=correct), *outcome_groups(ect, outcomes)],
    )


def served(periods: Sequence[InductionPeriod]) -> Decimal:
    """Terms of the periods that have ended, together."""
    return sum((period.terms for period in periods if period.terms is not None), Decimal(0))


def deeds(ect: ECT, periods: Sequence[InductionPeriod], outcomes: Sequence[Outcome]) -> list[Link]:
    """What this person can do here, the likeliest first. What may not be done is absent."""
    standing, found = in_force(outcomes), []
    if standing is None and periods and may("outcome"):
        found.append(Link(label=_("Record the outcome"), href=at(ect, "/outcome")))
    if standing is not None and standing.released_at is None and may("release"):
        found.append(Link(label=_("Release the notice"), href=at(ect, f"/outcome/{standing.uid}/release")))
    if any(period.ended_on is None for period in periods) and may("leave"):
        found.append(Link(label=_("Leaving"), href=at(ect, "/leave")))
    if standing is None and may("open") and all(period.ended_on is not None for period in periods):
        found.append(Link(label=_("Open a further period"), href=at(ect, "/induction/new")))
    if standing is not None and may("replace"):
        found.append(Link(label=_("Replace the outcome"), href=at(ect, f"/outcome/{standing.uid}/replace")))
    return found


def in_force(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The outcome in force, as far as this person may know: the newest that is in sight."""
    return outcomes[-1] if outcomes else None


def periods_group(ect: ECT, periods: Sequence[InductionPeriod], *, correct: bool) -> Group:
    """The periods as a table."""
    return Group(
        heading=_("Induction periods"),
        columns=[
            Column(label=_("School")),
            Column(label=_("From")),
            Column(label=_("To")),
            Column(label=_("FTE"), numeric=True),
            Column(label=_("Programme")),
            Column(label=_("Terms"), numeric=True),
        ],
        rows=[period_row(ect, period, correct=correct) for period in periods],
        empty=_("No induction period yet. One begins when the registration is authorised."),
        note=_("Select a school's name to correct a period.") if correct and periods else "",
    )


def period_row(ect: ECT, period: InductionPeriod, *, correct: bool) -> Row:
    """One period."""
    return Row(
        heading=period.school.name,
        href=at(ect, f"/induction/{period.uid}") if correct else "",
        cells=[
            Cell(text=on_screen(period.started_on)),
            Cell(text=on_screen(period.ended_on) or _("now")),
            Cell(text=plain_number(period.fte)),
            Cell(text=str(PROGRAMME_IN_WORDS[period.programme])),
            Cell(text=terms_in_words(period.terms) or "–"),
        ],
    )


def outcome_groups(ect: ECT, outcomes: Sequence[Outcome]) -> list[Group]:
    """The outcome in force, then those that it replaced."""
    standing = in_force(outcomes)
    if standing is None:
        return [Group(heading=_("Outcome"), empty=_("No outcome yet."))]
    earlier = [
        Row(
            heading=RESULT_IN_WORDS[outcome.result],
            href="",
            cells=[
                Cell(text=str(CAUSE_IN_WORDS[outcome.cause])),
                Cell(text=on_screen(outcome.decided_on)),
                Cell(text=outcome.decided_by),
            ],
        )
        for outcome in reversed(outcomes[:-1])
    ]
    columns = [
        Column(label=_("Outcome")),
        Column(label=_("By")),
        Column(label=_("Decided on")),
        Column(label=_("Decided by")),
    ]
    groups = [Group(heading=_("Outcome"), facts=outcome_facts(standing), note=appeal_note(standing))]
    return (
        [*groups, Group(heading=_("Replaced outcomes"), columns=columns, rows=earlier)] if earlier else groups
    )


def outcome_facts(outcome: Outcome) -> list[Fact]:
    """What was decided, when, by whom, why, and since when schools and the ECT read it."""
    facts = [Fact(label=_("Outcome"), text=RESULT_IN_WORDS[outcome.result])]
    if outcome.cause is not Cause.DECISION:
        facts.append(Fact(label=_("By"), text=CAUSE_IN_WORDS[outcome.cause]))
    if outcome.ended_on is not None:
        facts.append(Fact(label=_("End date"), text=on_screen(outcome.ended_on)))
        facts.append(Fact(label=_("Terms"), text=terms_in_words(outcome.terms)))
    facts += [
        Fact(label=_("Decided on"), text=on_screen(outcome.decided_on)),
        Fact(label=_("Decided by"), text=outcome.decided_by or _("not recorded")),
        Fact(label=_("Reasons"), text=outcome.reasons or _("none recorded")),
        Fact(
            label=_("Notice"),
            text=_("Released %(at)s", at=on_screen(outcome.released_at))
            if outcome.released_at
            else _("Not released. The school and the ECT read nothing of this yet"),
        ),
    ]
    return facts


def appeal_note(outcome: Outcome) -> str:
    """After a fail: the right to appeal."""
    if outcome.result is not Result.FAIL:
        return ""
    return _(
        "The ECT may appeal to the Teaching Regulation Agency within 20 working days of receiving the notice "
        "(guidance 2.70)."
    )


# --- On the record page ---


def tags_of(ect: ECT) -> list[Tag]:
    """For who sees it before its notice: that an outcome was decided. Schools and the ECT have nothing here."""
    standing = in_force(seen_of(ect)[1])
    if standing is None:
        return []
    if standing.released_at is None:
        return [Tag(label=_("Notice to release"), colour="purple")]
    return []


def groups_of(ect: ECT) -> list[Group]:
    """Periods and outcome, as the record page shows them; nothing for a hat that may not read them."""
    if not may("show"):
        return []
    periods, outcomes = seen_of(ect)
    group = periods_group(ect, periods, correct=False)
    standing = in_force(outcomes)
    note = ""
    if standing is not None:
        note = _(
            "Outcome: %(result)s, decided on %(day)s.",
            result=str(RESULT_IN_WORDS[standing.result]).lower(),
            day=on_screen(standing.decided_on),
        )
    here = Link(label=_("Induction in full"), href=at(ect, "/induction"))
    return [Group(heading=group.heading, columns=group.columns, rows=group.rows, empty=group.empty, note=note,
                  links=[here])]  # fmt: skip


def actions_of(ect: ECT) -> list[Link]:
    """What this person can do about the induction."""
    if not may("show"):
        return []
    return deeds(ect, *seen_of(ect))


def tell_the_record_page() -> None:
    """From here on an ECT's record page shows the induction."""
    record_groups.append(groups_of)
    record_actions.append(actions_of)
    record_tags.append(record_tag)


def record_tag(ect: ECT) -> list[Tag]:
    """As `tags_of`; nothing is asked for a hat that may not read it."""
    return tags_of(ect) if may("show") and not principal().at_a_school else []
