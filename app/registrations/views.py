"""Registrations: begun and filled in by a school in seven steps, decided by an AB officer."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import joinedload, load_only

from app.access.sessions import principal
from app.ects.rules import is_trn, normal_trn
from app.extensions import db
from app.fabext.doors import expose, permitted
from app.fabext.forms import Form, new_token
from app.fabext.lists import ClosedFilter, asked
from app.fabext.pages import Cell, Empty, FieldGroup, FormPage, Link, ListPage
from app.fabext.saving import Outcome, saved
from app.fabext.views import FORM, Answer, ModelView, show_again, table
from app.forms.parts import values_of
from app.forms.registrations import ECT_GROUPS, StartAtForm, StartForm, StartInTrustForm
from app.registrations import pages, queries, service
from app.registrations.decide_views import DecidesRegistrations
from app.registrations.models import Registration
from app.registrations.rules import STATE_IN_WORDS, RegistrationState, Step
from app.registrations.step_views import BY_CONSTRAINT, FillsInRegistrations
from app.registrations.words import state_tag
from app.schools.models import School
from app.schools.rules import after_all_words_with, folded
from app.terms.on_screen import on_screen

__all__ = ["RegistrationView"]
SHOW = "registrations/show.html"


class RegistrationView(FillsInRegistrations, DecidesRegistrations, ModelView):
    """Registrations in the scope of the session: a school's own; for AB officers those that were sent."""

    datamodel = table(Registration)
    route_base = "/registrations"
    key = "uid"
    base_permissions: Any = [
        f"can_{name}"
        for name in ("list", "show", "find", "add", "step", "check", "withdraw", "decide", "ask")
    ]
    add_form = StartForm
    list_title = lazy_gettext("Registrations")
    list_columns = ["listed_name", "school", "starts_on", "moved_at", "state"]
    order_columns = ["moved_at", "sort_name"]
    base_order_column = "moved_at"
    label_columns = {
        "listed_name": lazy_gettext("Name"),
        "school": lazy_gettext("School"),
        "starts_on": lazy_gettext("Induction starts"),
        "moved_at": lazy_gettext("Since"),
        "state": lazy_gettext("Registration"),
    }
    filters = {
        "status": ClosedFilter(
            legend=lazy_gettext("Registration"),
            choices={
                state.value: (STATE_IN_WORDS[state], Registration.state == state)
                for state in RegistrationState
            },
        )
    }
    find_label = lazy_gettext("Find a registration")
    find_hint = lazy_gettext("Last name, or TRN")

    # --- list ---

    def list_page(self) -> ListPage:
        """For who decides, those that wait, longest first, until something else is asked for."""
        question = asked(self.order_columns, self.order(), self.filters)
        if not request.args and self.may("decide"):
            question = replace(question, chosen=(("status", RegistrationState.AWAITING_AB.value),))
        return self.page_for(question)

    def base_statement(self) -> Select[Any]:
        """A school's own; of others' drafts the appropriate body learns when they are sent."""
        return sent_or_mine(select(Registration))

    def list_options(self) -> Any:
        """Name, TRN, school, dates; no answer is opened for a list."""
        own = ("uid", "first_name", "last_name", "sort_name", "trn", "starts_on", "moved_at", "state")
        return [
            load_only(*(getattr(Registration, name) for name in own), raiseload=True),
            joinedload(Registration.school, innerjoin=True).load_only(School.name, School.urn),
        ]

    def narrowed(self, ask: Select[Any], term: str) -> Select[Any]:
        """By the beginning of the name, or by TRN."""
        trn = normal_trn(term)
        if is_trn(trn):
            return ask.where(Registration.trn == trn)
        begins = folded(term)
        if not begins:
            return ask.where(false())
        return ask.where(
            Registration.sort_name >= begins, Registration.sort_name < after_all_words_with(begins)
        )

    def cell(self, item: Registration, name: str) -> Cell:
        """Name over TRN, school over URN, first day of induction, since when, state."""
        if name == "listed_name":
            return Cell(text=item.listed_name or _("no name yet"), sub=pages.trn_of(item))
        if name == "school":
            return Cell(text=item.school.name, sub=_("URN %(urn)s", urn=item.school.urn))
        if name == "state":
            return Cell(tag=state_tag(item.state))
        value = item.moved_at if name == "moved_at" else item.starts_on
        return Cell(text=on_screen(value) or _("not said yet"))

    def sortable(self) -> dict[str, str]:
        """By name, and by how long it waits."""
        return {"listed_name": "sort_name", "moved_at": "moved_at"}

    def how_many(self, number: int) -> str:
        """27 registrations."""
        return ngettext("%(num)s registration", "%(num)s registrations", number)

    def how_many_more(self, number: str) -> str:
        """10,000+ registrations."""
        return _("%(number)s registrations", number=number)

    def list_crumbs(self) -> Any:
        """Under the ECTs."""
        return [Link(label=_("ECTs"), href="/ects/")]

    def list_links(self) -> Any:
        """The other half of the list, for who decides."""
        if not self.may("decide"):
            return ()
        return [
            Link(label=_("Awaiting AB"), href=self.path()),
            Link(label=_("Returned"), href=f"{self.path()}?status={RegistrationState.RETURNED.value}"),
            Link(label=_("All, newest first"), href=f"{self.path()}?sort=-moved_at"),
        ]

    def list_primary(self) -> Link | None:
        """A new one."""
        return Link(label=_("Register an ECT"), href=f"{self.path()}new") if self.may("add") else None

    def empty(self, *, filtered: bool) -> Empty:
        """Why there is none."""
        awaiting = request.query_string.decode() in {"", f"status={RegistrationState.AWAITING_AB.value}"}
        if filtered and not (awaiting and self.may("decide")):
            return super().empty(filtered=True)
        if self.may("decide"):
            return Empty(
                heading=_("No registrations wait for you"),
                text=_("New ones arrive from schools; you get a mail for each."),
            )
        return Empty(
            heading=_("No registration here yet"),
            text=_("Register an ECT before induction starts: lateness may delay it."),
            link=self.list_primary(),
        )

    # --- one registration ---

    def record_statement(self) -> Select[Any]:
        """The registration with its answers and school."""
        return sent_or_mine(queries.whole())

    @expose("/<key>")
    @permitted
    def show(self, key: str) -> Answer:
        """The parts to fill in, or what was sent and how it stands to the rules."""
        registration = self.record(key)
        decides = self.may("decide")
        known = queries.known(registration) if decides else None
        page = pages.registration_page(
            registration, known, fills_in=self.may("step"), decides=decides, asks=self.may("ask")
        )
        return render_template(SHOW, page=page)

    @expose("/new", methods=["GET", "POST"])
    @permitted
    def add(self) -> Answer:
        """The first step of a new one."""
        form, names = start_form()
        made: list[Registration] = []

        def page(outcome: Outcome | None = None) -> FormPage:
            groups = [FieldGroup(fields=names)] if names else []
            return FormPage(
                title=_("Register an ECT"),
                caption=_("Step 1 of 7"),
                form=form,
                submit=_("Save and continue"),
                cancel_href=self.path(),
                groups=[*groups, *ECT_GROUPS],
                crumbs=[*self.list_crumbs(), Link(label=self.list_title, href=self.path())],
                problems=outcome.problems if outcome else (),
            )

        search = form.asks_to_search() if request.method == "POST" else None
        if request.method != "POST" or search:
            if search:
                search.search()
            return render_template(FORM, page=page())
        outcome = saved(form, lambda: made.append(begun(form)), by_constraint=BY_CONSTRAINT)
        if not outcome.done:
            return show_again(FORM, page(outcome))
        at = f"{self.path()}{made[0].uid}/{Step.TRAINING.value}" if made else self.path()
        return redirect(at, 303)

    @expose("/<key>/withdraw", methods=["POST"])
    @permitted
    def withdraw(self, key: str) -> Answer:
        """The registration is given up."""
        registration = self.record(key)
        words = _("Withdrawn. The TRN can be registered again.")
        return self.pressed(registration, lambda: service.withdraw(registration), lambda: words)

    def pressed(self, registration: Registration, verb: Any, words: Any) -> Answer:
        """A button was pressed: done once, however often it is sent, and back on the page."""
        form = Form()
        form.submission.data = request.form.get("submission") or new_token()
        outcome = saved(form, verb, by_constraint={})
        for problem in outcome.problems:
            flash(problem, "error")
        if outcome.done:
            flash(words(), "success")
        return redirect(f"{self.path()}{registration.uid}", 303)


