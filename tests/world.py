"""A small made-up world: three schools, everybody who may look, and ECTs at the edges of what each may see.

alder  (A)  Amara Herenow is placed here, with tutor and mentor; Dan Unassigned too, with neither
birch  (B)  Ben Movedon was at alder and is here now; Cora Farway was never anywhere else
cedar  (C)  of the same trust as alder, in another local authority; Eve Elsewhere is here
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.access import service as access
from app.access.hats import HatKind
from app.access.models import Caseload, DeclaredInterest, DrawnRecord, Hat, Person
from app.access.scope import for_the_house
from app.ects.models import ECT, Assignment, ECTIdentity, Placement
from app.ects.rules import AssignedAs
from app.extensions import db
from app.schools import service as schools
from app.schools.models import School, SchoolContact
from app.schools.rules import SchoolFacts, SchoolStatus, folded

PASSWORD = "heron juniper kelp 1942"
BEGAN = date(2024, 9, 1)
MOVED = date(2026, 1, 6)

SCHOOLS = {
    "alder": (900101, "Alder St. Mary’s Primary School", "Harrowbeck", "990", "4001"),
    "birch": (900102, "Birch Lane Academy", "Mossby", "990", ""),
    "cedar": (900103, "Cedar Road High School", "Combe Wyll", "991", "4001"),
}
ECTS = {
    "amara": ("Amara", "Herenow", "0041001"),
    "ben": ("Ben", "Movedon", "0041002"),
    "cora": ("Cora", "Farway", "0041003"),
    "dan": ("Dan", "Unassigned", "0041004"),
    "eve": ("Eve", "Elsewhere", "0041005"),
}
# key → (hat, place), each hat in the order in which it began
PEOPLE: dict[str, list[tuple[HatKind, str]]] = {
    "admin": [(HatKind.AB_ADMINISTRATOR, "")],
    "officer": [(HatKind.AB_OFFICER, "")],
    "assessor": [(HatKind.AB_ASSESSOR, "")],
    "director": [(HatKind.DIRECTOR, "")],
    "contact": [(HatKind.NAMED_CONTACT, "")],
    "dpo": [(HatKind.DPO, "")],
    "finance": [(HatKind.FINANCE, "")],
    "auditor": [(HatKind.AUDITOR, "")],
    "head": [(HatKind.HEADTEACHER, "alder")],
    "lead": [(HatKind.INDUCTION_LEAD, "alder")],
    "tutor": [(HatKind.INDUCTION_TUTOR, "alder")],
    "mentor": [(HatKind.MENTOR, "alder")],
    "office": [(HatKind.SCHOOL_ADMINISTRATOR, "alder")],
    "trust": [(HatKind.TRUST_ADMINISTRATOR, "4001")],
    "head_b": [(HatKind.HEADTEACHER, "birch")],
    "ect": [(HatKind.ECT, "amara")],
    "two_hats": [(HatKind.AB_OFFICER, ""), (HatKind.HEADTEACHER, "alder")],
    "operator": [(HatKind.OPERATOR, "")],
}


@dataclass(frozen=True)
class World:
    """The ids of what is there, by key."""

    schools: dict[str, int]
    ects: dict[str, int]
    uids: dict[str, str]
    people: dict[str, int]
    person_uids: dict[str, str]
    hats: dict[str, tuple[int, ...]]

    def urn(self, key: str) -> int:
        return SCHOOLS[key][0]

    def name(self, key: str) -> str:
        return f"{ECTS[key][0]} {ECTS[key][1]}"


def username(key: str) -> str:
    return f"{key}@made-up.example"


def fill() -> World:
    """The world is there, committed. Call it once, in an application context, on a released database."""
    with for_the_house():
        make_schools()
        ids = dict(db.session.execute(select(School.urn, School.id)).all())
        at = {key: ids[facts[0]] for key, facts in SCHOOLS.items()}
        ects = {key: make_ect(key) for key in ECTS}
        db.session.flush()
        people = make_people(at, ects)
        db.session.flush()
        place(at, ects, people)
        db.session.commit()
        return World(
            schools=at,
            ects={key: ect.id for key, ect in ects.items()},
            uids={key: ect.uid for key, ect in ects.items()},
            people={key: person.id for key, person in people.items()},
            person_uids={key: person.uid for key, person in people.items()},
            hats={key: tuple(hats_of(person)) for key, person in people.items()},
        )


def hats_of(person: Person) -> list[int]:
    return list(db.session.scalars(select(Hat.id).where(Hat.person_id == person.id).order_by(Hat.id)))


def make_schools() -> None:
    """As an import makes them, search words included."""
    schools.add_schools(
        [
            SchoolFacts(
                urn=urn,
                name=name,
                town=town,
                la_code=la,
                la_name="Larkshire" if la == "990" else "Penmarrow",
                trust_code=trust,
                trust_name="The Harrow Trust" if trust else "",
                status=SchoolStatus.OPEN,
                type_name="Community school",
                phase="Primary",
                postcode="HB4 7QQ",
                given=frozenset(),
            )
            for urn, name, town, la, trust in SCHOOLS.values()
        ]
    )


def make_ect(key: str) -> ECT:
    first, last, trn = ECTS[key]
    folded_name = folded(f"{last} {first}")
    ect = ECT(person=Person(sort_name=folded_name), first_name=first, last_name=last, sort_name=folded_name)
    ect.identity = ECTIdentity(trn=trn, born_on=date(2000, 5, 17))
    db.session.add(ect)
    return ect


def make_people(at: dict[str, int], ects: dict[str, ECT]) -> dict[str, Person]:
    people = {}
    password = access.hashed(PASSWORD)
    for key, hats in PEOPLE.items():
        person = people[key] = access.add_person(
            username=username(key),
            first_name=key.replace("_", " ").title(),
            last_name="Madeup",
            email=username(key),
            password_hash=password,
            person=ects[hats[0][1]].person if hats[0][0] is HatKind.ECT else None,
        )
        for number, (kind, where) in enumerate(hats):
            access.give_hat(
                person,
                kind,
                date(2024, 9, 1 + number),
                school_id=at.get(where),
                trust_code=where if kind is HatKind.TRUST_ADMINISTRATOR else None,
                ect_id=ects[where].id if kind is HatKind.ECT else None,
            )
    return people


def place(at: dict[str, int], ects: dict[str, ECT], people: dict[str, Person]) -> None:
    for key, school, began, ended in (
        ("amara", "alder", BEGAN, None),
        ("ben", "alder", BEGAN, date(2025, 12, 19)),
        ("ben", "birch", MOVED, None),
        ("cora", "birch", BEGAN, None),
        ("dan", "alder", BEGAN, None),
        ("eve", "cedar", BEGAN, None),
    ):
        db.session.add(Placement(ect_id=ects[key].id, school_id=at[school], started_on=began, ended_on=ended))
    for who, kind in (("tutor", AssignedAs.TUTOR), ("mentor", AssignedAs.MENTOR)):
        db.session.add(
            Assignment(
                ect_id=ects["amara"].id,
                school_id=at["alder"],
                person_id=people[who].id,
                as_=kind,
                started_on=BEGAN,
            )
        )
    db.session.add(Caseload(person_id=people["assessor"].id, school_id=at["alder"]))
    db.session.add(Caseload(person_id=people["assessor"].id, la_code="991"))
    db.session.add(DeclaredInterest(person_id=people["assessor"].id, ect_id=ects["dan"].id))
    auditor_hat = db.session.scalars(select(Hat.id).where(Hat.person_id == people["auditor"].id)).one()
    db.session.add(DrawnRecord(person_id=people["auditor"].id, hat_id=auditor_hat, ect_id=ects["cora"].id))
    for key in SCHOOLS:
        db.session.add(
            SchoolContact(
                school_id=at[key],
                contact_name=f"Contact Of {key.title()}",
                contact_email=f"office@{key}.example",
                contact_telephone="01632 960111",
            )
        )
