"""Early career teachers: the list and one record, as far as the hat in use may see."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from app.access.hats import HatKind
from app.access.sessions import principal
from app.ects.models import ECT, ECTIdentity, Placement
from app.extensions import today
from app.fabext.pages import Cell, Column, Empty, Fact, Group, Link, RecordPage, Row, Tag
from app.fabext.views import ModelView, table
from app.schools.models import School
from app.schools.rules import after_all_words_with, folded
from app.terms.on_screen import on_screen


class ECTView(ModelView):
    """Early career teachers in the scope of the session. Registration comes with the main job."""

    datamodel = table(ECT)
    route_base = "/ects"
    key = "uid"
    base_permissions: Any = ["can_list", "can_show", "can_find"]
    list_title = lazy_gettext("ECTs")
    list_columns = ["listed_name", "school", "since"]
    order_columns = ["sort_name"]
    base_order_column = "sort_name"
    label_columns = {
        "listed_name": lazy_gettext("Name"),
        "school": lazy_gettext("School"),
        "since": lazy_gettext("There since"),
    }
    find_label = lazy_gettext("Find an ECT")
    find_hint = lazy_gettext("Last name, or TRN")

    def list_options(self) -> list[Any]:
        """Name, TRN and where placed; placements come in one further statement."""
        return [
            load_only(ECT.uid, ECT.first_name, ECT.last_name, ECT.sort_name),
            joinedload(ECT.identity).load_only(ECTIdentity.trn),
            selectinload(ECT.placements)
            .load_only(Placement.school_id, Placement.started_on, Placement.ended_on)
            .joinedload(Placement.school)
            .load_only(School.name, School.urn),
        ]

    def narrowed(self, ask: Select[Any], term: str) -> Select[Any]:
        """Whose folded name begins with what was typed, or whose TRN it is."""
        digits = "".join(sign for sign in term if sign.isdigit())
        begins = folded(term)
        if not begins:  # nothing but signs: every name begins with nothing
            return ask.where(false())
        by_name = and_(ECT.sort_name >= begins, ECT.sort_name < after_all_words_with(begins))
        if len(digits) != 7:
            return ask.where(by_name)
        return ask.where(
            or_(by_name, ECT.id.in_(select(ECTIdentity.ect_id).where(ECTIdentity.trn == digits)))
        )

    def cell(self, item: ECT, name: str) -> Cell:
        """Name over TRN, school, first day there."""
        newest = newest_placement(item)
        if name == "listed_name":
            trn = item.identity.trn if item.identity else None
            return Cell(text=item.listed_name, sub=_("TRN %(trn)s", trn=trn) if trn else "")
        if newest is None:
            return Cell(text=_("none"))
        if name == "school":
            left = _("left %(day)s", day=on_screen(newest.ended_on)) if has_left(newest) else ""
            return Cell(text=newest.school.name, sub=left)
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

    def record_statement(self) -> Select[Any]:
        """The ECT with identity and placements."""
        return select(ECT).options(
            joinedload(ECT.identity), selectinload(ECT.placements).joinedload(Placement.school)
        )

    def record_page(self, item: ECT) -> RecordPage:
        """Name, TRN where this hat may see it, and the schools."""
        newest = newest_placement(item)
        facts = []
        if item.identity is not None:
            facts += [
                Fact(label=_("TRN"), text=item.identity.trn or _("none yet")),
                Fact(label=_("Date of birth"), text=on_screen(item.identity.born_on) or _("not known")),
            ]
        if newest is not None:
            facts.append(Fact(label=_("School"), text=newest.school.name))
        left = newest is not None and has_left(newest) and principal().at_a_school
        return RecordPage(
            title=item.name,
            crumbs=[Link(label=self.list_title, href=self.path())],
            tags=[Tag(label=_("Left your school: read only"), colour="grey")] if left else [],
            facts=facts,
            groups=[
                Group(
                    heading=_("Schools"),
                    columns=[Column(label=_("School")), Column(label=_("From")), Column(label=_("To"))],
                    rows=[
                        placement_row(each) for each in sorted(item.placements, key=lambda p: p.started_on)
                    ],
                    empty=_("No school yet."),
                )
            ],
        )


def newest_placement(ect: ECT) -> Placement | None:
    """The placement that began last, of those in sight."""
    return max(ect.placements, key=lambda p: (p.started_on, p.id), default=None)


def has_left(placement: Placement) -> bool:
    """Whether the last day is over."""
    return placement.ended_on is not None and placement.ended_on < today()


def placement_row(placement: Placement) -> Row:
    """One school with its first and last day."""
    return Row(
        heading=placement.school.name,
        href=f"/schools/{placement.school.urn}",
        cells=[
            Cell(text=on_screen(placement.started_on)),
            Cell(text=on_screen(placement.ended_on) or _("now")),
        ],
    )
