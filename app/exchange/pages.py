"""What the pages of the exchange show: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.sessions import principal
from app.exchange import queries
from app.exchange.models import Notification, TraFile
from app.exchange.queries import Asked
from app.exchange.rules import EVENT_IN_WORDS, WHY_IN_WORDS, FileKind, Why
from app.extensions import today
from app.fabext.pages import Cell, Column, Fact, Group, Link, RecordPage, Row, Tag
from app.forms.exchange import ReleaseForm, SinceForm
from app.terms.on_screen import on_screen

SHORT: Final = {FileKind.CSV: "CSV", FileKind.XLSX: "Excel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would go, what is withheld, and the two forms: which rows, and the release."""

    title: str
    crumbs: Sequence[Link]
    form: ReleaseForm
    since: SinceForm
    counts: Sequence[tuple[str, str, str]]
    ready: Group
    withheld: Group
    submit: str
    statement: str
    empty: str
    problems: Sequence[Any] = ()
    last: Group | None = None


def overview(counts: Mapping[Why, int], newest: TraFile | None) -> RecordPage:
    """What waits, and what went last."""
    facts = [Fact(label=WHY_IN_WORDS[why], text=on_screen(counts.get(why, 0))) for why in Why]
    return RecordPage(
        title=_("Exchange"),
        primary=Link(label=_("Look at the TRA file"), href="/exchange/tra"),
        groups=[
            Group(
                heading=_("For the Teaching Regulation Agency (TRA)"),
                facts=facts,
                note=_("Starts, leavings and outcomes that have not been sent, by what they wait for."),
            ),
            last_release(newest),
        ],
    )


def last_release(newest: TraFile | None) -> Group:
    """The file that went last."""
    if newest is None:
        return Group(heading=_("Last release"), empty=_("Nothing has been released yet."))
    return Group(
        heading=_("Last release"),
        facts=[
            Fact(label=_("File"), text=newest.number),
            Fact(label=_("When"), text=on_screen(newest.released_at)),
            Fact(label=_("Who"), text=newest.actor),
            Fact(label=_("Rows"), text=on_screen(newest.row_count)),
        ],
        links=[Link(label=_("Open in the ledger"), href=f"/ledger/{newest.uid}")],
    )


def preview(asked: Asked, form: ReleaseForm, since: SinceForm, problems: Sequence[Any] = ()) -> Preview:
    """The eight-field file as it would be made now."""
    day = today()
    counts = queries.counts(asked, day)
    ready = counts.get(Why.READY, 0)
    withheld = sum(counts.values()) - ready
    rows = queries.shown(asked, day, ready=True) if ready else ()
    left_out = queries.shown(asked, day, ready=False) if withheld else ()
    return Preview(
        title=_("TRA file"),
        crumbs=[Link(label=_("Exchange"), href="/exchange/")],
        form=form,
        since=since,
        counts=[
            (on_screen(ready), _("ready to send"), "#ready" if ready else ""),
            (on_screen(withheld), _("withheld"), "#withheld" if withheld else ""),
        ],
        ready=ready_group(rows, ready),
        withheld=withheld_group(left_out, withheld),
        submit=ngettext("Release %(num)s row", "Release %(num)s rows", ready) if ready else "",
        statement=_(
            "Released by %(name)s: the ledger keeps the name, the moment, the file's hash and its people. "
            "Released rows do not go again unless somebody asks for it.",
            name=principal().name,
        ),
        empty=nothing_words(asked),
        problems=problems,
        last=last_release(queries.newest_file()),
    )


def nothing_words(asked: Asked) -> str:
    """Why there is nothing to release."""
    if asked.since is not None or asked.again:
        return _("No start, leaving or outcome matches what you asked for. Take the date away, or wait.")
    return _(
        "Every start, leaving and outcome that may go has gone. New ones appear here as they are recorded."
    )


def ready_group(rows: Sequence[Any], number: int) -> Group:
    """The first rows as the file has them."""
    return Group(
        heading=_("Ready to send"),
        columns=[
            Column(label=_("Name")),
            Column(label=_("TRN")),
            Column(label=_("Born")),
            Column(label=_("Start")),
            Column(label=_("End")),
            Column(label=_("Outcome")),
            Column(label=_("Terms"), numeric=True),
        ],
        rows=[ready_row(row) for row in rows],
        note=more(number, rows),
    )


