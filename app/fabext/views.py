"""Our base classes on Flask-AppBuilder. Features subclass these, never FAB's.

Addresses are plural nouns: `/schools/`, `/schools/<key>`, `/schools/<key>/edit`, `/schools/new`. Rows are named by
a public key, never by a counter. FAB gives forms, permissions and registration; what a page shows is ours.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from flask import abort, flash, redirect, render_template, request
from flask_appbuilder.baseviews import BaseView as FabBaseView
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.models.sqla import Model
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm.attributes import set_committed_value

from app.extensions import Table, db
from app.fabext.doors import expose, permitted
from app.fabext.fields import LookUp
from app.fabext.forms import Form, Versioned, form_of
from app.fabext.list_view import Answer, ListView
from app.fabext.pages import Fact, FieldGroup, FormPage, Group, Link, RecordPage
from app.fabext.saving import Outcome, differences, saved

__all__ = ["FORM", "SHOW", "Answer", "BaseView", "FormView", "ModelView", "show_again", "table"]
SHOW, FORM = "appbuilder/general/model/show.html", "appbuilder/general/model/edit.html"


def table(model: type[Table]) -> SQLAInterface:
    """FAB's interface to one of our tables: the one place where the two worlds meet."""
    return SQLAInterface(cast("type[Model]", model))


class BaseView(FabBaseView):
    """A screen of its own."""

    base_permissions: Any = None

    def draw(self, template: str, **values: Any) -> str:
        """The page, drawn with the house's own templates."""
        return render_template(template, appbuilder=self.appbuilder, **values)

    def update_redirect(self) -> None:
        """FAB would write the address of every list, search terms included, into the session."""


def show_again(template: str, page: FormPage) -> tuple[str, int]:
    """A refused form: 422, all input kept."""
    return render_template(template, page=page), 422


