"""`flask demo`: schools, ECTs in every state, and somebody of each role who can sign in; made up once, on an empty database."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from app.access.hats import HatKind
from app.access.models import Hat, Person, User
from app.access.principal import Principal
from app.access.scope import for_the_house, open_for
from app.demo import bulk
from app.demo.lives import lives
from app.ects.models import ECT, ECTContact, ECTIdentity, Placement, PreviousName
from app.ects.rules import ECTState
from app.errors import NotYours
from app.exchange.models import Notification, TraFile
from app.extensions import db, today
from app.induction.models import InductionPeriod, Outcome
from app.messages.models import OutgoingMail
from app.messages.rules import Purpose
from app.registrations.models import Registration
from app.registrations.rules import RegistrationState
from app.retention import queries as retention
from app.retention.rules import Status
from app.schools.models import School
from tests.demo.conftest import browser_of, sign_ins

ASKED_FOR = {"ab_admin", "ab_staff", "assessor", "dpo", "school_a", "head_a", "mentor_a", "school_b", "ect"}


@pytest.fixture(scope="module")
def demonstration(demonstration_of):
    """As people get it who say nothing more."""
    with demonstration_of(240) as app:
        yield app


@pytest.fixture
def there(demonstration):
    """The house's session on it."""
    with demonstration.app_context(), for_the_house():
        yield demonstration


def by(column) -> Counter:
    return Counter(db.session.scalars(select(column)).all())


class TestWhoIsThere:
    """Issue 3, item 5."""

    def test_240_ects_in_every_state_at_made_up_schools(self, there):
        assert db.session.scalar(select(func.count(ECT.id))) == 240 + 2  # and the two that were authorised
        assert set(by(ECT.state)) == set(ECTState)
        assert 35 <= db.session.scalar(select(func.count(School.id))) <= 40
        assert len(set(db.session.scalars(select(Placement.school_id)))) >= 15

    def test_registrations_stand_in_every_state_that_waits(self, there):
        states = by(Registration.state)
        assert states[RegistrationState.AWAITING_AB] >= 5
        assert states[RegistrationState.RETURNED] == states[RegistrationState.AUTHORISED] == 2
        assert states[RegistrationState.DRAFT] == 3

    def test_somebody_known_from_elsewhere_is_registered_anew(self, there):
        trns = select(ECTIdentity.trn).where(ECTIdentity.trn.is_not(None))
        moves = select(func.count(Registration.id)).where(
            Registration.trn.in_(trns), Registration.state == RegistrationState.AWAITING_AB
        )
        assert db.session.scalar(moves) == 2

    def test_every_status_of_retention_has_somebody(self, there):
        assert all(retention.figures(db.session(), today()).number[status] for status in Status)

    def test_outcomes_wait_were_released_and_were_replaced(self, there):
        assert db.session.scalar(select(func.count()).where(Outcome.released_at.is_(None))) >= 2
        assert db.session.scalar(select(func.count()).where(Outcome.replaced_by_id.is_not(None))) >= 1
        assert all(row.reasons for row in db.session.scalars(select(Outcome).limit(20)))

    def test_what_is_old_was_sent_and_what_is_new_waits(self, there):
        file = db.session.scalars(select(TraFile)).one()
        assert file.row_count > 200
        assert file.actor == "Ruth Lane"
        assert db.session.scalar(select(func.count(Notification.id))) > file.row_count

    def test_records_are_full(self, there):
        assert db.session.scalar(select(func.count(ECTContact.id))) >= 240
        assert db.session.scalar(select(func.count(PreviousName.id))) > 5
        contact = db.session.scalars(select(ECTContact).order_by(ECTContact.id).limit(1)).one()
        assert contact.personal_email or contact.school_email

    def test_mail_of_each_purpose_was_queued(self, there):
        assert set(by(OutgoingMail.purpose)) >= set(Purpose) - {Purpose.END_DATE_ASKED}

    def test_some_have_no_trn_and_the_file_leaves_them_out(self, there):
        assert db.session.scalar(select(func.count(ECTIdentity.id)).where(ECTIdentity.trn.is_(None))) > 3


