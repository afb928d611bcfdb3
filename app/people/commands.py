"""`flask people add`: the first administrator, and anybody else who cannot be added from the browser."""

import sys
from datetime import date

import click
from flask.cli import AppGroup

from app.access import service as access
from app.access.hats import AT_A_SCHOOL, IN_WORDS, HatKind
from app.access.passwords import check_password
from app.access.principal import Principal
from app.access.scope import open_for
from app.errors import ServiceError
from app.extensions import db, today

people = AppGroup("people", help="Who can sign in, and in which hat.")
# Hats without a school, trust or record: the others are given in the browser.
ANYWHERE = [
    kind.value for kind in HatKind if kind not in AT_A_SCHOOL | {HatKind.TRUST_ADMINISTRATOR, HatKind.ECT}
]


@people.command("add")
@click.argument("username")
@click.option("--first-name", prompt="First name", help="First name.")
@click.option("--last-name", prompt="Last name", help="Last name.")
@click.option("--email", prompt="Email address", help="Email address; it signs in as well.")
@click.option("--hat", type=click.Choice(ANYWHERE), default=HatKind.AB_ADMINISTRATOR.value, show_default=True)
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="FIRST_PASSWORD",
    show_envvar=True,
    help="First password. Asked for; given on the command line it stays in the shell's history.",
)
def add(username: str, first_name: str, last_name: str, email: str, hat: str, password: str) -> None:
    """Add somebody who can sign in, with one hat from today on."""
    db.session.remove()
    open_for(Principal(name="operator at the console", is_house=True))
    kind, begins = HatKind(hat), today()
    try:
        check_password(password, about=(username, first_name, last_name, email))
        add_with_hat(username, first_name, last_name, email, password, kind, begins)
    except ServiceError as refusal:
        db.session.rollback()
        click.echo(str(refusal), err=True)
        sys.exit(1)
    click.echo(f"{username} can sign in as {IN_WORDS[kind]}.")


def add_with_hat(
    username: str, first_name: str, last_name: str, email: str, password: str, kind: HatKind, begins: date
) -> None:
    """The verb, in one transaction."""
    person = access.add_person(
        username=username,
        first_name=first_name,
        last_name=last_name,
        email=email,
        password_hash=access.hashed(password),
    )
    access.give_hat(person, kind, begins)
    db.session.commit()
