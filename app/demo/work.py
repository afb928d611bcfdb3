"""What the people of the demonstration have done lately, by the verbs that everybody's hands use: a file released,
registrations begun, sent, returned and authorised, outcomes decided. Mail, notes and notifications come with them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from app.access.console import acting
from app.access.hats import HatKind
from app.demo.lives import school_year
from app.demo.people import CAST
from app.ects.models import ECT, ECTIdentity, Placement
from app.ects.rules import WHOLE_WEEK, ECTState
from app.exchange import service as exchange
from app.exchange.queries import Asked
from app.exchange.rules import FileKind
from app.extensions import db, today
from app.induction import service as induction
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Result
from app.registrations import service as registrations
from app.registrations.models import Registration
from app.registrations.rules import FILLED_IN, Step
from app.schools.models import School

USERNAMES: Final = {named.key: named.username for named in CAST}
FIRST_TRN: Final = 39_000
Values = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Story:
    """One registration: at which school, whom, how far it was filled in, and what became of it."""

    school: int
    name: str
    filled_in: int = len(FILLED_IN)
    changes: Values = field(default_factory=dict)
    sent: bool = True
    returned: str = ""
    about: Step = Step.CHECK
    authorised: bool = False


STORIES: Final = (
    Story(school=0, name="Delphine Okafor", filled_in=1, sent=False),
    Story(school=0, name="Ruairí Mac Giolla", filled_in=3, sent=False),
    Story(school=1, name="Anouk Vandermeer", filled_in=5, sent=False),
    Story(school=0, name="Hollie Prentice", authorised=True),
    Story(school=1, name="Idris Bevan", authorised=True),
    Story(school=0, name="Sunniva Strand"),
    Story(school=0, name="Mateo Quiroga", changes={"programme": "school-led", "lead_provider": ""}),
    Story(school=1, name="Leocadia Frost", changes={"reduced_timetable": "no"}),
    Story(school=1, name="Bram Achterhuis", changes={"qts_status": "awaited", "qts_awarded_on": None}),
    Story(school=1, name="Nkechi Obi", changes={"fte": Decimal("0.6"), "pattern": "1111110000"}),
    Story(
        school=0,
        name="Tobias Wren",
        returned="The contract ends in December: does it go on? Say so, or give its new last day.",
        about=Step.POST,
    ),
    Story(
        school=1,
        name="Yasmin Thackeray",
        returned="The TRN belongs to somebody of another name. Look at it together with the ECT.",
        about=Step.ECT,
    ),
)


@contextmanager
def hands_of(key: str, *kinds: HatKind) -> Iterator[None]:
    """What is done inside is done by this person of the cast."""
    with acting(USERNAMES[key], kinds, "nobody of that name is in the cast"):
        yield


def release_what_is_old() -> None:
    """All that happened before has gone to the TRA, in a file that an officer released."""
    with hands_of("ab_staff", HatKind.AB_OFFICER), exchange.temporary(exchange.scratch()) as file:
        exchange.release(FileKind.CSV, file, Asked())
        db.session.commit()


def decide(school_id: int) -> None:
    """Two outcomes at this school: one that everybody reads, and one whose notice is not out yet."""
    day = today()
    with hands_of("assessor", HatKind.AB_ASSESSOR):
        ask = (
            select(InductionPeriod)
            .where(
                InductionPeriod.school_id == school_id,
                InductionPeriod.ended_on.is_(None),
                InductionPeriod.started_on < day - timedelta(days=300),
                ~select(Outcome.id).where(Outcome.ect_id == InductionPeriod.ect_id).exists(),
                select(ECT.id)
                .where(ECT.id == InductionPeriod.ect_id, ECT.state == ECTState.IN_PROGRESS)
                .exists(),
            )
            .order_by(InductionPeriod.id.desc())
            .limit(2)
        )
        for number, period_id in enumerate([period.id for period in db.session.scalars(ask)]):
            made = induction.record_outcome(
                db.session.get_one(InductionPeriod, period_id),
                result=Result.PASS,
                decided_on=day - timedelta(days=1),
                ended_on=day - timedelta(days=6 + number),
                terms=Decimal("6.0"),
                reasons="Every standard is met; the evidence stands in the final assessment. See the notice.",
            )
            if number == 0:
                induction.release(made)
            db.session.commit()


def register(schools: list[School]) -> None:
    """The registrations of `STORIES`, and two of ECTs who are known here from other schools."""
    places = [school.id for school in schools[:2]]
    stories = [*STORIES, *moves(places)]
    for number, story in enumerate(stories):
        uid = written(story, places, number)
        if story.returned or story.authorised:
            judged(story, uid)


def moves(places: list[int]) -> Iterator[Story]:
    """Somebody who is still at another school, as far as we know, and somebody who has left it."""
    for school, state in enumerate((ECTState.IN_PROGRESS, ECTState.LEFT)):
        ask = (
            select(ECT.first_name, ECT.last_name, ECTIdentity.trn, ECTIdentity.born_on)
            .join(ECTIdentity, ECTIdentity.ect_id == ECT.id)
            .join(InductionPeriod, InductionPeriod.ect_id == ECT.id)
            .where(
                ECT.state == state,
                ECTIdentity.trn.is_not(None),
                InductionPeriod.ended_on.is_(None) if school == 0 else InductionPeriod.ended_on.is_not(None),
                ~select(Placement.id)
                .where(Placement.ect_id == ECT.id, Placement.school_id.in_(places))
                .exists(),
            )
            .order_by(ECT.id)
            .limit(1)
        )
        with hands_of("ab_staff", HatKind.AB_OFFICER):
            known = db.session.execute(ask).first()
        if known is not None:
            of_ect: Values = {"trn": known.trn, "born_on": known.born_on, "first_name": known.first_name}
            yield Story(school=school, name=f"{known.first_name} {known.last_name}", changes=of_ect)


def written(story: Story, places: list[int], number: int) -> str:
    """The registration as the school's induction lead wrote it; its random name."""
    with hands_of("school_a" if story.school == 0 else "school_b", HatKind.INDUCTION_LEAD):
        school = db.session.get_one(School, places[story.school])
        said = answers(story, number, today())
        made: Registration | None = None
        for step in FILLED_IN[: story.filled_in]:
            if made is None:
                made = registrations.start(school, said[step])
            else:
                registrations.save_step(made, step, said[step])
        assert made is not None
        if story.sent:
            registrations.send(made)
        db.session.commit()
        return made.uid


