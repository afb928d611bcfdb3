"""Schools: the list, one school with what the body typed about it. The import stands in `import_views`."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from flask import abort, g, jsonify, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import inspect
from werkzeug.wrappers import Response

from app.access.sessions import principal
from app.access.visibility import sees_all_schools
from app.fabext.doors import expose, may, permitted
from app.fabext.forms import Form
from app.fabext.list_view import Answer
from app.fabext.lists import Asked, ClosedFilter, Cut, Fetch
from app.fabext.pages import Cell, Empty, Fact, FieldGroup, Group, Link, ListPage, RecordPage, Tag
from app.fabext.saving import Outcome
from app.fabext.validators import AtMost, EmailAddress, TelephoneNumber
from app.fabext.views import ModelView, table
from app.schools import queries, service
from app.schools.import_views import SchoolImportView
from app.schools.look_up import SCHOOLS
from app.schools.models import School, SchoolContact
from app.schools.queries import SchoolSearch
from app.schools.rules import IN_WORDS, STATUS_IN_WORDS, SchoolStatus, web_address
from app.terms.on_screen import on_screen

__all__ = ["SchoolContactView", "SchoolImportView", "SchoolView"]

COLOURS: Final = MappingProxyType(
    {
        SchoolStatus.OPEN: "green",
        SchoolStatus.PROPOSED_TO_OPEN: "teal",
        SchoolStatus.PROPOSED_TO_CLOSE: "orange",
        SchoolStatus.CLOSED: "grey",
    }
)
# Value in the address → words, as GIAS publishes them.
PHASES: Final = MappingProxyType(
    {
        "nursery": "Nursery",
        "primary": "Primary",
        "middle_primary": "Middle deemed primary",
        "middle_secondary": "Middle deemed secondary",
        "secondary": "Secondary",
        "all_through": "All-through",
        "sixteen_plus": "16 plus",
        "none": "Not applicable",
    }
)
KINDS: Final = MappingProxyType(
    {
        "maintained": "Local authority maintained schools",
        "academies": "Academies",
        "free": "Free Schools",
        "independent": "Independent schools",
        "special": "Special schools",
        "colleges": "Colleges",
        "other": "Other types",
    }
)


def status_tag(status: SchoolStatus) -> Tag:
    """The status as GIAS has it."""
    return Tag(label=str(STATUS_IN_WORDS[status]), colour=COLOURS[status])


def in_reach(school: School) -> bool:
    """Whether this person may read what the body typed about `school`: AB and finance all, others their own."""
    who = principal()
    return sees_all_schools(who) or school.id in who.school_ids


class SchoolView(ModelView):
    """Schools as GIAS publishes them: nobody types here. A school's own people see their own in the list."""

    datamodel = table(School)
    route_base = "/schools"
    key = "urn"
    base_permissions: Any = ["can_list", "can_show", "can_find", "can_look_up"]
    list_title = lazy_gettext("Schools")
    list_columns = ["name", "town", "phase", "la_name", "status"]
    order_columns = ["sort_name"]
    base_order_column = "sort_name"
    label_columns = dict(IN_WORDS)
    filters = {
        "status": ClosedFilter(
            legend=IN_WORDS["status"],
            choices={each.value: (STATUS_IN_WORDS[each], School.status == each) for each in SchoolStatus},
        ),
        "phase": ClosedFilter(
            legend=IN_WORDS["phase"],
            choices={value: (words, School.phase == words) for value, words in PHASES.items()},
        ),
        "kind": ClosedFilter(
            legend=lazy_gettext("Kind of school"),
            choices={value: (words, School.type_group == words) for value, words in KINDS.items()},
        ),
    }
    find_label = lazy_gettext("Find a school")
    find_hint = lazy_gettext("Name, town, postcode or URN")

    # --- list ---

    def rows(self, question: Asked, term: str) -> tuple[Any, Fetch]:
        """Through the index of words; so a page costs the same at 100 and at 24,000 schools."""
        search = self.search(question, term)

        def fetch(at: queries.Place | None, backwards: bool, limit: int) -> Any:
            side = {"before" if backwards else "after": at} if at else {}
            return queries.schools(search, size=limit - 1, descending=question.descending, **side)

        return lambda: queries.how_many(search), fetch

    @staticmethod
    def search(question: Asked, term: str) -> SchoolSearch:
        """What the list looks for."""
        chosen = {group: [v for g_, v in question.chosen if g_ == group] for group in SchoolView.filters}
        who = principal()
        return SchoolSearch(
            find=term,
            statuses=tuple(SchoolStatus(value) for value in chosen["status"]),
            phases=tuple(PHASES[value] for value in chosen["phase"]),
            type_groups=tuple(KINDS[value] for value in chosen["kind"]),
            only=who.school_ids if who.at_a_school else None,
        )

    def drawn_list(self, question: Asked, term: str, number: int, page: Cut) -> ListPage:
        """Without filters and find box for people of one school: they see their own."""
        drawn = super().drawn_list(question, term, number, page)
        if principal().at_a_school:
            own = _("Our schools") if number > 1 else _("Our school")
            return replace(drawn, title=own, caption=own, filters=(), find=None)
        return drawn if may("find", "SchoolView") else replace(drawn, find=None)

    def cell(self, item: School, name: str) -> Cell:
        """Name over URN, town over postcode, phase over ages, local authority, status."""
        if name == "name":
            return Cell(text=item.name, sub=_("URN %(urn)s", urn=item.urn))
        if name == "town":
            return Cell(text=item.town, sub=item.postcode)
        if name == "phase":
            return Cell(text=item.phase, sub=ages(item))
        if name == "status":
            return Cell(tag=status_tag(item.status))
        return Cell(text=item.la_name)

    def how_many(self, number: int) -> str:
        """27 schools."""
        return ngettext("%(num)s school", "%(num)s schools", number) % {"num": f"{number:,}"}

    def how_many_more(self, number: str) -> str:
        """10,000+ schools."""
        return _("%(number)s schools", number=number)

    def list_primary(self) -> Link | None:
        """A new file, for who may bring one."""
        if not may("add", "SchoolImportView"):
            return None
        return Link(label=_("Import schools"), href=f"{self.path()}import/new")

    def empty(self, *, filtered: bool) -> Empty:
        """Why there is nothing, and what to do."""
        if filtered:
            return Empty(
                heading=_("No school matches"),
                text=_("Try part of the name, the postcode or the URN."),
                link=Link(label=_("Clear all"), href=self.path()),
            )
        return Empty(
            heading=_("No schools yet"),
            text=_("Schools come from the file that Get Information About Schools publishes."),
            link=self.list_primary(),
        )

    @expose("/look-up", methods=["POST"])
    @permitted
    def look_up(self) -> Response:
        """At most 20 schools for what was typed, for a remote select with script."""
        words = request.form.get("q", "")[:200]
        found = SCHOOLS.find(words) if words.strip() else ()
        return jsonify(results=[{"value": value, "label": label} for value, label in found])

    # --- one school ---

    def record_page(self, item: School) -> RecordPage:
        """What GIAS says, and what the body typed where this hat may read it."""
        groups = [published(item)]
        change = None
        if in_reach(item) and may("show", "SchoolContactView"):
            contact = queries.contact_of(item.id)
            change = contact_link(item.urn) if may("edit", "SchoolContactView") else None
            groups.insert(0, typed(contact, change))
        return RecordPage(
            title=item.name,
            crumbs=[Link(label=self.list_title, href=self.path())],
            tags=[status_tag(item.status)],
            facts=[
                Fact(label=_("URN"), text=str(item.urn)),
                Fact(label=_("Kind"), text=item.type_name or _("not known")),
                Fact(label=_("Town"), text=item.town or _("not known")),
                Fact(label=_("Local authority"), text=item.la_name or _("not known")),
            ],
            primary=change,
            groups=groups,
        )


