"""ECTs with induction: verbs run as somebody of the world, committed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.scope import for_the_house, open_for
from app.ects.models import ECT
from app.ects.rules import Programme
from app.extensions import db
from app.induction import service
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Result
from tests.access.conftest import principal_of
from tests.world import BEGAN, World

LAST_DAY = date(2026, 7, 17)
DECIDED = date(2026, 7, 20)
REASONS = "All standards are met. Canary of the reasons."


class Course:
    """What the AB does with one ECT after another; each step is a transaction of its own."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world

    def acting(self, who: str, work: Callable[[], Any], hat: int = 0) -> Any:
        """`work` in the session of somebody, committed; returns what it returns."""
        with self.app.test_request_context("/", method="POST"):  # what writes, with a language
            db.session.remove()
            open_for(principal_of(self.world, who, hat))
            try:
                done = work()
                db.session.commit()
                return done
            finally:
                db.session.remove()

    def ect(self, key: str) -> ECT:
        return db.session.get_one(ECT, self.world.ects[key])

    def period(self, key: str) -> InductionPeriod:
        ask = select(InductionPeriod).where(InductionPeriod.ect_id == self.world.ects[key])
        return db.session.scalars(ask.order_by(InductionPeriod.id.desc()).limit(1)).one()

    def outcome(self, key: str) -> Outcome:
        ask = select(Outcome).where(Outcome.ect_id == self.world.ects[key])
        return db.session.scalars(ask.order_by(Outcome.id.desc()).limit(1)).one()

    def begin(
        self, key: str, school: str = "alder", started_on: date = BEGAN, who: str = "admin", **more: Any
    ) -> str:
        """An open period; returns its random name."""
        told = {"programme": Programme.PROVIDER_LED, "fte": Decimal(1)} | more
        school_id = self.world.schools[school]
        return str(
            self.acting(
                who,
                lambda: (
                    service.open_period(self.ect(key), school_id=school_id, started_on=started_on, **told).uid
                ),
            )
        )

    def leave(self, key: str, ended_on: date = LAST_DAY, terms: str = "6", who: str = "head") -> None:
        """The ECT has left."""
        self.acting(
            who, lambda: service.close_period(self.period(key), ended_on=ended_on, terms=Decimal(terms))
        )

    def decide(self, key: str, result: Result = Result.PASS, who: str = "assessor", **more: Any) -> str:
        """An outcome, its notice not released; returns its random name."""
        told = {"decided_on": DECIDED, "ended_on": LAST_DAY, "terms": Decimal(6), "reasons": REASONS} | more
        return str(
            self.acting(who, lambda: service.record_outcome(self.period(key), result=result, **told).uid)
        )

    def replace(self, key: str, who: str = "admin", **told: Any) -> str:
        """Another outcome in force."""
        values = {"decided_on": date(2026, 9, 1), "reasons": "The appeal was allowed."} | told
        return str(self.acting(who, lambda: service.replace_outcome(self.outcome(key), **values).uid))

    def release(self, key: str, who: str = "assessor") -> None:
        """The notice is out."""
        self.acting(who, lambda: service.release(self.outcome(key)))

    def rows(self, model: Any, *conditions: Any) -> list[Any]:
        """The rows of a table, past the scope."""
        with self.app.app_context(), for_the_house():
            return list(db.session.scalars(select(model).where(*conditions).order_by(model.id)))


@pytest.fixture
def course(app: Flask, world: World) -> Course:
    return Course(app, world)


__all__ = ["DECIDED", "LAST_DAY", "REASONS", "Course"]
