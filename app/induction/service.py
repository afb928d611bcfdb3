"""Verbs on induction periods and outcomes. Each locks the ECT's row first: two people at once take turns.

A decision stands with its outcome alone until its notice is released: what schools and the ECT read of the
record changes with the notice (promises, "Whose records a person sees").
"""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from app.access.hats import AB_WORK, HatKind
from app.access.models import Person, User
from app.access.principal import Principal
from app.access.scope import principal_of, whole_record
from app.audit import service as audit
from app.ects import rules as ect_rules
from app.ects import service as ects
from app.ects.models import ECT, ECTContact, Placement
from app.ects.rules import ECTState, Programme
from app.errors import NotYourRole
from app.exchange import service as exchange
from app.exchange.rules import Event
from app.extensions import db, now, today
from app.induction import refusals, rules
from app.induction.models import InductionPeriod, Outcome
from app.induction.queries import course_of
from app.induction.rules import Cause, Result, Span
from app.messages import service as messages
from app.messages.rules import Purpose
from app.schools.models import School

# Who decides outcomes: the AB must not delegate it (guidance 5.9), and a named person does.
DECIDES: Final = frozenset({HatKind.AB_ASSESSOR, HatKind.AB_ADMINISTRATOR})
STATE_AFTER: Final = {Result.PASS: ECTState.PASSED, Result.FAIL: ECTState.FAILED}


def open_period(
    ect: ECT, *, school_id: int, started_on: date, programme: Programme, fte: Decimal
) -> InductionPeriod:
    """A period goes on from `started_on`, the ECT is in progress, and the TRA is to be told of the start.

    Raises:
        NotYourRole: a school, or the ECT: the AB opens periods, by authorising a registration.
        FieldRefused: the start is too early, before QTS or inside another period, or the FTE is out of bounds.
        InductionOver: an outcome is in force.
    """
    who = principal_of(db.session())
    if not (who.is_ab or who.is_house):
        raise NotYourRole
    ect = ects.lock(ect.id)
    rules.check_start(started_on, claimed=True)
    rules.check_fte(fte)
    with whole_record(db.session()) as house:
        course = course_of(house, ect.id)
        ect_rules.check_start_after_qts(started_on, course.qts_awarded_on, field="started_on")
        rules.check_not_over(course.standing)
        rules.check_no_overlap(Span(started_on=started_on), course.others())
        period = InductionPeriod(
            ect_id=ect.id, school_id=school_id, started_on=started_on, programme=programme, fte=fte
        )
        ects.set_state(ect, ECTState.IN_PROGRESS)
        audit.record("induction period opened", period, changes={"started_on": (None, started_on)})
        db.session.flush()
        exchange.note(house, Event.START, period)
    return period


def open_further_period(
    ect: ECT, *, school_id: int, started_on: date, programme: Programme, fte: Decimal
) -> InductionPeriod:
    """As `open_period`; the ECT is placed at the school from that day, where not placed there then already.

    Raises:
        FieldRefused: as `open_period`.
        InductionOver: as `open_period`.
    """
    period = open_period(ect, school_id=school_id, started_on=started_on, programme=programme, fte=fte)
    still = or_(Placement.ended_on.is_(None), Placement.ended_on >= started_on)
    with whole_record(db.session()) as house:
        there = house.scalar(
            select(Placement.id).where(Placement.ect_id == ect.id, Placement.school_id == school_id, still)
        )
    if there is None:
        placement = Placement(ect_id=ect.id, school_id=school_id, started_on=started_on)
        audit.record("ECT placed", placement, changes={"started_on": (None, started_on)})
    return period


def close_period(
    period: InductionPeriod, *, ended_on: date, terms: Decimal, locked: ECT | None = None
) -> None:
    """The ECT has left: period and placement end, and the TRA is to be told, unless an outcome tells more.

    Args:
        period: an open one.
        ended_on: the last day.
        terms: FTE terms served.
        locked: the ECT, where the caller has locked its row already (`queries.period_to_leave`).

    Raises:
        PeriodEnded: it has ended already.
        FieldRefused: the last day or the terms cannot be.

    Source: statutory guidance 2.62, 2.75; P-3: the end date is that of leaving the school.
    """
    ect = locked or ects.lock(period.ect_id)
    if period.ended_on is not None:
        raise refusals.PeriodEnded
    rules.check_end(period.started_on, ended_on, today())
    rules.check_terms(terms, ended_on)
    period.ended_on, period.terms = ended_on, terms
    audit.record("induction period left", period)
    ects.set_state(ect, ECTState.LEFT)
    with whole_record(
        db.session()
    ) as house:  # entering it writes the above, while the ECT is still placed here
        end_placement(house, period, ended_on)
        exchange.note(house, Event.LEAVING, period)


