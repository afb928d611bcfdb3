"""The list of one table: filters, find box, sorting, pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import redirect, render_template, request
from flask_appbuilder.views import ModelView as FabModelView
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, load_only
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.fabext import finding
from app.fabext.doors import expose, may, permitted
from app.fabext.lists import (
    COUNT_CAP,
    Asked,
    ClosedFilter,
    Cut,
    Fetch,
    asked,
    by_keyset,
    counted,
    cut,
    up_to_the_cap,
)
from app.fabext.pages import Cell, Choice, Column, Empty, FilterGroup, FindBox, Link, ListPage, Row
from app.terms.on_screen import on_screen

LIST = "appbuilder/general/model/list.html"
Answer = Response | str | tuple[str, int]


class ListView(FabModelView):
    """Rows of one table, through the scope of the session. `ModelView` adds record and forms."""

    # --- what FAB asks for, typed as it stands once FAB has filled it in ---
    datamodel: Any = None
    list_columns: Any = None
    show_columns: Any = None
    add_columns: Any = None
    edit_columns: Any = None
    order_columns: Any = None
    label_columns: Any = None
    formatters_columns: Any = None
    add_form: Any = None
    edit_form: Any = None
    # --- what a feature declares ---
    key: ClassVar[str] = "id"  # the public name of a row in addresses
    base_order_column: ClassVar[str] = ""
    filters: Mapping[str, ClosedFilter] = {}
    find_label: Any = ""
    find_hint: Any = ""
    list_needs: Sequence[str] = ()  # columns that a cell is made of, beside those in `list_columns`
    numeric_columns: Sequence[str] = ()

    def __init__(self, **kwargs: Any) -> None:
        # FAB's doors that we do not open: actions, downloads and deletes go round the scope or by GET.
        closed = {"action", "action_post", "download", "delete"}
        offered = set(self.base_permissions or ())
        closed |= {name for name in ("list", "show", "add", "edit", "find") if f"can_{name}" not in offered}
        self.exclude_route_methods = closed
        super().__init__(**kwargs)

    def update_redirect(self) -> None:
        """FAB would write the address of every list, search terms included, into the session."""

    # --- list ---

    @expose("/")
    @permitted
    def list(self) -> Answer:
        """The list; closed choices in the address, pages by keyset."""
        return render_template(LIST, page=self.list_page())

    @expose("/find", methods=["POST"])
    @permitted
    def find(self) -> Response:
        """Keeps what was typed under a random name and goes to the list."""
        term = request.form.get("find", "")
        kept_choices = [(group, value) for group in self.filters for value in request.form.getlist(group)]
        question = Asked(sort=self.order(), descending=False, chosen=tuple(kept_choices))
        uid = finding.keep(term) if term.strip() else ""
        return redirect(question.address(self.path(), found=uid, default_sort=self.order()), 303)

    def list_page(self) -> ListPage:
        """The page of the list, as the request asked for it."""
        question = asked(self.order_columns, self.order(), self.filters)
        if question.found and not self.find_label:
            raise NotFound
        term = finding.kept(question.found) if question.found else ""
        if term is None:
            raise NotFound
        key = (type(self).__name__, question.chosen, question.found)
        count, fetch = self.rows(question, term)
        number = counted(count, key)
        return self.drawn_list(question, term, number, cut(fetch, self.model, question, of=key))

    def rows(self, question: Asked, term: str) -> tuple[Callable[[], int], Fetch]:
        """How the rows are counted and fetched. A screen with an index of its own says it otherwise."""
        ask = self.filtered(self.base_statement(), question)
        if term:
            ask = self.narrowed(ask, term)
        return (
            lambda: up_to_the_cap(ask, self.model),
            by_keyset(ask.options(*self.list_options()), self.model, question),
        )

    def drawn_list(self, question: Asked, term: str, number: int, page: Cut) -> ListPage:
        """The values that the template draws."""
        path, default = self.path(), self.order()
        return ListPage(
            title=self.list_title,
            caption=self.list_title,
            how_many=self.how_many(number) if number <= COUNT_CAP else self.how_many_more(f"{COUNT_CAP:,}+"),
            columns=[self.column(name, question) for name in self.list_columns],
            rows=[self.row(item) for item in page.rows],
            empty=self.empty(filtered=bool(question.chosen or term)),
            crumbs=self.list_crumbs(),
            primary=self.list_primary(),
            links=self.list_links(),
            filters=self.filter_groups(question),
            find=FindBox(action=f"{path}find", label=self.find_label, hint=self.find_hint, term=term)
            if self.find_label
            else None,
            chips=self.chips(question, term),
            clear_href=path if question.chosen or term else "",
            keep=question.chosen,
            showing=self.showing(page, number),
            previous_href=page.previous
            and question.address(path, before=page.previous, default_sort=default),
            next_href=page.next and question.address(path, after=page.next, default_sort=default),
        )

    def may(self, name: str) -> bool:
        """Whether the hat in use has the right `can_<name>` here: what it may not do is absent, never grey."""
        return may(name, str(self.class_permission_name))

    @property
    def model(self) -> Any:
        """The table's class."""
        return self.datamodel.obj

    def path(self) -> str:
        """The address of the list."""
        return f"{self.route_base}/"

    def order(self) -> str:
        """The column that the list is ordered by until somebody chooses."""
        return self.base_order_column or str(self.order_columns[0])

    def base_statement(self) -> Select[Any]:
        """All rows of this screen; the session adds the scope."""
        return select(self.model)

    def narrowed(self, ask: Select[Any], term: str) -> Select[Any]:
        """`ask`, less what does not match the typed term. A screen with a find box says how.

        Raises:
            NotImplementedError: the screen has a find box and does not say.
        """
        raise NotImplementedError(f"{type(self).__name__} has a find box and no `narrowed`")

    def filtered(self, ask: Select[Any], question: Asked) -> Select[Any]:
        """`ask` with the closed choices: one of each group, all groups."""
        for group, each in self.filters.items():
            wanted = [each.choices[value][1] for name, value in question.chosen if name == group]
            if wanted:
                either = wanted[0]
                for more in wanted[1:]:
                    either = either | more
                ask = ask.where(either)
        return ask

    def list_options(self) -> Sequence[Any]:
        """Only what the list shows is loaded, relations with it in the same statement."""
        names = {self.key, "id", *self.order_columns, *self.list_columns, *self.list_needs}
        own = [getattr(self.model, n) for n in sorted(names) if n in self.datamodel.list_columns]
        options: list[Any] = [load_only(*own, raiseload=True)]
        dotted: dict[str, list[str]] = {}
        for name in names:
            relation, dot, column = name.partition(".")
            if dot:
                dotted.setdefault(relation, []).append(column)
        for relation, columns in dotted.items():
            attribute = getattr(self.model, relation)
            related = attribute.property.mapper.class_
            options.append(joinedload(attribute).load_only(*(getattr(related, c) for c in sorted(columns))))
        return options

    def column(self, name: str, question: Asked) -> Column:
        """The heading of a column; a link where the list may be ordered by it."""
        label = self.label_columns.get(name, name)
        if name not in self.sortable():
            return Column(label=label, numeric=name in self.numeric_columns)
        by = self.sortable()[name]
        on = question.sort == by
        sort = f"-{by}" if on and not question.descending else by
        return Column(
            label=label,
            sort_href=question.address(self.path(), sort=sort, default_sort=self.order()),
            sorted=("descending" if question.descending else "ascending") if on else "",
            numeric=name in self.numeric_columns,
        )

    def sortable(self) -> Mapping[str, str]:
        """Shown column → column to order by: itself, or its folded twin (`name` → `sort_name`)."""
        return {
            name: twin
            for name in self.list_columns
            for twin in (name, f"sort_{name}", "sort_name" if name == "listed_name" else name)
            if twin in self.order_columns
        }

    def row(self, item: Any) -> Row:
        """One row: the first column is its heading and leads to the record."""
        first, *others = self.list_columns
        heading = self.cell(item, first)
        return Row(
            heading=heading.text,
            sub=heading.sub,
            href=f"{self.path()}{getattr(item, self.key)}",
            cells=[self.cell(item, name) for name in others],
        )

    def cell(self, item: Any, name: str) -> Cell:
        """What stands under a column; a screen says more where a value needs it."""
        value = item
        for part in name.split("."):
            value = getattr(value, part, None)
        shape = self.formatters_columns.get(name, on_screen)
        return Cell(text=shape(value))

    def filter_groups(self, question: Asked) -> Sequence[FilterGroup]:
        """The filters with what is chosen."""
        return [
            FilterGroup(
                name=group,
                legend=each.legend,
                choices=[
                    Choice(value=value, label=words, checked=(group, value) in question.chosen)
                    for value, (words, _criterion) in each.choices.items()
                ],
            )
            for group, each in self.filters.items()
        ]

    def chips(self, question: Asked, term: str) -> Sequence[Link]:
        """One link for each choice in use, which takes it away."""
        found = [
            Link(
                label=self.filters[group].choices[value][0],
                href=question.address(
                    self.path(),
                    chosen=[pair for pair in question.chosen if pair != (group, value)],
                    default_sort=self.order(),
                ),
            )
            for group, value in question.chosen
        ]
        if term:
            found.append(
                Link(
                    label=f"“{term}”", href=question.address(self.path(), found="", default_sort=self.order())
                )
            )
        return found

    def showing(self, page: Cut, number: int) -> str:
        """Where in the list this page lies."""
        if not page.rows:
            return ""
        of = f"{number:,}" if number <= COUNT_CAP else f"{COUNT_CAP:,}+"
        return _(
            "Showing %(first)s to %(last)s of %(of)s",
            first=f"{page.first + 1:,}",
            last=f"{page.first + len(page.rows):,}",
            of=of,
        )

    def how_many(self, number: int) -> str:
        """The number with its noun: 27 schools."""
        return f"{number:,}"

    def how_many_more(self, number: str) -> str:
        """The number with its noun where it is only a bound: 10,000+ schools."""
        return number

    def empty(self, *, filtered: bool) -> Empty:
        """What to say where nothing is."""
        if filtered:
            return Empty(
                heading=_("Nothing matches"),
                text=_("Take a filter away, or look for something shorter."),
                link=Link(label=_("Clear all"), href=self.path()),
            )
        return Empty(heading=_("Nothing here yet"), text="")

    def list_crumbs(self) -> Sequence[Link]:
        """Where the list stands; nothing on the first level."""
        return ()

    def list_primary(self) -> Link | None:
        """The one thing to do from the list."""
        return None

    def list_links(self) -> Sequence[Link]:
        """What else leads on from the list."""
        return ()
