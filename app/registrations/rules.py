"""What a registration is, how it moves, and what it is checked against. Pure: no database, request or clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

from app.ects import rules as ects
from app.ects.rules import ContractKind
from app.registrations.refusals import ContractTooShort, StartsBeforeContract, WrongState


class RegistrationState(StrEnum):
    """How far a registration has come."""

    DRAFT = "draft"
    AWAITING_AB = "awaiting_ab"
    RETURNED = "returned"
    AUTHORISED = "authorised"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """The seven steps, as they stand in the address."""

    ECT = "ect"
    TRAINING = "training"
    POST = "post"
    PEOPLE = "people"
    EARLIER = "earlier"
    CONFIRMATIONS = "confirmations"
    CHECK = "check"


STATE_IN_WORDS: Final = MappingProxyType(
    {
        RegistrationState.DRAFT: _("Draft"),
        RegistrationState.AWAITING_AB: _("Awaiting AB"),
        RegistrationState.RETURNED: _("Returned"),
        RegistrationState.AUTHORISED: _("Authorised"),
        RegistrationState.WITHDRAWN: _("Withdrawn"),
    }
)
STEP_IN_WORDS: Final = MappingProxyType(
    {
        Step.ECT: _("The ECT"),
        Step.TRAINING: _("QTS and training"),
        Step.POST: _("Post and contract"),
        Step.PEOPLE: _("Tutor and mentor"),
        Step.EARLIER: _("Earlier induction"),
        Step.CONFIRMATIONS: _("Headteacher's confirmations"),
        Step.CHECK: _("Check and send"),
    }
)
FILLED_IN: Final = tuple(step for step in Step if step is not Step.CHECK)
OPEN: Final = frozenset({RegistrationState.DRAFT, RegistrationState.RETURNED})
# From a state to those that may follow.
FOLLOWS: Final[Mapping[RegistrationState, frozenset[RegistrationState]]] = MappingProxyType(
    {
        RegistrationState.DRAFT: frozenset({RegistrationState.AWAITING_AB, RegistrationState.WITHDRAWN}),
        RegistrationState.AWAITING_AB: frozenset({RegistrationState.RETURNED, RegistrationState.AUTHORISED}),
        RegistrationState.RETURNED: frozenset({RegistrationState.AWAITING_AB, RegistrationState.WITHDRAWN}),
        RegistrationState.AUTHORISED: frozenset(),
        RegistrationState.WITHDRAWN: frozenset(),
    }
)
# Within how many working days the appropriate body answers; the last page says so (`screens.md` 3.7).
ANSWERED_WITHIN: Final = 5


def check_follows(now: RegistrationState, then: RegistrationState) -> None:
    """Passes where a registration in state `now` may come into state `then`.

    Raises:
        WrongState: it may not: somebody was faster, or it was never sent.
    """
    if then not in FOLLOWS[now]:
        raise WrongState(state=str(STATE_IN_WORDS[now]))


def check_open(state: RegistrationState) -> None:
    """Passes where the school may still change its answers.

    Raises:
        WrongState: it has been sent, authorised or withdrawn.
    """
    if state not in OPEN:
        raise WrongState(state=str(STATE_IN_WORDS[state]))


# --- One term ---

# Teaching terms as short as they come, so that a contract of one whole term is never refused:
# first and last day by month and day, autumn, spring, summer.
TERMS: Final = (((9, 1), (12, 15)), ((1, 5), (3, 24)), ((4, 20), (7, 15)))
# Who starts within so many days of the first day of a term serves that term.
DAYS_OF_GRACE: Final = 14


def terms_of(year: int) -> Iterable[tuple[date, date]]:
    """The three teaching terms of the school year that begins in `year`, first and last day."""
    for at, (first, last) in enumerate(TERMS):
        of = year if at == 0 else year + 1
        yield date(of, *first), date(of, *last)


def place_in_terms(day: date, *, starts: bool) -> Decimal:
    """Where `day` stands in the count of terms: 6.5 is the middle of the term that is number 6.

    Holidays count for nothing. With `starts`, a day shortly after the first of a term stands for the first.
    """
    year = day.year if day >= date(day.year, 8, 1) else day.year - 1
    number = 3 * year
    for first, last in terms_of(year):
        if day < first:
            return Decimal(number)
        if day <= last:
            since = (day - first).days
            if starts and since < DAYS_OF_GRACE:
                return Decimal(number)
            return number + Decimal(since + (0 if starts else 1)) / ((last - first).days + 1)
        number += 1
    return Decimal(number)


def serves_one_term(starts_on: date, ends_on: date) -> bool:
    """Whether employment from `starts_on` to `ends_on`, both inclusive, can be one term of continuous service.

    Source: statutory guidance, 2.33; S.I. 2012/1115, regulation 7(2).
    """
    return place_in_terms(ends_on, starts=False) - place_in_terms(starts_on, starts=True) >= 1


def check_contract(starts_on: date, ends_on: date | None, induction_starts_on: date) -> None:
    """Passes where induction starts within the contract, and one term of it is left to serve.

    Raises:
        StartsBeforeContract: induction would start before there is a contract.
        ContractTooShort: the contract ends before one term is served.

    Source: statutory guidance, 2.33.
    """
    if induction_starts_on < starts_on:
        raise StartsBeforeContract(starts_on=starts_on)
    if ends_on is not None and not serves_one_term(induction_starts_on, ends_on):
        raise ContractTooShort(ends_on=ends_on)


# --- Who employs ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolAtLarge:
    """What is known of a school, for a proposal of who employs there."""

    name: str
    type_name: str
    type_group: str
    la_name: str
    trust_name: str
    address: str


OWN_EMPLOYERS: Final = ("voluntary aided", "foundation")


def proposed_employer(school: SchoolAtLarge) -> tuple[str, str]:
    """Who probably employs at a school, and the address where it is the school's own.

    A trust employs in its academies and free schools, the local authority in community and voluntary controlled
    schools, the governing body in voluntary aided and foundation schools, the school itself elsewhere.
    """
    kind = school.type_name.casefold()
    if school.trust_name:
        return school.trust_name, ""
    if any(word in kind for word in OWN_EMPLOYERS):
        return str(_("Governing body of %(school)s", school=school.name)), school.address
    maintained = school.type_group.casefold().startswith("local authority") or kind.startswith(
        ("community", "voluntary controlled")
    )
    if maintained and school.la_name:
        return school.la_name, ""
    return school.name, school.address


# --- The answers ---

Value = str | bool | int | None
ANSWERS_OF: Final = "steps"
RETURNED_TO: Final = "returned_to"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, step by step, in plain values: dates in ISO 8601, numbers as text."""

    steps: Mapping[str, Mapping[str, Value]]

    def has(self, step: Step) -> bool:
        """Whether the step was saved."""
        return step.value in self.steps

    def of(self, step: Step) -> Mapping[str, Value]:
        """The answers of a step."""
        return self.steps.get(step.value, {})

    def value(self, name: str) -> Value:
        """The answer to a question; names are the same in no two steps."""
        return next((said[name] for said in self.steps.values() if name in said), None)

    def text(self, name: str) -> str:
        """An answer as text."""
        value = self.value(name)
        return "" if value is None else str(value)

    def day(self, name: str) -> date | None:
        """An answer that is a date."""
        text = self.text(name)
        return date.fromisoformat(text) if text else None

    def number(self, name: str) -> Decimal | None:
        """An answer that is a number."""
        text = self.text(name)
        return Decimal(text) if text else None

    def yes(self, name: str) -> bool | None:
        """An answer that is yes or no; None where it is not given."""
        return {"yes": True, "no": False}.get(self.text(name))


