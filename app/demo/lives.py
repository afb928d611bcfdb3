"""Made-up ECTs of the demonstration, as plain values: who they are, where they were, how it ended. Nobody exists.

Pure: one seed and one day give the same people each time, whatever their number. The awkward ones are there as well:
no TRN, a last day that nobody knows, an outcome that an appeal replaced, records that should be gone by now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Final

from app.ects.rules import ContractKind, ECTState, Programme
from app.induction.rules import Cause, Result
from app.retention.rules import last_trigger_due_by

FIRST: Final = (
    "Miriam Daniel Sadia Aaliyah Ewa Freya Ikenna Grace Tomasz Priya Jonas Rhys Anjali Kwame Zofia Lewis "
    "Marta Chidi Adanna Tom Siân Óscar Nia Hugo Leila"
).split()
LAST: Final = (
    "Osei|Achterberg|Begum|Farouk|Kowalczyk|Lindqvist-Cole|Nwosu|O’Neill|Wiśniewski|Raman|Petersen|Calloway|Patel|"
    "Osei-Bonsu|Gorecka|Farrant|D’Souza-Hill|Abara|Eze|Bellweather|Llwyd|Núñez|Griffiths|Marchetti|Haddad"
).split("|")
ROUTES: Final = ("University-led postgraduate", "School Direct", "Undergraduate with QTS", "Assessment only")
PROVIDERS: Final = ("Quayside Teaching", "Larkshire Learning", "The Alder Institute")
POSTS: Final = (
    "Class teacher, year 4",
    "Class teacher, reception",
    "Teacher of mathematics",
    "Teacher of history",
)
FIRST_TRN: Final = 42_000
DAY: Final = timedelta(days=1)


class Kind(StrEnum):
    """How a made-up induction goes."""

    GOES_ON = "goes on"
    PART_TIME = "part time"
    MOVED = "moved to another school"
    UNRELEASED = "decided, notice not released"
    AUTHORISED = "authorised, not begun"
    PASSED = "passed"
    SOON = "passed, soon due for deletion"
    DUE = "passed, due for deletion"
    OVERDUE = "passed, overdue for deletion"
    FAILED = "failed"
    APPEALED = "failed, then passed by appeal"
    LEFT = "left"
    LEFT_OVERDUE = "left, overdue for deletion"
    NO_DATE = "left, last day unknown"
    VANISHED = "placed nowhere, period open"


# Sixty in a row, the frequent ones often.
KINDS: Final = tuple(
    kind
    for kind, times in (
        (Kind.GOES_ON, 26),
        (Kind.PART_TIME, 6),
        (Kind.MOVED, 5),
        (Kind.UNRELEASED, 1),
        (Kind.AUTHORISED, 2),
        (Kind.PASSED, 8),
        (Kind.SOON, 1),
        (Kind.DUE, 1),
        (Kind.OVERDUE, 1),
        (Kind.FAILED, 1),
        (Kind.APPEALED, 1),
        (Kind.LEFT, 4),
        (Kind.LEFT_OVERDUE, 1),
        (Kind.NO_DATE, 1),
        (Kind.VANISHED, 1),
    )
    for _ in range(times)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A period at a school (by place in the list of schools); placed there a little longer than it ran, or still."""

    school: int
    started_on: date
    ended_on: date | None = None
    terms: Decimal | None = None
    placed_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An outcome of the last spell."""

    result: Result
    ended_on: date
    terms: Decimal
    decided_on: date
    released: bool = True
    cause: Cause = Cause.DECISION


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One made-up ECT. Of several decisions the last is in force."""

    kind: Kind
    first_name: str
    last_name: str
    trn: str | None
    born_on: date
    state: ECTState
    fte: Decimal
    qts_on: date
    route: str
    programme: Programme
    lead_provider: str
    post: str
    contract: ContractKind
    school: int  # where induction began, or is to begin
    spells: tuple[Spell, ...]
    decisions: tuple[Decision, ...] = ()
    begins_on: date | None = None  # placed from then on, where no period has begun

    @property
    def posts(self) -> tuple[tuple[int, date, date | None], ...]:
        """School, first and last day of each post: a fixed term ends two years on, others when somebody leaves."""
        fixed = self.contract is ContractKind.FIXED_TERM
        if self.begins_on is not None:
            ends = date(self.begins_on.year + 2, 8, 31) if fixed else None
            return ((self.school, self.begins_on, ends),)
        return tuple(
            (
                spell.school,
                spell.started_on,
                spell.placed_until or (date(spell.started_on.year + 2, 8, 31) if fixed else None),
            )
            for spell in self.spells
        )


def lives(number: int, seed: int, schools: int, today: date) -> Iterator[Life]:
    """`number` ECTs over so many schools, the same for one seed and day."""
    for place in range(number):
        yield life(place, seed, schools, today)


