"""Who may sign in, and which hats they wear: for the AB administrator and the operator."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from werkzeug.exceptions import BadRequest, NotFound

from app.access import service as access
from app.access.hats import IN_WORDS, HatKind
from app.access.models import Hat, Person, User
from app.access.passwords import check_password
from app.access.rights import reviewed_roles
from app.extensions import db, today
from app.fabext.doors import expose, permitted
from app.fabext.forms import Form, new_token
from app.fabext.lists import ClosedFilter
from app.fabext.pages import (
    Button,
    Cell,
    Column,
    Fact,
    FieldGroup,
    FormPage,
    Group,
    Link,
    RecordPage,
    Row,
    Tag,
)
from app.fabext.saving import Outcome, saved
from app.fabext.views import FORM, SHOW, Answer, BaseView, ModelView, show_again, table
from app.forms.people import EndHatForm, NewPasswordForm, PersonForm, hat_form
from app.people.account import in_words
from app.schools.look_up import SCHOOLS
from app.schools.rules import folded
from app.terms.on_screen import on_screen

# An ECT's hat comes with the record, the operator's from the console.
GIVEN_HERE = tuple(kind for kind in HatKind if kind not in {HatKind.ECT, HatKind.OPERATOR})
HatForm = hat_form(SCHOOLS, GIVEN_HERE)


class PeopleView(ModelView):
    """Everybody who can sign in."""

    datamodel = table(Person)
    route_base = "/settings/users"
    key = "uid"
    base_permissions: Any = [
        f"can_{name}" for name in ("list", "show", "add", "find", "give", "end", "password", "switch")
    ]
    list_title = lazy_gettext("Users")
    add_title = lazy_gettext("Add a user")
    list_columns = ["name", "username", "email", "account"]
    order_columns = ["sort_name"]
    base_order_column = "sort_name"
    label_columns = {
        "name": lazy_gettext("Name"),
        "username": lazy_gettext("Username"),
        "email": lazy_gettext("Email address"),
        "account": lazy_gettext("Account"),
    }
    filters = {
        "account": ClosedFilter(
            legend=lazy_gettext("Account"),
            choices={
                "on": (lazy_gettext("On"), User.active.is_(True)),
                "off": (lazy_gettext("Off"), User.active.is_(False)),
            },
        )
    }
    find_label = lazy_gettext("Find a user")
    find_hint = lazy_gettext("Name, username or email address")
    add_form = PersonForm
    form_groups = [FieldGroup(fields=("first_name", "last_name", "email", "username", "new"))]
    submit_label = lazy_gettext("Add user")

    # --- list ---

    def base_statement(self) -> Select[Any]:
        """People with a sign-in."""
        return select(Person).join(User, Person.user_id == User.id)  # both as entities: the guard asks for it

    def list_options(self) -> list[Any]:
        """The sign-in with the person, in one statement."""
        return [
            contains_eager(Person.user).load_only(
                User.first_name, User.last_name, User.username, User.email, User.active
            )
        ]

    def narrowed(self, ask: Select[Any], term: str) -> Select[Any]:
        """Whose folded name, username or address begins with what was typed."""
        typed, name = term.strip().casefold(), folded(term)
        return ask.where(
            or_(
                Person.sort_name.startswith(name, autoescape=True) if name else false(),
                func.lower(User.username).startswith(typed, autoescape=True),
                func.lower(User.email).startswith(typed, autoescape=True),
            )
        )

    def cell(self, item: Person, name: str) -> Cell:
        """Name, username, address, and whether the account is on."""
        user = sign_in_of(item)
        if name == "name":
            return Cell(text=f"{user.last_name}, {user.first_name}")
        if name == "account":
            return Cell(tag=account_tag(user))
        return Cell(text=getattr(user, name))

    def sortable(self) -> dict[str, str]:
        """By name only."""
        return {"name": "sort_name"}

    def how_many(self, number: int) -> str:
        """27 users."""
        return ngettext("%(num)s user", "%(num)s users", number)

    def list_primary(self) -> Link | None:
        """Somebody new."""
        return Link(label=_("Add a user"), href=f"{self.path()}new") if self.may("add") else None

    # --- one person ---

    def record_statement(self) -> Select[Any]:
        """The person with sign-in and hats."""
        return select(Person).options(
            joinedload(Person.user), selectinload(Person.hats).joinedload(Hat.school)
        )

    def record_page(self, item: Person) -> RecordPage:
        """Who it is, the hats, and what can be done about them."""
        user, at = sign_in_of(item), f"{self.path()}{item.uid}"
        day = today()
        return RecordPage(
            title=user.get_full_name(),
            crumbs=self.form_crumbs(item),
            tags=[account_tag(user)],
            facts=[
                Fact(label=_("Username"), text=user.username),
                Fact(label=_("Email address"), text=user.email),
            ],
            primary=Link(label=_("Give a role"), href=f"{at}/roles/new") if self.may("give") else None,
            more=[Link(label=_("Set a new password"), href=f"{at}/password")] if self.may("password") else [],
            buttons=[
                Button(label=_("Switch the account off"), action=f"{at}/switch?to=off", warning=True)
                if user.active
                else Button(label=_("Switch the account on"), action=f"{at}/switch?to=on")
            ],
            groups=[
                Group(
                    heading=_("Roles"),
                    columns=[Column(label=_("Role")), Column(label=_("From")), Column(label=_("To"))],
                    rows=[hat_row(hat, at if self.may("end") else "", day) for hat in in_order(item.hats)],
                    empty=_("No role yet: this person can sign in once you give one."),
                )
            ],
        )

    @expose("/<key>/roles/new", methods=["GET", "POST"])
    @permitted
    def give(self, key: str) -> Answer:
        """The person gets a hat."""
        person = self.record(key)
        form = HatForm(starts_on=today()) if request.method != "POST" else HatForm()
        groups = [FieldGroup(fields=("kind", "school", "trust_code", "starts_on"))]
        return self.asked(
            form,
            person,
            _("Give a role"),
            _("Give role"),
            groups,
            lambda: give_hat(person, form),
            _("Role given."),
        )

    @expose("/<key>/roles/<hat>", methods=["GET", "POST"])
    @permitted
    def end(self, key: str, hat: str) -> Answer:
        """A hat of the person ends.

        Raises:
            NotFound: the person has no such hat.
        """
        person = self.record(key)
        worn = next((each for each in person.hats if each.uid == hat), None)
        if worn is None:
            raise NotFound
        form = EndHatForm(ends_on=worn.ends_on or today()) if request.method != "POST" else EndHatForm()
        title = _("End a role: %(hat)s", hat=in_words(worn))
        groups = [FieldGroup(fields=("ends_on",))]
        return self.asked(
            form,
            person,
            title,
            _("End role"),
            groups,
            lambda: access.end_hat(worn, form.ends_on.data or today()),
            _("The role has a last day. Sessions in it ended."),
        )

    @expose("/<key>/password", methods=["GET", "POST"])
    @permitted
    def password(self, key: str) -> Answer:
        """The person gets a new password from whoever looks after people."""
        person = self.record(key)
        form = NewPasswordForm()
        groups = [FieldGroup(fields=("new",))]
        return self.asked(
            form,
            person,
            _("Set a new password"),
            _("Set password"),
            groups,
            lambda: access.set_password(sign_in_of(person), form.new.data or ""),
            _("The password is set. They are signed out everywhere."),
        )

    @expose("/<key>/switch", methods=["POST"])
    @permitted
    def switch(self, key: str) -> Answer:
        """The account is on or off, as the address says; said twice, it is done once.

        Raises:
            BadRequest: the address says neither.
        """
        person = self.record(key)
        user, to = sign_in_of(person), request.args.get("to")
        if to not in {"on", "off"}:
            raise BadRequest
        form = Form()
        form.submission.data = request.form.get("submission") or new_token()
        outcome = saved(form, lambda: switch_once(user, active=to == "on"), by_constraint={})
        for problem in outcome.problems:
            flash(problem, "error")
        if outcome.done:
            words = _("The account is on.") if to == "on" else _("The account is off. Its sessions ended.")
            flash(words, "success")
        return redirect(f"{self.path()}{person.uid}", 303)

    def asked(
        self, form: Form, person: Person, title: str, submit: str, groups: Any, verb: Any, words: str
    ) -> Answer:
        """A form about one person: shown, refused with the input kept, or done and back on the record."""
        back = f"{self.path()}{person.uid}"

        def page(outcome: Outcome | None = None) -> FormPage:
            return FormPage(
                title=title,
                caption=sign_in_of(person).get_full_name(),
                form=form,
                submit=submit,
                cancel_href=back,
                groups=groups,
                crumbs=[*self.form_crumbs(person), Link(label=sign_in_of(person).get_full_name(), href=back)],
                problems=outcome.problems if outcome else (),
            )

        search = form.asks_to_search() if request.method == "POST" else None
        if request.method != "POST" or search:
            if search:
                search.search()
            return render_template(FORM, page=page())
        outcome = saved(form, verb, by_constraint={})
        if not outcome.done:
            return show_again(FORM, page(outcome))
        flash(words, "success")
        return redirect(back, 303)

    def create(self, form: Any) -> Person:
        """Somebody new, who can sign in once a hat is given."""
        check_password(form.new.data, about=(form.username.data, form.first_name.data, form.last_name.data))
        return access.add_person(
            username=form.username.data,
            first_name=form.first_name.data,
            last_name=form.last_name.data,
            email=form.email.data,
            password_hash=access.hashed(form.new.data),
        )

    def added_words(self, item: Person | None) -> str:
        """What to do next."""
        return _("Added. Give them a role now: without one they cannot sign in.")


def switch_once(user: User, *, active: bool) -> None:
    """The verb, where the account is not so already; of two at once the second waits and finds it done."""
    db.session.refresh(user, with_for_update=True)
    if user.active != active:
        access.switch(user, active=active)


def give_hat(person: Person, form: Any) -> None:
    """The verb, with what the form holds."""
    school = form.school.data
    access.give_hat(
        person,
        form.kind.data,
        form.starts_on.data,
        school_id=school.id if school is not None else None,
        trust_code=form.trust_code.data or None,
    )


def sign_in_of(person: Person) -> User:
    """The sign-in of somebody on this screen: it lists nobody without one."""
    assert person.user is not None
    return person.user


def account_tag(user: User) -> Tag:
    """On or off."""
    return Tag(label=_("On"), colour="green") if user.active else Tag(label=_("Off"), colour="grey")


def in_order(hats: Sequence[Hat]) -> Sequence[Hat]:
    """The hats as they began."""
    return sorted(hats, key=lambda hat: (hat.starts_on, hat.id))


def hat_row(hat: Hat, at: str, day: date) -> Row:
    """One hat: the role and place, from, to, and whether it can be used today."""
    tag = (
        Tag(label=_("In use"), colour="green")
        if hat.worn_on(day)
        else Tag(label=_("Not in use"), colour="grey")
    )
    return Row(
        heading=in_words(hat),
        href=f"{at}/roles/{hat.uid}" if at else "",
        cells=[
            Cell(text=on_screen(hat.starts_on)),
            Cell(text=on_screen(hat.ends_on) or _("no end"), tag=tag),
        ],
    )


class RolesView(BaseView):
    """Roles and rights are code: this screen only shows them."""

    route_base = "/settings/roles"
    default_view = "list"
    base_permissions: Any = ["can_list"]

    @expose("/")
    @permitted
    def list(self) -> Answer:
        """Each role with what it may do, screen by screen."""
        roles = reviewed_roles()
        groups = [
            Group(
                heading=IN_WORDS[kind],
                facts=[
                    Fact(
                        label=screen_in_words(screen),
                        text=", ".join(sorted(p for p, s in rights if s == screen)),
                    )
                    for screen in sorted({screen for _, screen in rights})
                ],
                empty=_("Nothing beyond the own account."),
            )
            for kind, rights in ((kind, readable(roles[kind.value])) for kind in HatKind)
        ]
        return render_template(
            SHOW,
            page=RecordPage(
                title=_("Roles"),
                groups=groups,
                facts=[
                    Fact(
                        label=_("Where they come from"),
                        text=_("The reviewed file app/access/roles.toml of this release"),
                    ),
                ],
            ),
        )


def readable(rights: frozenset[tuple[str, str]]) -> set[tuple[str, str]]:
    """Rights without FAB's prefix."""
    return {(permission.removeprefix("can_").replace("_", " "), screen) for permission, screen in rights}


def screen_in_words(screen: str) -> str:
    """`SchoolView` reads "School"."""
    name = screen.removesuffix("View").replace("ECT", "Ect")
    words = "".join(
        f" {letter.lower()}" if letter.isupper() and at else letter for at, letter in enumerate(name)
    )
    return words.replace("Ect", "ECT")
