"""Wrong passwords are counted in a table, over all workers: by account and by address (S2)."""

import hmac
from datetime import timedelta
from hashlib import sha256

from flask import current_app
from sqlalchemy import delete, func, insert, select

from app.access.models import WrongTry
from app.errors import TooManyTries
from app.extensions import WRITES, db, now, sql

tries = sql(WrongTry)


def about(kind: str, what: str) -> str:
    """A keyed hash of an account or an address: the table names nobody."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"{kind}:{what.strip().casefold()}".encode("utf-8", "replace"), sha256).hexdigest()


def count_a_try(account: str, address: str) -> tuple[str, str]:
    """One more try, counted before the password is looked at; returns its marks, for `was_right`.

    Written and committed first, counted then: of any number at once, no more than the limit go on.

    Raises:
        TooManyTries: the account or the address has had its tries for now. This one is not counted.
    """
    marks = (about("account", account), about("address", address))
    within: timedelta = current_app.config["WRONG_TRIES_WITHIN"]
    since = now() - within
    WRITES.set(True)
    with db.engine.connect().execution_options(unscoped=True) as connection:
        with connection.begin():
            connection.execute(insert(tries), [{"about": mark, "at": now()} for mark in marks])
            connection.execute(delete(tries).where(tries.c.at < since - within))
        with connection.begin():
            counted = connection.execute(
                select(tries.c.about, func.count())
                .where(tries.c.about.in_(marks), tries.c.at > since)
                .group_by(tries.c.about)
            ).all()
    if any(number > current_app.config["WRONG_TRIES"] for _, number in counted):
        take_back(marks)
        raise TooManyTries(minutes=int(within.total_seconds() // 60))
    return marks


def take_back(marks: tuple[str, str]) -> None:
    """The newest try under each mark is no wrong one: the password was right, or never looked at."""
    with db.engine.connect().execution_options(unscoped=True) as connection, connection.begin():
        for mark in marks:
            newest = select(func.max(tries.c.id)).where(tries.c.about == mark).scalar_subquery()
            connection.execute(delete(tries).where(tries.c.id == newest))
