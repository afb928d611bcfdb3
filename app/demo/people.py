"""The made-up people of the demonstration: an AB, two schools, and ECTs in them. Nobody of them exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from app.access import service as access
from app.access.hats import HatKind
from app.access.models import Caseload, Person
from app.ects.models import ECT, Assignment, ECTIdentity, Placement
from app.ects.rules import AssignedAs
from app.extensions import db
from app.schools.models import School, SchoolContact
from app.schools.rules import folded

FIRST = (
    "Miriam Daniel Sadia Aaliyah Ewa Freya Ikenna Grace Tomasz Priya Jonas Rhys Anjali Kwame Zofia Lewis "
    "Marta Chidi Adanna Tom Siân Óscar Nia Hugo Leila"
).split()
LAST = (
    "Osei|Achterberg|Begum|Farouk|Kowalczyk|Lindqvist-Cole|Nwosu|O’Neill|Wiśniewski|Raman|Petersen|Calloway|Patel|"
    "Osei-Bonsu|Gorecka|Farrant|D’Souza-Hill|Abara|Eze|Bellweather|Llwyd|Núñez|Griffiths|Marchetti|Haddad"
).split("|")


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


def ects(schools: Sequence[School], number: int, seed: int, today: date) -> list[ECT]:
    """`number` ECTs, placed over the schools in turn; every sixth has left for the next school."""
    draw = Random(seed)  # noqa: S311 - made-up names, no secret
    made = []
    for place in range(number):
        first, last = FIRST[place % len(FIRST)], LAST[(place * 7 + place // len(FIRST)) % len(LAST)]
        ect = ECT(
            person=Person(sort_name=folded(f"{last} {first}")),
            first_name=first,
            last_name=last,
            sort_name=folded(f"{last} {first}"),
        )
        born = date(today.year - draw.randint(23, 45), draw.randint(1, 12), draw.randint(1, 28))
        ect.identity = ECTIdentity(trn=f"{42000 + place:07d}", born_on=born)
        ect.placements = placements_of(place, schools, today)
        made.append(ect)
    db.session.add_all(made)
    db.session.flush()
    return made


def placements_of(place: int, schools: Sequence[School], today: date) -> list[Placement]:
    """Where the ECT of this number is, and was."""
    begins = date(today.year - 1 - place % 2, 9, 1)
    here, there = schools[place % len(schools)], schools[(place + 1) % len(schools)]
    if place % 6:
        return [Placement(school=here, started_on=begins)]
    moved = date(today.year, 1, 6)
    return [
        Placement(school=here, started_on=begins, ended_on=date(today.year - 1, 12, 19)),
        Placement(school=there, started_on=moved),
    ]


def assign(people: dict[str, Person], made: Sequence[ECT], schools: Sequence[School]) -> None:
    """Tutor and mentor of the first school look after its ECTs; the assessor reads the first two schools."""
    first = schools[0]
    here = [ect for ect in made if any(p.school is first and p.ended_on is None for p in ect.placements)]
    for number, ect in enumerate(here):
        begins = next(p.started_on for p in ect.placements if p.school is first)
        for key, kind in (("tutor_a", AssignedAs.TUTOR), ("mentor_a", AssignedAs.MENTOR)):
            if kind is AssignedAs.TUTOR or number % 2 == 0:
                db.session.add(
                    Assignment(ect=ect, school_id=first.id, person=people[key], as_=kind, started_on=begins)
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
