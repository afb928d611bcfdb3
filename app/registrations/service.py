"""Verbs on registrations: begun and filled in at a school, sent, returned or authorised by an AB officer."""

import json
from collections.abc import Mapping

from app.access.hats import AB_WORK, HatKind
from app.access.scope import principal_of, whole_record
from app.audit import service as audit
from app.ects import rules as ects
from app.ects import service as ect_service
from app.ects.models import ECT
from app.ects.refusals import ChangedMeanwhile
from app.errors import NotYourRole, NotYours
from app.extensions import db, now, today
from app.messages import service as messages
from app.registrations import authorising, mails, queries, refusals, rules
from app.registrations.models import Registration
from app.registrations.rules import (
    ANSWERS_OF,
    FILLED_IN,
    RETURNED_TO,
    STEP_IN_WORDS,
    Answers,
    RegistrationState,
    Step,
    Verdict,
)
from app.schools.models import School
from app.terms.stamp import stamp

# Who may answer for the headteacher (guidance 2.18): the school's leadership, or AB staff on its word.
CONFIRMS = AB_WORK | {HatKind.HEADTEACHER, HatKind.INDUCTION_LEAD}
Values = Mapping[str, object]


def start(school: School, values: Values) -> Registration:
    """A draft with its first step answered.

    Raises:
        OwnSchool: in an AB hat, at a school where this person works.
        FieldRefused: an answer cannot be taken.
    """
    who = principal_of(db.session())
    if who.is_ab and school.id in who.own_school_ids:
        raise refusals.OwnSchool(school=school.name)
    registration = Registration(school_id=school.id, made_by_id=who.person_id)
    take(registration, Step.ECT, values)
    db.session.add(registration)
    audit.record("registration begun", registration, changes={})
    return registration


def save_step(registration: Registration, step: Step, values: Values, *, seen: int | None = None) -> None:
    """The answers of one step are kept; the other steps stay as they are.

    Args:
        seen: the stamp of the answers that this person saw; None: whatever stands there is replaced.

    Raises:
        WrongState: it was sent, authorised or withdrawn.
        NotYourRole: the headteacher's confirmations, in another hat.
        ChangedMeanwhile: somebody else answered this step.
        FieldRefused: an answer cannot be taken.
    """
    held = locked(registration)
    rules.check_open(held.state)
    if step is Step.CONFIRMATIONS and not may_confirm():
        raise NotYourRole
    before = queries.answers_of(held).of(step)
    if seen is not None and stamp(before) != seen:
        raise ChangedMeanwhile
    who = principal_of(db.session())
    if step is Step.CONFIRMATIONS and not who.is_ab and not who.is_house:
        values = {**values, "confirmed_by": f"{who.name}, {who.hat}"}
    take(held, step, values)
    after = queries.answers_of(held).of(step)
    changed = {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}
    audit.record("registration changed", held, changes=changed)


def may_confirm() -> bool:
    """Whether the hat in use may give the headteacher's confirmations."""
    who = principal_of(db.session())
    return who.is_house or who.kind in CONFIRMS


def take(registration: Registration, step: Step, values: Values) -> None:
    """The answers are checked and stand in the registration; what lists show stands beside them.

    Raises:
        FieldRefused: an answer cannot be taken.
    """
    kept = queries.kept(registration)
    steps = kept.setdefault(ANSWERS_OF, {})
    steps[step.value] = {
        name: rules.plain(value) for name, value in values.items() if value not in (None, "")
    }
    answers = Answers(steps)
    check_step(registration, step, answers)
    registration.answers = json.dumps(kept)
    if step is Step.ECT:
        registration.first_name, registration.last_name = (
            answers.text("first_name"),
            answers.text("last_name"),
        )
        registration.sort_name = ects.sort_name(registration.first_name, registration.last_name)
        registration.trn = answers.text("trn") or None
    elif step is Step.POST:
        registration.starts_on = answers.day("induction_starts_on")


def check_step(registration: Registration, step: Step, answers: Answers) -> None:
    """Passes where the answers of a step can be kept.

    Raises:
        FieldRefused: one cannot; its sentence stands beside the field.
    """
    starts, awarded = answers.day("induction_starts_on"), answers.day("qts_awarded_on")
    if step is Step.ECT:
        born_on = answers.day("born_on")
        if born_on is not None:
            ects.check_birth_date(born_on, today())
        refuse_twice(registration, answers.text("trn"))
    elif step is Step.TRAINING:
        ects.check_start_after_qts(starts, awarded, field="qts_awarded_on")
    elif step is Step.POST and starts is not None:
        ects.check_start_after_qts(starts, awarded, field="induction_starts_on")
        rules.check_contract(answers.day("starts_on") or starts, answers.day("ends_on"), starts)
        fte = answers.number("fte")
        if fte is not None:
            ects.check_days(fte, answers.text("pattern"), answers.text("fte_reason"))


def refuse_twice(registration: Registration, trn: str) -> None:
    """Passes where nobody at this school has the TRN. Of other schools nothing is asked, and nothing told.

    Raises:
        TrnAtSchool: an ECT placed there, or a registration under way there, has it.
    """
    if not trn:
        return
    with whole_record(db.session()) as everything:
        name = queries.who_has(
            everything, trn, registration.school_id, but=registration.id or 0, today=today()
        )
    if name:
        raise refusals.TrnAtSchool(name=name)


