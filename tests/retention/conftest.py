"""People whose induction ended, goes on, or whose last day nobody knows; as the verbs of induction leave them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.access.models import Person
from app.ects.models import ECT, ECTIdentity, Placement
from app.ects.rules import ECTState, Programme
from app.extensions import db, now, today
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Cause, Result
from app.retention.rules import YEARS
from app.schools.rules import folded

ENDED = {Result.PASS: ECTState.PASSED, Result.FAIL: ECTState.FAILED}


def years_ago(day: date) -> date:
    """The last day of induction that falls due on `day` (no 29 February)."""
    return day.replace(year=day.year - YEARS)


@dataclass
class Made:
    """Puts ECTs into the world; the session is the house's."""

    world: Any
    number: int = field(default=60_000)

    def ect(
        self,
        last_name: str,
        *,
        ended_on: date | None = None,
        result: Result | None = None,
        state: ECTState | None = None,
        placed: bool | None = None,
        trn: bool = True,
        school: str = "alder",
    ) -> ECT:
        """With one period, which ended where `ended_on` says so."""
        self.number += 1
        words = folded(f"{last_name} made")
        known = state or (ENDED[result] if result else ECTState.LEFT if ended_on else ECTState.IN_PROGRESS)
        ect = ECT(
            person=Person(sort_name=words),
            first_name="Made",
            last_name=last_name,
            sort_name=words,
            state=known,
        )
        ect.identity = ECTIdentity(trn=f"{self.number:07d}" if trn else None, born_on=date(1999, 1, 2))
        db.session.add(ect)
        db.session.flush()
        began = (ended_on or today()) - timedelta(days=730)
        here = placed if placed is not None else ended_on is None
        self.place(ect, began, None if here else ended_on or today() - timedelta(days=40), school)
        self.period(ect, began, ended_on, result, school)
        return ect

    def place(self, ect: ECT, began: date, ended: date | None, school: str = "alder") -> None:
        at = self.world.schools[school]
        db.session.add(Placement(ect_id=ect.id, school_id=at, started_on=began, ended_on=ended))
        db.session.flush()

    def period(
        self, ect: ECT, began: date, ended: date | None, result: Result | None = None, school: str = "alder"
    ) -> InductionPeriod:
        at = self.world.schools[school]
        period = InductionPeriod(
            ect_id=ect.id,
            school_id=at,
            started_on=began,
            ended_on=ended,
            programme=Programme.SCHOOL_LED,
            fte=Decimal(1),
            terms=Decimal(6) if ended else None,
        )
        db.session.add(period)
        db.session.flush()
        if result is not None:
            self.outcome(ect, period, result)
        return period

    def outcome(
        self, ect: ECT, period: InductionPeriod, result: Result, cause: Cause = Cause.DECISION
    ) -> Outcome:
        """In force from now on; an earlier one is replaced."""
        before = db.session.scalar(
            select(Outcome).where(Outcome.ect_id == ect.id, Outcome.replaced_by_id.is_(None))
        )
        made = Outcome(
            ect_id=ect.id,
            period_id=period.id,
            school_id=period.school_id,
            result=result,
            cause=cause,
            decided_on=period.ended_on or today(),
            decided_by_id=self.world.people["assessor"],
            released_at=now(),
            person_id=ect.person_id,
        )
        if before is not None:
            made.replaced_by_id = before.id  # out of force until the other is
            db.session.add(made)
            db.session.flush()
            before.replaced_by_id = made.id
            db.session.flush()
            made.replaced_by_id = None
        db.session.add(made)
        db.session.flush()
        return made
