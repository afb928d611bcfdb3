"""Named reads of schools and of the imports that brought them.

A search asks `school_word` alone: it finds, orders and pages within one index, and only the rows of one
page are then looked up in `school`. So no page costs more at 24,000 schools than at 100.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, select, tuple_
from sqlalchemy.orm import aliased, load_only

from app.extensions import db
from app.schools.models import GiasImport, GiasImportLine, ImportState, School, SchoolContact, SchoolWord
from app.schools.rules import (
    FACTS,
    FactValue,
    SchoolStatus,
    Verdict,
    after_all_words_with,
    folded,
    mark,
    search_terms,
)

COUNT_LIMIT: Final = 10_000
APPLIED_KINDS: Final = (Verdict.NEW, Verdict.CHANGED, Verdict.CLOSED)

# What a list of schools shows.
LISTED: Final = load_only(
    *(School.urn, School.name, School.sort_name, School.status, School.town, School.postcode),
    *(School.phase, School.la_name, School.low_age, School.high_age),
    raiseload=True,
)

# The order of every list of schools: folded name, then id.
Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolSearch:
    """What somebody looks for: typed words, and closed choices. Within one kind of choice any will do."""

    find: str = ""
    statuses: tuple[SchoolStatus, ...] = ()
    phases: tuple[str, ...] = ()
    type_groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    la_codes: tuple[str, ...] = ()
    # Only these, by id: the own schools of somebody who works at one. None: all.
    only: tuple[int, ...] | None = None

    @property
    def marks(self) -> tuple[tuple[str, ...], ...]:
        """The closed choices as they stand among the words, a group a kind."""
        groups = (
            tuple(mark("status", each) for each in self.statuses),
            tuple(mark("phase", folded(each)) for each in self.phases),
            tuple(mark("type", folded(each)) for each in self.type_groups),
            tuple(mark("region", folded(each)) for each in self.regions),
            tuple(mark("la", each) for each in self.la_codes),
        )
        return tuple(group for group in groups if group)


def places_found(search: SchoolSearch) -> Select[str, int]:
    """Folded name and id of each school that fits, once each, in no order yet.

    The longest word leads, since it is the rarest; the others are looked up for what it finds.
    """
    if search.find.strip() and not search_terms(search.find):
        return select(School.sort_name, School.id).where(false())
    terms = sorted(search_terms(search.find), key=len, reverse=True)
    conditions: list[str | tuple[str, ...]] = [*terms, *search.marks]
    if not conditions:
        everything = select(School.sort_name, School.id)
        return everything if search.only is None else everything.where(School.id.in_(search.only))
    first, *others = conditions
    found = select(SchoolWord.sort_name, SchoolWord.school_id).where(is_met_by(SchoolWord, first)).distinct()
    for condition in others:
        word = aliased(SchoolWord)
        found = found.where(
            exists().where(word.school_id == SchoolWord.school_id, is_met_by(word, condition))
        )
    return found


def is_met_by(word: type[SchoolWord], condition: str | tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a row of words meets a typed beginning, or is one of several marks."""
    if isinstance(condition, tuple):
        return word.word == condition[0] if len(condition) == 1 else word.word.in_(condition)
    return and_(word.word >= condition, word.word < after_all_words_with(condition))


def schools(
    search: SchoolSearch,
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = 25,
    descending: bool = False,
) -> Sequence[School]:
    """One page of the schools that fit, by name; one row more than `size` says that there is another page.

    `before` gives the page that ends there, in the same order. Only what a list shows is loaded.
    """
    found = places_found(search)
    name, number = found.selected_columns
    at, down = after or before, descending != (before is not None)
    if at is not None:
        here = tuple_(name, number)
        found = found.where(here < at if down else here > at)
    order = (name.desc(), number.desc()) if down else (name, number)
    page = found.order_by(*order).limit(size + 1).subquery("page")
    by_name = (School.sort_name.desc(), School.id.desc()) if descending else (School.sort_name, School.id)
    ask = select(School).join(page, School.id == page.c[1]).order_by(*by_name).options(LISTED)
    return db.session.scalars(ask).all()


def how_many(search: SchoolSearch) -> int:
    """How many schools fit, counted no further than 10,001."""
    found = places_found(search)
    some = found.order_by(*found.selected_columns).limit(COUNT_LIMIT + 1).subquery("found")
    return db.session.scalars(select(func.count()).select_from(some)).one()


def school(urn: int) -> School | None:
    """The school with this URN."""
    return db.session.scalars(select(School).where(School.urn == urn)).one_or_none()


def contact_of(school_id: int) -> SchoolContact | None:
    """What the body typed about a school."""
    return db.session.scalars(select(SchoolContact).where(SchoolContact.school_id == school_id)).one_or_none()


# --- Imports ---


@dataclass(frozen=True, slots=True)
class Known:
    """A school as it is held: id, how often it changed, and its facts."""

    id: int
    version: int
    facts: Mapping[str, FactValue]


def known(urns: Collection[int]) -> dict[int, Known]:
    """The schools held here among `urns`, by URN."""
    columns = [getattr(School, fact) for fact in FACTS]
    rows = db.session.execute(
        select(School.urn, School.id, School.version, *columns).where(School.urn.in_(urns))
    )
    return {row[0]: Known(row[1], row[2], dict(zip(FACTS, row[3:], strict=True))) for row in rows}


def import_(uid: str) -> GiasImport | None:
    """The import with this public name."""
    return db.session.scalars(select(GiasImport).where(GiasImport.uid == uid)).one_or_none()


def imports(size: int = 25) -> Sequence[GiasImport]:
    """The latest imports, newest first."""
    return db.session.scalars(select(GiasImport).order_by(GiasImport.id.desc()).limit(size)).all()


def locked(import_id: int) -> GiasImport:
    """The import, read anew; nobody else changes it until this transaction ends."""
    return db.session.scalars(
        select(GiasImport)
        .where(GiasImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def lines(import_id: int, kind: Verdict, *, after: int = 0, size: int = 25) -> Sequence[GiasImportLine]:
    """Lines of one kind in the order of the file; one more than `size` says that there are others."""
    ask = select(GiasImportLine).where(
        GiasImportLine.import_id == import_id, GiasImportLine.kind == kind, GiasImportLine.id > after
    )
    return db.session.scalars(ask.order_by(GiasImportLine.id).limit(size + 1)).all()


def lines_to_apply(import_id: int, size: int) -> Sequence[GiasImportLine]:
    """The next lines that are not applied yet."""
    ask = select(GiasImportLine).where(
        GiasImportLine.import_id == import_id,
        GiasImportLine.applied.is_(False),
        GiasImportLine.kind.in_(APPLIED_KINDS),
    )
    return db.session.scalars(ask.order_by(GiasImportLine.id).limit(size)).all()


def applied_since(reading: GiasImport) -> GiasImport | None:
    """Another import that was applied, or is being applied, after this one was read."""
    ask = select(GiasImport).where(
        GiasImport.id != reading.id,
        (GiasImport.state == ImportState.APPLYING)
        | ((GiasImport.state == ImportState.APPLIED) & (GiasImport.finished_at > reading.read_at)),
    )
    return db.session.scalars(ask.limit(1)).first()


def typed_by_the_body() -> tuple[int, int]:
    """How many contacts and how many notes the body keeps, none of which an import touches."""
    ask = select(
        func.count().filter(SchoolContact.contact_name + SchoolContact.contact_email != ""),
        func.count().filter(SchoolContact.note != ""),
    ).select_from(SchoolContact)
    contacts, notes = db.session.execute(ask).one()
    return contacts, notes
