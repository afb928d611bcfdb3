"""Whose records a person sees (P-11): the table at the end of `promises.md`, one named rule a row.

A rule answers with the ids of the ECTs that are read, or written to; `options_for` makes of them what the
session adds to every statement. They are built once for each request or job.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from flask_appbuilder.models.sqla import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from app.access.hats import AB_WORK, LOOKS_AFTER_PEOPLE, READS_BOOKS, SEES_LEAVERS, HatKind
from app.access.models import Caseload, DeclaredInterest, DrawnRecord, KeptSearch, Person
from app.access.ownership import FAB_TABLES, Books, OfECT, OfPerson, OfSchool, Whose
from app.access.principal import Principal
from app.ects.models import ECT, Assignment, Placement
from app.schools.models import School

Options = tuple[ExecutableOption, ...]
# Core tables inside the rules: an ORM entity would get a criterion inside the criterion.
place = Placement.__table__.c
given = Assignment.__table__.c
load = Caseload.__table__.c
interest = DeclaredInterest.__table__.c
drawn = DrawnRecord.__table__.c
school = School.__table__.c


def everything() -> Select[Any] | None:
    """AB officer, AB administrator, director: all ECTs."""
    return None


def placed_here(who: Principal) -> Select[Any]:
    """Headteacher, induction lead, school and trust administrator: placed at the school now, or before.

    Those who left stay readable, and only what was made here (`Placement` below); nothing later.
    """
    return select(place.ect_id).where(place.school_id.in_(who.school_ids))


def placed_here_now(who: Principal, today: date) -> Select[Any]:
    """Those of `placed_here` who are there on `today`: what may be written to."""
    return placed_here(who).where(or_(place.ended_on.is_(None), place.ended_on >= today))


def assigned_to_me(who: Principal, today: date) -> Select[Any]:
    """Induction tutor, mentor: assigned to this person, at this school, on `today`, while placed there."""
    mine = select(given.ect_id).where(
        given.person_id == who.person_id,
        given.school_id.in_(who.school_ids),
        given.assigned_as == ("tutor" if who.kind is HatKind.INDUCTION_TUTOR else "mentor"),
        given.started_on <= today,
        or_(given.ended_on.is_(None), given.ended_on >= today),
    )
    return placed_here_now(who, today).where(place.ect_id.in_(mine))


def own_record(who: Principal) -> Select[Any]:
    """ECT: the own record."""
    return select(ECT.__table__.c.id).where(ECT.__table__.c.id == who.ect_id)


def caseload(who: Principal, today: date) -> Select[Any]:
    """AB assessor: the own caseload (area, schools or list), less declared interests."""
    mine = load.person_id == who.person_id
    areas = select(load.la_code).where(mine, load.la_code.is_not(None))
    schools = select(load.school_id).where(mine, load.school_id.is_not(None))
    there = select(place.ect_id).where(
        or_(place.ended_on.is_(None), place.ended_on >= today),
        or_(
            place.school_id.in_(schools),
            place.school_id.in_(select(school.id).where(school.la_code.in_(areas))),
        ),
    )
    listed = select(load.ect_id).where(mine, load.ect_id.is_not(None))
    mine_not = interest.person_id == who.person_id
    no_schools = select(interest.school_id).where(mine_not, interest.school_id.is_not(None))
    no_ects = select(interest.ect_id).where(mine_not, interest.ect_id.is_not(None))
    ect = ECT.__table__.c
    return select(ect.id).where(
        or_(ect.id.in_(there), ect.id.in_(listed)),
        ect.id.not_in(no_ects),
        ect.id.not_in(select(place.ect_id).where(place.school_id.in_(no_schools))),
    )


def drawn_sample(who: Principal) -> Select[Any]:
    """Auditor: the records drawn for this hat, while it is worn."""
    return select(drawn.ect_id).where(drawn.hat_id == who.hat_id)


def nobody_here() -> Select[Any]:
    """Named contact, DPO, finance, operator: no ECT's record, until a concern or a case opens one."""
    return select(ECT.__table__.c.id).where(false())


def ects_seen(who: Principal, today: date) -> Select[Any] | None:
    """The ids of the ECTs that `who` may read; None means all."""
    kind = who.kind
    if who.is_house or kind in {HatKind.AB_ADMINISTRATOR, HatKind.AB_OFFICER, HatKind.DIRECTOR}:
        return everything()
    if kind in SEES_LEAVERS:
        return placed_here(who)
    if kind in {HatKind.INDUCTION_TUTOR, HatKind.MENTOR}:
        return assigned_to_me(who, today)
    rules: Mapping[HatKind | None, Callable[[], Select[Any]]] = {
        HatKind.ECT: lambda: own_record(who),
        HatKind.AB_ASSESSOR: lambda: caseload(who, today),
        HatKind.AUDITOR: lambda: drawn_sample(who),
    }
    return rules.get(kind, nobody_here)()


def ects_written(who: Principal, today: date) -> Select[Any] | None:
    """The ids of the ECTs whose record `who` may change; None means all.

    A school that the ECT has left reads and no more; director and auditor decide nothing.
    """
    if who.kind in {HatKind.DIRECTOR, HatKind.AUDITOR}:
        return nobody_here()
    return placed_here_now(who, today) if who.kind in SEES_LEAVERS else ects_seen(who, today)


