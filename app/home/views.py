"""Today: what needs this person now. One page a hat; a number is a link to the list that it counts."""

from dataclasses import dataclass, field
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import select

from app.access.hats import HatKind
from app.access.sessions import principal
from app.ects.queries import how_many_seen
from app.extensions import db, now
from app.fabext.doors import expose, may, signed_in
from app.fabext.pages import Fact, Group, Link
from app.fabext.views import Answer, BaseView
from app.schools.models import STATE_IN_WORDS, GiasImport, ImportState, School
from app.terms.on_screen import LONDON, WEEKDAYS, on_screen

Tile = tuple[str, str, str, str, bool]  # number, what, address, a line of meaning, late


@dataclass(frozen=True, kw_only=True)
class Today:
    """What the template draws."""

    title: str
    day: str
    tiles: list[Tile] = field(default_factory=list)
    panels: list[Group] = field(default_factory=list)
    intro: str = ""
    crumbs: tuple[Link, ...] = ()


class TodayView(BaseView):
    """The first page after sign-in."""

    route_base = ""
    default_view = "show"

    @expose("/")
    @signed_in
    def show(self) -> Answer:
        """The day, what waits, and where to go on."""
        here = now().astimezone(LONDON).date()
        return self.draw("home/today.html", page=page_for(here))


def page_for(day: date) -> Today:
    """The page of the hat in use."""
    who = principal()
    words = f"{_(WEEKDAYS[day.weekday()])} {on_screen(day)}"
    tiles = []
    if who.kind in SEES_ECTS:
        number = how_many_seen()
        label = (
            ngettext("ECT, now or before", "ECTs, now or before", number)
            if who.at_a_school
            else ngettext("ECT you can see", "ECTs you can see", number)
        )
        tiles.append((f"{number:,}", label, url_for("ECTView.list"), "", False))
    panels = [imports_panel()] if who.kind in {HatKind.AB_ADMINISTRATOR, HatKind.AB_OFFICER} else []
    if who.at_a_school and may("show", "SchoolView"):
        panels.append(schools_panel(who.school_ids))
    intro = str(INTRO.get(who.kind, "")) if who.kind else ""
    return Today(title=_("Today"), day=words, tiles=tiles, panels=panels, intro=intro)


SEES_ECTS = frozenset(HatKind) - {
    HatKind.NAMED_CONTACT,
    HatKind.DPO,
    HatKind.FINANCE,
    HatKind.OPERATOR,
    HatKind.ECT,
}
# What a hat without queues of its own finds here.
INTRO = {
    HatKind.NAMED_CONTACT: lazy_gettext(
        "No concern is addressed to you. You see a record when somebody raises one with you."
    ),
    HatKind.DPO: lazy_gettext(
        "No case is open. A single record opens to you through a case at the rights desk."
    ),
    HatKind.FINANCE: lazy_gettext("You see schools and their agreements, and no record of an ECT."),
    HatKind.OPERATOR: lazy_gettext("You look after accounts and roles. You see no record of an ECT."),
    HatKind.AUDITOR: lazy_gettext(
        "You see the records drawn for your visit, read-only, and each look is noted."
    ),
}


def imports_panel() -> Group:
    """How fresh the schools are."""
    newest = db.session.scalars(select(GiasImport).order_by(GiasImport.id.desc()).limit(1)).first()
    link = Link(label=_("Import schools"), href=url_for("SchoolImportView.add"))
    if newest is None:
        return Group(
            heading=_("Schools"),
            note=_("No school file yet. Download “All establishment data” from GIAS and import it here."),
            links=[link],
        )
    facts = [
        Fact(label=_("Newest file"), text=newest.file_name),
        Fact(label=_("State"), text=STATE_IN_WORDS[newest.state]),
    ]
    if newest.state is ImportState.APPLIED and newest.finished_at:
        facts.append(Fact(label=_("Applied"), text=on_screen(newest.finished_at)))
    return Group(heading=_("Schools"), facts=facts, links=[link])


def schools_panel(school_ids: tuple[int, ...]) -> Group:
    """The own school, or the schools of the own trust."""
    ask = select(School).where(School.id.in_(school_ids[:20])).order_by(School.sort_name)
    links = [
        Link(label=school.name, href=url_for("SchoolView.show", key=school.urn))
        for school in db.session.scalars(ask)
    ]
    return Group(heading=_("Your school") if len(links) == 1 else _("Your schools"), links=links)
