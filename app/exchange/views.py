"""The eight-field file for the Teaching Regulation Agency (TRA), and the ledger of what left (P-3, P-5)."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager
from werkzeug.wrappers import Response

from app.ects.models import ECT
from app.errors import ServiceError
from app.exchange import pages, queries, service
from app.exchange.models import Notification, TraFile, TraFileRow
from app.exchange.queries import Asked
from app.exchange.rules import EVENT_IN_WORDS, FileKind
from app.exchange.sheets import MIME
from app.extensions import today
from app.fabext.doors import expose, permitted
from app.fabext.pages import Cell, Empty, Link, RecordPage
from app.fabext.saving import saved
from app.fabext.views import SHOW, Answer, BaseView, ModelView, table
from app.forms.exchange import ReleaseForm, SinceForm
from app.terms.on_screen import on_screen

TRA = "exchange/tra.html"


class TraView(BaseView):
    """What is ready, what is withheld and why, and the file that a named person releases."""

    route_base = "/exchange"
    default_view = "tra"
    base_permissions: Any = ["can_overview", "can_tra", "can_download"]

    @expose("/")
    @permitted
    def overview(self) -> Answer:
        """What is in whose hands."""
        return render_template(
            SHOW, page=pages.overview(queries.counts(Asked(), today()), queries.newest_file())
        )

    @expose("/tra", methods=["GET", "POST"])
    @permitted
    def tra(self) -> Answer:
        """The preview; posted, the release."""
        since = SinceForm(request.args)
        well = since.validate()
        asked = Asked(since=since.since.data if well else None, again=bool(since.again.data))
        form = ReleaseForm()
        if request.method != "POST":
            page = pages.preview(asked, form, since)
            return render_template(TRA, page=page) if well else (render_template(TRA, page=page), 422)
        made: list[TraFile] = []
        outcome = saved(form, lambda: made.append(released(form.kind.data, asked)), by_constraint={})
        if not outcome.done:
            return render_template(TRA, page=pages.preview(asked, form, since, outcome.problems)), 422
        if made:
            words = ngettext("%(num)s row is released.", "%(num)s rows are released.", made[0].row_count)
            flash(_("%(rows)s Download the file below.", rows=words), "success")
        return redirect(f"/ledger/{made[0].uid}" if made else "/ledger/", 303)

    @expose("/tra/<key>")
    @permitted
    def download(self, key: str) -> Answer:
        """The file as it was released, made anew and compared with its hash."""
        file = queries.file_named(key)
        if file is None:
            abort(404)
        try:
            return handed_out(file)
        except ServiceError as refusal:
            flash(str(refusal), "error")
            return redirect(f"/ledger/{key}", 303)


def released(kind: FileKind, asked: Asked) -> TraFile:
    """All that is ready, released in the name of who asks. The file itself is made anew when it is downloaded."""
    with service.temporary(service.scratch()) as path:
        return service.release(kind, path, asked)


def handed_out(file: TraFile) -> Response:
    """The file as an attachment; open until it is sent, gone from the disk already."""
    with service.made_again(file) as path:
        stream = path.open("rb")
    answer = send_file(
        stream, mimetype=MIME[file.kind], as_attachment=True, download_name=f"{file.number}.{file.kind.value}"
    )
    answer.content_length = file.size
    answer.call_on_close(stream.close)
    return answer


class LedgerView(ModelView):
    """Every file that left: number, who, when, rows, hash. Nothing here is ever changed."""

    datamodel = table(TraFile)
    route_base = "/ledger"
    key = "uid"
    base_permissions: Any = ["can_list", "can_show"]
    list_title = lazy_gettext("Ledger")
    list_columns = ["number", "released_at", "actor", "row_count", "hash", "state"]
    list_needs = ["released_by_id", "sha256", "kind"]
    order_columns = ["id"]
    base_order_column = "-id"
    numeric_columns = ["row_count"]
    label_columns = {
        "number": lazy_gettext("File"),
        "released_at": lazy_gettext("When"),
        "actor": lazy_gettext("Who"),
        "row_count": lazy_gettext("Rows"),
        "hash": lazy_gettext("SHA-256"),
        "state": lazy_gettext("Status"),
    }

    def cell(self, item: TraFile, name: str) -> Cell:
        """Number over kind, when, who, rows, the beginning of the hash, whether it counts as sent."""
        if name == "number":
            return Cell(text=item.number, sub=pages.kind_in_words(item))
        if name == "hash":
            return Cell(text=f"{item.sha256[:12]}…")
        if name == "state":
            return Cell(tag=pages.state_tag(item))
        return Cell(text=on_screen(getattr(item, name)))

    def how_many(self, number: int) -> str:
        """3 files."""
        return ngettext("%(num)s file", "%(num)s files", number)

    def empty(self, *, filtered: bool) -> Empty:
        """Why nothing is here."""
        return Empty(
            heading=_("Nothing has left yet"),
            text=_("A file for the TRA stands here from the moment somebody releases it."),
        )

    def record_page(self, item: TraFile) -> RecordPage:
        """One file: what it is; its people are a list of their own, for who sees records."""
        return pages.file_page(item)


class LedgerPeopleView(ModelView):
    """The people of one file, as far as this person sees their records."""

    datamodel = table(TraFileRow)
    route_base = "/ledger"
    base_permissions: Any = ["can_list"]
    list_title = lazy_gettext("People in the file")
    list_columns = ["name", "trn", "event", "started_on", "ended_on", "outcome", "terms"]
    order_columns = ["id"]
    base_order_column = "id"
    numeric_columns = ["terms"]
    label_columns = {
        "name": lazy_gettext("Name"),
        "trn": lazy_gettext("TRN"),
        "event": lazy_gettext("Event"),
        "started_on": lazy_gettext("Start"),
        "ended_on": lazy_gettext("End"),
        "outcome": lazy_gettext("Outcome"),
        "terms": lazy_gettext("Terms"),
    }

    @expose("/<key>/people")
    @permitted
    def list(self, key: str) -> Answer:
        """The rows of the file, as they were."""
        file = queries.file_named(key)
        if file is None:
            abort(404)
        g.tra_file = file
        return render_template("appbuilder/general/model/list.html", page=self.list_page())

    def path(self) -> str:
        """The address of this file's people."""
        return f"/ledger/{g.tra_file.uid}/people"

    def base_statement(self) -> Select[Any]:
        """The rows of this file."""
        return (
            select(TraFileRow)
            .join(TraFileRow.notification)
            .join(ECT, ECT.id == TraFileRow.ect_id)
            .where(TraFileRow.file_id == g.tra_file.id)
        )

    def list_options(self) -> Sequence[Any]:
        """The eight fields with the row, in one statement."""
        return [contains_eager(TraFileRow.notification)]

    def row(self, item: TraFileRow) -> Any:
        """One event of one person."""
        return pages.person_row(item.notification, [self.cell(item, name) for name in self.list_columns[1:]])

    def cell(self, item: TraFileRow, name: str) -> Cell:
        """The values as they went out."""
        told: Notification = item.notification
        if name == "event":
            return Cell(text=str(EVENT_IN_WORDS[told.event]))
        if name == "terms":
            return Cell(text=f"{told.terms:.1f}" if told.terms is not None else "")
        return Cell(text=on_screen(getattr(told, name)))

    def how_many(self, number: int) -> str:
        """41 rows."""
        return ngettext("%(num)s row", "%(num)s rows", number)

    def list_crumbs(self) -> Sequence[Link]:
        """The ledger, the file."""
        file: TraFile = g.tra_file
        return [
            Link(label=_("Ledger"), href="/ledger/"),
            Link(label=file.number, href=f"/ledger/{file.uid}"),
        ]
