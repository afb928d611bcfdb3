"""The made-up people of the demonstration: an AB, two schools, and ECTs in them. Nobody of them exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from app.access import service as access
from app.access.hats import HatKind
from app.access.models import Caseload, Person
from app.ects.models import ECT, Assignment, Placement
from app.ects.rules import AssignedAs, ECTState
from app.extensions import db
from app.schools.models import School, SchoolContact
from app.schools.rules import folded

LOOKED_AFTER: Final = 60  # ECTs that one tutor has at most, whatever the size of the demonstration


@dataclass(frozen=True, kw_only=True)
class Named:
    """Somebody with a sign-in: the key in the credentials file, name, and hats with the place's number."""

    key: str
    first_name: str
    last_name: str
    hats: Sequence[tuple[HatKind, int]]  # 0: no school; 1 and 2: the first and second school

    @property
    def username(self) -> str:
        """What they sign in with."""
        return folded(f"{self.first_name} {self.last_name}").replace(" ", ".")


CAST = (
    Named(key="ab_admin", first_name="Ines", last_name="Whitlock", hats=[(HatKind.AB_ADMINISTRATOR, 0)]),
    Named(key="ab_staff", first_name="Ruth", last_name="Lane", hats=[(HatKind.AB_OFFICER, 0)]),
    Named(key="assessor", first_name="Imogen", last_name="Clarke", hats=[(HatKind.AB_ASSESSOR, 0)]),
    Named(key="director", first_name="Martin", last_name="Abbot", hats=[(HatKind.DIRECTOR, 0)]),
    Named(key="dpo", first_name="Grace", last_name="Adeyemi", hats=[(HatKind.DPO, 0)]),
    Named(key="named_contact", first_name="Owen", last_name="Prosser", hats=[(HatKind.NAMED_CONTACT, 0)]),
    Named(key="finance", first_name="Hanna", last_name="Weiss", hats=[(HatKind.FINANCE, 0)]),
    Named(key="auditor", first_name="Felix", last_name="Moreau", hats=[(HatKind.AUDITOR, 0)]),
    Named(
        key="head_a",
        first_name="Shazia",
        last_name="Qureshi",
        hats=[(HatKind.AB_ASSESSOR, 0), (HatKind.HEADTEACHER, 1)],
    ),
    Named(key="school_a", first_name="Paul", last_name="Hart", hats=[(HatKind.INDUCTION_LEAD, 1)]),
    Named(key="tutor_a", first_name="Beth", last_name="Carmichael", hats=[(HatKind.INDUCTION_TUTOR, 1)]),
    Named(key="mentor_a", first_name="Dev", last_name="Malhotra", hats=[(HatKind.MENTOR, 1)]),
    Named(key="office_a", first_name="Janet", last_name="Okoro", hats=[(HatKind.SCHOOL_ADMINISTRATOR, 1)]),
    Named(key="school_b", first_name="Callum", last_name="Reid", hats=[(HatKind.INDUCTION_LEAD, 2)]),
    Named(key="operator", first_name="Sam", last_name="Operator", hats=[(HatKind.OPERATOR, 0)]),
)
TRUST = Named(key="trust", first_name="Yusuf", last_name="Demir", hats=[])


def cast(schools: Sequence[School], passwords: dict[str, str], today: date) -> dict[str, Person]:
    """Everybody of the cast can sign in; key → person."""
    begins = date(today.year - 1, 9, 1)
    people = {}
    for named in (*CAST, TRUST):
        person = people[named.key] = access.add_person(
            username=named.username,
            first_name=named.first_name,
            last_name=named.last_name,
            email=f"{named.username}@harrowbeck.example",
            password_hash=access.hashed(passwords[named.key]),
        )
        for number, (kind, place) in enumerate(named.hats):
            school_id = schools[place - 1].id if place else None
            access.give_hat(person, kind, date(begins.year, 9, 1 + number), school_id=school_id)
    trust = next((school.trust_code for school in schools if school.trust_code), None)
    if trust:
        access.give_hat(people["trust"], HatKind.TRUST_ADMINISTRATOR, begins, trust_code=trust)
    return people


def assign(people: dict[str, Person], schools: Sequence[School]) -> None:
    """Tutor and mentor of the first school look after its ECTs; the assessor reads the first two schools."""
    first = schools[0]
    ask = (
        select(Placement.ect_id, Placement.started_on)
        .where(Placement.school_id == first.id, Placement.ended_on.is_(None))
        .order_by(Placement.id)
        .limit(LOOKED_AFTER)
    )
    for number, (ect_id, begins) in enumerate(db.session.execute(ask).all()):
        for key, kind in (("tutor_a", AssignedAs.TUTOR), ("mentor_a", AssignedAs.MENTOR)):
            if kind is AssignedAs.TUTOR or number % 2 == 0:
                db.session.add(
                    Assignment(
                        ect_id=ect_id,
                        school_id=first.id,
                        person_id=people[key].id,
                        as_=kind,
                        started_on=begins,
                    )
                )
    for school in schools[:2]:
        db.session.add(Caseload(person_id=people["assessor"].id, school_id=school.id))
        db.session.add(
            SchoolContact(
                school_id=school.id,
                contact_name="Janet Okoro",
                contact_email="office@bramley-road.example",
                contact_telephone="01632 960123",
            )
        )


def let_an_ect_in(school: School, password_hash: str, today: date) -> str | None:
    """An ECT of the school whose induction goes on can sign in, as the person of the record; returns the username."""
    ask = (
        select(ECT)
        .join(Placement, Placement.ect_id == ECT.id)
        .where(
            Placement.school_id == school.id,
            Placement.ended_on.is_(None),
            ECT.state == ECTState.IN_PROGRESS,
        )
        .order_by(ECT.id)
        .limit(1)
    )
    ect = db.session.scalars(ask).first()
    if ect is None:
        return None
    username = folded(ect.name).replace(" ", ".")
    person = access.add_person(
        username=username,
        first_name=ect.first_name,
        last_name=ect.last_name,
        email=f"{username}@larkshire.example",
        password_hash=password_hash,
        person=db.session.get_one(Person, ect.person_id),
    )
    db.session.flush()
    access.give_hat(person, HatKind.ECT, today.replace(month=1, day=1), ect_id=ect.id)
    return username
