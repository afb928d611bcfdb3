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


def count_a_try(account: str, address: str) -> tuple[int, ...]:
    """One more try, counted before the password is looked at; returns its rows, for `take_back`.

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
            rows = [{"about": mark, "at": now()} for mark in marks]
            counted = tuple(connection.scalars(insert(tries).returning(tries.c.id), rows))
            connection.execute(delete(tries).where(tries.c.at < since - within))
        WRITES.set(False)  # counting takes no write lock
        with connection.begin():
            numbers = (
                connection.execute(
                    select(func.count())
                    .where(tries.c.about.in_(marks), tries.c.at > since)
                    .group_by(tries.c.about)
                )
                .scalars()
                .all()
            )
            too_many = any(number > current_app.config["WRONG_TRIES"] for number in numbers)
    WRITES.set(True)
    if too_many:
        take_back(counted)
        raise TooManyTries(minutes=int(within.total_seconds() // 60))
    return counted


def take_back(counted: tuple[int, ...]) -> None:
    """A try is no wrong one: the password was right, or never looked at."""
    with db.engine.connect().execution_options(unscoped=True) as connection, connection.begin():
        connection.execute(delete(tries).where(tries.c.id.in_(counted)))
