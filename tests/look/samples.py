"""Every kind of page in a bare Flask application: no database, no sign-in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, flash, render_template
from flask_babel import Babel
from flask_wtf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from app.assets import asset
from tests.look import values

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Sample:
    """A page: its template and what it is drawn with, made inside a request."""

    template: str
    made: Callable[[], dict[str, Any]] = field(default=dict)
    signed_in: bool = True


MODEL = "appbuilder/general/model"
SAMPLES = {
    "list": Sample(f"{MODEL}/list.html", values.list_page),
    "list-empty": Sample(f"{MODEL}/list.html", lambda: values.list_page(rows=0)),
    "record": Sample(f"{MODEL}/show.html", values.record_page),
    "form": Sample(f"{MODEL}/edit.html", values.plain_form),
    "form-refused": Sample(f"{MODEL}/add.html", values.refused_form),
    "form-clash": Sample(f"{MODEL}/edit.html", values.clashing_form),
    "today": Sample("home/today.html", values.today_page),
    "me": Sample("me/show.html", values.me_page),
    "error": Sample("errors/error.html", values.error_page),
    "error-signed-out": Sample("errors/error.html", values.error_page, signed_in=False),
    "too-old": Sample("errors/error.html", values.too_old_page),
    "sign-in": Sample("appbuilder/general/security/login_db.html", values.sign_in_page, signed_in=False),
    "sign-in-refused": Sample(
        "appbuilder/general/security/login_db.html", values.sign_in_refused, signed_in=False
    ),
    "import-new": Sample("schools/import_new.html", values.import_new),
    "import-read": Sample("schools/import_show.html", lambda: values.import_page("read")),
    "import-applying": Sample("schools/import_show.html", lambda: values.import_page("applying")),
    "import-done": Sample("schools/import_show.html", lambda: values.import_page("done")),
    "import-failed": Sample("schools/import_show.html", lambda: values.import_page("failed")),
    "privacy": Sample("public/privacy.html", signed_in=False),
    "cookies": Sample("public/cookies.html", signed_in=False),
    "accessibility": Sample("public/accessibility.html", signed_in=False),
    "help": Sample("public/help.html"),
}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"


def house(*, signed_in: bool) -> SimpleNamespace:
    menu = [("Today", "/", False), ("Schools", "/schools/", True), ("Settings", "/settings/", False)]
    sections = [("All schools", "/schools/", True), ("Import", "/schools/import", False)]
    return SimpleNamespace(
        name="Sixterms",
        body_name="Harrowbeck Teaching School Hub",
        dpo_name="Grace Adeyemi",
        dpo_email="dpo@harrowbeck.example",
        made_up=True,
        menu=[SimpleNamespace(label=label, href=href, active=active) for label, href, active in menu]
        if signed_in
        else [],
        sections=[SimpleNamespace(label=label, href=href, active=active) for label, href, active in sections]
        if signed_in
        else [],
        who=SimpleNamespace(name="Ruth Lane", hat="AB officer", other_hats=True) if signed_in else None,
        find_action="/find" if signed_in else "",
        language="en",
        languages=[("en", "English", True), ("cy", "Cymraeg", False)],
    )


def sample_app() -> Flask:
    """`/<name>` shows a sample, under the policy that the service sends."""
    app = Flask(
        "look", template_folder=str(ROOT / "app" / "templates"), static_folder=str(ROOT / "app" / "static")
    )
    app.config.update(SECRET_KEY="for samples only", TESTING=True)
    prefixed = PrefixLoader(
        {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    )
    app.jinja_loader = ChoiceLoader([app.jinja_loader, prefixed])  # type: ignore[list-item]
    Babel(app)
    CSRFProtect(app)
    WTFormsHelpers(app)
    app.jinja_env.globals["asset"] = asset
    for endpoint in (
        "SignInView.logout",
        "SignInView.login",
        "MeView.show",
        "MeView.wear",
        "LanguageView.choose",
    ):
        app.add_url_rule(f"/{endpoint}", endpoint, view_func=lambda: "", methods=["GET", "POST"])
    app.add_url_rule("/look-up", "look_up", view_func=look_up, methods=["POST"])
    app.add_url_rule("/<name>", "sample", view_func=show)
    app.after_request(with_policy)
    return app


def look_up() -> dict[str, Any]:
    return {"results": [{"value": str(number), "label": name} for number, name in enumerate(values.SCHOOLS)]}


def show(name: str) -> str:
    sample = SAMPLES[name]
    if name == "record":
        flash("Contact saved. The school sees it now.", "success")
    return render_template(sample.template, house=house(signed_in=sample.signed_in), **sample.made())


def with_policy(answer: Any) -> Any:
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
