"""create_app: the one place where things are put together."""

import logging

from flask import Flask
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from app import models as schema
from app.access import endings, scope  # listeners: scope of reads and writes, ends of sessions
from app.access.guard import guarded
from app.access.sessions import StoredSessions
from app.extensions import csrf, db, mail, migrate, set_up_sqlite
from app.fabext.doors import allow_uploads
from app.fabext.house import AppBuilder
from app.fabext.security import SecurityManager
from app.home import error_pages
from app.home.frame import set_up_frame
from app.home.views import TodayView
from app.jobs import jobs
from app.people.account import SignInView
from app.vault.extension import vault
from app.views import register
from config import Settings, from_environment

__all__ = ["create_app"]
LISTENING = (schema, endings, scope)


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Runs no SQL and writes nothing: tables and roles come from `flask release`.

    Args:
        settings: none: from the environment and `.env`.

    Raises:
        SystemExit: a secret is missing.
    """
    settings = settings or from_environment()
    app = Flask(__name__)
    app.config.update(settings.for_flask())
    app.config["SESSION_COOKIE_NAME"] = "__Host-session" if settings.PRODUCTION else "session"
    app.config["SESSION_COOKIE_SECURE"] = settings.PRODUCTION
    app.config["FAB_SAFE_REDIRECT_HOSTS"] = list(settings.TRUSTED_HOSTS)
    app.session_interface = StoredSessions()
    if settings.PROXIES:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.PROXIES] * 3)  # type: ignore[method-assign]
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)
    set_up_templates(app)
    set_up_database(app)
    vault.init_app(app)
    jobs.init_app(app)
    mail.init_app(app)
    set_up_screens(app)
    error_pages.set_up(app)
    set_up_frame(app)
    from app.cli import add_commands

    add_commands(app)
    return app


def set_up_templates(app: Flask) -> None:
    """GOV.UK's components beside our own templates; spaces around blocks are not sent."""
    ours = app.jinja_loader
    assert ours is not None
    components = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_loader = ChoiceLoader([ours, PrefixLoader(components)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    WTFormsHelpers(app)


def set_up_database(app: Flask) -> None:
    """One engine, guarded; SQLite with our pragmas and our BEGIN."""
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=True)
    with app.app_context():
        guarded(db.engine)
        if db.engine.dialect.name == "sqlite":
            set_up_sqlite(db.engine)


def set_up_screens(app: Flask) -> None:
    """FAB with our security manager and screens. CSRF first: FAB decides about it when views are made."""
    app.before_request(allow_uploads)
    csrf.init_app(app)
    SecurityManager.authdbview = SignInView
    appbuilder = AppBuilder(security_manager_class=SecurityManager, indexview=TodayView)
    with app.app_context():
        appbuilder.init_app(app, db.session)  # type: ignore[arg-type]
        register(appbuilder)