class ModelView(ListView):
    """List, record and forms of one table, through the scope of the session."""

    # --- what a feature declares ---
    remote: Mapping[str, LookUp] = {}
    by_constraint: Mapping[str, tuple[str, Any]] = {}
    form_groups: Sequence[FieldGroup] = ()
    submit_label: Any = None

    def _init_forms(self) -> None:
        """The forms of this screen; none for what it does not offer, and no search form."""
        self.search_form = DynamicForm
        columns = {"add": self.add_columns, "edit": self.edit_columns}
        for which, extra in (("add", self.add_form_extra_fields), ("edit", self.edit_form_extra_fields)):
            if f"can_{which}" in (self.base_permissions or ()) and getattr(self, f"{which}_form") is None:
                setattr(
                    self, f"{which}_form", self._form_class(columns[which], extra, versioned=which == "edit")
                )

    def _form_class(self, columns: Sequence[str], extra: Mapping[str, Any], *, versioned: bool) -> type[Form]:
        return form_of(
            self.datamodel,
            columns,
            labels=self.label_columns,
            descriptions=self.description_columns,
            checks=self.validators_columns,
            extra=extra,
            remote=self.remote,
            versioned=versioned and "version" in self.datamodel.list_columns,
        )

    # --- one record ---

    def record(self, key: str) -> Any:
        """The row of a public key, through the scope.

        Raises:
            NotFound: it is not there, or not for this person: both answer alike.
        """
        column = getattr(self.model, self.key)
        value: object = key
        if column.type.python_type is int:
            if not key.isdecimal() or len(key) > 9:
                abort(404)
            value = int(key)
        item = db.session.scalars(self.record_statement().where(column == value)).unique().one_or_none()
        return item if item is not None else abort(404)

    def record_statement(self) -> Select[Any]:
        """How one record is read, with what its page and form need."""
        return select(self.model)

    @expose("/<key>")
    @permitted
    def show(self, key: str) -> Answer:
        """The record."""
        return render_template(SHOW, page=self.record_page(self.record(key)))

    def record_page(self, item: Any) -> RecordPage:
        """The values that the template draws."""
        facts = [Fact(label=self.label_columns[n], text=self.cell(item, n).text) for n in self.show_columns]
        return RecordPage(title=str(self.show_title), groups=[Group(heading=self.show_title, facts=facts)])

    # --- forms ---

    @expose("/<key>/edit", methods=["GET", "POST"])
    @permitted
    def edit(self, key: str) -> Answer:
        """The form of one record; refused, it is shown again with the input and the reason."""
        item = self.record(key)
        form = self.edit_form(obj=item)
        if request.method != "POST":
            self.prefill_form(form, key)
            if isinstance(form, Versioned):
                form.remember()
            return render_template(FORM, page=self.form_page(form, item))
        if search := form.asks_to_search():
            search.search()
            return render_template(FORM, page=self.form_page(form, item))
        seen = form.seen_version() if isinstance(form, Versioned) else None
        outcome = saved(form, lambda: self.change(form, item, seen), by_constraint=self.by_constraint)
        if outcome.done:
            flash(self.edited_words(item), "success")
            return redirect(self.after_edit(item), 303)
        self.show_both(form, item, outcome, seen)
        return show_again(FORM, self.form_page(form, item, outcome))

    def change(self, form: Form, item: Any, seen: int | None) -> None:
        """The record holds what was typed, if it still is what this person saw."""
        if isinstance(form, Versioned):
            set_committed_value(item, "version", seen if seen is not None else -1)
        form.populate_obj(item)
        self.pre_update(item)

    def show_both(self, form: Form, item: Any, outcome: Outcome, seen: int | None) -> None:
        """Where somebody else saved first, both values are shown, and the next save is on top of theirs."""
        if not isinstance(form, Versioned):
            return
        db.session.refresh(item)
        if item.version != seen:
            outcome.clashes = differences(form, item, self.label_columns)
            form.version.data = str(item.version)
            form.remember(item)

    @expose("/new", methods=["GET", "POST"])
    @permitted
    def add(self) -> Answer:
        """The form of a new record."""
        form = self.add_form()
        if request.method != "POST":
            return render_template(FORM, page=self.form_page(form, None))
        if search := form.asks_to_search():
            search.search()
            return render_template(FORM, page=self.form_page(form, None))
        made: list[Any] = []
        outcome = saved(form, lambda: made.append(self.create(form)), by_constraint=self.by_constraint)
        if outcome.done:
            flash(self.added_words(made[0] if made else None), "success")
            return redirect(self.after_add(made[0] if made else None), 303)
        return show_again(FORM, self.form_page(form, None, outcome))

    def create(self, form: Form) -> Any:
        """The new record, in the session."""
        item = self.model()
        form.populate_obj(item)
        self.pre_add(item)
        db.session.add(item)
        return item

    def form_page(self, form: Form, item: Any | None, outcome: Outcome | None = None) -> FormPage:
        """The values that the template draws."""
        columns = self.edit_columns if item is not None else self.add_columns
        return FormPage(
            title=self.edit_title if item is not None else self.add_title,
            caption=self.form_caption(item),
            form=form,
            submit=self.submit_label or _("Save"),
            cancel_href=self.after_edit(item) if item is not None else self.path(),
            groups=self.form_groups or [FieldGroup(fields=tuple(columns))],
            crumbs=self.form_crumbs(item),
            problems=outcome.problems if outcome else (),
            clashes=outcome.clashes if outcome else (),
            who_saved=self.who_saved(item) if outcome and outcome.clashes else "",
        )

    def form_caption(self, item: Any | None) -> str:
        """Whose form it is, over the title."""
        return ""

    def form_crumbs(self, item: Any | None) -> Sequence[Link]:
        """Where the form stands."""
        return [Link(label=self.list_title, href=self.path())]

    def who_saved(self, item: Any) -> str:
        """Who saved first, and when, where it is known."""
        return ""

    def edited_words(self, item: Any) -> str:
        """What the banner says after a save."""
        return _("Saved.")

    def added_words(self, item: Any | None) -> str:
        """What the banner says after a new record."""
        return _("Added.")

    def after_edit(self, item: Any) -> str:
        """Where a save leads."""
        return f"{self.path()}{getattr(item, self.key)}"

    def after_add(self, item: Any | None) -> str:
        """Where a new record leads; the list, where an equal post made it before."""
        return self.after_edit(item) if item is not None else self.path()


class FormView(BaseView):
    """A form that is no record's own: `GET` shows it, `POST` runs one verb."""

    form_class: type[Form]
    template = FORM

    def answer(
        self, form: Form, verb: Callable[[], None], page: Callable[[Outcome | None], FormPage]
    ) -> Answer | None:
        """None when the verb is done; otherwise the page to show."""
        if request.method != "POST":
            return render_template(self.template, page=page(None))
        if search := form.asks_to_search():
            search.search()
            return render_template(self.template, page=page(None))
        outcome = saved(form, verb, by_constraint={})
        return None if outcome.done else show_again(self.template, page(outcome))
