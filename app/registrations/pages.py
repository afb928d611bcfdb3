"""The page of one registration: parts to fill in for the school, checks and what is known for who decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.ects.models import ECT
from app.extensions import db
from app.fabext.pages import Button, Cell, Column, Fact, FormPage, Group, Link, RecordPage, Row, Tag
from app.fabext.saving import Outcome
from app.registrations import queries, service
from app.registrations.models import Registration
from app.registrations.queries import Known
from app.registrations.rules import (
    ANSWERED_WITHIN,
    FILLED_IN,
    OPEN,
    STEP_IN_WORDS,
    Answers,
    RegistrationState,
    Step,
    checks,
)
from app.registrations.words import check_rows, state_tag, summary
from app.terms.on_screen import on_screen

SOMEBODY_FASTER = lazy_gettext(
    "Somebody has decided about this ECT meanwhile. Look at the registration again"
)


@dataclass(frozen=True, kw_only=True)
class RegistrationPage(RecordPage):
    """A record with its checks, the reason it came back, and what happens next."""

    checks: Sequence[dict[str, str]] = ()
    reason: str = ""
    asker: str = ""
    answer_href: str = ""
    answer_label: str = ""
    next_words: str = ""


def body_name() -> str:
    """The appropriate body's own name."""
    return str(current_app.config["BODY_NAME"])


def name_of(registration: Registration) -> str:
    """The name in headings."""
    return f"{registration.first_name} {registration.last_name}".strip() or _("New registration")


def trn_of(registration: Registration) -> str:
    """The TRN with its name."""
    return _("TRN %(trn)s", trn=registration.trn) if registration.trn else ""


def radio_choices(pairs: Iterable[tuple[int, str]]) -> list[Any]:
    """Choices of a radio out of (value, words)."""
    return [SelectChoice(str(value), words) for value, words in pairs]


def refused(page: FormPage, outcome: Outcome) -> FormPage:
    """A page with the reasons why it was refused."""
    return replace(page, problems=outcome.problems)


def registration_page(
    registration: Registration, known: Known | None, *, fills_in: bool, decides: bool, asks: bool
) -> RegistrationPage:
    """What the template draws, for a school or for who decides."""
    answers = queries.answers_of(registration)
    at = f"/registrations/{registration.uid}"
    is_open = registration.state in OPEN and fills_in
    waits = registration.state is RegistrationState.AWAITING_AB
    part = queries.returned_to(registration)
    buttons = []
    if known is not None and known.open_at and known.asked_at is None and waits and asks:
        words = _("Ask %(school)s for the end date", school=known.open_at)
        buttons.append(Button(label=words, action=f"{at}/ask"))
    if is_open:
        buttons.append(Button(label=_("Withdraw this registration"), action=f"{at}/withdraw", warning=True))
    return RegistrationPage(
        title=name_of(registration),
        crumbs=[
            Link(label=_("ECTs"), href="/ects/"),
            Link(label=_("Registrations"), href="/registrations/"),
        ],
        tags=[state_tag(registration.state)],
        facts=band(registration),
        primary=primary(registration, answers, at, is_open=is_open, decides=decides and waits),
        buttons=buttons,
        groups=[
            *([parts(registration, answers, at)] if is_open else summary(answers)),
        ],
        side=known_panel(registration, answers, known) if decides and waits else (),
        checks=check_rows(checks(answers)) if decides or waits else (),
        reason=(registration.reason or "") if registration.state is RegistrationState.RETURNED else "",
        asker=body_name(),
        answer_href=f"{at}/{part.value}" if part and is_open else "",
        answer_label=str(STEP_IN_WORDS[part]) if part else "",
        next_words=next_words(registration) if not decides else "",
    )


def band(registration: Registration) -> list[Fact]:
    """Facts under the name."""
    facts = [
        Fact(label=_("TRN"), text=registration.trn or _("none yet")),
        Fact(label=_("School"), text=registration.school.name),
        Fact(label=_("Induction starts"), text=on_screen(registration.starts_on) or _("not said yet")),
    ]
    if registration.sent_at is not None:
        facts.append(Fact(label=_("Sent"), text=on_screen(registration.sent_at)))
    return facts


