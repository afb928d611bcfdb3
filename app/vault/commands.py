"""`flask vault`: the master key is made, shown once, and kept by people."""

import secrets
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from app.errors import ServiceError
from app.extensions import now
from app.vault.errors import HalfRefused, MasterKeyKeptBefore, MasterKeyNotKept
from app.vault.extension import vault
from app.vault.master import (
    HALVES,
    fingerprint,
    half_in_words,
    in_settings,
    kept_key,
    new_master_key,
    read_half,
    remember,
)

TRIES = 3

vault_commands = AppGroup("vault", help="The master key, which wraps the key of every person.")


@vault_commands.command("init")
def init() -> None:
    """A new master key is made, shown in two halves, and counts as kept once one half was typed again."""
    try:
        refuse_a_second_key()
        key = new_master_key()
        show_halves(key)
        ask_for_a_half(key)
    except ServiceError as refused:
        raise click.ClickException(str(refused)) from None
    remember(key, vault.file, now())
    say_how_to_set(key, vault.file)


@vault_commands.command("join")
def join() -> None:
    """The line with MASTER_KEY is made again from the two halves, after a machine was lost."""
    try:
        key = b"".join(read_half(asked_half(half), half) for half in HALVES)
    except ServiceError as refused:
        raise click.ClickException(str(refused)) from None
    say_how_to_set(key, vault.file)


def refuse_a_second_key() -> None:
    """Nothing, where no master key was kept and no key was stored under another.

    Raises:
        MasterKeyKeptBefore: texts would be locked away.
    """
    if kept_key(vault.file) is not None:
        raise MasterKeyKeptBefore
    if vault.holds_keys:
        raise MasterKeyKeptBefore


def show_halves(key: bytes) -> None:
    """Both halves on the screen, until the operator says that they are written down."""
    click.echo(_("This is the new master key, in two halves. Write each on its own sheet;"))
    click.echo(_("two people keep them in two places. It is shown once, and stored nowhere.\n"))
    for half in HALVES:
        click.echo(_("Half %(half)s:  %(words)s\n", half=half, words=half_in_words(key, half)))
    click.pause(_("Press a key when both are written down: the screen is cleared"))
    click.clear()


def ask_for_a_half(key: bytes) -> None:
    """Somebody has typed one half again, from what was written down. Which one, nobody knows before.

    Raises:
        MasterKeyNotKept: wrong three times.
    """
    half = secrets.choice(HALVES)
    wanted = read_half(half_in_words(key, half), half)
    for _try in range(TRIES):
        try:
            if read_half(asked_half(half), half) == wanted:
                return
            click.echo(str(HalfRefused(half=half)))
        except HalfRefused as refused:
            click.echo(str(refused))
    raise MasterKeyNotKept


def asked_half(half: int) -> str:
    """What somebody typed as half 1 or 2."""
    return str(click.prompt(_("Half %(half)s, as you wrote it down", half=half), type=str))


def say_how_to_set(key: bytes, vault_file: Path) -> None:
    """What the operator does next."""
    click.echo(_("\nSet this in the environment of the service, far from the database and its backups:\n"))
    click.echo(f"MASTER_KEY={in_settings(key)}\n")
    click.echo(_("Fingerprint: %(print)s (%(file)s).", print=fingerprint(key), file=vault_file))