def life(place: int, seed: int, schools: int, today: date) -> Life:
    """The ECT of this number. Each school has every kind among its first sixty."""
    draw = Random(f"{seed}/{place}")  # noqa: S311 - nothing secret: the same people each time
    here, turn = place % schools, place // schools
    kind = KINDS[(turn + place * 11) % len(KINDS)]
    spells = spells_of(kind, here, (here + 1) % schools, draw, today)
    began = spells[0].started_on
    school_led = draw.random() < 0.2
    return Life(
        kind=kind,
        first_name=FIRST[place % len(FIRST)],
        last_name=LAST[(place * 7 + place // len(FIRST)) % len(LAST)],
        trn=None if place % 40 == 17 else f"{FIRST_TRN + place:07d}",
        born_on=date(began.year - draw.randint(22, 44), draw.randint(1, 12), draw.randint(1, 28)),
        state=STATES.get(kind, ECTState.IN_PROGRESS),
        fte=Decimal(draw.choice(("0.60", "0.80", "0.50"))) if kind is Kind.PART_TIME else Decimal(1),
        qts_on=date(began.year, 7, 1) if began.month > 6 else date(began.year - 1, 7, 1),
        route=draw.choice(ROUTES),
        programme=Programme.SCHOOL_LED if school_led else Programme.PROVIDER_LED,
        lead_provider="" if school_led else draw.choice(PROVIDERS),
        post=draw.choice(POSTS),
        contract=ContractKind.FIXED_TERM if draw.random() < 0.25 else ContractKind.PERMANENT,
        school=here,
        spells=() if kind is Kind.AUTHORISED else spells,
        decisions=decisions_of(kind, spells[-1], today),
        begins_on=began if kind is Kind.AUTHORISED else None,
    )


STATES: Final = {
    Kind.AUTHORISED: ECTState.AUTHORISED,
    Kind.FAILED: ECTState.FAILED,
    **dict.fromkeys((Kind.PASSED, Kind.SOON, Kind.DUE, Kind.OVERDUE, Kind.APPEALED), ECTState.PASSED),
    **dict.fromkeys((Kind.LEFT, Kind.LEFT_OVERDUE, Kind.NO_DATE), ECTState.LEFT),
}


def school_year(today: date) -> int:
    """The year in which the school year of `today` began."""
    return today.year if today >= date(today.year, 9, 1) else today.year - 1


def last_day(kind: Kind, draw: Random, today: date) -> date:
    """When an induction of this kind ended."""
    if kind in {Kind.SOON, Kind.DUE, Kind.OVERDUE, Kind.LEFT_OVERDUE}:
        away = {Kind.SOON: draw.randint(1, 89), Kind.DUE: -draw.randint(0, 29)}
        return last_trigger_due_by(today + away.get(kind, -draw.randint(40, 300)) * DAY)
    if kind in {Kind.PASSED, Kind.FAILED, Kind.APPEALED}:
        return date(school_year(today) - draw.randint(0, 5), 7, draw.randint(10, 21))
    return today - draw.randint(60, 1200) * DAY


def spells_of(kind: Kind, here: int, there: int, draw: Random, today: date) -> tuple[Spell, ...]:
    """Where the ECT served, and from when to when."""
    year = school_year(today)
    if kind in STATES and kind not in {Kind.AUTHORISED, Kind.NO_DATE}:
        ended = last_day(kind, draw, today)
        left = kind in {Kind.LEFT, Kind.LEFT_OVERDUE}
        years = 1 if left else 2
        began = date(ended.year - years, 9, 1)
        terms = Decimal(draw.choice(("1.0", "2.5", "3.0", "4.2"))) if left else Decimal("6.0")
        return (Spell(school=here, started_on=began, ended_on=ended, terms=terms, placed_until=ended),)
    if kind is Kind.AUTHORISED:
        return (Spell(school=here, started_on=date(year + 1, 1, 5)),)
    began = date(year - draw.randint(0, 1), 9, 1)
    if kind is Kind.MOVED:
        began, ended = date(year - 1, 9, 1), date(year, 7, 17)
        first = Spell(school=here, started_on=began, ended_on=ended, terms=Decimal("3.0"), placed_until=ended)
        return (first, Spell(school=there, started_on=date(year, 9, 1)))
    if kind is Kind.NO_DATE:
        return (Spell(school=here, started_on=date(year - 3, 9, 1), placed_until=date(year - 2, 12, 18)),)
    if kind is Kind.VANISHED:
        return (Spell(school=here, started_on=date(year - 1, 9, 1), placed_until=date(year, 4, 1)),)
    if kind is Kind.UNRELEASED:
        began = date(year - 2, 9, 1)
    return (Spell(school=here, started_on=began),)


def decisions_of(kind: Kind, spell: Spell, today: date) -> tuple[Decision, ...]:
    """What the appropriate body decided, the one in force last."""
    six = Decimal("6.0")
    if kind is Kind.UNRELEASED:
        ended = today - 3 * DAY
        return (
            Decision(result=Result.PASS, ended_on=ended, terms=six, decided_on=today - DAY, released=False),
        )
    if kind not in STATES or STATES[kind] not in {ECTState.PASSED, ECTState.FAILED}:
        return ()
    assert spell.ended_on is not None
    decided = min(spell.ended_on + 10 * DAY, today)
    result = Result.PASS if kind not in {Kind.FAILED, Kind.APPEALED} else Result.FAIL
    first = Decision(result=result, ended_on=spell.ended_on, terms=six, decided_on=decided)
    if kind is not Kind.APPEALED:
        return (first,)
    by_appeal = Decision(
        result=Result.PASS,
        ended_on=spell.ended_on,
        terms=six,
        decided_on=min(decided + 60 * DAY, today),
        cause=Cause.APPEAL,
    )
    return (first, by_appeal)