def ages(school: School) -> str:
    """Ages 4 to 11; empty where one is not known."""
    if school.low_age is None or school.high_age is None:
        return ""
    return _("ages %(low)s to %(high)s", low=school.low_age, high=school.high_age)


def contact_link(urn: int) -> Link:
    """Where the contact is changed."""
    return Link(label=_("Change contact"), href=f"/schools/{urn}/contact/edit")


def published(school: School) -> Group:
    """What the Department for Education publishes: filled facts only."""
    website = web_address(school.website)
    values = [
        (_("Status"), STATUS_IN_WORDS[school.status]),
        (_("Address"), ", ".join(school.address_lines)),
        (_("Telephone"), school.telephone),
        (_("Website"), website.removeprefix("https://").removeprefix("http://")),
        (_("Phase"), ", ".join(part for part in (school.phase, ages(school)) if part)),
        (_("Kind"), school.type_name),
        (_("DfE number"), school.dfe_number),
        (_("UKPRN"), school.ukprn),
        (_("Trust"), " ".join(part for part in (school.trust_name, school.trust_code) if part)),
        (_("Region"), school.region),
        (_("Opened"), on_screen(school.opened_on)),
        (_("Closed"), on_screen(school.closed_on)),
    ]
    return Group(
        heading=_("What the Department for Education publishes"),
        facts=[Fact(label=label, text=str(text)) for label, text in values if text],
        note=_("From Get Information About Schools; brought in on %(day)s", day=on_screen(school.changed_at)),
    )


