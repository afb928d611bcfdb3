"""Early career teachers: the list and one record, as far as the hat in use may see. Forms stand in `fact_views`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import current_app, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from app.access.hats import HatKind
from app.access.sessions import principal
from app.ects import facts, groups, queries
from app.ects.fact_views import ECTFactsView
from app.ects.models import ECT, ECTIdentity, Employment, Placement
from app.ects.record import record_actions, record_groups, record_tags
from app.ects.rules import STATE_IN_WORDS, ECTState
from app.ects.words import fte_in_words, state_tag
from app.extensions import today
from app.fabext.lists import Asked, ClosedFilter, Cut
from app.fabext.pages import Cell, Empty, Fact, Link, ListPage, RecordPage, Tag
from app.fabext.views import ModelView, table
from app.schools.models import School
from app.terms.on_screen import on_screen

__all__ = ["ECTFactsView", "ECTView", "record_actions", "record_groups", "record_tags"]

TITLES: Mapping[HatKind, Any] = {
    HatKind.INDUCTION_TUTOR: lazy_gettext("My ECTs"),
    HatKind.MENTOR: lazy_gettext("My ECTs"),
    HatKind.ECT: lazy_gettext("My induction"),
}


def may(right: str, screen: str) -> bool:
    """Whether the hat in use has the right."""
    return bool(current_app.appbuilder.sm.has_access(f"can_{right}", screen))  # type: ignore[attr-defined]


class ECTView(ModelView):
    """Early career teachers in the scope of the session."""

    datamodel = table(ECT)
    route_base = "/ects"
    key = "uid"
    base_permissions: Any = ["can_list", "can_show", "can_find"]
    list_title = lazy_gettext("ECTs")
    list_columns = ["listed_name", "school", "since", "state"]
    order_columns = ["sort_name"]
    base_order_column = "sort_name"
    label_columns = {
        "listed_name": lazy_gettext("Name"),
        "school": lazy_gettext("School"),
        "since": lazy_gettext("There since"),
        "state": lazy_gettext("Induction"),
    }
    # The criteria depend on who asks: `filtered` puts in what this person may know.
    filters = {
        "status": ClosedFilter(
            legend=lazy_gettext("Induction"),
            choices={state.value: (STATE_IN_WORDS[state], ECT.state == state) for state in ECTState},
        )
    }
    find_label = lazy_gettext("Find an ECT")
    find_hint = lazy_gettext("Last name, or TRN")

    # --- list ---

    def list_options(self) -> list[Any]:
        """Name, TRN, state; placements and posts come in one further statement each."""
        return [
            load_only(ECT.uid, ECT.first_name, ECT.last_name, ECT.sort_name, ECT.state),
            joinedload(ECT.identity).load_only(ECTIdentity.trn),
            selectinload(ECT.placements)
            .load_only(Placement.school_id, Placement.started_on, Placement.ended_on)
            .joinedload(Placement.school)
            .load_only(School.name, School.urn),
            selectinload(ECT.employments).load_only(
                Employment.school_id, Employment.starts_on, Employment.fte
            ),
        ]

    def filtered(self, ask: Select[Any], question: Asked) -> Select[Any]:
        """By state, as this person may know it."""
        wanted = [ECTState(value) for group, value in question.chosen if group == "status"]
        if not wanted:
            return ask
        known = queries.shown_states(principal(), today())
        return ask.where(or_(*(known[state] for state in wanted)))

    def narrowed(self, ask: Select[Any], term: str) -> Select[Any]:
        """By name or TRN; AB officers find by a previous name too."""
        return queries.found_by(ask, term, previous_names=principal().kind in queries.FINDS_BY_PREVIOUS_NAME)

    def drawn_list(self, question: Asked, term: str, number: int, page: Cut) -> ListPage:
        """The page under its reader's words, with what may be known of each state looked up once."""
        g.told = queries.told_of(page.rows, principal())
        drawn = super().drawn_list(question, term, number, page)
        title = TITLES.get(principal().kind or HatKind.OPERATOR)
        if title is None:
            title = _("Our ECTs") if principal().at_a_school else self.list_title
        find = drawn.find
        if find is not None and principal().kind in ECTIdentity.__hidden_from__:
            find = replace(find, hint=_("Last name"))
        return replace(drawn, title=title, caption=title, find=find)

    def cell(self, item: ECT, name: str) -> Cell:
        """Name over TRN, school over FTE, first day there, state."""
        newest = groups.newest_placement(item)
        if name == "listed_name":
            trn = item.identity.trn if item.identity else None
            return Cell(text=item.listed_name, sub=_("TRN %(trn)s", trn=trn) if trn else "")
        if name == "state":
            return Cell(tag=state_tag(shown_state(item)))
        if newest is None:
            return Cell(text=_("none"))
        if name == "school":
            return Cell(text=newest.school.name, sub=under_the_school(item, newest))
        return Cell(text=on_screen(newest.started_on))

    def sortable(self) -> dict[str, str]:
        """By name only."""
        return {"listed_name": "sort_name"}

    def how_many(self, number: int) -> str:
        """27 ECTs."""
        return ngettext("%(num)s ECT", "%(num)s ECTs", number)

    def how_many_more(self, number: str) -> str:
        """10,000+ ECTs."""
        return _("%(number)s ECTs", number=number)

    def list_primary(self) -> Link | None:
        """Somebody new, for who may register."""
        if not may("add", "RegistrationView"):
            return None
        return Link(label=_("Register an ECT"), href="/registrations/new")

    def list_links(self) -> Sequence[Link]:
        """Registrations under way."""
        if not may("list", "RegistrationView"):
            return ()
        return [Link(label=_("Registrations"), href="/registrations/")]

    def empty(self, *, filtered: bool) -> Empty:
        """Why nobody is here."""
        if filtered:
            return super().empty(filtered=True)
        words = {
            HatKind.MENTOR: _("No ECT is assigned to you at present. Your induction tutor assigns mentors."),
            HatKind.INDUCTION_TUTOR: _(
                "No ECT is assigned to you at present. Your induction lead assigns tutors."
            ),
            HatKind.AB_ASSESSOR: _(
                "Your caseload is empty. An AB administrator gives you schools, areas or ECTs."
            ),
            HatKind.AUDITOR: _("No record has been drawn for your visit yet."),
        }
        return Empty(
            heading=_("No ECT here yet"),
            text=words.get(principal().kind or HatKind.ECT, _("ECTs appear here when they are registered.")),
        )

    # --- one record ---

    def record_statement(self) -> Select[Any]:
        """The ECT with all that this hat may read of it."""
        return select(ECT).options(
            joinedload(ECT.identity),
            joinedload(ECT.contact).options(*facts.opened_contact()),
            joinedload(ECT.qts),
            joinedload(ECT.training),
            selectinload(ECT.placements).joinedload(Placement.school),
            selectinload(ECT.employments).joinedload(Employment.school),
            selectinload(ECT.qualifications),
            selectinload(ECT.previous_service),
            selectinload(ECT.previous_names),
        )

    def record_page(self, item: ECT) -> RecordPage:
        """Band, what other features say of it, and the facts."""
        newest = groups.newest_placement(item)
        mine = frozenset(name for name in ECTFactsView.NAMES if self.may_change(item, name))
        band = []
        if item.identity is not None:
            band += [
                Fact(label=_("TRN"), text=item.identity.trn or _("none yet")),
                Fact(label=_("Date of birth"), text=on_screen(item.identity.born_on) or _("not known")),
            ]
        if newest is not None:
            band.append(Fact(label=_("School"), text=newest.school.name))
            band.append(Fact(label=_("There since"), text=on_screen(newest.started_on)))
            post = groups.post_at(item, newest)
            if post is not None:
                band.append(Fact(label=_("FTE"), text=fte_in_words(post.fte)))
        return RecordPage(
            title=item.name,
            crumbs=[Link(label=self.list_title, href=self.path())],
            tags=[standing(item), *(tag for more in record_tags for tag in more(item))],
            facts=band,
            more=[link for more in record_actions for link in more(item)],
            groups=[
                *(group for more in record_groups for group in more(item)),
                *groups.fact_groups(item, mine),
            ],
        )

    @staticmethod
    def may_change(item: ECT, name: str) -> bool:
        """Whether this person may change that group of facts: the right, and the ECT at the own school now."""
        if not may(name.replace("-", "_"), "ECTFactsView"):
            return False
        return not principal().at_a_school or groups.is_placed(item)


def shown_state(item: ECT) -> ECTState:
    """The state as this person may know it; of one page's rows it was looked up together."""
    who = principal()
    told = g.told if "told" in g else queries.told_of([item], who)
    return queries.state_shown(item, who, today(), told)


def standing(item: ECT) -> Tag:
    """The state; for a school that the ECT has left, that it has."""
    if principal().at_a_school and item.placements and not groups.is_placed(item):
        return Tag(label=_("Left your school: read only"), colour="grey")
    return state_tag(shown_state(item))


def under_the_school(item: ECT, newest: Placement) -> str:
    """FTE, and the last day of somebody who left."""
    post = groups.post_at(item, newest)
    if groups.has_left(newest):
        return _("left %(day)s", day=on_screen(newest.ended_on))
    return fte_in_words(post.fte) if post is not None else ""
