"""Verbs on people, sign-in and hats; rights come from the reviewed file alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from werkzeug.security import check_password_hash

from app.access import refusals, rights, service
from app.access.hats import AT_A_SCHOOL, HatKind
from app.access.models import Hat, Person, User
from app.access.passwords import check_password
from app.audit.models import AuditNote
from app.errors import FieldRefused, NotYours
from app.extensions import today
from tests.browser import Browser
from tests.builders import without_tokens
from tests.world import BEGAN, PASSWORD, username

ABOUT = ("priya.raman", "Priya", "Raman", "priya@made-up.example")
# Thirty passwords, and the refusal each meets; None: taken.
PASSWORDS = {
    "heron juniper kelp 1942": None,
    "correct horse battery staple": None,
    "aq3$Zp!9rT7x": None,
    "twelve chars": None,
    "ÄÖÜ äöü ßẞ éà": None,
    "日本語のパスワードは長い文": None,
    "🙂🙃🐟🐠🐡🦈🐬🐳🐋🦑🐙🦐": None,
    "   spaces count too   ": None,
    "' OR 1=1; DROP TABLE": None,
    "<script>alert(1)</script>": None,
    "my teacher is a kelp heron": None,  # a word of this place among others
    "x9" + "abcdefgh" * 15 + "12345": None,  # 127
    "k7 " + "wave " * 25: None,  # 128
    "": refusals.PasswordTooShort,
    "a": refusals.PasswordTooShort,
    "elevenchars": refusals.PasswordTooShort,
    "Tr0ub4dor&3": refusals.PasswordTooShort,
    "x" * 129: refusals.PasswordTooLong,
    "a1b2" * 100: refusals.PasswordTooLong,
    "x" * 200_000: refusals.PasswordTooLong,
    "aaaaaaaaaaaa": refusals.PasswordKnown,
    "kelp7kelp7kelp7": refusals.PasswordKnown,
    "123456789012": refusals.PasswordKnown,
    "abcdefghijkl": refusals.PasswordKnown,
    "Password1234": refusals.PasswordKnown,
    "sixterms2026": refusals.PasswordKnown,
    "Welcome-To-Sixterms": refusals.PasswordKnown,
    "qwertyuiop[]": refusals.PasswordKnown,
    "PriyaRaman2026!": refusals.PasswordKnown,
    "priya.raman1990": refusals.PasswordKnown,
}


def notes(session):
    """What the notes say, newest first."""
    return list(session.scalars(select(AuditNote.what).order_by(AuditNote.id.desc())))


def refused_notes(session, refusal, call):
    """`call` is refused, and leaves no note."""
    before = len(notes(session))
    with pytest.raises(refusal):
        call()
    session.rollback()
    assert len(notes(session)) == before


class TestPasswords:
    """ASVS 5.0.0, 6.2: length is what counts, and nothing that anybody would try here."""

    def test_there_are_thirty(self):
        assert len(PASSWORDS) == 30

    @pytest.mark.parametrize("password", list(PASSWORDS), ids=lambda password: password[:24])
    def test_a_password_is_taken_or_refused_with_the_reason(self, password):
        refusal = PASSWORDS[password]
        if refusal is None:
            check_password(password, about=ABOUT)
        else:
            with pytest.raises(refusal) as caught:
                check_password(password, about=ABOUT)
            assert type(caught.value) is refusal
            assert isinstance(caught.value, FieldRefused)

    def test_a_password_is_never_kept_as_it_is(self, house):
        with house() as session:
            user = session.scalars(select(User).where(User.username == username("head"))).one()
            assert PASSWORD not in user.password
            assert check_password_hash(user.password, PASSWORD)


class TestAddPerson:
    """One person, one sign-in: names and addresses are taken once, however they are written."""

    def add(self, **changes):
        told = {
            "username": "miriam.osei",
            "first_name": "Miriam",
            "last_name": "Osei",
            "email": "miriam@made-up.example",
            "password_hash": None,
        }
        return service.add_person(**(told | changes))

    def test_a_person_is_added_by_those_who_look_after_people_and_noted(self, acting):
        for who in ("admin", "operator"):
            with acting(who) as session:
                person = self.add()
                session.flush()
                assert person.sort_name == "osei miriam"
                assert notes(session)[0] == "person added"

    @pytest.mark.parametrize("who", ["officer", "director", "head", "ect", "dpo"])
    def test_nobody_else_adds_one(self, who, acting):
        with acting(who) as session:
            with pytest.raises(NotYours):
                self.add()  # flushed with its note
            session.rollback()

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"username": username("head")}, refusals.UsernameTaken),
            ({"username": username("head").upper()}, refusals.UsernameTaken),
            ({"username": f"  {username('head')} "}, refusals.UsernameTaken),
            ({"email": username("lead")}, refusals.EmailTaken),
            ({"email": username("lead").title()}, refusals.EmailTaken),
        ],
    )
    def test_a_taken_name_is_refused_and_nothing_is_noted(self, changes, refusal, acting):
        with acting("admin") as session:
            refused_notes(session, refusal, lambda: self.add(**changes))


class TestHats:
    """A hat has a place that fits it, a first and a last day; nobody changes the own ones."""

    def person(self, session, world, key):
        return session.get_one(Person, world.people[key])

    def test_a_hat_is_given_and_noted(self, acting, world):
        with acting("admin") as session:
            mentor = self.person(session, world, "mentor")
            hat = service.give_hat(mentor, HatKind.INDUCTION_TUTOR, today(), school_id=world.schools["alder"])
            session.flush()
            assert hat.worn_on(today())
            assert notes(session)[0] == "hat given"

    @pytest.mark.parametrize("kind", sorted(AT_A_SCHOOL))
    def test_a_school_role_needs_a_school(self, kind, acting, world):
        with acting("admin") as session:
            mentor = self.person(session, world, "mentor")
            refused_notes(session, refusals.HatNeedsPlace, lambda: service.give_hat(mentor, kind, today()))

    def test_a_trust_role_needs_a_trust(self, acting, world):
        with acting("admin") as session:
            mentor = self.person(session, world, "mentor")
            refused_notes(
                session,
                refusals.HatNeedsTrust,
                lambda: service.give_hat(mentor, HatKind.TRUST_ADMINISTRATOR, today()),
            )

    def test_a_place_that_does_not_fit_the_role_is_left_out(self, acting, world):
        with acting("admin") as session:
            mentor = self.person(session, world, "mentor")
            hat = service.give_hat(
                mentor, HatKind.FINANCE, today(), school_id=world.schools["alder"], trust_code="4001"
            )
            session.flush()
            assert (hat.school_id, hat.trust_code) == (None, None)

    def test_the_last_day_is_not_before_the_first(self, acting, world):
        with acting("admin") as session:
            mentor = self.person(session, world, "mentor")
            refused_notes(
                session,
                refusals.HatEndsTooEarly,
                lambda: service.give_hat(
                    mentor, HatKind.FINANCE, today(), ends_on=today() - timedelta(days=1)
                ),
            )
            hat = session.get_one(Hat, world.hats["head"][0])
            refused_notes(
                session,
                refusals.HatEndsTooEarly,
                lambda: service.end_hat(hat, BEGAN - timedelta(days=1)),
            )

    def test_a_hat_is_ended_and_noted_with_before_and_after(self, acting, world):
        with acting("admin") as session:
            service.end_hat(session.get_one(Hat, world.hats["head"][0]), date(2026, 12, 31))
            session.flush()
            note = session.scalars(select(AuditNote).order_by(AuditNote.id.desc()).limit(1)).one()
            assert note.what == "hat ended"
            assert note.changes == '{"ends_on": [null, "2026-12-31"]}'

    @pytest.mark.parametrize("who", ["admin", "operator"])
    def test_nobody_gives_or_takes_the_own(self, who, acting, world):
        with acting(who) as session:
            me = self.person(session, world, who)
            own = session.get_one(Hat, world.hats[who][0])
            user = session.get_one(User, me.user_id)
            for call in (
                lambda: service.give_hat(me, HatKind.AB_OFFICER, today()),
                lambda: service.end_hat(own, today()),
                lambda: service.switch(user, active=False),
            ):
                refused_notes(session, refusals.NotOwnHat, call)

    def test_the_last_administrator_stays(self, acting, world):
        with acting("operator") as session:
            only = session.get_one(Hat, world.hats["admin"][0])
            refused_notes(session, refusals.LastAdministrator, lambda: service.end_hat(only, today()))
            service.give_hat(self.person(session, world, "officer"), HatKind.AB_ADMINISTRATOR, today())
            service.end_hat(only, today())
            session.flush()
            assert only.ends_on == today()

    @pytest.mark.parametrize("days", [{"ends_on": 0}, {"starts_on": 5}])
    def test_one_who_ends_the_same_day_or_begins_later_does_not_count(self, days, acting, world):
        when = {name: today() + timedelta(days=number) for name, number in days.items()}
        with acting("operator") as session:
            officer = self.person(session, world, "officer")
            service.give_hat(
                officer,
                HatKind.AB_ADMINISTRATOR,
                when.get("starts_on", today()),
                ends_on=when.get("ends_on"),
            )
            session.flush()
            only = session.get_one(Hat, world.hats["admin"][0])
            with pytest.raises(refusals.LastAdministrator):
                service.end_hat(only, today())
            session.rollback()


class TestAccounts:
    """Passwords are set and accounts switched, each with its note, none with a password in it."""

    def user(self, session, key):
        return session.scalars(select(User).where(User.username == username(key))).one()

    def test_each_leaves_a_note_and_no_note_holds_a_password_or_its_hash(self, acting):
        new = "walrus candle 77 ferry"
        with acting("admin") as session:
            user = self.user(session, "head")
            service.set_password(user, new)
            service.switch(user, active=False)
            service.switch(user, active=True)
            session.flush()
            assert notes(session)[:3] == ["account switched on", "account switched off", "password set"]
            kept = [note.changes or "" for note in session.scalars(select(AuditNote))]
            assert not any(new in text or "scrypt" in text for text in kept)
            session.rollback()

    def test_the_own_password_is_changed_by_who_knows_the_old_one(self, acting):
        with acting("head") as session:
            me = self.user(session, "head")
            with pytest.raises(refusals.WrongOldPassword):
                service.change_password(me, current="not it at all", new="walrus candle 77 ferry")
            with pytest.raises(refusals.PasswordKnown):
                service.change_password(me, current=PASSWORD, new="head madeup 2026")
            service.change_password(me, current=PASSWORD, new="walrus candle 77 ferry")
            session.flush()
            assert check_password_hash(me.password, "walrus candle 77 ferry")
            session.rollback()

    def test_nobody_sets_the_password_of_somebody_out_of_scope(self, acting):
        with acting("officer") as session:
            assert session.scalars(select(User).where(User.username == username("head"))).first() is None


class TestRights:
    """Roles and rights are code: `roles.toml`, and nothing beside it."""

    def test_the_database_holds_what_the_file_says_and_no_more(self, app):
        with app.app_context():
            held = {kind.value: rights.read_rights(kind) for kind in HatKind}
        assert held == rights.reviewed_roles()

    @pytest.mark.parametrize("who", ["ect", "mentor", "head", "officer", "finance", "auditor", "dpo"])
    def test_a_hat_without_a_right_gets_403_and_hears_nothing_of_the_screen(self, who, signed_in):
        browser = signed_in(who)
        answer = browser.get("/settings/users/")

        assert answer.status_code == 403
        for word in ("Users", "PeopleView", "Add a user", "can_list", username("admin")):
            assert word not in answer.text

    def test_the_menu_names_no_screen_without_a_right(self, signed_in):
        assert "/settings/users/" in signed_in("admin").get("/").text
        assert "/settings/" not in signed_in("head").get("/").text

    def test_a_403_reads_the_same_whether_the_record_is_there_or_not(self, signed_in, world):
        browser = signed_in("head")
        uid = world.person_uids["admin"]
        there = browser.get(f"/settings/users/{uid}")
        not_there = browser.get("/settings/users/abcdefghjkmn")

        assert there.status_code == not_there.status_code == 403
        assert without_tokens(there.text, uid) == without_tokens(not_there.text, "abcdefghjkmn")

    def test_signed_out_every_screen_asks_to_sign_in(self, app):
        for path in ("/", "/ects/", "/settings/users/", "/me/"):
            answer = Browser(app).get(path)
            assert (answer.status_code, answer.location) == (303, "/login/")