def primary(
    registration: Registration, answers: Answers, at: str, *, is_open: bool, decides: bool
) -> Link | None:
    """The one thing to do next."""
    if decides:
        return Link(label=_("Decide"), href=f"{at}/decide")
    if registration.state is RegistrationState.AUTHORISED and registration.ect_id is not None:
        return record_link(registration)
    if not is_open:
        return None
    part = queries.returned_to(registration)
    missing = part or next((step for step in FILLED_IN if not answers.has(step)), Step.CHECK)
    if missing is Step.CONFIRMATIONS and not service.may_confirm():
        return None
    if missing is Step.CHECK and not may_send():
        return None
    return Link(label=_("Go on: %(step)s", step=STEP_IN_WORDS[missing]), href=f"{at}/{missing.value}")


def may_send() -> bool:
    """Whether the hat in use sends registrations."""
    return bool(current_app.appbuilder.sm.has_access("can_check", "RegistrationView"))  # type: ignore[attr-defined]


def record_link(registration: Registration) -> Link | None:
    """The record that it became, where this person may see it."""
    uid = db.session.scalar(select(ECT.uid).where(ECT.id == registration.ect_id))
    return Link(label=_("Open the record"), href=f"/ects/{uid}") if uid else None


def parts(registration: Registration, answers: Answers, at: str) -> Group:
    """The seven parts, each with its state."""
    asked = queries.returned_to(registration)
    rows = []
    for step in Step:
        tag = (
            Tag(label=_("Done"), colour="green")
            if answers.has(step)
            else Tag(label=_("To do"), colour="blue")
        )
        if step is asked:
            tag = Tag(label=_("Question"), colour="orange")
        href = f"{at}/{step.value}"
        sub = ""
        if step is Step.CONFIRMATIONS and not service.may_confirm():
            href, sub = "", _("For the headteacher or the induction lead")
        if step is Step.CHECK:
            ready = all(answers.has(each) for each in FILLED_IN)
            href = href if ready and may_send() else ""
            tag = Tag(label=_("To do"), colour="blue") if ready else Tag(label=_("Not yet"), colour="grey")
        rows.append(Row(heading=STEP_IN_WORDS[step], href=href, sub=sub, cells=[Cell(tag=tag)]))
    return Group(
        heading=_("Parts of this registration"),
        columns=[Column(label=_("Part")), Column(label=_("State"))],
        rows=rows,
    )


def next_words(registration: Registration) -> str:
    """What happens, and when."""
    if registration.state is not RegistrationState.AWAITING_AB:
        return ""
    return _(
        "We will confirm this registration. There is nothing more for you to do. %(body)s answers within %(days)s "
        "working days; you get an email.",
        body=body_name(),
        days=ANSWERED_WITHIN,
    )


def known_panel(registration: Registration, answers: Answers, known: Known | None) -> list[Group]:
    """What the appropriate body knows of the TRN; schools never see this."""
    if known is None:
        return [Group(heading=_("This TRN"), empty=_("Not known to us: authorising makes a new record."))]
    ect = known.ect
    born_on = ect.identity.born_on if ect.identity else None
    same_day = born_on is None or born_on == answers.day("born_on")
    same_name = ect.name.casefold() == name_of(registration).casefold()
    facts = [
        Fact(label=_("Name held"), text=ect.name if same_name else _("%(name)s: differs", name=ect.name)),
        Fact(
            label=_("Date of birth"),
            text=_("the same") if same_day else _("%(day)s: differs", day=on_screen(born_on)),
        ),
        *(
            Fact(
                label=_("School"),
                text=_(
                    "%(school)s, %(start)s to %(end)s",
                    school=place.school.name,
                    start=on_screen(place.started_on),
                    end=on_screen(place.ended_on),
                )
                if place.ended_on
                else _(
                    "%(school)s, since %(start)s; end date not reported",
                    school=place.school.name,
                    start=on_screen(place.started_on),
                ),
            )
            for place in sorted(ect.placements, key=lambda each: each.started_on)
        ),
    ]
    if known.asked_at is not None and known.open_at:
        facts.append(Fact(label=_("Asked for the end date"), text=on_screen(known.asked_at)))
    heading = (
        _("Known to us at %(school)s, end date not reported", school=known.open_at)
        if known.open_at
        else _("Known to us: authorising moves the record")
    )
    link = Link(label=_("Open the record of %(name)s", name=ect.name), href=f"/ects/{ect.uid}")
    return [Group(heading=heading, facts=facts, links=[link])]
