"""How a registration becomes a record, or goes on as one that is there."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select

from app.access.hats import HatKind
from app.access.models import Hat, Person, User
from app.access.scope import whole_record
from app.audit import service as audit
from app.ects import facts
from app.ects import service as ects
from app.ects.models import (
    ECT,
    QTS,
    Assignment,
    ECTContact,
    ECTIdentity,
    Employment,
    InductionTraining,
    Placement,
    PreviousService,
    Qualification,
)
from app.ects.rules import (
    WHOLE_WEEK,
    AssignedAs,
    ContractKind,
    ECTState,
    Programme,
    QTSStatus,
    joined_address,
)
from app.extensions import db, today
from app.registrations import queries, refusals
from app.registrations.models import Registration
from app.registrations.rules import Answers

EARLIER_ROWS = (1, 2, 3)


def become(registration: Registration, answers: Answers) -> ECT:
    """The ECT of the registration, placed at its school, with all that was answered and an open period.

    Raises:
        EndNotReported: another school has the ECT still.
        InductionOver: passed or failed before.
        BirthDateDiffers: the TRN is somebody else's.
    """
    from app.induction import service as induction

    starts_on = answers.day("induction_starts_on") or today()
    ect = moved(registration, answers) or new(answers)
    keep_facts(ect, answers)
    keep_post(ect, registration.school_id, answers, starts_on)
    keep_people(ect, registration.school_id, answers, starts_on)
    db.session.flush()
    induction.open_period(
        ect,
        school_id=registration.school_id,
        started_on=starts_on,
        programme=Programme(answers.text("programme")),
        fte=answers.number("fte") or Decimal(1),
    )
    return ect


def new(answers: Answers) -> ECT:
    """A record for somebody who is not known."""
    ect = ects.add(
        first_name=answers.text("first_name"),
        last_name=answers.text("last_name"),
        known_as=answers.text("known_as"),
    )
    identity = ECTIdentity(ect_id=ect.id, trn=answers.text("trn") or None, born_on=answers.day("born_on"))
    db.session.add(identity)
    if answers.text("previous_first_name") or answers.text("previous_last_name"):
        facts.keep_previous_name(
            ect,
            first_name=answers.text("previous_first_name") or ect.first_name,
            last_name=answers.text("previous_last_name") or ect.last_name,
            until=answers.day("previous_until"),
        )
    return ect


def moved(registration: Registration, answers: Answers) -> ECT | None:
    """The record that has the TRN, free to go on at this school; None where nobody has it.

    Raises:
        EndNotReported: another school has the ECT still.
        InductionOver: passed or failed before.
        BirthDateDiffers: the TRN is somebody else's.
    """
    trn = answers.text("trn")
    with whole_record(db.session()) as everything:
        found = queries.record_with(everything, trn) if trn else None
    if found is None:
        return None
    ect_id, born_on = found
    ect = ects.lock(ect_id)
    if ect.state in {ECTState.PASSED, ECTState.FAILED}:
        raise refusals.InductionOver(name=ect.name)
    if born_on is not None and born_on != answers.day("born_on"):
        raise refusals.BirthDateDiffers
    with whole_record(db.session()) as everything:
        school = queries.where_open(everything, ect_id)
        still_at = school.name if school else ""
    if still_at:
        raise refusals.EndNotReported(school=still_at)
    audit.record("ECT moved", ect, changes={"school_id": (None, registration.school_id)})
    return ect


def keep_facts(ect: ECT, answers: Answers) -> None:
    """Contact, QTS, training, qualification and earlier induction, as answered; what is known is brought up to date."""
    keep_contact(ect, answers)
    qts = db.session.scalar(select(QTS).where(QTS.ect_id == ect.id))
    if qts is None or qts.status is not QTSStatus.HELD:
        qts = qts or QTS(ect_id=ect.id)
        qts.status = QTSStatus(answers.text("qts_status") or QTSStatus.NOT_KNOWN)
        qts.awarded_on, qts.route = answers.day("qts_awarded_on"), answers.text("qts_route")
        db.session.add(qts)
    training = db.session.scalar(select(InductionTraining).where(InductionTraining.ect_id == ect.id))
    training = training or InductionTraining(ect_id=ect.id)
    training.programme = Programme(answers.text("programme"))
    training.lead_provider = answers.text("lead_provider")
    training.delivery_partner = answers.text("delivery_partner")
    training.began_on = answers.day("training_began_on")
    training.completed_on = answers.day("training_completed_on")
    db.session.add(training)
    db.session.add_all([*new_qualifications(ect, answers), *new_service(ect, answers)])


def keep_contact(ect: ECT, answers: Answers) -> None:
    """How to reach the ECT, as the new school says it; a personal address that it does not give stays."""
    ask = select(ECTContact).where(ECTContact.ect_id == ect.id).options(*facts.opened(ECTContact))
    contact = db.session.scalar(ask) or ECTContact(ect_id=ect.id, person_id=ect.person_id)
    contact.school_email = answers.text("school_email") or None
    for name in ("personal_email", "telephone", "mobile"):
        if answers.text(name):
            setattr(contact, name, answers.text(name))
    address = joined_address(answers.text("address"), answers.text("postcode"))
    if address:
        contact.address = address
    db.session.add(contact)


def new_qualifications(ect: ECT, answers: Answers) -> Iterator[Qualification]:
    """The qualification, unless the record has it."""
    name = answers.text("qualification_name")
    if not name:
        return
    there = set(db.session.scalars(select(Qualification.name).where(Qualification.ect_id == ect.id)))
    if name not in there:
        year = answers.number("qualification_year")
        yield Qualification(
            ect_id=ect.id,
            name=name,
            subject=answers.text("qualification_subject"),
            institution=answers.text("qualification_institution"),
            year=int(year) if year is not None else None,
        )


def new_service(ect: ECT, answers: Answers) -> Iterator[PreviousService]:
    """Induction served before, as far as the record does not have it."""
    if not answers.yes("served_before"):
        return
    ask = select(PreviousService.school_name, PreviousService.started_on)
    there = {(name, first) for name, first in db.session.execute(ask.where(PreviousService.ect_id == ect.id))}
    for at in EARLIER_ROWS:
        school, started_on = answers.text(f"school_name_{at}"), answers.day(f"started_on_{at}")
        if school and (school, started_on) not in there:
            yield PreviousService(
                ect_id=ect.id,
                school_name=school,
                appropriate_body=answers.text(f"appropriate_body_{at}"),
                started_on=started_on,
                ended_on=answers.day(f"ended_on_{at}"),
                terms=answers.number(f"terms_{at}"),
            )


def keep_post(ect: ECT, school_id: int, answers: Answers, starts_on: date) -> None:
    """The ECT is placed and employed at the school."""
    db.session.add(Placement(ect_id=ect.id, school_id=school_id, started_on=starts_on))
    db.session.add(
        Employment(
            ect_id=ect.id,
            school_id=school_id,
            employer_name=answers.text("employer_name"),
            employer_address=answers.text("employer_address"),
            employer_email=answers.text("employer_email"),
            post=answers.text("post"),
            contract=ContractKind(answers.text("contract")),
            starts_on=answers.day("starts_on") or starts_on,
            ends_on=answers.day("ends_on"),
            fte=answers.number("fte") or Decimal(1),
            pattern=answers.text("pattern") or WHOLE_WEEK,
        )
    )


def keep_people(ect: ECT, school_id: int, answers: Answers, starts_on: date) -> None:
    """Tutor and mentor look after the ECT, where their address is that of somebody with that hat at the school."""
    for name, as_, kinds in (
        ("tutor_email", AssignedAs.TUTOR, (HatKind.INDUCTION_TUTOR,)),
        ("mentor_email", AssignedAs.MENTOR, (HatKind.MENTOR,)),
    ):
        person_id = wearer(answers.text(name), school_id, kinds)
        if person_id is not None:
            db.session.add(
                Assignment(
                    ect_id=ect.id, school_id=school_id, person_id=person_id, as_=as_, started_on=starts_on
                )
            )


def wearer(address: str, school_id: int, kinds: tuple[HatKind, ...]) -> int | None:
    """Who signs in with this address and wears one of these hats at the school."""
    if not address:
        return None
    day = today()
    ask = (
        select(Person.id)
        .join(User, User.id == Person.user_id)
        .join(Hat, Hat.person_id == Person.id)
        .where(
            func.lower(User.email) == address.casefold(),
            User.active.is_(True),
            Hat.school_id == school_id,
            Hat.kind.in_(kinds),
            Hat.starts_on <= day,
            or_(Hat.ends_on.is_(None), Hat.ends_on >= day),
        )
        .limit(1)
    )
    with whole_record(db.session()) as everybody:
        return everybody.scalar(ask)