def end_placement(house: Any, period: InductionPeriod, ended_on: date) -> None:
    """The ECT is placed at the period's school up to `ended_on` and no longer."""
    house.execute(
        update(Placement)
        .where(
            Placement.ect_id == period.ect_id,
            Placement.school_id == period.school_id,
            Placement.started_on <= ended_on,
            or_(Placement.ended_on.is_(None), Placement.ended_on > ended_on),
        )
        .values(ended_on=ended_on)
        .execution_options(synchronize_session=False)
    )


def correct_period(
    period: InductionPeriod,
    *,
    started_on: date,
    ended_on: date | None,
    terms: Decimal | None,
    programme: Programme,
    fte: Decimal,
    reason: str,
) -> None:
    """The period holds these values; what was told to the TRA before is told anew where it differs.

    Raises:
        NotYourRole: nobody of the AB.
        FieldRefused: the values cannot be, or nobody says why.
    """
    of_the_body()
    ects.lock(period.ect_id)
    before = Span(started_on=period.started_on, ended_on=period.ended_on)
    after = Span(started_on=started_on, ended_on=ended_on)
    rules.check_correction(before, after, reason=reason, terms=terms, today=today())
    rules.check_fte(fte)
    with whole_record(db.session()) as house:
        course = course_of(house, period.ect_id)
        told = house.scalar(
            select(Outcome).where(Outcome.period_id == period.id, Outcome.replaced_by_id.is_(None))
        )
    ect_rules.check_start_after_qts(started_on, course.qts_awarded_on, field="started_on")
    rules.check_no_overlap(after, course.others(period.id))
    differs = before != after or period.terms != terms
    period.started_on, period.ended_on, period.terms = started_on, ended_on, terms
    period.programme, period.fte = programme, fte
    changes = dict(audit.changes_of(period)) | {"reason": ("", reason.strip())}
    audit.record("induction period corrected", period, changes=changes)
    if before.started_on != started_on:
        exchange.notify(Event.START, period)
    if told is not None and differs:
        exchange.notify(Event.OUTCOME, period, told)
    elif ended_on is not None and differs:
        exchange.notify(Event.LEAVING, period)


def record_outcome(
    period: InductionPeriod,
    *,
    result: Result,
    decided_on: date,
    ended_on: date,
    terms: Decimal,
    reasons: str,
    locked: ECT | None = None,
) -> Outcome:
    """A named person of the AB has decided; the TRA is to be told. Schools and the ECT read nothing of it yet.

    Args:
        period: the one that the outcome ends.
        result: pass or fail.
        decided_on: the day of the decision.
        ended_on: last day of the period.
        terms: FTE terms served in it.
        reasons: for the ECT and the head, word for word.
        locked: the ECT, where the caller has locked its row already (`queries.period_to_decide`).

    Raises:
        NotYourRole: not an AB assessor or administrator with a name.
        OwnSchool: the person works at the period's school.
        FieldRefused: an outcome is in force, or dates, terms or reasons cannot be.

    Source: statutory guidance 2.67, 5.9; S.I. 2012/1115, regulation 11(5).
    """
    who = decider(period.school_id)
    rules.check_reasons(reasons)
    rules.check_terms(terms, ended_on)
    rules.check_decided(decided_on, ended_on, today())
    ect = locked or ects.lock(period.ect_id)
    with whole_record(db.session()) as house:
        course = course_of(house, ect.id)
        span = Span(started_on=course.spans[period.id].started_on, ended_on=ended_on)
        rules.check_first_outcome(course.standing)
        rules.check_end(span.started_on, ended_on, today())
        rules.check_no_overlap(span, course.others(period.id), "ended_on")
        outcome = Outcome(
            ect_id=ect.id,
            period_id=period.id,
            school_id=period.school_id,
            result=result,
            cause=Cause.DECISION,
            decided_on=decided_on,
            decided_by_id=who.person_id,
            decided_by=who.name,
            ended_on=ended_on,
            terms=terms,
            person_id=ect.person_id,
            reasons=reasons.strip(),
        )
        audit.record("outcome recorded", outcome, changes={"result": (None, result)})
        db.session.flush()
        exchange.note(house, Event.OUTCOME, period, outcome)
    return outcome


def replace_outcome(
    outcome: Outcome, *, cause: Cause, result: Result, decided_on: date, reasons: str
) -> Outcome:
    """Another outcome is in force, by an appeal decision or a correction; the earlier one stays as it was.

    Raises:
        NotYourRole: not an AB assessor or administrator with a name.
        FieldRefused: somebody replaced it meanwhile, or cause, date or reasons cannot be.

    Source: S.I. 2012/1115, schedule 3; statutory guidance 2.70, 2.73.
    """
    who = decider(outcome.school_id)
    ect = ects.lock(outcome.ect_id)
    db.session.refresh(outcome, ["replaced_by_id"])
    if outcome.replaced_by_id is not None:
        raise refusals.ReplacedBefore
    rules.check_replaces(cause)
    rules.check_reasons(reasons)
    period = db.session.get_one(InductionPeriod, outcome.period_id)
    ended_on, terms = (
        outcome.ended_on or period.ended_on,
        period.terms if outcome.terms is None else outcome.terms,
    )
    if ended_on is not None:
        rules.check_decided(decided_on, ended_on, today())
    newer = Outcome(
        ect_id=ect.id,
        period_id=outcome.period_id,
        school_id=outcome.school_id,
        result=result,
        cause=cause,
        decided_on=decided_on,
        decided_by_id=who.person_id,
        decided_by=who.name,
        ended_on=ended_on,
        terms=terms,
        person_id=ect.person_id,
        reasons=reasons.strip(),
        replaced_by_id=outcome.id,  # not in force before the earlier one is out of it: the index lets one be
    )
    audit.record(
        "outcome replaced", newer, changes={"result": (outcome.result, result), "cause": (None, cause)}
    )
    outcome.replaced_by_id = newer.id
    db.session.flush()
    newer.replaced_by_id = None
    db.session.flush()
    exchange.notify(Event.OUTCOME, period, newer)
    return newer