def not_my_own(who: Principal, ects: Any) -> ColumnElement[bool] | None:
    """Nobody works in an AB hat on the own record or on that of the own school; None: no such conflict."""
    if who.kind not in AB_WORK or not (who.own_school_ids or who.own_ect_id):
        return None
    at_mine = select(place.ect_id).where(place.school_id.in_(who.own_school_ids))
    return not_(or_(ects == (who.own_ect_id or 0), ects.in_(at_mine)))


def sees_all_schools(who: Principal) -> bool:
    """Whether people, contacts and agreements of every school may be read (AB, director, finance)."""
    return who.is_house or who.kind in AB_WORK | {HatKind.DIRECTOR, HatKind.FINANCE}


def options_for(who: Principal, today: date) -> Options:
    """What the session adds to each statement of this principal; nothing for the house itself."""
    if who.is_house:
        return ()
    return (*of_ects(who, today), *of_schools(who), *of_people(who), *of_books(who))


def of_ects(who: Principal, today: date) -> Options:
    """Criteria on the ECT and on each table of an ECT."""
    seen = ects_seen(who, today)
    rules = [only(ECT, ECT.id, seen, not_my_own(who, ECT.id))]
    for table in all_of(OfECT):
        hidden = false() if who.kind in table.__hidden_from__ else None
        rules.append(only(table, table.ect_id, seen, not_my_own(who, table.ect_id), hidden))
    if who.at_a_school or who.kind is HatKind.ECT:
        rules += [
            only(t, t.ect_id, None, t.released_at.is_not(None)) for t in all_of(OfECT) if t.__once_released__
        ]
    if who.at_a_school:  # what happened at another school is not this school's to read
        rules += [
            only(t, t.school_id, None, t.school_id.in_(who.school_ids))
            for t in all_of(OfECT)
            if t.__at_school__
        ]
        now = placed_here_now(who, today)
        rules += [only(t, t.ect_id, now) for t in all_of(OfECT) if t.__while_placed__]
    return tuple(rule for rule in rules if rule is not None)


def only(
    table: Any, column: Any, ids: Select[Any] | None, *more: ColumnElement[bool] | None
) -> ExecutableOption | None:
    """One criterion out of a set of ids (None: all) and further conditions (None: no condition)."""
    said = [condition for condition in more if condition is not None]
    if ids is not None:
        said.append(column.in_(ids))
    return with_loader_criteria(table, and_(*said), include_aliases=True) if said else None


def of_schools(who: Principal) -> Options:
    """Criteria on what belongs to a school: contacts, agreements, registrations."""
    ids = None if sees_all_schools(who) else list(who.school_ids if who.at_a_school else ())
    rules = []
    for t in all_of(OfSchool):
        said = [] if ids is None else [t.school_id.in_(ids)]
        said += [registration_seen(who, t)] if t.__names_an_ect__ else []
        rules.append(only(t, t.school_id, None, *said))
    return tuple(rule for rule in rules if rule is not None)


def registration_seen(who: Principal, table: Any) -> ColumnElement[bool] | None:
    """Which of the registrations in reach this hat reads; None: all of them."""
    if who.kind in {HatKind.MENTOR, HatKind.FINANCE, HatKind.AB_ASSESSOR}:
        return false()
    if who.kind is HatKind.INDUCTION_TUTOR:
        return cast("ColumnElement[bool]", table.made_by_id == who.person_id)
    if who.kind in AB_WORK and who.own_school_ids:
        return cast("ColumnElement[bool]", table.school_id.not_in(who.own_school_ids))
    return None


def of_people(who: Principal) -> Options:
    """Criteria on people and their sign-ins: the own; all for who looks after people, and for the DPO."""
    if who.kind in LOOKS_AFTER_PEOPLE | {HatKind.DPO}:
        return (
            with_loader_criteria(
                KeptSearch,
                KeptSearch.person_id == who.person_id,
                include_aliases=True,
            ),
        )
    return (
        with_loader_criteria(Person, Person.id == who.person_id, include_aliases=True),
        with_loader_criteria(User, User.id == who.user_id, include_aliases=True),
        *(
            with_loader_criteria(t, t.person_id == who.person_id, include_aliases=True)
            for t in all_of(OfPerson)
        ),
    )


def of_books(who: Principal) -> Options:
    """Criteria on the service's own books: read by the AB's staff, the DPO and the operator."""
    if who.kind in READS_BOOKS:
        return ()
    return tuple(
        with_loader_criteria(table, false(), include_aliases=True)
        for table in (*all_of(Books), *books_of_fab())
    )


def books_of_fab() -> list[Any]:
    """FAB's own classes of the operator's: roles, rights, keys, people who asked to be registered."""
    return [
        mapper.class_
        for mapper in Model.registry.mappers
        if FAB_TABLES.get(getattr(mapper.local_table, "name", "")) is Whose.OPERATOR
    ]


def all_of(base: Any) -> list[Any]:
    """The mapped classes under one owner, such as every table of an ECT."""
    found: list[Any] = []
    for cls in base.__subclasses__():
        found += [cls] if "__table__" in cls.__dict__ else all_of(cls)
    return found
