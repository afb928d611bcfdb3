"""`flask demo`: made-up schools and people to look around with, and their sign-ins in one file."""

import io
import json
import secrets
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.access.hats import HatKind
from app.access.models import Person
from app.access.principal import HOUSE
from app.access.scope import for_the_house
from app.access.service import give_hat
from app.demo import people
from app.extensions import db, today
from app.schools import made_up, service
from app.schools.models import School
from app.schools.rules import SchoolStatus

WORDS = "amber birch cedar delta ember fjord grove heron inlet juniper kelp larch maple nectar otter pebble".split()
CREDENTIALS = "demo-credentials.json"


@click.command("demo")
@click.option("--ects", "number", default=24, show_default=True, help="How many ECTs to make up.")
@click.option(
    "--schools", "how_many_schools", default=40, show_default=True, help="How many schools to make up."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same people.")
@with_appcontext
def demo(number: int, how_many_schools: int, seed: int) -> None:
    """Makes up schools and people, and writes their sign-ins to instance/demo-credentials.json."""
    with for_the_house():
        if db.session.scalars(select(Person.id).limit(1)).first() is not None:
            raise click.ClickException(
                "There are people here already. The demonstration needs an empty database."
            )
        schools = school_file(how_many_schools, seed)
        passwords = {named.key: password() for named in (*people.CAST, people.TRUST)} | {"ect": password()}
        made = everybody(schools, number, seed, passwords)
        db.session.commit()
    file = Path(current_app.config["INSTANCE_FOLDER"]) / CREDENTIALS
    file.parent.mkdir(parents=True, exist_ok=True)
    users = {key: {"username": name, "password": passwords[key]} for key, name in made.items()}
    file.touch(mode=0o600)
    file.write_text(json.dumps({"users": users}, indent=2) + "\n", encoding="utf-8")
    click.echo(f"{how_many_schools} schools and {number} ECTs, all made up. Sign-ins: {file}")


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


def everybody(schools: list[School], number: int, seed: int, passwords: dict[str, str]) -> dict[str, str]:
    """The cast and the ECTs are there; key → username."""
    from app.access import service as access

    day = today()
    cast = people.cast(schools, passwords, day)
    made = people.ects(schools, number, seed, day)
    people.assign(cast, made, schools)
    names = {named.key: named.username for named in (*people.CAST, people.TRUST)}
    if made:
        first = made[1 if len(made) > 1 else 0]
        username = f"{first.first_name}.{first.last_name}".lower()
        person = access.add_person(
            username=username,
            first_name=first.first_name,
            last_name=first.last_name,
            email=f"{username}@larkshire.example",
            password_hash=access.hashed(passwords["ect"]),
            person=db.session.get_one(Person, first.person_id),
        )
        db.session.flush()
        give_hat(person, HatKind.ECT, day.replace(month=1, day=1), ect_id=first.id)
        names["ect"] = username
    return names


def password() -> str:
    """Three words and a number, made anew for each demonstration."""
    return "-".join([*(secrets.choice(WORDS) for _ in range(3)), f"{secrets.randbelow(9000) + 1000}"])