def plain(value: object) -> Value:
    """`value` as JSON keeps it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return ects.plain_number(value)
    return value if isinstance(value, int) else str(value)


# --- The checks ---


class Verdict(StrEnum):
    """What a check says."""

    MET = "met"
    ASK = "ask"
    NOT = "not"


VERDICT_IN_WORDS: Final = MappingProxyType(
    {Verdict.MET: _("Met"), Verdict.ASK: _("Needs an answer"), Verdict.NOT: _("Not met")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule, and how the answers stand to it. `paragraph` of the statutory guidance; `step` is where it is asked."""

    verdict: Verdict
    words: str
    step: Step
    paragraph: str = ""
    detail: str = ""


def checks(answers: Answers) -> tuple[Check, ...]:
    """Each rule that a registration is checked against, in the order of the steps.

    Source: statutory guidance, 1.13, 2.3, 2.18, 2.20, 2.25, 2.33, 2.44, 2.45.
    """
    return (
        qts_check(answers),
        training_check(answers),
        independence_check(answers),
        contract_check(answers),
        days_check(answers),
        two_people_check(answers),
        earlier_check(answers),
        *confirmation_checks(answers),
    )


def qts_check(answers: Answers) -> Check:
    """QTS is held, from the start of induction at the latest."""
    held, awarded = answers.text("qts_status"), answers.day("qts_awarded_on")
    starts = answers.day("induction_starts_on")
    words, step = str(_("QTS is held when induction starts")), Step.TRAINING
    if held != ects.QTSStatus.HELD or awarded is None:
        return Check(
            verdict=Verdict.ASK, words=words, step=step, detail=str(_("QTS is not reported as held yet."))
        )
    late = starts is not None and starts < awarded
    return Check(verdict=Verdict.NOT if late else Verdict.MET, words=words, step=step)


