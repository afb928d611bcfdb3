"""Every address has a stated audience. One that does not say fails the build (`tests/test_doors.py`)."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import current_app, redirect, request, session, url_for
from flask_appbuilder.baseviews import expose as fab_expose
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.access.sessions import principal
from app.errors import NotYourRole

__all__ = ["LONGEST_NEXT", "Audience", "everybody", "expose", "may", "permitted", "signed_in", "takes_files"]

Handler = Callable[..., Any]
# Browsers drop a cookie of more than 4 KB, and with it the form protection of the sign-in page.
LONGEST_NEXT = 1000


def expose(url: str = "/", methods: Sequence[str] = ("GET",)) -> Callable[[Handler], Handler]:
    """The door's address under the screen's, and its methods: FAB's decorator, with types."""
    opened: Callable[[Handler], Handler] = fab_expose(url, methods)
    return opened


class Audience(StrEnum):
    """Who may come through a door."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed in"
    PERMITTED = "with the right"


def everybody(handler: Handler) -> Handler:
    """The door is open, signed in or not."""
    handler.audience = Audience.EVERYBODY  # type: ignore[attr-defined]
    return handler


def signed_in(handler: Handler) -> Handler:
    """The door opens to whoever is signed in, whatever the hat; others are asked to sign in."""

    @wraps(handler)
    def door(self: Any, *args: Any, **kwargs: Any) -> Any:
        return handler(self, *args, **kwargs) if principal().person_id else to_sign_in()

    door.audience = Audience.SIGNED_IN  # type: ignore[attr-defined]
    return door


def permitted(handler: Handler) -> Handler:
    """The door opens to a hat that has the right `can_<name>` on this screen (`access/roles.toml`).

    Raises:
        NotYourRole: signed in, but in a hat without that right.
    """
    name = getattr(handler, "_permission_name", handler.__name__)

    @wraps(handler)
    def door(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not principal().person_id:
            return to_sign_in()
        right = f"can_{self.method_permission_name.get(handler.__name__, name)}"
        if right not in self.base_permissions or not self.appbuilder.sm.has_access(
            right, self.class_permission_name
        ):
            raise NotYourRole
        return handler(self, *args, **kwargs)

    door._permission_name = name  # type: ignore[attr-defined]
    door.audience = Audience.PERMITTED  # type: ignore[attr-defined]
    return door


def may(name: str, screen: str) -> bool:
    """Whether the hat in use has the right `can_<name>` on a screen: what it may not do is absent, never grey."""
    return bool(current_app.appbuilder.sm.has_access(f"can_{name}", screen))  # type: ignore[attr-defined]


def takes_files(handler: Handler) -> Handler:
    """What is posted here may be as large as an upload; elsewhere only as large as a form."""
    handler.takes_files = True  # type: ignore[attr-defined]
    return handler


def allow_uploads() -> None:
    """Before anything else reads the body: whoever is signed in may send a file where one is taken.

    Raises:
        BadRequest: a part of the body has no name; what reads forms after us would stumble over it.
    """
    handler = current_app.view_functions.get(request.endpoint or "")
    if principal().person_id and getattr(handler, "takes_files", False):
        request.max_content_length = current_app.config["UPLOAD_LIMIT"]
    if request.method == "POST" and None in request.form:
        raise BadRequest


def to_sign_in() -> Response:
    """The sign-in page; where the person wanted to go is kept in the session, not in the address."""
    wanted = request.full_path.rstrip("?")
    if request.method != "POST" and len(wanted) <= LONGEST_NEXT:
        session["next"] = wanted
    return redirect(url_for("SignInView.login"), 303)
