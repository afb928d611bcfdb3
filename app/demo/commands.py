"""`flask demo`: made-up schools and people to look around with, and their sign-ins in one file."""

import io
import json
import secrets
from pathlib import Path
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.access.console import progress_bar
from app.access.models import Person
from app.access.principal import HOUSE
from app.access.scope import for_the_house
from app.access.service import hashed
from app.demo import bulk, details, people, work
from app.demo.lives import lives
from app.extensions import db, today
from app.schools import made_up, service
from app.schools.models import School
from app.schools.rules import SchoolStatus

WORDS: Final = (
    "amber birch cedar delta ember fjord grove heron inlet juniper kelp larch maple nectar otter pebble"
).split()
CREDENTIALS: Final = "demo-credentials.json"
HUB: Final = (
    2_500  # up to so many ECTs the demonstration is one hub with 40 schools, and its old files are released
)
PER_SCHOOL: Final = 12
SCHOOLS_OF_A_HUB, SCHOOLS_OF_THE_COUNTRY = 40, 24_000
DETAILED: Final = 240  # ECTs with sealed texts; each needs a key of its own
NEAR: Final = 40  # schools that the cast is drawn from


@click.command("demo")
@click.option(
    "--ects", "number", default=240, show_default=True, type=click.IntRange(0), help="How many ECTs."
)
@click.option(
    "--schools",
    "how_many_schools",
    default=0,
    type=click.IntRange(0, made_up.MOST),
    help="How many schools; without it 40, and more for more than 2,500 ECTs.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same people.")
@with_appcontext
def demo(number: int, how_many_schools: int, seed: int) -> None:
    """Make up schools and people, and write their sign-ins to instance/demo-credentials.json.

    The first 240 ECTs have contact details, and people of the cast have worked on them; the others are facts only.

    Raises:
        ClickException: there are people here already.
    """
    many = how_many_schools or schools_for(number)
    with for_the_house():
        if db.session.scalars(select(Person.id).limit(1)).first() is not None:
            raise click.ClickException(
                "There are people here already. The demonstration needs an empty database."
            )
        school_ids = [school.id for school in school_file(max(many, 4), seed)]
    passwords = {key: password() for key in (*(named.key for named in (*people.CAST, people.TRUST)), "ect")}
    usernames = fill(school_ids, number, seed, passwords)
    file = write_sign_ins({key: (name, passwords[key]) for key, name in usernames.items()})
    click.echo(f"{many:,} schools and {number:,} ECTs, all made up. Sign-ins: {file}")


def schools_for(ects: int) -> int:
    """How many schools so many ECTs work at."""
    return SCHOOLS_OF_A_HUB if ects <= HUB else min(SCHOOLS_OF_THE_COUNTRY, ects // PER_SCHOOL * 2)


def fill(school_ids: list[int], number: int, seed: int, passwords: dict[str, str]) -> dict[str, str]:
    """The cast, the ECTs, and what the cast has done lately are there; key → username."""
    day = today()
    with for_the_house():
        schools = [db.session.get_one(School, school_id) for school_id in school_ids[:NEAR]]
        cast = people.cast(schools, passwords, day)
        db.session.commit()
        assessor = bulk.Decider(person_id=cast["assessor"].id, name="Imogen Clarke")
        places = places_of(school_ids)
        with progress_bar() as bar:
            task = bar.add_task("ECTs", total=number)
            made_up_lives = lives(number, seed, len(places), day)
            bulk.fill(made_up_lives, places, assessor, seed, lambda done: bar.update(task, completed=done))
        people.assign(cast, schools)
        usernames = {named.key: named.username for named in (*people.CAST, people.TRUST)}
        ect = people.let_an_ect_in(schools[0], hashed(passwords["ect"]), day)
        usernames |= {"ect": ect} if ect else {}
        db.session.commit()
        details.add_details(DETAILED, seed)
        near = [db.session.get_one(School, school_id) for school_id in school_ids[:NEAR]]
        db.session.expunge_all()
    if number:
        if number <= HUB:
            work.release_what_is_old()
        work.decide(school_ids[0])
    work.register(near)
    return usernames


def places_of(school_ids: list[int]) -> list[bulk.Place]:
    """The schools, with who employs there, in this order."""
    found = {
        school_id: bulk.Place(id=school_id, name=name, employer=trust or la or name)
        for school_id, name, trust, la in db.session.execute(
            select(School.id, School.name, School.trust_name, School.la_name)
        )
    }
    return [found[school_id] for school_id in school_ids]


def write_sign_ins(users: dict[str, tuple[str, str]]) -> Path:
    """The file of sign-ins, readable by its owner only."""
    file = Path(current_app.config["INSTANCE_FOLDER"]) / CREDENTIALS
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {key: {"username": name, "password": secret} for key, (name, secret) in users.items()}
    file.touch(mode=0o600)
    file.write_text(json.dumps({"users": told}, indent=2) + "\n", encoding="utf-8")
    return file


def school_file(number: int, seed: int) -> list[School]:
    """Made-up schools, brought in by the import that real ones come by; the open ones, by URN."""
    taken = service.take_in(io.BytesIO(made_up.content(number, seed=seed)), "made-up-schools.csv", HOUSE)
    db.session.commit()
    service.read(taken)
    service.start_applying(taken)
    db.session.commit()
    service.apply(taken)
    ask = (
        select(School)
        .where(School.status == SchoolStatus.OPEN)
        .order_by(School.urn)
        .limit(max(number // 2, 2))
    )
    return list(db.session.scalars(ask))


def password() -> str:
    """Three words and a number, made anew for each demonstration."""
    return "-".join([*(secrets.choice(WORDS) for _ in range(3)), f"{secrets.randbelow(9000) + 1000}"])