CONTACT: Final = ("contact_name", "contact_email", "contact_telephone", "area", "note")
CONTACT_IN_WORDS: Final = MappingProxyType(
    {
        "contact_name": lazy_gettext("Name of the contact"),
        "contact_email": lazy_gettext("Email address"),
        "contact_telephone": lazy_gettext("Telephone number"),
        "area": lazy_gettext("Area"),
        "note": lazy_gettext("Note"),
    }
)


def typed(contact: SchoolContact | None, change: Link | None) -> Group:
    """What the body typed; an import never touches it."""
    values = [(name, getattr(contact, name, "") or "") for name in CONTACT]
    return Group(
        heading=_("What we hold"),
        facts=[Fact(label=CONTACT_IN_WORDS[name], text=text) for name, text in values if text],
        empty=_(
            "No contact yet. The Department for Education publishes no email address, so it is typed here."
        ),
        links=[change] if change else [],
        note=_("Typed here. No import changes it."),
    )


class SchoolContactView(ModelView):
    """The contact of a school: typed by the body or by the school, one for each school."""

    datamodel = table(SchoolContact)
    route_base = "/schools"
    base_permissions: Any = ["can_show", "can_edit"]
    show_title = lazy_gettext("Contact")
    edit_title = lazy_gettext("Change the contact")
    edit_columns = list(CONTACT)
    label_columns = dict(CONTACT_IN_WORDS)
    description_columns = {
        "contact_email": lazy_gettext("Such as name@school.example"),
        "area": lazy_gettext("The part of your work that the school falls to, such as North."),
    }
    validators_columns = {
        "contact_email": [EmailAddress()],
        "contact_telephone": [TelephoneNumber()],
        "note": [AtMost(4000)],
    }
    form_groups = [
        FieldGroup(
            legend=lazy_gettext("Contact"), fields=("contact_name", "contact_email", "contact_telephone")
        ),
        FieldGroup(fields=("area", "note")),
    ]
    # Two people type the first contact of a school: named by PostgreSQL, by columns on SQLite.
    by_constraint = {
        name: ("contact_name", lazy_gettext("Somebody else typed a contact first. Open this page again"))
        for name in ("uq_school_contact_school_id", "school_contact.school_id")
    }

    def record(self, key: str) -> SchoolContact:
        """The contact of the school with this URN; an empty one where nobody typed any yet.

        Raises:
            NotFound: no such school, or not for this person: both answer alike.
        """
        school = queries.school(int(key)) if key.isdecimal() and len(key) < 10 else None
        if school is None or not in_reach(school):
            abort(404)
        g.school = school
        contact = queries.contact_of(school.id)
        return contact or SchoolContact(school_id=school.id, version=0, **dict.fromkeys(CONTACT, ""))

    @expose("/<key>/contact")
    @permitted
    def show(self, key: str) -> Answer:
        """The contact stands on the page of the school."""
        self.record(key)
        return redirect(f"{self.path()}{g.school.urn}", 303)

    @expose("/<key>/contact/edit", methods=["GET", "POST"])
    @permitted
    def edit(self, key: str) -> Answer:
        """The form of the contact."""
        answer: Answer = super().edit(key)
        return answer

    def change(self, form: Form, item: SchoolContact, seen: int | None) -> None:
        """The contact holds what was typed; the first one is new."""
        if inspect(item).persistent:
            super().change(form, item, seen)
            return
        form.populate_obj(item)
        service.keep_contact(item)

    def pre_update(self, item: SchoolContact) -> None:
        """A note beside the change."""
        service.keep_contact(item)

    def show_both(self, form: Form, item: SchoolContact, outcome: Outcome, seen: int | None) -> None:
        """Where another contact stands there by now, both are shown."""
        if inspect(item).persistent:
            super().show_both(form, item, outcome, seen)

    def form_caption(self, item: Any | None) -> str:
        """The school."""
        return str(g.school.name)

    def form_crumbs(self, item: Any | None) -> list[Link]:
        """Schools, the school."""
        return [
            Link(label=_("Schools"), href=self.path()),
            Link(label=g.school.name, href=f"{self.path()}{g.school.urn}"),
        ]

    def after_edit(self, item: Any) -> str:
        """Back to the school."""
        return f"{self.path()}{g.school.urn}"

    def edited_words(self, item: Any) -> str:
        """Whose contact it is."""
        return _("The contact of %(school)s is saved.", school=g.school.name)
