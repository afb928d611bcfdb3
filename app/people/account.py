"""Signing in and out, the own account, and the language."""

import re
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from app.access import limits
from app.access import service as access
from app.access.hats import IN_WORDS
from app.access.models import Hat, User
from app.access.scope import principal_of
from app.access.sessions import principal
from app.errors import FieldRefused, ServiceError, TooManyTries
from app.extensions import db, today
from app.fabext.doors import LONGEST_NEXT, everybody, expose, signed_in
from app.fabext.forms import Form
from app.fabext.pages import FieldGroup, FormPage, Link
from app.fabext.saving import Outcome
from app.fabext.security import SignInDoor
from app.fabext.views import FORM, Answer, BaseView, FormView, show_again
from app.forms.people import PasswordForm, SignInForm

SIGN_IN = "appbuilder/general/security/login_db.html"


class SignInView(SignInDoor):
    """The one way in: a password, limited by account and by address. Signing out is a POST."""

    @expose("/login/", methods=["GET", "POST"])
    @everybody
    def login(self) -> Answer:
        """The sign-in page."""
        if principal().person_id:
            return redirect(url_for("TodayView.show"), 303)
        form = SignInForm()
        if request.method != "POST":
            return render_template(SIGN_IN, form=form)
        if not form.validate():
            return render_template(SIGN_IN, form=form), 422
        try:
            user, hat_id = access.sign_in(
                form.username.data or "", form.password.data or "", request.remote_addr or "", today()
            )
        except ServiceError as refusal:
            name = refusal.field if isinstance(refusal, FieldRefused) else "username"
            form[name].errors = [str(refusal)]
            return render_template(SIGN_IN, form=form), 422 if isinstance(refusal, FieldRefused) else 429
        return begin_session(user, hat_id)

    @expose("/logout/", methods=["POST"])
    @everybody
    def logout(self) -> Response:
        """Signed out: cookie and row are gone."""
        if principal().person_id:
            logout_user()
        return redirect(url_for("SignInView.login"), 303)


def begin_session(user: User, hat_id: int) -> Response:
    """A fresh session for the user, and the page that they wanted to see."""
    wanted, language = session.pop("next", ""), session.get("locale")
    session.clear()
    if language:
        session["locale"] = language
    login_user(user)
    generate_csrf()  # in the row from the start: two pages opened at once agree on it
    session.hat_id = hat_id  # type: ignore[attr-defined]
    return redirect(wanted if is_local(wanted) else url_for("TodayView.show"), 303)


# One slash, then no other, and no sign that browsers drop or read as a slash: `/<tab>/elsewhere` is elsewhere.
LOCAL = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]*")


def is_local(path: Any) -> bool:
    """Whether a remembered address lies on this service, however a browser reads it."""
    return isinstance(path, str) and len(path) <= LONGEST_NEXT and LOCAL.fullmatch(path) is not None


class MeView(BaseView):
    """The own account: who one is here, and in which hat."""

    route_base = "/me"
    default_view = "show"

    @expose("/")
    @signed_in
    def show(self) -> Answer:
        """Name, hats to choose from, password."""
        who = principal()
        hats = [(hat.uid, in_words(hat), hat.id == who.hat_id) for hat in own_hats()]
        return self.draw("me/show.html", hats=hats, password_href=url_for("PasswordView.form"))

    @expose("/hat", methods=["POST"])
    @signed_in
    def wear(self) -> Response:
        """Another hat from the next page on: a new session row, so nothing of the old scope remains.

        Raises:
            NotFound: the hat is not one of the own, or not worn today.
        """
        chosen = next((hat for hat in own_hats() if hat.uid == request.form.get("hat")), None)
        if chosen is None:
            raise NotFound
        session.hat_id = chosen.id  # type: ignore[attr-defined]
        session.renew = True  # type: ignore[attr-defined]
        flash(_("You now act as %(hat)s.", hat=in_words(chosen)), "success")
        return redirect(url_for("TodayView.show"), 303)


def own_hats() -> list[Hat]:
    """The hats that this person may use today, in the order in which they began."""
    who, day = principal(), today()
    ask = (
        select(Hat)
        .where(Hat.person_id == who.person_id)
        .order_by(Hat.starts_on, Hat.id)
        .options(joinedload(Hat.school))
    )
    return [hat for hat in db.session.scalars(ask) if hat.worn_on(day)]


def in_words(hat: Hat) -> str:
    """The hat and its place: "Headteacher, Bramley Road Primary School"."""
    place = (
        hat.school.name
        if hat.school is not None
        else hat.trust_code and _("trust %(code)s", code=hat.trust_code)
    )
    words = str(IN_WORDS[hat.kind])
    return f"{words}, {place}" if place else words


class PasswordView(FormView):
    """The own password."""

    route_base = "/me/password"
    default_view = "form"

    @expose("/", methods=["GET", "POST"])
    @signed_in
    def form(self) -> Answer:
        """Asks for the current one and takes a new one; every other session of the account ends."""
        form = PasswordForm()

        def page(outcome: Outcome | None) -> FormPage:
            return FormPage(
                title=_("Change your password"),
                form=form,
                submit=_("Change password"),
                cancel_href=url_for("MeView.show"),
                groups=[FieldGroup(fields=("current", "new"))],
                intro=_("You stay signed in here. Everywhere else you are signed out."),
                crumbs=[Link(label=_("Your account"), href=url_for("MeView.show"))],
                problems=outcome.problems if outcome else (),
            )

        counted: tuple[int, ...] = ()
        if request.method == "POST":
            try:  # a session left open is no way to guess the password
                counted = limits.count_a_try(g.asking.user.username, request.remote_addr or "")
            except TooManyTries as refusal:
                form.refuse("current", str(refusal))
                return show_again(FORM, page(None))
        answer = self.answer(form, lambda: change_own_password(form), page)
        if counted and not form.current.errors:
            db.session.rollback()  # SQLite's write lock, which a refused form still holds
            limits.take_back(counted)
        if answer is not None:
            return answer
        session.renew = True  # type: ignore[attr-defined]
        flash(_("Your password is changed."), "success")
        return redirect(url_for("MeView.show"), 303)


def change_own_password(form: Form) -> None:
    """The verb, on the user as the session sees it."""
    user = db.session.get_one(User, principal_of(db.session()).user_id)
    access.change_password(user, current=form.current.data, new=form.new.data)  # type: ignore[attr-defined]


class LanguageView(BaseView):
    """The language of the pages, kept for this session."""

    route_base = "/language"
    default_view = "choose"

    @expose("/", methods=["POST"])
    @everybody
    def choose(self) -> Response:
        """The chosen language from here on; back to the page that asked.

        Raises:
            BadRequest: there is no such language.
        """
        language = request.form.get("language", "")
        if language not in current_app.config["LANGUAGES"]:
            raise BadRequest
        session["locale"] = language
        back = request.form.get("next", "")
        return redirect(back if is_local(back) else "/", 303)
