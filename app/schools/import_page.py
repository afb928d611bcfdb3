"""What the page of one import shows: plain values, drawn by `templates/schools/import_show.html`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app.fabext.pages import Cell, Column, Group, Link, Row
from app.schools import queries
from app.schools.models import GiasImport, GiasImportLine, ImportState
from app.schools.rules import IN_WORDS, STATUS_IN_WORDS, Verdict, from_plain
from app.terms.on_screen import on_screen

SHOWN: Final = 50  # lines of each kind
BESIDE: Final = (ImportState.READ, ImportState.APPLIED)

Differences = Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    """One import, from reading to done."""

    title: str
    crumbs: Sequence[Link]
    state: str
    read_words: str
    here: str
    counts: Sequence[tuple[str, str, str, str]]
    changed: Sequence[tuple[Link, Differences]] = ()
    changed_more: str = ""
    listed: Sequence[Group] = ()
    refused: Sequence[tuple[str, str, str]] = ()
    refused_more: str = ""
    kept: str = ""
    apply_words: str = ""
    apply_action: str = ""
    drop_action: str = ""
    done: int = 0
    total: int = 0
    progress_words: str = ""
    finished: str = ""
    failure: str = ""


def page_of(import_: GiasImport, path: str) -> ImportPage:
    """The page of `import_`; `path` is the address of all imports."""
    here = f"{path}{import_.uid}"
    shows_lines = import_.state in BESIDE
    lines = {kind: lines_of(import_, kind) if shows_lines else [] for kind in KINDS_LISTED}
    changes = ngettext("Apply %(num)s change", "Apply %(num)s changes", import_.to_apply)
    return ImportPage(
        title=import_.file_name,
        crumbs=[Link(label=_("Schools"), href="/schools/"), Link(label=_("Imports of schools"), href=path)],
        state="done" if import_.state is ImportState.APPLIED else import_.state.value,
        read_words=read_words(import_),
        here=here,
        counts=counts(import_, lines) if shows_lines else (),
        changed=[changed(line) for line in lines[Verdict.CHANGED][:SHOWN]],
        changed_more=more(import_.changed, lines[Verdict.CHANGED]),
        listed=[listed(import_, kind, lines[kind]) for kind in (Verdict.CLOSED, Verdict.NEW) if lines[kind]],
        refused=[(on_screen(line.line), line.text, line.reason) for line in lines[Verdict.REFUSED][:SHOWN]],
        refused_more=more(import_.refused, lines[Verdict.REFUSED]),
        kept=kept_words() if shows_lines else "",
        apply_words=changes if import_.to_apply else "",
        apply_action=f"{here}/apply",
        drop_action=f"{here}/drop",
        done=import_.done_rows,
        total=import_.to_apply if import_.state is ImportState.APPLYING else 0,
        progress_words=progress_words(import_),
        finished=finished(import_),
        failure=import_.failure,
    )


KINDS_LISTED: Final = (Verdict.NEW, Verdict.CHANGED, Verdict.CLOSED, Verdict.REFUSED)


def lines_of(import_: GiasImport, kind: Verdict) -> list[GiasImportLine]:
    """The first lines of one kind; nothing is asked where there are none."""
    return list(queries.lines(import_.id, kind, size=SHOWN)) if getattr(import_, kind) else []


def read_words(import_: GiasImport) -> str:
    """51,204 rows read."""
    return _(
        "%(rows)s rows read, uploaded %(at)s by %(by)s",
        rows=on_screen(import_.rows_read),
        at=on_screen(import_.created_at),
        by=import_.actor,
    )


def progress_words(import_: GiasImport) -> str:
    """361 of 452; while reading, how many rows so far."""
    if import_.state is ImportState.APPLYING:
        return _("%(done)s of %(of)s", done=on_screen(import_.done_rows), of=on_screen(import_.to_apply))
    return _("%(rows)s rows", rows=on_screen(import_.rows_read))


def finished(import_: GiasImport) -> str:
    """How many changes, and when."""
    if import_.finished_at is None:
        return ""
    words = ngettext("%(num)s change", "%(num)s changes", import_.done_rows)
    return _("%(changes)s, %(at)s.", changes=words, at=on_screen(import_.finished_at))


def counts(
    import_: GiasImport, lines: dict[Verdict, list[GiasImportLine]]
) -> Sequence[tuple[str, str, str, str]]:
    """Number, word, the part below that lists them, and a note."""
    skipped = ngettext(
        "%(num)s more closed before 2020 and is left out",
        "%(num)s more closed before 2020 and are left out",
        import_.skipped,
    )
    told = (
        (Verdict.NEW, _("new"), ""),
        (Verdict.CHANGED, _("changed"), ""),
        (Verdict.CLOSED, _("closed"), ""),
        (Verdict.UNCHANGED, _("unchanged"), skipped if import_.skipped else ""),
        (Verdict.REFUSED, _("refused"), ""),
    )
    below = {Verdict.CHANGED: "#changed", Verdict.REFUSED: "#refused"}
    return [
        (
            on_screen(getattr(import_, kind)),
            word,
            below.get(kind, "") if lines.get(kind) else "",
            note,
        )
        for kind, word, note in told
    ]


def changed(line: GiasImportLine) -> tuple[Link, Differences]:
    """A school with what differs."""
    return (
        Link(label=f"{line.urn} {line.name}", href=f"/schools/{line.urn}"),
        [
            (str(IN_WORDS[fact]), words(fact, was), words(fact, is_))
            for fact, (was, is_) in (line.changes or {}).items()
        ],
    )


def words(fact: str, value: str | int | None) -> str:
    """A kept value as people read it: dates and statuses in words."""
    if fact == "status" and value:
        return str(STATUS_IN_WORDS[from_plain(fact, value)])  # type: ignore[index]
    return on_screen(from_plain(fact, value))


def listed(import_: GiasImport, kind: Verdict, lines: list[GiasImportLine]) -> Group:
    """New or closed schools. A new one has a page once it is applied."""
    heading = _("New") if kind is Verdict.NEW else _("Closed")
    there = kind is not Verdict.NEW or import_.state is ImportState.APPLIED
    rows = [
        Row(
            heading=line.name,
            href=f"/schools/{line.urn}" if there else "",
            cells=[Cell(text=str(line.urn)), Cell(text=on_screen(line.line))],
        )
        for line in lines[:SHOWN]
    ]
    columns = [Column(label=_("Name")), Column(label=_("URN")), Column(label=_("Line"), numeric=True)]
    return Group(heading=heading, columns=columns, rows=rows, note=more(getattr(import_, kind), lines))


def more(number: int, lines: list[GiasImportLine]) -> str:
    """And 381 more; empty where all are shown."""
    left = number - SHOWN
    return _("and %(number)s more", number=on_screen(left)) if lines and left > 0 else ""


def kept_words() -> str:
    """What the body typed, none of which an import touches."""
    contacts, notes = queries.typed_by_the_body()
    if not contacts and not notes:
        return ""
    return _(
        "Kept as typed by you: %(contacts)s and %(notes)s.",
        contacts=ngettext("%(num)s contact", "%(num)s contacts", contacts),
        notes=ngettext("%(num)s note", "%(num)s notes", notes),
    )
