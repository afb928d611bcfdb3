"""What the first made-up ECTs have beyond the bulk: sealed contact details, names before, earlier service, reasons.

Each sealed text needs a key of its person, made one by one; so the many of a large demonstration have none.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

from sqlalchemy import select

from app.ects.models import ECT, ECTContact, Placement, PreviousName, PreviousService, Qualification
from app.extensions import db
from app.induction.models import Outcome
from app.schools.rules import folded
from app.vault.extension import vault
from app.vault.keys import StorageClass

STREETS: Final = ("Quince Walk", "Tallow Lane", "Heron Rise", "Mill Bank", "Fennel Street")
SUBJECTS: Final = ("Primary, 5 to 11", "Mathematics, 11 to 16", "History, 11 to 18", "Early years, 3 to 7")
REASONS: Final = (
    "The final assessment shows performance against the Teachers' Standards over six terms, with the evidence named in "
    "it. The headteacher's recommendation is followed."
)


def add_details(number: int, seed: int) -> None:
    """The first `number` ECTs can be reached, and their records are full."""
    draw = Random(f"details/{seed}")  # noqa: S311 - made-up addresses, nothing secret
    ects = db.session.scalars(select(ECT).order_by(ECT.id).limit(number)).all()
    vault.keys.make_for((f"person:{ect.person_id}" for ect in ects), StorageClass.CONTACT)
    for place, ect in enumerate(ects):
        contact(ect, place, draw)
        beginnings(ect, place, draw)
    db.session.flush()
    give_reasons(ects)
    db.session.commit()


def contact(ect: ECT, place: int, draw: Random) -> None:
    """Addresses and telephone numbers: those that are kept for drama, and domains that nobody has."""
    words = folded(ect.name).replace(" ", ".")
    made = ECTContact(ect_id=ect.id, person_id=ect.person_id)
    made.school_email = f"{words}.{place}@school.example"
    made.personal_email = f"{words}.{place}@home.example" if place % 3 else None
    made.mobile = f"07700 900{place % 1000:03d}"
    made.telephone = f"01632 960{place % 1000:03d}" if place % 4 == 0 else None
    made.address = f"{draw.randint(1, 90)} {draw.choice(STREETS)}\nHarrowbeck\nHB4 7QQ"
    db.session.add(made)


def beginnings(ect: ECT, place: int, draw: Random) -> None:
    """A qualification for everybody; a name before for some, service elsewhere for others."""
    placed = select(Placement.started_on).where(Placement.ect_id == ect.id).order_by(Placement.started_on)
    began = db.session.scalars(placed.limit(1)).one()
    db.session.add(
        Qualification(
            ect_id=ect.id,
            name="PGCE",
            subject=draw.choice(SUBJECTS),
            institution="University of Penmarrow",
            year=began.year,
        )
    )
    if place % 9 == 4:
        until = began.replace(month=8, day=1)
        db.session.add(
            PreviousName(ect_id=ect.id, first_name=ect.first_name, last_name="Merriweather", until=until)
        )
    if place % 12 == 5:
        db.session.add(
            PreviousService(
                ect_id=ect.id,
                school_name="Fernbank Junior School",
                appropriate_body="Mossby Teaching School Hub",
                started_on=began.replace(year=began.year - 1, month=9, day=1),
                ended_on=began.replace(year=began.year - 1, month=12, day=18),
                terms=1,
            )
        )


def give_reasons(ects: Sequence[ECT]) -> None:
    """The outcomes of these ECTs have their reasons, sealed."""
    ids = [ect.id for ect in ects]
    outcomes = db.session.scalars(select(Outcome).where(Outcome.ect_id.in_(ids))).all()
    vault.keys.make_for((outcome.key_owner for outcome in outcomes), StorageClass.STATUTORY)
    for outcome in outcomes:
        outcome.reasons = REASONS
