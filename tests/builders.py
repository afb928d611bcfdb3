"""What tests build on the world: the books of the database, a school file taken in, many rows, many hands at once."""

import hashlib
import io
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from app.access.models import Person
from app.access.scope import for_the_house
from app.ects.models import ECT, ECTIdentity, Placement, PreviousName
from app.extensions import Table, db, sql
from app.messages import service as messages
from app.messages.rules import Purpose
from app.schools import made_up, service
from app.schools.columns import facts_in, layout_of
from app.schools.models import School
from app.schools.rules import folded
from tests.browser import Browser
from tests.world import World

Result = TypeVar("Result")
# What house-keeping writes on any request, whoever asks for what.
HOUSEKEEPING = frozenset({"stored_session"})
# What changes from one showing of a page to the next: form tokens, and the address that was asked for.
TOKEN = re.compile(r'(name="(?:csrf_token|submission)" value=")[^"]*"')


@contextmanager
def looking_round_the_house(app: Flask) -> Iterator[sa.Connection]:
    """A connection of the owner, past scope and walls: what is there, whoever may see it."""
    engine = sa.create_engine(
        app.config["OWNER_DATABASE_URI"].replace("postgresql://", "postgresql+psycopg://")
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def everything(app: Flask, *, but: frozenset[str] = HOUSEKEEPING) -> dict[str, tuple[int, str]]:
    """Table → number of rows and a digest of them."""
    found = {}
    with looking_round_the_house(app) as connection:
        for table in Table.metadata.sorted_tables:
            if table.name not in but:
                rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
                found[table.name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def rows_of(app: Flask, model: Any, *conditions: Any) -> list[Any]:
    """The rows of a table as plain tuples with names, past scope and walls."""
    with looking_round_the_house(app) as connection:
        table = model.__table__
        return list(connection.execute(select(table).where(*conditions).order_by(*table.primary_key)))


def number_of(app: Flask, model: Any, *conditions: Any) -> int:
    """How many rows a table has, past scope and walls."""
    return len(rows_of(app, model, *conditions))


def without_tokens(page: str, address: str = "") -> str:
    """A page less its form tokens and the address that it was asked under."""
    bare = TOKEN.sub(r'\1"', page)
    return bare.replace(address, "ADDRESS") if address else bare


def school_file(count: int = 6, *, edition: int = 1) -> tuple[io.BytesIO, str]:
    """A made-up file of GIAS, as a form sends it."""
    return io.BytesIO(made_up.content(count, edition=edition)), "edubasealldata20261125.csv"


def take_in_a_file(browser: Browser, count: int = 6) -> str:
    """A school file is uploaded and read, not applied; returns the address of its preview."""
    answer = browser.send("/schools/import/new", file=school_file(count))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def add_schools(app: Flask, count: int) -> list[int]:
    """The first so many made-up schools are there, with the words that find them; returns the ids of new ones."""
    layout = layout_of(made_up.COLUMNS)
    rows = made_up.schools(count)
    batch = [facts_in([str(row[name]) for name in made_up.COLUMNS], layout) for row in rows]
    with app.app_context(), for_the_house():
        taken = set(db.session.scalars(select(School.urn)))
        batch = [facts for facts in batch if facts.urn not in taken]
        for start in range(0, len(batch), 2000):
            service.add_schools(batch[start : start + 2000])
        db.session.commit()
        return list(db.session.scalars(select(School.id).order_by(School.id.desc()).limit(len(batch))))


def add_ects(app: Flask, names: list[tuple[str, str]], school_ids: list[int]) -> list[str]:
    """One ECT for each (first, last) name, placed at the schools in turn; returns their uids."""
    with app.app_context(), for_the_house():
        made = []
        for number, (first, last) in enumerate(names):
            sort_name = folded(f"{last} {first}")
            ect = ECT(
                person=Person(sort_name=sort_name), first_name=first, last_name=last, sort_name=sort_name
            )
            ect.identity = ECTIdentity(trn=f"{7000000 + number:07}", born_on=date(1999, 1, 1))
            ect.placements = [
                Placement(school_id=school_ids[number % len(school_ids)], started_on=date(2025, 9, 1))
            ]
            made.append(ect)
        db.session.add_all(made)
        db.session.commit()
        return [ect.uid for ect in made]


def add_registration(app: Flask, world: World, school: str, **answers: object) -> str:
    """A draft at a school of the world, begun by its headteacher or the house; returns its uid."""
    from app.registrations import service as registrations

    said: dict[str, Any] = {"first_name": "Nadia", "last_name": "Draftly", "born_on": date(2001, 3, 4)}
    with app.app_context(), for_the_house():
        there = db.session.get_one(School, world.schools[school])
        made = registrations.start(there, said | answers)
        db.session.commit()
        return made.uid


def add_many_ects(app: Flask, count: int, school_ids: list[int]) -> None:
    """So many ECTs at the schools in turn, written past the ORM: quick, and with ids of their own."""
    first = 1_000_000
    names = [(n, f"First{n % 97}", f"Name{n % 1009} {n % 13}") for n in range(first, first + count)]
    with looking_round_the_house(app) as connection:
        for model, rows in (
            (Person, [{"id": n, "sort_name": folded(f"{last} {begun}")} for n, begun, last in names]),
            (
                ECT,
                [
                    {
                        "id": n,
                        "person_id": n,
                        "first_name": begun,
                        "last_name": last,
                        "sort_name": folded(f"{last} {begun}"),
                    }
                    for n, begun, last in names
                ],
            ),
            (
                ECTIdentity,
                [{"id": n, "ect_id": n, "trn": f"{n:07}", "born_on": date(1999, 1, 1)} for n, *_ in names],
            ),
            (
                Placement,
                [
                    {
                        "id": n,
                        "ect_id": n,
                        "school_id": school_ids[n % len(school_ids)],
                        "started_on": date(2025, 9, 1),
                    }
                    for n, *_ in names
                ],
            ),
            (
                PreviousName,
                [
                    {
                        "id": n,
                        "ect_id": n,
                        "first_name": begun,
                        "last_name": "Before",
                        "sort_name": f"before {n}",
                    }
                    for n, begun, _ in names
                ],
            ),
        ):
            connection.execute(sql(model).insert(), rows)
        connection.commit()


def at_once(hands: int, work: Callable[[int], Result]) -> list[Result]:
    """What `work(0)` … `work(hands - 1)` answer, begun at the same moment, each in a thread of its own."""
    ready = threading.Barrier(hands)
    answers: dict[int, Result] = {}
    faults: list[BaseException] = []

    def hand(number: int) -> None:
        try:
            ready.wait(30)
            answers[number] = work(number)
        except BaseException as fault:  # noqa: BLE001 - carried to the test, which fails with it
            faults.append(fault)

    threads = [threading.Thread(target=hand, args=(number,)) for number in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if faults:
        raise faults[0]
    return [answers[number] for number in range(hands)]


@contextmanager
def hasty_threads() -> Iterator[None]:
    """Threads change places after each microsecond: what they share is mixed up soon."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def queued_mail(app: Flask, world: World) -> str:
    """The random name of a mail that waits in the outbox."""
    with app.app_context(), for_the_house():
        mail = messages.send(
            Purpose.REGISTRATION_RECEIVED,
            about="registration:zzzzzzzzzzzz",
            to_person_id=world.people["tutor"],
            to_address="tutor@made-up.example",
            subject="A registration has come",
            body="Dear Tutor Madeup",
        )
        assert mail is not None
        db.session.commit()
        return mail.uid
