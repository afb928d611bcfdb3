"""`flask schools import FILE`: a GIAS file comes in from the desk, with a preview before anything changes."""

import json
from pathlib import Path
from typing import Any, Final

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from app.access.console import acting, as_somebody, in_json, progress_bar, refuse
from app.access.hats import HatKind
from app.access.principal import Principal
from app.errors import ServiceError
from app.extensions import db
from app.schools import queries, service
from app.schools.models import GiasImport
from app.schools.rules import IN_WORDS, Verdict
from app.terms.on_screen import on_screen

MAY_IMPORT: Final = (HatKind.AB_ADMINISTRATOR, HatKind.AB_OFFICER)
SHOWN: Final = 10  # lines of each kind in the preview

schools = AppGroup("schools", help="Schools, as the Department for Education publishes them.")


@schools.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--yes", is_flag=True, help="Apply without asking.")
@in_json
@as_somebody
def bring_in(file: Path, *, yes: bool, as_json: bool, username: str) -> None:
    """Read a GIAS file (.csv or .zip), show what would change, then apply it."""
    try:
        with acting(username, MAY_IMPORT, _("nobody of that name may import schools")) as by:
            import_ = read_with_progress(file, by)
            if not as_json:
                show(import_)
            if import_.to_apply and not yes and not agreed():
                service.drop(import_)
                db.session.commit()
                refuse(_("Nothing was changed."), as_json=as_json)
            apply_with_progress(import_)
            say_done(import_, as_json=as_json)
    except ServiceError as refusal:
        refuse(str(refusal), as_json=as_json)


def read_with_progress(file: Path, by: Principal) -> GiasImport:
    """The file, taken in and read."""
    with file.open("rb") as stream:
        import_ = service.take_in(stream, file.name, by)
    db.session.commit()
    with progress_bar() as bar:
        task = bar.add_task(_("Reading"), total=None)
        service.read(import_, lambda done, _of: bar.update(task, completed=done))
    return import_


def apply_with_progress(import_: GiasImport) -> None:
    """The import, applied."""
    service.start_applying(import_)
    db.session.commit()
    with progress_bar() as bar:
        task = bar.add_task(_("Applying"), total=import_.to_apply)
        service.apply(import_, lambda done, of: bar.update(task, completed=done, total=of))


def counts(import_: GiasImport) -> dict[str, int]:
    """Lines of each kind."""
    return {kind.value: getattr(import_, kind) for kind in Verdict}


def show(import_: GiasImport) -> None:
    """The preview: counts, then the first lines that were refused and that change something."""
    click.echo(_("%(file)s, %(rows)s rows read", file=import_.file_name, rows=on_screen(import_.rows_read)))
    click.echo("   ".join(f"{kind} {on_screen(count)}" for kind, count in counts(import_).items()))
    for kind in (Verdict.CLOSED, Verdict.CHANGED):
        for line in queries.lines(import_.id, kind, size=SHOWN)[:SHOWN]:
            click.echo(f"{kind}: {line.urn} {line.name}   {differences(line.changes or {})}")
    for line in queries.lines(import_.id, Verdict.REFUSED, size=SHOWN)[:SHOWN]:
        click.echo(f'refused: line {on_screen(line.line)}  "{line.text}"  {line.reason}')
    db.session.commit()  # holds no lock while somebody thinks


def differences(changes: dict[str, Any]) -> str:
    """Postcode HB4 7QQ → HB4 7QP · Town …"""
    return " · ".join(f"{IN_WORDS[fact]} {was or '–'} → {is_ or '–'}" for fact, (was, is_) in changes.items())


def agreed() -> bool:
    """Whether somebody says yes; no where nobody is there to ask."""
    try:
        return click.confirm(_("Apply these changes?"), err=True)
    except click.Abort:
        return False


def say_done(import_: GiasImport, *, as_json: bool) -> None:
    """What was applied."""
    if as_json:
        answer = {"import": import_.number, "state": import_.state.value, "file": import_.file_name}
        click.echo(json.dumps(answer | {"rows_read": import_.rows_read} | counts(import_)))
        return
    click.echo(_("%(number)s changes applied.", number=on_screen(import_.done_rows)))
