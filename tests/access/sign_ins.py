"""Browsers with cookies of before, sessions set back in time, and a second application beside the first."""

import dataclasses

from sqlalchemy import update

from app.access.models import StoredSession
from app.access.scope import for_the_house
from app.access.sessions import hash_of
from app.extensions import db
from config import Settings
from tests.browser import Browser
from tests.builders import rows_of


def row_of(app, browser):
    """The row of the session that a browser has, or None."""
    found = rows_of(app, StoredSession, StoredSession.token_hash == hash_of(browser.cookie() or ""))
    return found[0] if found else None


def with_cookie(app, value):
    """Somebody who kept a cookie from before."""
    browser = Browser(app)
    browser.client.set_cookie("session", value, domain="localhost")
    return browser


def is_out(browser):
    """Whether the browser is asked to sign in."""
    answer = browser.get("/")
    return answer.status_code == 303 and answer.location.endswith("/login/")


def set_back(app, browser, **moments):
    """The row's moments lie further back."""
    with app.app_context(), for_the_house():
        db.session.execute(
            update(StoredSession).where(StoredSession.token_hash == hash_of(browser.cookie())).values(moments)
        )
        db.session.commit()


def settings_of(app):
    """The settings that an application was made with."""
    names = {field.name for field in dataclasses.fields(Settings)} - {"EXTRA"}
    return {name: app.config[name] for name in names if name in app.config}


def production_of(app):
    """The same deployment behind TLS."""
    changes = {"PRODUCTION": True, "PROXIES": 0, "TRUSTED_HOSTS": ("localhost",)}
    return Settings(**(settings_of(app) | changes))


def forget(app):
    """An application that is not needed any more holds no connection."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
