"""Commands a person uses. Each acts `--as` somebody, or as "operator at the console", which the books show."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.errors import NotReady
from app.exchange.commands import tra
from app.people.commands import people
from app.release import release as bring_up_to_date
from app.retention.commands import retention
from app.schools.commands import schools
from app.vault.commands import vault_commands


@click.command("release")
@with_appcontext
def release() -> None:
    """Tables, roles and rights are as this version needs them.

    Raises:
        ClickException: the deployment is not ready for it; the message says why.
    """
    try:
        for line in bring_up_to_date(current_app._get_current_object()):  # type: ignore[attr-defined]
            click.echo(line)
    except NotReady as reason:
        raise click.ClickException(str(reason)) from reason


def add_commands(app: Flask) -> None:
    """`flask` knows our commands."""
    from app.demo.commands import demo

    for fab in ("fab", "limiter"):  # ways round our verbs
        app.cli.commands.pop(fab, None)
    for command in (release, people, schools, vault_commands, demo, tra, retention):
        app.cli.add_command(command)