def ready_row(row: Any) -> Row:
    """One row of the file."""
    told = queries.eight_of(row.event, row[3:])
    return Row(
        heading=f"{told.surname}, {told.first_name}",
        sub=str(EVENT_IN_WORDS[row.event]),
        href=f"/ects/{row.uid}/induction",
        cells=[
            Cell(text=told.trn),
            Cell(text=on_screen(told.born_on)),
            Cell(text=on_screen(told.started_on)),
            Cell(text=on_screen(told.ended_on) or "–"),
            Cell(text=told.outcome or "–"),
            Cell(text=f"{told.terms:.1f}" if told.terms is not None else "–"),
        ],
    )


def withheld_group(rows: Sequence[Any], number: int) -> Group:
    """The first rows that may not go, each with its reason."""
    return Group(
        heading=_("Withheld"),
        columns=[Column(label=_("Name")), Column(label=_("Event")), Column(label=_("Why"))],
        rows=[
            Row(
                heading=f"{row.surname}, {row.first_name}",
                href=f"/ects/{row.uid}",
                cells=[Cell(text=str(EVENT_IN_WORDS[row.event])), Cell(text=why_in_words(row))],
            )
            for row in rows
        ],
        empty=_("Nothing is withheld."),
        note=more(number, rows),
    )


def why_in_words(row: Any) -> str:
    """Why a row may not go; one that waits says until when."""
    words = str(WHY_IN_WORDS[Why(row.why)])
    return f"{words}, {on_screen(row.started_on)}" if row.why == Why.WAITS.value else words


def more(number: int, rows: Sequence[Any]) -> str:
    """And 381 more; empty where all are shown."""
    left = number - len(rows)
    return _("and %(number)s more", number=on_screen(left)) if left > 0 else ""


# --- The ledger ---


def state_tag(file: TraFile) -> Tag:
    """Whether the rows of a file count as sent."""
    if file.released_by_id is None:
        return Tag(label=_("Copy for the desk"), colour="grey")
    return Tag(label=_("Released"), colour="green")


def kind_in_words(file: TraFile) -> str:
    """The kind of file in a word."""
    return SHORT[file.kind]


def may(right: str, screen: str) -> bool:
    """Whether the hat in use has the right."""
    return bool(current_app.appbuilder.sm.has_access(f"can_{right}", screen))  # type: ignore[attr-defined]


def file_page(file: TraFile) -> RecordPage:
    """One file of the ledger."""
    what = [
        Fact(label=_("Recipient"), text=_("Teaching Regulation Agency (TRA)")),
        Fact(label=_("Fields"), text=_("The eight of the privacy notice, and no other")),
        Fact(label=_("Kind of file"), text=SHORT[file.kind]),
        Fact(label=_("SHA-256"), text=file.sha256),
        Fact(label=_("Size"), text=_("%(bytes)s bytes", bytes=on_screen(file.size))),
    ]
    if file.since is not None:
        what.append(Fact(label=_("Since"), text=on_screen(file.since)))
    if file.again:
        what.append(Fact(label=_("Sent again"), text=_("Rows that had gone before were asked for")))
    download = Link(label=_("Download %(number)s", number=file.number), href=f"/exchange/tra/{file.uid}")
    return RecordPage(
        title=file.number,
        crumbs=[Link(label=_("Ledger"), href="/ledger/")],
        tags=[state_tag(file)],
        facts=[
            Fact(label=_("When"), text=on_screen(file.released_at)),
            Fact(label=_("Who"), text=file.actor),
            Fact(label=_("Rows"), text=on_screen(file.row_count)),
        ],
        primary=download if may("download", "TraView") else None,
        groups=[Group(heading=_("The file"), facts=what), people_group(file)],
    )


def people_group(file: TraFile) -> Group:
    """Where the people of a file are; their names for who sees records."""
    words = ngettext("%(num)s row.", "%(num)s rows.", file.row_count)
    if may("list", "LedgerPeopleView"):
        link = Link(label=_("See the people"), href=f"/ledger/{file.uid}/people")
        return Group(heading=_("People in the file"), links=[link], note=words)
    return Group(
        heading=_("People in the file"),
        note=_("%(rows)s A name opens to you through a case at the rights desk.", rows=words),
    )


def person_row(told: Notification, cells: Sequence[Cell]) -> Row:
    """One person's event in a file."""
    return Row(heading=f"{told.surname}, {told.first_name}", href="", cells=cells)