def training_check(answers: Answers) -> Check:
    """The programme is one that may be used: a school-led one is checked by the AB before it begins."""
    words, step = str(_("The training programme is based on the framework")), Step.TRAINING
    programme = answers.text("programme")
    if programme == ects.Programme.PROVIDER_LED and answers.text("lead_provider"):
        return Check(verdict=Verdict.MET, words=words, step=step, paragraph="2.18")
    detail = (
        str(_("A school-led programme is checked by the appropriate body before it begins."))
        if programme == ects.Programme.SCHOOL_LED
        else str(_("No lead provider is named."))
    )
    return Check(verdict=Verdict.ASK, words=words, step=step, paragraph="2.18", detail=detail)


def independence_check(answers: Answers) -> Check:
    """The appropriate body neither employs the ECT nor recommended QTS."""
    said = (answers.yes("body_recommended_qts"), answers.yes("employed_by_body"))
    verdict = Verdict.NOT if True in said else Verdict.ASK if None in said else Verdict.MET
    words = str(_("The appropriate body did not recommend QTS and does not employ the ECT"))
    return Check(verdict=verdict, words=words, step=Step.POST, paragraph="2.25")


def contract_check(answers: Answers) -> Check:
    """The contract runs for one term at least."""
    words, step = str(_("The contract runs for at least one term")), Step.POST
    starts, ends = answers.day("induction_starts_on"), answers.day("ends_on")
    kind = answers.text("contract")
    if starts is None or (ends is None and kind != ContractKind.PERMANENT):
        return Check(verdict=Verdict.ASK, words=words, step=step, paragraph="2.33")
    runs = ends is None or serves_one_term(starts, ends)
    return Check(verdict=Verdict.MET if runs else Verdict.NOT, words=words, step=step, paragraph="2.33")


def days_check(answers: Answers) -> Check:
    """The days worked make the FTE."""
    words, step = str(_("The days worked make the FTE")), Step.POST
    fte, pattern = answers.number("fte"), answers.text("pattern")
    if fte is not None and pattern and ects.fte_of(pattern) == fte:
        return Check(verdict=Verdict.MET, words=words, step=step)
    return Check(verdict=Verdict.ASK, words=words, step=step, detail=answers.text("fte_reason"))


def two_people_check(answers: Answers) -> Check:
    """Tutor and mentor are two people, or the safeguards are recorded."""
    words, step = str(_("Tutor and mentor are two people")), Step.PEOPLE
    tutor, mentor = (answers.text(f"{who}_email").casefold() for who in ("tutor", "mentor"))
    if not tutor or not mentor:
        return Check(verdict=Verdict.ASK, words=words, step=step, paragraph="2.45")
    if tutor != mentor:
        return Check(verdict=Verdict.MET, words=words, step=step, paragraph="2.45")
    detail = answers.text("safeguards") or str(_("Record the safeguards, or name a second person."))
    return Check(verdict=Verdict.ASK, words=words, step=step, paragraph="2.45", detail=detail)


def earlier_check(answers: Answers) -> Check:
    """Induction has not ended before: there is one chance."""
    ended = answers.yes("ended_before")
    verdict = Verdict.ASK if ended is None else Verdict.NOT if ended else Verdict.MET
    return Check(
        verdict=verdict, words=str(_("Induction has not ended before")), step=Step.EARLIER, paragraph="1.13"
    )


CONFIRMED: Final = (
    ("suitable_post", _("The post is suitable"), "2.18"),
    ("reduced_timetable", _("The timetable is reduced: 90% in the first year, 95% in the second"), "2.20"),
    ("mentoring_in_hours", _("Mentoring takes place in timetabled hours"), "2.44"),
    ("both_hold_qts", _("Tutor and mentor hold QTS and have the time"), "2.18"),
    ("qts_checked", _("The school has checked QTS"), ""),
    ("no_special_measures", _("An ECT may start induction at the school"), "2.3"),
    ("ect_told", _("The ECT knows of the registration"), ""),
)


def confirmation_checks(answers: Answers) -> Iterable[Check]:
    """What the headteacher confirms."""
    for name, words, paragraph in CONFIRMED:
        said = answers.yes(name)
        verdict = Verdict.ASK if said is None else Verdict.MET if said else Verdict.NOT
        yield Check(verdict=verdict, words=str(words), step=Step.CONFIRMATIONS, paragraph=paragraph)
