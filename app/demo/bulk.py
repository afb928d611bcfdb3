"""Made-up ECTs go into the tables by the thousand: bulk inserts of Core, past flush and scope, as the house.

The one place where people are written that way, for the demonstration and for measuring alone. Reviewed for it:
every statement is an INSERT of values made up in `lives`, says `unscoped`, and runs in the house's own session. No
sealed text, no account and no note of the audit trail comes out of here. One chunk is held, whatever the number.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import islice
from random import Random
from typing import Any, Final

from sqlalchemy import insert

from app.access.models import Person
from app.access.scope import principal_of
from app.demo.lives import Decision, Life, Spell
from app.ects.models import ECT, QTS, ECTIdentity, Employment, InductionTraining, Placement
from app.ects.rules import WHOLE_WEEK, QTSStatus, sort_name
from app.errors import NotYours
from app.exchange.models import Notification
from app.exchange.rules import Event
from app.extensions import db, sql
from app.induction.models import InductionPeriod, Outcome
from app.vault.sealed import UID_LENGTH, UID_LETTERS

CHUNK: Final = 2_000
HALF_WEEKS: Final = {"0.50": "1111100000", "0.60": "1111110000", "0.80": "1111111100"}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A school that made-up ECTs work at, and who employs there."""

    id: int
    name: str
    employer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """The assessor in whose name made-up outcomes stand."""

    person_id: int
    name: str


