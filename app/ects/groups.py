"""The facts of an ECT's record page, group by group. What a hat may not read is not there, not even its heading."""

from collections.abc import Collection, Iterator
from typing import Any

from flask_babel import gettext as _

from app.access.hats import HatKind
from app.access.sessions import principal
from app.ects.models import ECT, NOT_FOR_PREVIOUS_NAMES, ECTContact, Employment, Placement
from app.ects.rules import plain_number
from app.ects.words import pattern_in_words, shown
from app.extensions import today
from app.fabext.pages import Cell, Column, Fact, Group, Link, Row
from app.terms.on_screen import on_screen


def newest_placement(ect: ECT) -> Placement | None:
    """The placement that began last, of those in sight."""
    return max(ect.placements, key=lambda p: (p.started_on, p.id), default=None)


def has_left(placement: Placement) -> bool:
    """Whether the last day is over."""
    return placement.ended_on is not None and placement.ended_on < today()


def is_placed(ect: ECT) -> bool:
    """Whether the ECT is at a school in sight today."""
    return any(not has_left(placement) for placement in ect.placements)


def post_at(ect: ECT, placement: Placement) -> Employment | None:
    """The post at the school of a placement that began last."""
    there = [post for post in ect.employments if post.school_id == placement.school_id]
    return max(there, key=lambda post: (post.starts_on, post.id), default=None)


def fact_groups(ect: ECT, mine: Collection[str]) -> Iterator[Group]:
    """The groups that the hat in use reads; `mine` are those that it may change."""
    who = principal()
    hidden = who.kind in ECTContact.__hidden_from__
    if not hidden:
        yield from contract(ect, mine)
    if not hidden and (not who.at_a_school or is_placed(ect)):
        yield contact(ect, mine)
        yield qts(ect, mine)
        yield training(ect, mine)
        yield qualifications(ect, mine)
        yield earlier(ect, mine)
        yield names(ect, mine)
    yield schools(ect)


def change(ect: ECT, name: str, mine: Collection[str], words: str = "") -> list[Link]:
    """Where a group is changed, for who may."""
    return [Link(label=words or _("Change"), href=f"/ects/{ect.uid}/{name}")] if name in mine else []


def facts_of(*pairs: tuple[str, Any]) -> list[Fact]:
    """The facts that are known."""
    said = [(label, shown(value)) for label, value in pairs]
    return [Fact(label=label, text=text) for label, text in said if text]


def contract(ect: ECT, mine: Collection[str]) -> Iterator[Group]:
    """The post and the contract, one group a school."""
    newest = newest_placement(ect)
    posts = sorted(ect.employments, key=lambda post: (post.starts_on, post.id), reverse=True)
    for at, post in enumerate(posts):
        heading = _("Post and contract")
        yield Group(
            heading=heading if at == 0 else _("Post before, %(school)s", school=post.school.name),
            facts=facts_of(
                (_("Post"), post.post),
                (_("School"), post.school.name),
                (_("Employer"), post.employer_name),
                (_("Employer's address"), ", ".join(post.employer_address.splitlines())),
                (_("Employer's email address"), post.employer_email),
                (_("Nature of the contract"), post.contract),
                (_("Starts"), post.starts_on),
                (_("Ends"), post.ends_on),
                (_("FTE"), post.fte),
                (_("Working pattern"), pattern_in_words(post.pattern)),
            ),
            links=change(ect, "employment", mine) if at == 0 else (),
        )
    if not posts and newest is not None:
        yield Group(
            heading=_("Post and contract"),
            empty=_("No post is recorded yet."),
            links=change(ect, "employment", mine),
        )


def contact(ect: ECT, mine: Collection[str]) -> Group:
    """How to reach the ECT."""
    held = ect.contact
    return Group(
        heading=_("Contact"),
        facts=facts_of(
            (_("School email address"), held.school_email),
            (_("Personal email address"), held.personal_email),
            (_("Telephone number"), held.telephone),
            (_("Mobile number"), held.mobile),
            (_("Home address"), ", ".join((held.address or "").splitlines())),
        )
        if held is not None
        else (),
        empty=_("No contact is recorded yet."),
        links=change(ect, "contact", mine),
    )


