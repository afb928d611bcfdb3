"""Leaves a note beside a change, in the same transaction: both are kept, or neither."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import inspect, select

from app.access.models import Person, User
from app.access.ownership import OfECT, OfPerson
from app.access.scope import principal_of
from app.audit.models import AuditNote
from app.ects.models import ECT
from app.extensions import db

Changes = Mapping[str, tuple[object, object]]


def record(what: str, about: object | None = None, *, changes: Changes | None = None) -> AuditNote:
    """A note of `what` was done to `about` is in this transaction.

    Args:
        what: the verb's own words, at most 80 characters: "school contact changed".
        about: the row that changed; its table, id, ECT and school are noted. A new row is flushed first.
        changes: field → (before, after); taken from the row itself where it is not given.
    """
    session = db.session()
    found = changes if changes is not None else changes_of(about)
    if about is not None and inspect(about).transient:
        session.add(about)
    if about is not None and inspect(about).pending:
        session.flush()
    who = principal_of(session)
    note = AuditNote(
        what=what,
        person_id=who.person_id,
        hat=who.kind.value if who.kind else "",
        by="" if who.person_id else who.name,
        about_table=str(getattr(about, "__tablename__", "")),
        about_id=getattr(about, "id", None),
        ect_id=about_an("ect", about),
        school_id=about_an("school", about),
    )
    note.owner = owner_of(about, note)
    if found:
        note.changes = json.dumps({name: [plain(was), plain(is_)] for name, (was, is_) in found.items()})
    session.add(note)
    return note


def changes_of(row: object | None) -> Changes:
    """What changes in `row` with the next flush: field → (before, after). Boxes and versions are left out."""
    if row is None:
        return {}
    state: Any = inspect(row)
    found: dict[str, tuple[object, object]] = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key.endswith("_sealed") or attribute.key in ("version", "password"):
            continue
        history = state.attrs[attribute.key].history
        if history.has_changes():
            found[attribute.key] = (
                next(iter(history.deleted or ()), None),
                next(iter(history.added or ()), None),
            )
    return found


def about_an(kind: str, row: object | None) -> int | None:
    """The id of the ECT or school that `row` is, or belongs to."""
    if getattr(row, "__tablename__", "") == kind:
        return getattr(row, "id", None)
    return getattr(row, f"{kind}_id", None)


def owner_of(about: object | None, note: AuditNote) -> str:
    """Whose key seals the values: the row's own owner, else the person it is about, its school, or the house."""
    own = getattr(about, "key_owner", "")
    if own:
        return str(own)
    person_id = person_of(about)
    if person_id:
        return f"person:{person_id}"
    return f"school:{note.school_id}" if note.school_id else "house"


def person_of(about: object | None) -> int | None:
    """The person that a row is about: the ECT, or whoever signs in."""
    if isinstance(about, ECT | OfPerson):
        return about.person_id
    if isinstance(about, OfECT):  # a verb holds its ECT already: no statement then
        ect = db.session.get(ECT, about.ect_id)
        return ect.person_id if ect is not None else None
    if isinstance(about, User):
        return db.session.scalar(select(Person.id).where(Person.user_id == about.id))
    return None


def plain(value: object) -> object:
    """`value` as JSON keeps it; dates and moments in ISO 8601."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, str | int | float | bool | None) else str(value)