def locked(registration: Registration) -> Registration:
    """The registration, read anew and locked until the transaction ends.

    Raises:
        NotYours: it is not there, or not for this person.
    """
    found = queries.locked(registration.id)
    if found is None:
        raise NotYours
    return found


def move(registration: Registration, state: RegistrationState) -> None:
    """The registration comes into `state`, now."""
    registration.state, registration.moved_at = state, now()


def send(registration: Registration) -> None:
    """The registration waits for the appropriate body, whose officers are told.

    A TRN that is known elsewhere changes nothing here: the school learns nothing of it (refusal 4).

    Raises:
        WrongState: it waits already, or was decided or withdrawn.
        StepMissing: a part is not filled in.
        TrnAtSchool: meanwhile somebody at the school has this TRN.
    """
    held = locked(registration)
    rules.check_follows(held.state, RegistrationState.AWAITING_AB)
    answers = queries.answers_of(held)
    missing = next((step for step in FILLED_IN if not answers.has(step)), None)
    if missing is not None:
        raise refusals.StepMissing(step=STEP_IN_WORDS[missing])
    refuse_twice(held, answers.text("trn"))
    before = held.state
    move(held, RegistrationState.AWAITING_AB)
    held.sent_at, held.sent_by_id, held.reason = held.moved_at, principal_of(db.session()).person_id, None
    audit.record("registration sent", held, changes={"state": (before, held.state)})
    mails.received(held)


def withdraw(registration: Registration) -> None:
    """The school gives the registration up; its TRN is free again.

    Raises:
        WrongState: it waits for the appropriate body, or was decided.
    """
    held = locked(registration)
    rules.check_follows(held.state, RegistrationState.WITHDRAWN)
    before = held.state
    move(held, RegistrationState.WITHDRAWN)
    audit.record("registration withdrawn", held, changes={"state": (before, held.state)})


def return_to_school(registration: Registration, *, reason: str, part: Step = Step.CHECK) -> None:
    """The registration is the school's again, with the reason and the part it is about.

    Raises:
        WrongState: it does not wait for a decision.
        OwnSchool: this person works at the school.
        ReasonNeeded: no reason is given.
    """
    held = to_decide(registration, RegistrationState.RETURNED)
    if not reason.strip():
        raise refusals.ReasonNeeded
    kept = queries.kept(held)
    kept[RETURNED_TO] = part.value
    held.answers, held.reason = json.dumps(kept), reason.strip()
    decided(held, RegistrationState.RETURNED, "registration returned", reason)
    mails.returned(held)


def authorise(registration: Registration, *, reason: str = "") -> ECT:
    """The registration is an ECT's record with an open induction period; school and ECT are told.

    A TRN that is known makes it a move: the record that is there goes on at this school.

    Raises:
        WrongState: it does not wait for a decision: somebody was faster.
        OwnSchool: this person works at the school.
        NotMetWithoutReason: a check is not met, and nobody says why it may be set aside.
        EndNotReported: the earlier school has not said when it ended there.
        InductionOver: passed or failed before.
        BirthDateDiffers: the TRN is somebody else's.
    """
    held = to_decide(registration, RegistrationState.AUTHORISED)
    answers = queries.answers_of(held)
    unmet = next((check for check in rules.checks(answers) if check.verdict is Verdict.NOT), None)
    if unmet is not None and not reason.strip():
        raise refusals.NotMetWithoutReason(check=unmet.words)
    ect = authorising.become(held, answers)
    held.ect_id = ect.id
    decided(held, RegistrationState.AUTHORISED, "registration authorised", reason)
    mails.authorised(held, ect)
    return ect


def to_decide(registration: Registration, state: RegistrationState) -> Registration:
    """The registration, locked, where this person may bring it into `state` now.

    Raises:
        WrongState: it does not wait for a decision.
        OwnSchool: nobody decides for the own school.
    """
    held = locked(registration)
    who = principal_of(db.session())
    if held.school_id in who.own_school_ids:
        raise refusals.OwnSchool(school=held.school.name)
    rules.check_follows(held.state, state)
    return held


def decided(held: Registration, state: RegistrationState, what: str, reason: str) -> None:
    """The decision stands, with who and when."""
    before = held.state
    move(held, state)
    held.decided_at, held.decided_by_id = held.moved_at, principal_of(db.session()).person_id
    changes: dict[str, tuple[object, object]] = {"state": (before, state)}
    if reason.strip():
        changes["reason"] = (None, reason.strip())
    audit.record(what, held, changes=changes)


def ask_for_end_date(registration: Registration) -> str:
    """The school where the ECT was is asked for the last day there; returns its name. It is not told by whom.

    Raises:
        NothingToAsk: the TRN is not known, or no end is missing.
        AskedBefore: it has been asked for this registration.
        NobodyToAsk: nobody there has an account.
    """
    held = locked(registration)
    known = queries.known(held)
    if held.state is not RegistrationState.AWAITING_AB or known is None or not known.open_at:
        raise refusals.NothingToAsk
    if known.asked_at is not None:
        raise refusals.AskedBefore(school=known.open_at)
    ect_service.lock(known.ect.id)
    school = queries.where_open(db.session(), known.ect.id)
    people = messages.people_at(school.id, mails.ASKED_FOR_AN_END) if school else []
    if not people:
        raise refusals.NobodyToAsk(school=known.open_at)
    mails.end_date_asked(held, known.ect, people)
    audit.record(queries.ASKED, held, changes={})
    return known.open_at
