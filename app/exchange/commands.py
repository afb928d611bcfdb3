"""`flask tra export --out FILE`: the eight-field file from the desk (P-3)."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.console import acting, as_somebody, in_json, progress_bar, refuse
from app.errors import ServiceError
from app.exchange import queries, service
from app.exchange.models import TraFile
from app.exchange.queries import Asked
from app.exchange.rules import WHY_IN_WORDS, FileKind, Why
from app.extensions import db, today
from app.terms.on_screen import on_screen

MOST_WITHHELD: Final = 1000  # named one by one in the answer; the counts are always whole

tra = AppGroup("tra", help="What the Teaching Regulation Agency is told: eight fields, never a ninth.")


@tra.command("export")
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True,
    help="The file to write: .csv or .xlsx.",
)  # fmt: skip
@click.option(
    "--since",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Only what happened since this day, 2026-09-01.",
)
@click.option("--again", is_flag=True, help="Also what was sent before.")
@in_json
@as_somebody
def export(out: Path, *, since: datetime | None, again: bool, as_json: bool, username: str) -> None:
    """Write what is ready for the TRA, and enter the file in the ledger.

    With --as, somebody who may release does so: the rows count as sent. Without it the file is a copy for the desk.
    """
    kind = kind_of(out)
    asked = Asked(since=since.date() if since else None, again=again)
    try:
        with acting(username, service.RELEASES, _("nobody of that name may release files for the TRA")):
            withheld = list(queries.shown(asked, today(), ready=False, most=MOST_WITHHELD))
            counts = queries.counts(asked, today())
            if not as_json:
                say_withheld(withheld, counts)
            made = written(kind, out, asked, counts.get(Why.READY, 0))
            say_done(made, out, withheld, counts, as_json=as_json)
    except ServiceError as refusal:
        refuse(str(refusal), as_json=as_json)


def kind_of(out: Path) -> FileKind:
    """CSV or Excel, by the file's name; a folder that is not there is found out before anything is read.

    Raises:
        click.BadParameter: neither, or there is no such folder.
    """
    if not out.parent.is_dir():
        raise click.BadParameter(_("there is no folder %(folder)s", folder=out.parent), param_hint="--out")
    try:
        return FileKind(out.suffix.lower().removeprefix("."))
    except ValueError as odd:
        raise click.BadParameter(_("the name must end in .csv or .xlsx"), param_hint="--out") from odd


def written(kind: FileKind, out: Path, asked: Asked, ready: int) -> TraFile:
    """The file, in its place: first the whole of it beside it, then the ledger, then its name.

    What stops in between leaves neither a half file nor a line in the ledger; where only the last step is missing,
    the file can be downloaded by its number.
    """
    with service.temporary(out.parent) as part, progress_bar() as bar:
        task = bar.add_task(_("Writing"), total=ready or None)
        made = service.release(kind, part, asked, lambda done: bar.update(task, completed=done))
        bar.update(task, completed=made.row_count)
        db.session.commit()
        part.replace(out)
    return made


def say_withheld(withheld: Sequence[Any], counts: dict[Why, int]) -> None:
    """Who may not go, with the reason, on standard error."""
    number = sum(count for why, count in counts.items() if why is not Why.READY)
    for row in withheld:
        name = f"{row.first_name} {row.surname}"
        click.echo(
            _("withheld: %(name)s: %(reason)s", name=name, reason=WHY_IN_WORDS[Why(row.why)]), err=True
        )
    if number > len(withheld):
        click.echo(_("and %(number)s more", number=on_screen(number - len(withheld))), err=True)


def say_done(
    made: TraFile, out: Path, withheld: Sequence[Any], counts: dict[Why, int], *, as_json: bool
) -> None:
    """What was written."""
    released = made.released_by_id is not None
    if as_json:
        answer = {
            "file": made.number,
            "out": str(out),
            "rows": made.row_count,
            "sha256": made.sha256,
            "released": released,
            "by": made.actor,
            "withheld": {why.value: count for why, count in counts.items() if why is not Why.READY},
            "withheld_records": [{"record": row.uid, "reason": str(row.why)} for row in withheld],
        }
        click.echo(json.dumps(answer))
        return
    words = ngettext("%(num)s row", "%(num)s rows", made.row_count)
    click.echo(
        _("%(out)s: %(rows)s, file %(number)s of the ledger, SHA-256 %(hash)s", out=out, rows=words,
          number=made.number, hash=made.sha256)
    )  # fmt: skip
    if not released:
        click.echo(
            _(
                "This is a copy for the desk: nothing counts as sent. --as USERNAME releases in somebody's name."
            )
        )
