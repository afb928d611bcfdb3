"""Changes in the world that tests make: one more hat, other days, a move to another school."""

from datetime import timedelta

from sqlalchemy import select

from app.access import service as access
from app.access.models import Hat, Person
from app.access.scope import for_the_house
from app.ects.models import ECT, Placement
from app.extensions import db, today
from tests.world import BEGAN


def names(session):
    """The first names of the ECTs that this session shows."""
    return set(session.scalars(select(ECT.first_name)))


def give(app, world, who, kind, *, starts_on=BEGAN, **where):
    """Somebody has one more hat; returns its uid."""
    with app.app_context(), for_the_house():
        person = db.session.get_one(Person, world.people[who])
        hat = access.give_hat(person, kind, starts_on, **where)
        db.session.commit()
        return hat.uid


def change_hat(app, world, who, **days):
    """Other days for somebody's first hat."""
    with app.app_context(), for_the_house():
        hat = db.session.get_one(Hat, world.hats[who][0])
        for name, day in days.items():
            setattr(hat, name, day)
        db.session.commit()


def move(app, world, key, school):
    """The ECT left yesterday and is at another school today."""
    with app.app_context(), for_the_house():
        for placement in db.session.scalars(select(Placement).where(Placement.ect_id == world.ects[key])):
            placement.ended_on = today() - timedelta(days=1)
        db.session.add(Placement(ect_id=world.ects[key], school_id=world.schools[school], started_on=today()))
        db.session.commit()
