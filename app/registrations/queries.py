"""Named reads of registrations."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from app.audit.models import AuditNote
from app.ects.models import ECT, ECTIdentity, Placement
from app.extensions import db
from app.induction.models import InductionPeriod
from app.registrations.models import Registration
from app.registrations.rules import ANSWERS_OF, RETURNED_TO, Answers, RegistrationState, Step
from app.schools.models import School

LIVE = (RegistrationState.DRAFT, RegistrationState.AWAITING_AB, RegistrationState.RETURNED)
ASKED = "end date asked for"


def whole() -> Select[Any]:
    """Registrations with their answers and school."""
    return select(Registration).options(
        undefer(Registration.answers_sealed),
        undefer(Registration.reason_sealed),
        joinedload(Registration.school, innerjoin=True),
    )


def locked(registration_id: int) -> Registration | None:
    """The registration, read anew; nobody else changes it until this transaction ends."""
    ask = whole().where(Registration.id == registration_id).with_for_update(of=Registration)
    return db.session.scalars(ask.execution_options(populate_existing=True)).one_or_none()


def kept(registration: Registration) -> dict[str, Any]:
    """What the answers' box holds."""
    found: dict[str, Any] = json.loads(registration.answers or "{}")
    return found


def answers_of(registration: Registration) -> Answers:
    """The answers, step by step."""
    return Answers(kept(registration).get(ANSWERS_OF, {}))


def returned_to(registration: Registration) -> Step | None:
    """The step that a returned registration is about."""
    value = kept(registration).get(RETURNED_TO, "")
    return Step(value) if value and registration.state is RegistrationState.RETURNED else None


def how_many_in(states: Collection[RegistrationState]) -> int:
    """How many registrations in sight are in one of these states, counted no further than 10,001."""
    some = (
        select(Registration.id).where(Registration.state.in_(states)).order_by(Registration.id).limit(10_001)
    ).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def who_has(everything: Session, trn: str, school_id: int, *, but: int, today: date) -> str:
    """The name of who has this TRN at the school already: a registration under way, or an ECT placed there; or ""."""
    under_way = select(Registration.first_name, Registration.last_name, literal(0).label("rank")).where(
        Registration.trn == trn,
        Registration.school_id == school_id,
        Registration.state.in_(LIVE),
        Registration.id != but,
    )
    there = (
        select(ECT.first_name, ECT.last_name, literal(1).label("rank"))
        .join(ECTIdentity, ECTIdentity.ect_id == ECT.id)
        .join(Placement, Placement.ect_id == ECT.id)
        .where(
            ECTIdentity.trn == trn,
            Placement.school_id == school_id,
            or_(Placement.ended_on.is_(None), Placement.ended_on >= today),
        )
    )
    found = everything.execute(union_all(under_way, there)).first()
    return f"{found[0]} {found[1]}" if found else ""


def record_with(everything: Session, trn: str) -> tuple[int, date | None] | None:
    """The id and the date of birth of the ECT who has this TRN."""
    ask = select(ECTIdentity.ect_id, ECTIdentity.born_on).where(ECTIdentity.trn == trn)
    found = everything.execute(ask).first()
    return (found[0], found[1]) if found else None


def where_open(everything: Session, ect_id: int) -> School | None:
    """The school that has not reported an end: of an induction period, or of a placement."""
    for table in (InductionPeriod, Placement):
        ask = (
            select(School)
            .join(table, table.school_id == School.id)
            .where(table.ect_id == ect_id, table.ended_on.is_(None))
            .limit(1)
        )
        school = everything.scalars(ask).first()
        if school is not None:
            return school
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the appropriate body knows of a TRN: whose it is, where, and whether an end is missing there."""

    ect: ECT
    open_at: str
    asked_at: datetime | None


def known(registration: Registration) -> Known | None:
    """The record that has the TRN of a registration, as far as this person may see it."""
    if registration.trn is None or registration.ect_id is not None:
        return None
    ask = (
        select(ECT)
        .join(ECT.identity)
        .where(ECTIdentity.trn == registration.trn)
        .options(joinedload(ECT.identity), selectinload(ECT.placements).joinedload(Placement.school))
    )
    ect = db.session.scalars(ask).one_or_none()
    if ect is None:
        return None
    school = where_open(db.session(), ect.id)
    return Known(ect=ect, open_at=school.name if school else "", asked_at=asked_at(registration))


def asked_at(registration: Registration) -> datetime | None:
    """When the earlier school was asked for the end date."""
    ask = (
        select(AuditNote.at)
        .where(
            AuditNote.about_table == Registration.__tablename__,
            AuditNote.about_id == registration.id,
            AuditNote.what == ASKED,
        )
        .order_by(AuditNote.id.desc())
        .limit(1)
    )
    return db.session.scalar(ask)
