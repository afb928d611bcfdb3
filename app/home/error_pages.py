"""Each refusal has a page that says what to do next. Nothing of a fault is shown but a number to quote."""

import logging
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from app.access.sessions import principal
from app.errors import NotYourRole, NotYours, ServiceError, TooManyTries
from app.extensions import db
from app.fabext.pages import Link

log = logging.getLogger(__name__)
# What is kept of a form that was open for too long: hidden inputs of the page that sends it again.
MOST_FIELDS = 400
# A password is typed again: it stands in no page that could be left open.
NEVER_KEPT = frozenset({"csrf_token", "password", "current", "new"})
NUMBER_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def set_up(app: Flask) -> None:
    """Every refusal of the application ends on one of our pages."""
    app.register_error_handler(CSRFError, form_too_old)
    app.register_error_handler(HTTPException, http_refusal)
    app.register_error_handler(NotYours, lambda _refusal: not_found())
    app.register_error_handler(NotYourRole, lambda _refusal: not_your_role())
    app.register_error_handler(ServiceError, refused)
    app.register_error_handler(DataError, lambda _refusal: page(400, *not_understood()))
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(Exception, fault)


def page(code: int, heading: str, paragraphs: list[str], **more: Any) -> tuple[str, int]:
    """One error page."""
    links = more.pop("links", None) or [Link(label=_("Go to Today"), href="/")]
    values = {
        "action": "",
        "fields": [],
        "code": code,
        "heading": heading,
        "paragraphs": paragraphs,
        "links": links,
    }
    return render_template("errors/error.html", **(values | more)), code


def http_refusal(refusal: HTTPException) -> Any:
    """The page of an HTTP refusal; redirects pass."""
    code = refusal.code or 500
    if code < 400:
        return refusal
    if isinstance(refusal, SecurityError):  # a host that is not ours: there is no address to link to
        return Response(" ".join(not_understood()[1]), 400, content_type="text/plain; charset=utf-8")
    pages: dict[int, Callable[[], tuple[str, int]]] = {
        403: not_your_role,
        404: not_found,
        405: not_found,
        413: too_large,
        429: lambda: page(429, *too_many()),
        503: lambda: page(
            503, _("Back soon"), [_("The service is being looked after. Try again in a few minutes.")]
        ),
    }
    if code in pages:
        return pages[code]()
    return page(400 if code < 500 else code, *(not_understood() if code < 500 else went_wrong("")))


def not_found() -> tuple[str, int]:
    """404, for "not there" and "not yours" alike: the same bytes."""
    db.session.rollback()
    links = [Link(label=_("Go to Today"), href="/")]
    return page(
        404,
        _("We cannot find this page"),
        [_("Check the address, or look for what you need from Today.")],
        links=links,
    )


def not_your_role() -> tuple[str, int]:
    """403: what the hat may do, and who can."""
    db.session.rollback()
    hat = principal().hat
    said = (
        _("You act as %(hat)s. That role may not do this.", hat=hat)
        if hat
        else _("Your role may not do this.")
    )
    links = [
        Link(label=_("Go to Today"), href="/"),
        Link(label=_("Your account and roles"), href=url_for("MeView.show")),
    ]
    ask = _(
        "If you have another role, change to it. If you need this one, ask an AB administrator at %(body)s."
    )
    return page(
        403, _("You cannot do this"), [said, ask % {"body": current_app.config["BODY_NAME"]}], links=links
    )


def too_large() -> tuple[str, int]:
    """413: the limit."""
    limit = request.max_content_length or current_app.config["MAX_CONTENT_LENGTH"]
    limits = [_("The limit is %(limit)s MB. Nothing was kept.", limit=limit // 1024 // 1024)]
    return page(413, _("That is too large"), limits)


def form_too_old(_refusal: CSRFError) -> tuple[str, int]:
    """400: the form was open for too long; what was typed is sent again with a fresh token.

    Offered only where the post came from a page of ours: a foreign page gets no help.
    """
    heading = _("This page was open for too long")
    if not is_from_here():
        return page(400, heading, [_("Open the page again and start over.")])
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    paragraphs = [_("Your text is kept. Select Continue to send it now.")]
    links = None
    if not principal().person_id and request.endpoint != "SignInView.login":
        paragraphs = [
            _("You are signed out, and your text is kept on this page."),
            _("Sign in on a second page first. Then come back to this one and select Continue."),
        ]
        links = [Link(label=_("Sign in"), href=url_for("SignInView.login"))]
    if request.files:
        paragraphs.append(_("Files are not kept: choose the file again on the page itself."))
        return page(400, heading, paragraphs)
    return page(
        400,
        heading,
        paragraphs,
        action=request.full_path.rstrip("?"),
        fields=fields[:MOST_FIELDS],
        links=links,
    )


def is_from_here() -> bool:
    """Whether the browser says that the post came from this service."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", request.host_url.rstrip("/")) == request.host_url.rstrip("/")


def refused(refusal: ServiceError) -> tuple[str, int]:
    """A refusal that no form took: its own sentence."""
    db.session.rollback()
    if isinstance(refusal, TooManyTries):
        return page(429, _("Too many tries"), [str(refusal)])
    return page(400, _("That cannot be done"), [str(refusal)])


def busy(refusal: OperationalError) -> tuple[str, int]:
    """503: the database does not answer in time."""
    log.error("database: %s", type(refusal.orig).__name__)
    db.session.rollback()
    return page(503, _("Back soon"), [_("The service is busy. Nothing was changed. Try again in a minute.")])


def fault(error: Exception) -> tuple[str, int]:
    """500: a fault of ours. The log has the same number; neither has a value of anybody's."""
    number = "".join(secrets.choice(NUMBER_SIGNS) for _sign in range(4))
    trace, places = error.__traceback__, []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("fault %s: %s at %s", number, type(error).__name__, " > ".join(places[-8:]))
    db.session.rollback()
    if current_app.config.get("PROPAGATE_FAULTS"):
        raise error
    return page(500, *went_wrong(number))


def not_understood() -> tuple[str, list[str]]:
    """Heading and sentences of a question that makes no sense."""
    return _("We could not read that"), [
        _("The address or the form holds something we do not know. Go back and try again.")
    ]


def too_many() -> tuple[str, list[str]]:
    """Heading and sentences of a limit."""
    minutes = int(current_app.config["WRONG_TRIES_WITHIN"].total_seconds() // 60)
    return _("Too many tries"), [_("Wait %(minutes)s minutes: your account stays open.", minutes=minutes)]


def went_wrong(number: str) -> tuple[str, list[str]]:
    """Heading and sentences of a fault."""
    told = [_("Nothing was changed. Try again in a moment.")]
    if number:
        told.append(_("If it happens again, tell us the number %(number)s.", number=number))
    return _("Something went wrong here"), told
