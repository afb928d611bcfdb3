"""What stands around every page: the frame's words, and the headers of every answer (S16)."""

from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request
from flask_babel import get_locale
from flask_babel import gettext as _

from app.access.sessions import principal
from app.assets import asset
from app.fabext.menu import MenuLink, navigation

# Nothing from elsewhere, no inline script or style, no frames: `tests/test_headers.py` holds each by value.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'none'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The person in the masthead."""

    name: str
    hat: str
    other_hats: bool


class House:
    """What the frame of a page asks; each answer is worked out when it is asked."""

    @property
    def name(self) -> str:
        """The name of the service."""
        return str(current_app.config["APP_NAME"])

    @property
    def body_name(self) -> str:
        """The appropriate body."""
        return str(current_app.config["BODY_NAME"])

    @property
    def dpo_name(self) -> str:
        """The data protection officer (P-13)."""
        return str(current_app.config["DPO_NAME"])

    @property
    def dpo_email(self) -> str:
        """Where to reach them."""
        return str(current_app.config["DPO_EMAIL"])

    @property
    def made_up(self) -> bool:
        """Whether people and schools here are made up."""
        return bool(current_app.config["MADE_UP"])

    @property
    def who(self) -> Who | None:
        """Who is signed in, in which hat."""
        asking = principal()
        if asking.person_id is None:
            return None
        return Who(name=asking.name, hat=asking.hat, other_hats=asking.hats > 1)

    @property
    def menu(self) -> list[MenuLink]:
        """The service navigation of the hat in use."""
        return self._navigation()[0]

    @property
    def sections(self) -> list[MenuLink]:
        """The pages of the item that is open."""
        return self._navigation()[1]

    @staticmethod
    def _navigation() -> tuple[list[MenuLink], list[MenuLink]]:
        if "navigation" not in g:
            g.navigation = navigation()
        built: tuple[list[MenuLink], list[MenuLink]] = g.navigation
        return built

    @property
    def find_action(self) -> str:
        """Where the masthead's Find box posts; empty where the hat has none."""
        view = current_app.blueprints.get("SchoolView")
        sm = current_app.appbuilder.sm  # type: ignore[attr-defined]
        return "/schools/find" if view and sm.has_access("can_find", "SchoolView") else ""

    @property
    def find_label(self) -> str:
        """What the Find box finds."""
        return _("Find a school by name, town, postcode or URN")

    @property
    def find_placeholder(self) -> str:
        """What stands in the empty Find box."""
        return _("School, town or postcode")

    @property
    def language(self) -> str:
        """The language of the page."""
        return str(get_locale() or "en")

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        """Each language: code, own name, whether it is in use."""
        known = current_app.config["LANGUAGES"]
        return [(code, str(each["name"]), code == self.language) for code, each in known.items()]


def set_up_frame(app: Flask) -> None:
    """Templates know the house; answers carry the headers."""
    house = House()
    app.jinja_env.globals.update(house=house, asset=asset)
    app.after_request(with_headers)


def with_headers(response: Response) -> Response:
    """The headers of every answer, error pages included. Pages are not stored, built files for a year."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if current_app.config["PRODUCTION"]:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    built = request.path.startswith("/static/built/") and response.status_code in (200, 304)
    response.headers["Cache-Control"] = FOR_A_YEAR if built else "no-store"
    return response
