"""The import of schools in the browser: a file is chosen, its preview looked at, then applied or put aside."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from app.access.sessions import principal
from app.errors import FileRefused, ServiceError
from app.extensions import db
from app.fabext.doors import expose, permitted, takes_files
from app.fabext.forms import Form
from app.fabext.list_view import Answer
from app.fabext.pages import Cell, Empty, FieldGroup, FormPage, Link, Tag
from app.fabext.saving import NotValid, Outcome, saved
from app.fabext.views import ModelView, show_again, table
from app.forms.schools import GiasFileForm
from app.jobs import Job, jobs
from app.schools import queries, service
from app.schools.import_page import page_of
from app.schools.models import STATE_IN_WORDS, GiasImport, ImportState
from app.terms.on_screen import on_screen

NEW, SHOW = "schools/import_new.html", "schools/import_show.html"
COLOURS = {
    ImportState.READ: "blue",
    ImportState.APPLIED: "green",
    ImportState.FAILED: "red",
    ImportState.DROPPED: "grey",
}


class SchoolImportView(ModelView):
    """Files from GIAS: nothing changes before somebody has seen what would, and said so."""

    datamodel = table(GiasImport)
    route_base = "/schools/import"
    key = "uid"
    base_permissions: Any = ["can_list", "can_show", "can_add", "can_apply", "can_drop"]
    list_title = lazy_gettext("Imports of schools")
    add_title = lazy_gettext("Import schools")
    list_columns = ["file_name", "created_at", "actor", "done_rows", "state"]
    list_needs = ["rows_read"]
    numeric_columns = ["done_rows"]
    order_columns = ["id"]
    base_order_column = "-id"
    label_columns = {
        "file_name": lazy_gettext("File"),
        "created_at": lazy_gettext("Uploaded"),
        "actor": lazy_gettext("By"),
        "done_rows": lazy_gettext("Changes"),
        "state": lazy_gettext("Status"),
    }
    add_form = GiasFileForm

    # --- list ---

    def cell(self, item: GiasImport, name: str) -> Cell:
        """File over its number, when, by whom, how many changes, how far."""
        if name == "file_name":
            return Cell(text=item.file_name, sub=_("Import %(number)s", number=item.number))
        if name == "state":
            words = str(STATE_IN_WORDS[item.state])
            return Cell(
                tag=Tag(label=words[:1].upper() + words[1:], colour=COLOURS.get(item.state, "yellow"))
            )
        return Cell(text=on_screen(getattr(item, name)))

    def how_many(self, number: int) -> str:
        """3 imports."""
        return ngettext("%(num)s import", "%(num)s imports", number)

    def list_crumbs(self) -> Sequence[Link]:
        """Under the schools."""
        return [Link(label=_("Schools"), href="/schools/")]

    def list_primary(self) -> Link:
        """Another file."""
        return Link(label=_("Import schools"), href=f"{self.path()}new")

    def empty(self, *, filtered: bool) -> Empty:
        """What to do first."""
        return Empty(
            heading=_("No file yet"),
            text=_("Download the file from Get Information About Schools, then choose it here."),
            link=self.list_primary(),
        )

    # --- a new file ---

    @expose("/new", methods=["GET", "POST"])
    @takes_files
    @permitted
    def add(self) -> Answer:
        """A file is chosen; the worker reads it."""
        form = GiasFileForm()
        if request.method != "POST":
            return render_template(NEW, page=self.form_page(form, None))
        made: list[GiasImport] = []
        outcome = saved(form, lambda: made.append(take_in(form)), by_constraint={})
        if not outcome.done:
            return show_again(NEW, self.form_page(form, None, outcome))
        return redirect(self.begun(made[0], Job.READ_SCHOOLS) if made else self.path(), 303)

    def form_page(self, form: Form, item: Any | None, outcome: Outcome | None = None) -> FormPage:
        """The form with its file."""
        page = super().form_page(form, item, outcome)
        return replace(
            page,
            intro=_("Choose the file that the Department for Education publishes."),
            submit=_("Read the file"),
            multipart=True,
            groups=[FieldGroup(fields=("file",))],
            crumbs=[*self.list_crumbs(), Link(label=self.list_title, href=self.path())],
        )

    def begun(self, import_: GiasImport, job: Job) -> str:
        """The work is on the queue; the address where it is watched."""
        number, address = import_.id, f"{self.path()}{import_.uid}"
        db.session.commit()  # work that is done at once must not wait for this request's own lock
        jobs.start(job, number)
        return address

    # --- one file ---

    @expose("/<key>")
    @permitted
    def show(self, key: str) -> Answer:
        """The preview, the bar while something goes on, and what came of it."""
        return render_template(SHOW, page=page_of(self.record(key), self.path()))

    @expose("/<key>/apply", methods=["POST"])
    @permitted
    def apply(self, key: str) -> Answer:
        """What was shown is applied. Said twice, it is done once."""
        import_ = queries.locked(self.record(key).id)
        if import_.state in (ImportState.APPLYING, ImportState.APPLIED):
            return redirect(f"{self.path()}{key}", 303)
        try:
            service.start_applying(import_)
        except ServiceError as refusal:
            return self.refused(key, refusal)
        db.session.commit()
        return redirect(self.begun(import_, Job.APPLY_SCHOOLS), 303)

    @expose("/<key>/drop", methods=["POST"])
    @permitted
    def drop(self, key: str) -> Answer:
        """The file is put aside."""
        import_ = queries.locked(self.record(key).id)
        try:
            if import_.state is not ImportState.DROPPED:
                service.drop(import_)
        except ServiceError as refusal:
            return self.refused(key, refusal)
        db.session.commit()
        flash(_("The file is put aside. Nothing was changed."), "success")
        return redirect(self.path(), 303)

    def refused(self, key: str, refusal: ServiceError) -> Answer:
        """Nothing was done; the page says why."""
        words = str(refusal)
        db.session.rollback()
        flash(words, "error")
        return redirect(f"{self.path()}{key}", 303)


def take_in(form: GiasFileForm) -> GiasImport:
    """The chosen file, as an import.

    Raises:
        NotValid: it is refused; the reason stands beside the field.
    """
    chosen = form.file.data
    try:
        return service.take_in(cast(BinaryIO, chosen.stream), chosen.filename, principal())
    except FileRefused as reason:
        form.refuse("file", str(reason))
        raise NotValid from reason
