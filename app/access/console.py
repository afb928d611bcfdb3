"""Who sits at the desk: commands act `--as` somebody, or as "operator at the console", which the books show."""

import json
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.access.hats import HatKind
from app.access.models import Hat, Person
from app.access.principal import Principal
from app.access.scope import for_the_house, open_for
from app.extensions import db, today

REFUSED: Final = 1  # exit code; 2 is click's own for wrong usage
AT_THE_CONSOLE: Final = "operator at the console"

as_somebody: Callable[[Any], Any] = click.option(
    "--as", "username", default="", help="Act as this person; without it, as operator at the console."
)
in_json: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Answer in JSON on standard output."
)


@contextmanager
def acting(username: str, may: Collection[HatKind], otherwise: str) -> Iterator[Principal]:
    """The session is the house's own, in the name of whoever sits at the desk: the books show it.

    Args:
        username: who acts; empty: the operator at the console.
        may: the hats in which somebody may do this.
        otherwise: what is said where nobody of that name may: "nobody of that name may import schools".

    Raises:
        click.BadParameter: nobody of that name may do this today.
    """
    with for_the_house():
        by = person_named(username, may, today()) if username else None
    if username and by is None:
        raise click.BadParameter(otherwise, param_hint="--as")
    who = by or Principal(name=AT_THE_CONSOLE, is_house=True)
    db.session.remove()
    open_for(who)
    try:
        yield who
    finally:
        db.session.remove()


def person_named(username: str, may: Collection[HatKind], day: date) -> Principal | None:
    """The person who signs in under `username`, in one of the hats `may` that they wear on `day`."""
    worn = db.session.scalars(
        select(Hat)
        .join(Hat.person)
        .options(joinedload(Hat.person).joinedload(Person.user))
        .where(
            Person.user.has(username=username, active=True),
            Hat.kind.in_(may),
            Hat.starts_on <= day,
            or_(Hat.ends_on.is_(None), Hat.ends_on >= day),
        )
        .order_by(Hat.id)
        .limit(1)
    ).first()
    if worn is None or worn.person.user is None:
        return None
    user = worn.person.user
    return Principal(
        name=f"{user.first_name} {user.last_name}",
        person_id=worn.person_id,
        user_id=user.id,
        hat_id=worn.id,
        kind=worn.kind,
        is_house=True,
    )


def progress_bar() -> Progress:
    """A bar on standard error, so that standard output stays the answer's."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def refuse(reason: str, *, as_json: bool) -> NoReturn:
    """Ends the command with the reason."""
    if as_json:
        click.echo(json.dumps({"refused": reason}))
    click.echo(reason, err=True)
    sys.exit(REFUSED)
