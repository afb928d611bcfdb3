"""Verbs on early career teachers: the lock that every verb begins with, the state, and a new record."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, or_, select

from app.access.models import Person
from app.access.scope import principal_of, whole_record
from app.audit import service as audit
from app.ects import rules
from app.ects.models import ECT, Placement
from app.ects.rules import ECTState
from app.errors import NotYours
from app.extensions import db
from app.vault.sealed import new_uid


def lock(ect_id: int) -> ECT:
    """The ECT's row, read anew; nobody else changes periods, outcomes or placements until this transaction ends.

    SQLite has its writers one at a time already (`BEGIN IMMEDIATE`).

    Raises:
        NotYours: it is not there, or not for this person.
    """
    ask = select(ECT).where(ECT.id == ect_id).with_for_update(of=ECT)
    ect = db.session.scalars(ask.execution_options(populate_existing=True)).one_or_none()
    if ect is None:
        raise NotYours
    return ect


def to_change(uid: str, *, lock: bool, loading: Sequence[Any] = ()) -> ECT:
    """The ECT of a public name whose facts this person may change; locked where `lock` says so.

    A school that the ECT has left reads, and no more (P-11).

    Raises:
        NotYours: it is not there, or not this person's to change.
    """
    who = principal_of(db.session())
    ask = select(ECT).where(ECT.uid == uid).options(*loading)
    if who.at_a_school:
        day = db.session().info["today"]
        ask = ask.where(ECT.placements.any(or_(Placement.ended_on.is_(None), Placement.ended_on >= day)))
    if lock:
        ask = ask.with_for_update(of=ECT).execution_options(populate_existing=True)
    ect = db.session.scalars(ask).unique().one_or_none()
    if ect is None:
        raise NotYours
    return ect


def set_state(ect: ECT, state: ECTState) -> None:
    """The ECT stands in `state`, with a note beside it.

    Raises:
        StateOutOfOrder: that state may not follow the present one.
    """
    rules.check_follows(ect.state, state)
    if ect.state is state:
        return
    before, ect.state = ect.state, state
    audit.record("induction state changed", ect, changes={"state": (before, state)})


def add(*, first_name: str, last_name: str, known_as: str = "") -> ECT:
    """A new record, with a person of its own whose key seals what is kept; flushed, so that it has a number."""
    name = rules.sort_name(first_name, last_name)
    with whole_record(db.session()) as house:  # an AB officer keeps records, not people who sign in
        made = insert(Person).values(uid=new_uid(), sort_name=name).returning(Person.id)
        person_id = house.scalars(made).one()
        house.commit()
    ect = ECT(
        person_id=person_id, first_name=first_name, last_name=last_name, known_as=known_as, sort_name=name
    )
    db.session.add(ect)
    db.session.flush()
    audit.record("ECT added", ect, changes={})
    return ect