def qts(ect: ECT, mine: Collection[str]) -> Group:
    """Qualified teacher status."""
    held = ect.qts
    return Group(
        heading=_("Qualified teacher status (QTS)"),
        facts=facts_of((_("QTS"), held.status), (_("Awarded on"), held.awarded_on), (_("Route"), held.route))
        if held is not None
        else (),
        empty=_("Nothing is recorded of QTS yet."),
        links=change(ect, "qts", mine),
    )


def training(ect: ECT, mine: Collection[str]) -> Group:
    """The ECT's own training."""
    held = ect.training
    return Group(
        heading=_("Induction training"),
        facts=facts_of(
            (_("Programme"), held.programme),
            (_("Lead provider"), held.lead_provider),
            (_("Delivery partner"), held.delivery_partner),
            (_("Began on"), held.began_on),
            (_("Completed on"), held.completed_on),
        )
        if held is not None
        else (),
        empty=_("Nothing is recorded of the training yet."),
        links=change(ect, "training", mine),
    )


def qualifications(ect: ECT, mine: Collection[str]) -> Group:
    """What was gained before."""
    return Group(
        heading=_("Qualifications"),
        columns=[
            Column(label=_("Qualification")),
            Column(label=_("Subject")),
            Column(label=_("Where")),
            Column(label=_("Year")),
        ],
        rows=[
            Row(
                heading=each.name,
                href="",
                cells=[
                    Cell(text=each.subject),
                    Cell(text=each.institution),
                    Cell(text=str(each.year) if each.year else ""),
                ],
            )
            for each in sorted(ect.qualifications, key=lambda row: row.id)
        ],
        empty=_("No qualification is recorded yet."),
        links=change(ect, "qualifications", mine),
    )


def earlier(ect: ECT, mine: Collection[str]) -> Group:
    """Induction served before, elsewhere."""
    return Group(
        heading=_("Earlier induction"),
        columns=[
            Column(label=_("School")),
            Column(label=_("Appropriate body")),
            Column(label=_("From")),
            Column(label=_("To")),
            Column(label=_("Terms"), numeric=True),
        ],
        rows=[
            Row(
                heading=each.school_name,
                href="",
                cells=[
                    Cell(text=each.appropriate_body),
                    Cell(text=on_screen(each.started_on)),
                    Cell(text=on_screen(each.ended_on)),
                    Cell(text=plain_number(each.terms) if each.terms is not None else ""),
                ],
            )
            for each in sorted(ect.previous_service, key=lambda row: row.id)
        ],
        empty=_("None reported."),
        links=change(ect, "earlier", mine),
    )


def names(ect: ECT, mine: Collection[str]) -> Group:
    """The name at the TRA, the one in use; previous ones for AB officers and the ECT alone."""
    said = [
        Fact(label=_("Name at the TRA"), text=ect.name),
        *facts_of((_("Known as"), ect.known_as)),
    ]
    if principal().kind not in NOT_FOR_PREVIOUS_NAMES:
        said += [
            Fact(
                label=_("Previous name"),
                text=" ".join(
                    part
                    for part in (
                        each.first_name,
                        each.last_name,
                        _("until %(day)s", day=on_screen(each.until)) if each.until else "",
                    )
                    if part
                ),
            )
            for each in sorted(ect.previous_names, key=lambda row: row.id)
        ]
    links = [
        *change(ect, "names", mine),
        *change(ect, "previous-names", mine, _("Previous names")),
        *change(ect, "identity", mine, _("Correct TRN or date of birth")),
    ]
    return Group(heading=_("Names"), facts=said, links=links)


def schools(ect: ECT) -> Group:
    """Where the ECT was and is, of what is in sight."""
    public = principal().kind is not HatKind.ECT
    return Group(
        heading=_("Schools"),
        columns=[Column(label=_("School")), Column(label=_("From")), Column(label=_("To"))],
        rows=[
            Row(
                heading=each.school.name,
                href=f"/schools/{each.school.urn}" if public else "",
                cells=[
                    Cell(text=on_screen(each.started_on)),
                    Cell(text=on_screen(each.ended_on) or _("now")),
                ],
            )
            for each in sorted(ect.placements, key=lambda p: p.started_on)
        ],
        empty=_("No school yet."),
    )