def judged(story: Story, uid: str) -> None:
    """What the officer did with it."""
    with hands_of("ab_staff", HatKind.AB_OFFICER):
        held = db.session.scalars(select(Registration).where(Registration.uid == uid)).one()
        if story.authorised:
            registrations.authorise(held)
        else:
            registrations.return_to_school(held, reason=story.returned, part=story.about)
        db.session.commit()


def answers(story: Story, number: int, day: date) -> dict[Step, Values]:
    """What is answered in each step."""
    first, _space, last = story.name.partition(" ")
    year = school_year(day)
    starts = date(year, 9, 1) if story.authorised else date(year + 1, 1, 5)
    yes = dict.fromkeys(CONFIRMED, "yes")
    said: dict[Step, Values] = {
        Step.ECT: {
            "first_name": first,
            "last_name": last,
            "trn": f"{FIRST_TRN + number:07d}",
            "born_on": date(year - 25, 3, 1 + number),
            "school_email": f"new.teacher.{number}@school.example",
            "mobile": f"07700 900{800 + number}",
            "address": f"{number + 1} Tallow Lane\nHarrowbeck",
            "postcode": "HB4 7QQ",
        },
        Step.TRAINING: {
            "qts_status": "held",
            "qts_awarded_on": date(year, 7, 1),
            "qts_route": "University-led postgraduate",
            "body_recommended_qts": "no",
            "qualification_name": "PGCE",
            "qualification_year": year,
            "programme": "provider-led",
            "lead_provider": "Quayside Teaching",
        },
        Step.POST: {
            "employer_name": "Larkshire Council",
            "employed_by_body": "no",
            "post": "Class teacher, year 4",
            "contract": "permanent",
            "starts_on": starts,
            "induction_starts_on": starts,
            "fte": Decimal(1),
            "pattern": WHOLE_WEEK,
        },
        Step.PEOPLE: {
            "tutor_name": "Beth Carmichael",
            "tutor_email": f"{USERNAMES['tutor_a']}@harrowbeck.example",
            "mentor_name": "Dev Malhotra",
            "mentor_email": f"{USERNAMES['mentor_a']}@harrowbeck.example",
        },
        Step.EARLIER: {"served_before": "no", "ended_before": "no"},
        Step.CONFIRMATIONS: {**yes},
    }
    return {step: changed(values, story.changes) for step, values in said.items()}


CONFIRMED: Final = (
    "suitable_post",
    "reduced_timetable",
    "mentoring_in_hours",
    "both_hold_qts",
    "qts_checked",
    "no_special_measures",
    "ect_told",
)


def changed(values: Values, changes: dict[str, Any]) -> Values:
    """The answers of a step, those of the story in their place."""
    return values | {name: value for name, value in changes.items() if name in values}