class TestSignIns:
    """Accounts only for the named users: somebody of each role, and one ECT."""

    def test_the_file_names_them(self, demonstration):
        users = sign_ins(demonstration)
        assert set(users) >= ASKED_FOR
        assert all(set(user) == {"username", "password"} for user in users.values())

    def test_nobody_else_can_sign_in(self, there):
        assert db.session.scalar(select(func.count(User.id))) == len(sign_ins(there))
        assert set(by(Hat.kind)) == set(HatKind)

    def test_passwords_are_made_anew_and_long(self, demonstration):
        passwords = [user["password"] for user in sign_ins(demonstration).values()]
        assert len(set(passwords)) == len(passwords)
        assert min(map(len, passwords)) >= 12

    @pytest.mark.parametrize(
        "key", sorted(ASKED_FOR | {"director", "tutor_a", "trust", "operator", "auditor"})
    )
    def test_each_signs_in_and_reads_the_first_page(self, demonstration, key):
        assert browser_of(demonstration, key).get("/").status_code == 200

    @pytest.mark.parametrize(
        ("key", "path"),
        [
            ("ab_staff", "/registrations/"),
            ("ab_staff", "/ects/"),
            ("ab_staff", "/exchange/tra"),
            ("ab_staff", "/messages/outbox/"),
            ("dpo", "/retention/"),
            ("dpo", "/ledger/"),
            ("school_a", "/registrations/"),
            ("school_a", "/ects/"),
            ("mentor_a", "/ects/"),
        ],
    )
    def test_the_lists_are_not_empty(self, demonstration, key, path):
        page = browser_of(demonstration, key).follow(path)
        assert page.status_code == 200
        assert '<th scope="row">' in page.text


class TestOnce:
    def test_a_database_with_people_is_left_as_it_is(self, demonstration):
        before = sign_ins(demonstration)
        answer = demonstration.test_cli_runner().invoke(args=["demo", "--ects", "3"])
        assert answer.exit_code == 1
        assert "needs an empty database" in answer.output
        assert sign_ins(demonstration) == before

    def test_less_than_no_ects_is_wrong_usage(self, demonstration):
        assert demonstration.test_cli_runner().invoke(args=["demo", "--ects", "-1"]).exit_code == 2


class TestBulk:
    """app/demo/bulk.py is the house's, holds one chunk, and writes what the tables would take from anybody."""

    def test_nobody_but_the_house_writes_in_bulk(self, app, world):
        with app.app_context():
            db.session.remove()
            open_for(Principal(name="Officer", person_id=world.people["officer"], kind=HatKind.AB_OFFICER))
            with pytest.raises(NotYours):
                bulk.fill(lives(1, 1, 2, today()), [], bulk.Decider(person_id=1, name=""), 1)
            db.session.remove()

    def test_it_holds_one_chunk_and_commits_each(self, app, world, as_house, monkeypatch):
        monkeypatch.setattr(bulk, "CHUNK", 20)
        drawn, told = [], []

        def drawing():
            for each in lives(70, 1, 3, today()):
                drawn.append(each.kind)
                assert len(drawn) - (told[-1] if told else 0) <= 20
                yield each

        places = [bulk.Place(id=number, name=key, employer=key) for key, number in world.schools.items()]
        decider = bulk.Decider(person_id=world.people["assessor"], name="Assessor Madeup")
        people = db.session.scalar(select(func.count(Person.id)))
        assert bulk.fill(drawing(), places, decider, 1, told.append) == 70
        assert told == [20, 40, 60, 70]
        assert db.session.scalar(select(func.count(Person.id))) == people + 70
        periods = db.session.scalars(select(InductionPeriod)).all()
        assert all((period.ended_on is None) is (period.terms is None) for period in periods)

    def test_the_same_seed_gives_the_same_names_of_rows(self):
        one, other, third = bulk.Names(1), bulk.Names(1), bulk.Names(2)
        assert [one() for _ in range(3)] == [other() for _ in range(3)] != [third() for _ in range(3)]