class Names:
    """Random names of rows, the same for one seed."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(f"names/{seed}")  # noqa: S311 - made-up rows, nothing secret

    def __call__(self) -> str:
        return "".join(self.draw.choices(UID_LETTERS, k=UID_LENGTH))


def fill(
    lives: Iterable[Life],
    places: Sequence[Place],
    decider: Decider,
    seed: int,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """All of `lives` are in the tables, committed chunk by chunk; returns how many.

    Args:
        lives: made up one after another; never held whole.
        places: the schools that the lives count by place.
        decider: who decided the outcomes.
        seed: of the random names.
        tell: told after each chunk how many are there.

    Raises:
        NotYours: the session is somebody's, not the house's.
    """
    if not principal_of(db.session()).is_house:
        raise NotYours
    names, written, there = Names(seed), iter(lives), 0
    while chunk := list(islice(written, CHUNK)):
        put(chunk, places, decider, names)
        db.session.commit()
        there += len(chunk)
        tell(there)
    return there


def put(chunk: Sequence[Life], places: Sequence[Place], decider: Decider, names: Names) -> None:
    """One chunk: people, their records, what happened at which school, what was decided, what the TRA is to be told."""
    folded = [sorted_by(life.last_name, life.first_name) for life in chunk]
    people = numbered(Person, [{"uid": names(), "sort_name": words} for words in folded])
    ects = numbered(
        ECT,
        [
            {
                "uid": names(),
                "person_id": person_id,
                "first_name": life.first_name,
                "last_name": life.last_name,
                "sort_name": words,
                "state": life.state,
                "version": 1,
            }
            for life, words, person_id in zip(chunk, folded, people, strict=True)
        ],
    )
    known = list(zip(ects, people, chunk, strict=True))
    write(ECTIdentity, ({"ect_id": id_, "trn": life.trn, "born_on": life.born_on} for id_, _, life in known))
    write(QTS, (qts(id_, life) for id_, _, life in known))
    write(InductionTraining, (training(id_, life) for id_, _, life in known))
    write(Placement, (row for id_, _, life in known for row in placements(id_, life, places)))
    write(Employment, (row for id_, _, life in known for row in employments(id_, life, places)))
    spells = [(id_, person_id, life, spell) for id_, person_id, life in known for spell in life.spells]
    periods = numbered(
        InductionPeriod, [period(id_, life, spell, places, names()) for id_, _, life, spell in spells]
    )
    what_followed(list(zip(periods, spells, strict=True)), places, decider, names)


def what_followed(
    periods: Sequence[tuple[int, tuple[int, int, Life, Spell]]],
    places: Sequence[Place],
    decider: Decider,
    names: Names,
) -> None:
    """Outcomes of the periods, those that were replaced after those that replace them; and each notification."""
    told: list[Row] = []
    replaced: list[tuple[int, int, int, Life, Spell, Decision]] = []
    standing: list[tuple[int, int, int, Life, Spell, Decision]] = []
    for period_id, (ect_id, person_id, life, spell) in periods:
        told.append(notification(Event.START, ect_id, period_id, life, spell, names()))
        decided = life.decisions if spell is life.spells[-1] else ()
        if spell.ended_on is not None and not decided:
            told.append(notification(Event.LEAVING, ect_id, period_id, life, spell, names()))
        for decision in decided:
            kept = standing if decision is decided[-1] else replaced
            kept.append((period_id, ect_id, person_id, life, spell, decision))
    in_force = dict(
        zip(
            (ect_id for _, ect_id, *_ in standing),
            numbered(Outcome, [outcome(*each, places, decider, names(), None) for each in standing]),
            strict=True,
        )
    )
    earlier = numbered(
        Outcome, [outcome(*each, places, decider, names(), in_force[each[1]]) for each in replaced]
    )
    for outcome_id, (period_id, ect_id, _, life, spell, decision) in [
        *zip(earlier, replaced, strict=True),
        *zip(in_force.values(), standing, strict=True),
    ]:
        told.append(
            notification(Event.OUTCOME, ect_id, period_id, life, spell, names(), outcome_id, decision)
        )
    write(Notification, told)


# --- Rows ---


@lru_cache(maxsize=2_000)
def sorted_by(last_name: str, first_name: str) -> str:
    """What an ECT is sorted by; there are some hundred names."""
    return sort_name(first_name, last_name)


def qts(ect_id: int, life: Life) -> Row:
    """Qualified teacher status, held."""
    return {"ect_id": ect_id, "status": QTSStatus.HELD, "awarded_on": life.qts_on, "route": life.route}


def training(ect_id: int, life: Life) -> Row:
    """The programme, as long as induction goes on."""
    over = life.decisions[-1].ended_on if life.decisions and life.decisions[-1].released else None
    return {
        "ect_id": ect_id,
        "programme": life.programme,
        "lead_provider": life.lead_provider,
        "delivery_partner": "",
        "began_on": life.spells[0].started_on if life.spells else None,
        "completed_on": over,
    }


def placements(ect_id: int, life: Life, places: Sequence[Place]) -> Iterator[Row]:
    """Where the ECT is, and was."""
    for spell in life.spells:
        yield {
            "ect_id": ect_id,
            "school_id": places[spell.school].id,
            "started_on": spell.started_on,
            "ended_on": spell.placed_until,
        }
    if life.begins_on is not None:
        at = places[life.school].id
        yield {"ect_id": ect_id, "school_id": at, "started_on": life.begins_on, "ended_on": None}


def employments(ect_id: int, life: Life, places: Sequence[Place]) -> Iterator[Row]:
    """The post at each school."""
    for school, starts, ends in life.posts:
        place = places[school]
        yield {
            "ect_id": ect_id,
            "school_id": place.id,
            "employer_name": place.employer,
            "employer_address": "",
            "employer_email": "",
            "post": life.post,
            "contract": life.contract,
            "starts_on": starts,
            "ends_on": ends,
            "fte": life.fte,
            "pattern": HALF_WEEKS.get(str(life.fte), WHOLE_WEEK),
        }


def period(ect_id: int, life: Life, spell: Spell, places: Sequence[Place], uid: str) -> Row:
    """One induction period."""
    return {
        "uid": uid,
        "ect_id": ect_id,
        "school_id": places[spell.school].id,
        "started_on": spell.started_on,
        "ended_on": spell.ended_on,
        "programme": life.programme,
        "fte": life.fte,
        "terms": spell.terms,
        "version": 1,
    }


def outcome(
    period_id: int,
    ect_id: int,
    person_id: int,
    life: Life,
    spell: Spell,
    decision: Decision,
    places: Sequence[Place],
    decider: Decider,
    uid: str,
    replaced_by_id: int | None,
) -> Row:
    """One outcome, in force where nothing replaced it."""
    return {
        "uid": uid,
        "ect_id": ect_id,
        "period_id": period_id,
        "school_id": places[spell.school].id,
        "ended_on": decision.ended_on,
        "terms": decision.terms,
        "result": decision.result,
        "cause": decision.cause,
        "decided_on": decision.decided_on,
        "decided_by_id": decider.person_id,
        "decided_by": decider.name,
        "recorded_at": at_noon(decision.decided_on),
        "released_at": at_noon(decision.decided_on) if decision.released else None,
        "replaced_by_id": replaced_by_id,
        "person_id": person_id,
    }


def notification(
    event: Event,
    ect_id: int,
    period_id: int,
    life: Life,
    spell: Spell,
    uid: str,
    outcome_id: int | None = None,
    decision: Decision | None = None,
) -> Row:
    """What the TRA is to be told of one event, with the eight fields as they were."""
    started = event is Event.START
    ended_on, terms = (decision.ended_on, decision.terms) if decision else (spell.ended_on, spell.terms)
    happened = decision.decided_on if decision else spell.started_on if started else spell.ended_on
    assert happened is not None
    return {
        "uid": uid,
        "ect_id": ect_id,
        "event": event,
        "made_at": at_noon(happened),
        "period_id": period_id,
        "outcome_id": outcome_id,
        "trn": life.trn,
        "surname": life.last_name,
        "first_name": life.first_name,
        "born_on": life.born_on,
        "started_on": spell.started_on,
        "ended_on": None if started else ended_on,
        "outcome": decision.result.value if decision else None,
        "terms": None if started else terms,
    }


def at_noon(day: date) -> datetime:
    """A moment of that day."""
    return datetime.combine(day, time(12), tzinfo=UTC)


# --- Statements ---


def numbered(model: Any, rows: Sequence[Row]) -> list[int]:
    """The rows are in their table; their ids, in the order of `rows`, found again by their random names."""
    if not rows:
        return []
    table = sql(model)
    found = db.session.connection().execute(
        insert(table).returning(table.c.id, table.c.uid), rows, execution_options={"unscoped": True}
    )
    ids = {uid: number for number, uid in found}
    return [ids[row["uid"]] for row in rows]


def write(model: Any, rows: Iterable[Row]) -> None:
    """The rows are in their table."""
    given = list(rows)
    if given:
        db.session.connection().execute(insert(sql(model)), given, execution_options={"unscoped": True})
