"""Lists: only the columns shown, cut by keyset, counted up to a bound, parsed strictly."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ColumnElement, Select, func, select, tuple_
from werkzeug.exceptions import BadRequest

from app.access.sessions import principal
from app.extensions import db
from app.fabext.cursors import Cursor, opened, sealed

COUNT_CAP = 10_000  # "10,000+" is enough for a person
COUNT_SECONDS = 30.0
COUNTS: dict[tuple[object, ...], tuple[float, int]] = {}
PAGE_SIZES = (25, 50, 100)


@dataclass(frozen=True, kw_only=True)
class ClosedFilter:
    """A filter by a closed set: value in the address → words and criterion."""

    legend: Any
    choices: Mapping[str, tuple[Any, ColumnElement[bool]]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list was asked for, out of the address: closed choices only."""

    sort: str
    descending: bool
    chosen: tuple[tuple[str, str], ...]
    found: str = ""
    after: str = ""
    before: str = ""
    rows: int = PAGE_SIZES[0]

    def address(self, path: str, **changes: Any) -> str:
        """The address of this list with something else: another sort, one filter less, the next page."""
        parts: list[tuple[str, str]] = [*changes.get("chosen", self.chosen)]
        sort = changes.get("sort", ("-" if self.descending else "") + self.sort)
        default = changes.get("default_sort", "")
        parts += [("sort", sort)] if sort != default else []
        found = changes.get("found", self.found)
        parts += [("found", found)] if found else []
        parts += [("rows", str(self.rows))] if self.rows != PAGE_SIZES[0] else []
        parts += [(name, changes[name]) for name in ("after", "before") if changes.get(name)]
        return f"{path}?{urlencode(parts)}" if parts else path


def asked(order_columns: Sequence[str], base_order: str, filters: Mapping[str, ClosedFilter]) -> Asked:
    """The request's question, parsed strictly.

    Raises:
        BadRequest: an unknown order, choice or page size, or two pages at once.
    """
    args = request.args
    sort = args.get("sort", base_order)
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    chosen = tuple((group, value) for group in filters for value in dict.fromkeys(args.getlist(group)))
    rows = args.get("rows", str(PAGE_SIZES[0]))
    if name not in order_columns or rows not in map(str, PAGE_SIZES):
        raise BadRequest
    if any(value not in filters[group].choices for group, value in chosen):
        raise BadRequest
    found = args.get("found", "")
    if len(found) > 20 or (args.get("after") and args.get("before")):
        raise BadRequest
    return Asked(
        sort=name,
        descending=descending,
        chosen=chosen,
        found=found,
        after=args.get("after", ""),
        before=args.get("before", ""),
        rows=int(rows),
    )


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One page of rows, and where the pages beside it begin."""

    rows: Sequence[Any]
    first: int
    previous: str = ""
    next: str = ""


# One page of rows in the list's order: next to `at` (value and id), before it or after it, at most so many.
Fetch = Callable[[tuple[Any, int] | None, bool, int], Sequence[Any]]


def cut(fetch: Fetch, model: Any, question: Asked, of: Sequence[object]) -> Cut:
    """One page by keyset: any page costs what the first does.

    Args:
        fetch: gets the rows; `by_keyset` makes one out of a statement.
        model: the class whose column the list is ordered by.
        question: what was asked for.
        of: what a cursor is bound to, beside order and person.
    """
    bound_to = (*of, question.sort, question.descending, principal().key[:2])
    backwards = bool(question.before)
    at = opened(question.before or question.after, of=bound_to) if question.before or question.after else None
    column = getattr(model, question.sort)
    place = (as_value(column, at.value), at.row_id) if at is not None else None
    rows = list(fetch(place, backwards, question.rows + 1))
    more = len(rows) > question.rows
    rows = rows[1:] if more and backwards else rows[: question.rows]
    first = (max(at.before - len(rows), 0) if backwards else at.before) if at else 0

    def beside(row: Any, before: int) -> str:
        return sealed(Cursor(getattr(row, question.sort), row.id, before), of=bound_to)

    has_next = at is not None if backwards else more
    has_previous = more if backwards else at is not None
    return Cut(
        rows=rows,
        first=first,
        previous=beside(rows[0], first) if rows and has_previous and first > 0 else "",
        next=beside(rows[-1], first + len(rows)) if rows and has_next else "",
    )


def by_keyset(ask: Select[Any], model: Any, question: Asked) -> Fetch:
    """Pages of a statement. The order column must be NOT NULL and indexed with the id."""
    order = getattr(model, question.sort)

    def fetch(at: tuple[Any, int] | None, backwards: bool, limit: int) -> Sequence[Any]:
        down = question.descending != backwards
        page = ask
        if at is not None:
            here, there = tuple_(order, model.id), tuple_(*at)
            page = page.where(here < there if down else here > there)
        page = page.order_by(
            order.desc() if down else order.asc(), model.id.desc() if down else model.id.asc()
        )
        rows = list(db.session.scalars(page.limit(limit)).unique())
        return rows[::-1] if backwards else rows

    return fetch


def as_value(column: Any, value: object) -> Any:
    """A cursor's value as the column's type has it.

    Raises:
        BadRequest: it is no such value.
    """
    kind = column.type.python_type
    try:
        return kind.fromisoformat(value) if hasattr(kind, "fromisoformat") else kind(value)
    except (TypeError, ValueError) as odd:
        raise BadRequest from odd


def counted(count: Callable[[], int], key: Sequence[object]) -> int:
    """A number of rows, kept for 30 seconds for this principal alone."""
    kept_under = (id(db.engine), *principal().key, *key)
    moment = time.monotonic()
    kept = COUNTS.get(kept_under)
    if kept is not None and moment - kept[0] < COUNT_SECONDS:
        return kept[1]
    number = count()
    if len(COUNTS) > 5000:
        COUNTS.clear()
    COUNTS[kept_under] = (moment, number)
    return number


def up_to_the_cap(ask: Select[Any], model: Any) -> int:
    """How many rows `ask` has, counted no further than 10,001 and along an index."""
    some = ask.with_only_columns(model.id).order_by(model.id).limit(COUNT_CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0
