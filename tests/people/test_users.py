"""Users, their roles and accounts, looked after by form (issue 2, item 6)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User

from app.access.models import Hat, Person
from app.audit.models import AuditNote
from app.extensions import today
from tests.browser import Browser, fields_of
from tests.builders import number_of, rows_of
from tests.world import World, username

NEW = {
    "first_name": "Nadia",
    "last_name": "Okonkwo-Ferreira",
    "email": "nadia@made-up.example",
    "username": "nadia",
    "new": "lantern gravel oboe 77",
}
USERS = "/settings/users/"


def boxes(day: date) -> list[str]:
    return [str(day.day), str(day.month), str(day.year)]


def hats_of(app: Flask, world: World, key: str) -> list[Hat]:
    return rows_of(app, Hat, Hat.person_id == world.people[key])


class TestAddingAUser:
    """Somebody new signs in once a role is given."""

    def test_a_new_user_with_a_role_signs_in_with_username_or_address(
        self, app: Flask, signed_in: Callable[[str], Browser], anybody: Callable[[], Browser]
    ) -> None:
        admin = signed_in("admin")
        added = admin.send(f"{USERS}new", **NEW)
        assert added.status_code == 303
        assert "without one they cannot sign in" in admin.get(added.location).text
        assert "You have no role here at present" in self.tries(anybody()).text

        given = admin.send(
            f"{added.location}/roles/new",
            kind="school_administrator",
            school_words="birch",
            starts_on=boxes(today()),
        )
        assert given.status_code == 303
        for name in ("nadia", "NADIA", " Nadia@Made-Up.example "):
            assert self.tries(anybody(), name).status_code == 303

    @staticmethod
    def tries(browser: Browser, name: str = "nadia") -> object:
        fields = browser.fields("/login/", having="password")
        return browser.client.post("/login/", data=fields | {"username": name, "password": NEW["new"]})

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"first_name": ""}, "first_name", "Enter the first name"),
            ({"last_name": "  "}, "last_name", "Enter the last name"),
            ({"email": "nadia"}, "email", "Email address must have an @"),
            ({"email": username("HEAD")}, "email", "already belongs to another account"),
            ({"username": username("head")}, "username", "Somebody already signs in as"),
            ({"username": "x" * 129}, "username", "must be 128 characters or fewer. It has 129"),
            ({"new": "short"}, "new", "must have 12 characters or more"),
            ({"new": "nadia nadia nadia"}, "new", "easy to guess"),
            ({"new": "x" * 129}, "new", "128 characters or fewer"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nobody_is_added(
        self,
        changes: dict[str, str],
        field: str,
        sentence: str,
        app: Flask,
        signed_in: Callable[[str], Browser],
    ) -> None:
        people, users = number_of(app, Person), number_of(app, User)
        answer = signed_in("admin").send(f"{USERS}new", **NEW | changes)

        assert answer.status_code == 422
        beside = re.search(rf'<p id="{field}-error".*?</p>', answer.text, re.DOTALL)
        assert beside is not None
        assert sentence in unescape(beside[0])
        kept = fields_of(answer.text, having="submission")
        wanted = NEW | changes
        assert {name: kept[name] for name in ("first_name", "last_name", "email", "username")} == {
            name: wanted[name] for name in ("first_name", "last_name", "email", "username")
        }
        assert (number_of(app, Person), number_of(app, User)) == (people, users)

    def test_fields_that_the_form_does_not_have_change_nothing(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        extra = {"active": "", "id": "1", "roles": "1", "user_id": "1", "password": "x", "sort_name": "zz"}
        assert signed_in("admin").send(f"{USERS}new", **NEW | extra).status_code == 303
        made = rows_of(app, User, User.username == "nadia")[0]
        assert made.active
        assert made.password.startswith("scrypt:")
        assert rows_of(app, Person, Person.user_id == made.id)[0].sort_name == "okonkwo ferreira nadia"


class TestRoles:
    """A role begins and ends by form; what ends takes its sessions along at once."""

    def test_a_role_that_is_given_is_on_the_page_with_its_place(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        admin, at = signed_in("admin"), f"{USERS}{world.person_uids['finance']}"
        answer = admin.send(
            f"{at}/roles/new",
            kind="mentor",
            school="900102",
            school_words="",
            starts_on=["1", "sept", "2026"],
        )
        assert (answer.status_code, answer.location) == (303, at)
        page = unescape(admin.get(at).text)
        assert "Mentor, Birch Lane Academy" in page
        assert "1 September 2026" in page
        assert hats_of(app, world, "finance")[-1].school_id == world.schools["birch"]

    def test_a_trust_role_asks_for_the_trust(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        admin, at = signed_in("admin"), f"{USERS}{world.person_uids['finance']}/roles/new"
        refused = admin.send(at, kind="trust_administrator", trust_code="", starts_on=boxes(today()))
        assert refused.status_code == 422
        assert "Enter the trust" in unescape(refused.text)
        assert (
            admin.post(at, fields_of(refused.text, having="submission") | {"trust_code": "4001"}).status_code
            == 303
        )
        assert hats_of(app, world, "finance")[-1].trust_code == "4001"

    @pytest.mark.parametrize("kind", ["ect", "operator", "nonsense", "", "AB_OFFICER"])
    def test_a_role_that_is_not_given_here_is_refused(
        self, kind: str, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        before = number_of(app, Hat)
        answer = signed_in("admin").send(
            f"{USERS}{world.person_uids['finance']}/roles/new", kind=kind, starts_on=boxes(today())
        )
        assert answer.status_code == 422
        assert number_of(app, Hat) == before

    def test_nobody_gives_a_role_to_themselves(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").send(
            f"{USERS}{world.person_uids['admin']}/roles/new", kind="finance", starts_on=boxes(today())
        )
        assert answer.status_code == 422
        assert "Another administrator must change your own roles" in answer.text
        assert len(hats_of(app, world, "admin")) == 1

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            (["", "", ""], "Enter the first day"),
            (["31", "4", "2026"], "First day must be a real date. April has 30 days"),
            (["1", "", "2026"], "First day must include a month"),
            (["1", "9", "26"], "First day must be a real date, such as 1 9 2026"),
            (["29", "2", "2027"], "February has 28 days"),
            (["1", "13", "2026"], "First day must be a real date"),
            (["x", "y", "z"], "First day must be a real date"),
        ],
    )
    def test_a_day_that_is_none_is_refused_with_what_is_wrong_and_kept(
        self, day: list[str], sentence: str, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").send(
            f"{USERS}{world.person_uids['finance']}/roles/new", kind="finance", starts_on=day
        )
        assert answer.status_code == 422
        assert sentence in unescape(answer.text)
        assert fields_of(answer.text, having="submission")["starts_on"] == day

    def test_a_role_that_ended_yesterday_is_out_of_use_and_its_session_dead_with_the_next_request(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        mentor, admin = signed_in("mentor"), signed_in("admin")
        hat = hats_of(app, world, "mentor")[0]
        at = f"{USERS}{world.person_uids['mentor']}"
        assert mentor.get("/ects/").status_code == 200

        answer = admin.send(f"{at}/roles/{hat.uid}", ends_on=boxes(today() - timedelta(days=1)))
        assert (answer.status_code, answer.location) == (303, at)
        assert mentor.get("/ects/").status_code == 303
        assert "Not in use" in admin.get(at).text
        assert number_of(app, AuditNote, AuditNote.what == "hat ended") == 1

    def test_a_last_day_before_the_first_is_refused(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        hat = hats_of(app, world, "mentor")[0]
        answer = signed_in("admin").send(
            f"{USERS}{world.person_uids['mentor']}/roles/{hat.uid}", ends_on=["1", "1", "2020"]
        )
        assert answer.status_code == 422
        assert "The last day must be on or after the first, 1 September 2024" in unescape(answer.text)
        assert hats_of(app, world, "mentor")[0].ends_on is None


class TestAccount:
    """An account that is switched off is out at once, and nobody switches the own one."""

    def test_off_ends_every_session_and_on_lets_the_person_in_again(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser], anybody: Callable[[], Browser]
    ) -> None:
        mentor, admin = signed_in("mentor"), signed_in("admin")
        switch = f"{USERS}{world.person_uids['mentor']}/switch"

        assert admin.post(f"{switch}?to=off").status_code == 303
        assert mentor.get("/ects/").location == "/login/"
        assert "Username or password is not right" in anybody().sign_in("mentor").text
        assert admin.post(f"{switch}?to=on").status_code == 303
        assert anybody().sign_in("mentor").status_code == 303

    def test_the_page_of_the_person_has_the_button(
        self, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        admin, at = signed_in("admin"), f"{USERS}{world.person_uids['mentor']}"
        assert f'action="{at}/switch?to=off"' in admin.get(at).text
        admin.post(f"{at}/switch?to=off")
        assert f'action="{at}/switch?to=on"' in admin.get(at).text

    def test_a_double_click_does_it_once(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        admin, switch = signed_in("admin"), f"{USERS}{world.person_uids['mentor']}/switch?to=off"
        first, second = admin.post(switch), admin.post(switch)
        assert (first.status_code, first.location) == (second.status_code, second.location)
        assert number_of(app, AuditNote, AuditNote.what == "account switched off") == 1
        assert not rows_of(app, User, User.username == username("mentor"))[0].active

    @pytest.mark.parametrize("to", ["", "?to=", "?to=maybe", "?to=OFF"])
    def test_an_address_that_says_neither_is_refused(
        self, to: str, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").post(f"{USERS}{world.person_uids['mentor']}/switch{to}")
        assert answer.status_code == 400
        assert rows_of(app, User, User.username == username("mentor"))[0].active

    def test_nobody_switches_the_own_account(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        admin, at = signed_in("admin"), f"{USERS}{world.person_uids['admin']}"
        assert admin.post(f"{at}/switch?to=off").status_code == 303
        assert "Another administrator must change your own roles" in admin.get(at).text

    def test_a_password_that_is_set_for_somebody_ends_their_sessions(
        self, world: World, signed_in: Callable[[str], Browser], anybody: Callable[[], Browser]
    ) -> None:
        mentor, admin = signed_in("mentor"), signed_in("admin")
        at = f"{USERS}{world.person_uids['mentor']}"
        assert admin.send(f"{at}/password", new="short").status_code == 422
        assert mentor.get("/ects/").status_code == 200
        assert admin.send(f"{at}/password", new="copper thimble estuary").status_code == 303
        assert mentor.get("/ects/").status_code == 303
        assert anybody().sign_in("mentor", "copper thimble estuary").status_code == 303

    def test_roles_are_shown_and_nothing_on_the_page_changes_them(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        page = signed_in("director").get("/settings/roles/")
        assert page.status_code == 200
        assert "AB administrator" in page.text
        main = page.text.partition("<main")[2].partition("</main>")[0]
        assert "<form" not in main
        assert "<a " not in main