def release(outcome: Outcome) -> None:
    """The notice is out: the record says what was decided, and the head and the ECT are told by mail.

    Said twice, it is done once.

    Raises:
        NotYourRole: nobody of the AB with a name.
        OwnSchool: the person works at the period's school.
        ReplacedBefore: it is not in force any more.

    Source: S.I. 2012/1115, regulation 11(7); statutory guidance 2.69: within three working days.
    """
    of_the_body(outcome.school_id)
    ect = ects.lock(outcome.ect_id)
    db.session.refresh(outcome, ["replaced_by_id", "released_at"])
    if outcome.replaced_by_id is not None:
        raise refusals.ReplacedBefore
    if outcome.released_at is not None:
        return
    period = db.session.get_one(InductionPeriod, outcome.period_id)
    outcome.released_at = now()
    if outcome.ended_on is not None:
        period.ended_on, period.terms = outcome.ended_on, outcome.terms
    audit.record(
        "notice of the outcome released", outcome, changes={"released_at": (None, outcome.released_at)}
    )
    ects.set_state(ect, STATE_AFTER[outcome.result])
    tell_head_and_ect(outcome, ect)


def tell_head_and_ect(outcome: Outcome, ect: ECT) -> None:
    """A mail to each headteacher of the school and to the ECT: it says where the notice stands, and no result."""
    body_name = current_app.config["BODY_NAME"]
    link = messages.link_to(f"/ects/{ect.uid}/induction")
    for person_id, address, name in messages.people_at(outcome.school_id, {HatKind.HEADTEACHER}):
        messages.send(
            Purpose.OUTCOME_RELEASED,
            about=f"outcome:{outcome.uid}",
            to_person_id=person_id,
            to_address=address,
            subject=_("Notice of an induction outcome"),
            body=_(
                "Dear %(name)s,\n\n%(body)s has decided the outcome of the induction of %(ect)s. Sign in to read the "
                "notice:\n%(link)s\n",
                name=name,
                body=body_name,
                ect=ect.name,
                link=link,
            ),
            ect_id=ect.id,
        )
    address = address_of(ect)
    if address:
        messages.send(
            Purpose.OUTCOME_RELEASED,
            about=f"outcome:{outcome.uid}",
            to_person_id=ect.person_id,
            to_address=address,
            subject=_("Notice of the outcome of your induction"),
            body=_(
                "Dear %(name)s,\n\n%(body)s has decided the outcome of your induction. Sign in to read the notice and "
                "the reasons:\n%(link)s\n\nIf the outcome is a fail, you may appeal to the Teaching Regulation Agency "
                "within 20 working days (statutory guidance 2.70).\n",
                name=ect.name,
                body=body_name,
                link=link,
            ),
            ect_id=ect.id,
        )


def address_of(ect: ECT) -> str:
    """Where the ECT reads mail: the own account's address, the personal one, or the school's; else empty."""
    with whole_record(db.session()) as house:
        account = house.scalar(
            select(User.email).join(Person, Person.user_id == User.id).where(Person.id == ect.person_id)
        )
        contact = house.scalar(select(ECTContact).where(ECTContact.ect_id == ect.id))
        kept = (contact.personal_email or contact.school_email) if contact is not None else ""
    return account or kept or ""


def decider(school_id: int) -> Principal:
    """Who decides here: a named AB assessor or administrator, not of the own school.

    Raises:
        NotYourRole: somebody else.
        OwnSchool: the person works at that school.
    """
    who = of_the_body(school_id)
    if who.kind not in DECIDES:
        raise NotYourRole
    return who


def of_the_body(school_id: int = 0) -> Principal:
    """Who acts here: a named person in a hat of the AB, not of the own school.

    Raises:
        NotYourRole: somebody else, or nobody in particular.
        OwnSchool: the person works at that school.
    """
    who = principal_of(db.session())
    if who.person_id is None or who.kind not in AB_WORK:
        raise NotYourRole
    if school_id in who.own_school_ids:
        with whole_record(db.session()) as house:
            raise refusals.OwnSchool(school=house.scalar(select(School.name).where(School.id == school_id)))
    return who