def sent_or_mine(ask: Select[Any]) -> Select[Any]:
    """`ask`, for the appropriate body less what a school has not sent yet."""
    who = principal()
    if who.at_a_school:
        return ask
    return ask.where(or_(Registration.sent_at.is_not(None), Registration.made_by_id == who.person_id))


def start_form() -> tuple[Any, tuple[str, ...]]:
    """The form of the first step for the hat in use, and the field by which it says the school."""
    who = principal()
    if not who.at_a_school:
        return StartAtForm(), ("school",)
    if len(who.school_ids) == 1:
        return StartForm(), ()
    form = StartInTrustForm()
    ask = select(School.id, School.name).where(School.id.in_(who.school_ids)).order_by(School.sort_name)
    form.school_id.choices = pages.radio_choices(db.session.execute(ask).all())
    return form, ("school_id",)


def begun(form: Any) -> Registration:
    """The verb, with what the form holds."""
    return service.start(school_of(form), values_of(form, without=("school", "school_id")))


def school_of(form: Any) -> School:
    """The school that a new registration is for: the own one, or the one chosen.

    Raises:
        NotFound: this person has no such school.
    """
    who = principal()
    if not who.at_a_school:
        school: School = form.school.data
        return school
    wanted = form.school_id.data if "school_id" in form else next(iter(who.school_ids), None)
    found = db.session.get(School, wanted) if wanted in who.school_ids else None
    return found or abort(404)
