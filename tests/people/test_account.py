"""Signing in, the own account, the hat in use and the language (issue 2, items 6 and 7)."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.access.models import StoredSession
from tests.browser import Browser, Forms
from tests.builders import number_of, rows_of, without_tokens
from tests.world import PASSWORD, World, username

# 24 spellings of an address elsewhere.
ELSEWHERE = (
    "//evil.example",
    "//evil.example/",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "http://evil.example",
    "https://evil.example/ects/",
    "HTTPS:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:x@evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    " //evil.example",
    "/\x00/evil.example",
    "evil.example",
    "//localhost@evil.example",
)


def as_a_browser_reads(location: str, base: str = "http://localhost/") -> str:
    """The host that a browser goes to: it drops tabs and line ends, trims, and reads backslashes as slashes."""
    text = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")
    if text.startswith("//"):
        return urlsplit("http:" + text).hostname or ""
    parts = urlsplit(text)
    return parts.hostname or parts.scheme or urlsplit(base).hostname or ""


class TestSignIn:
    """One way in; what it says tells nobody who has an account (ASVS 6.3.8)."""

    def test_an_unknown_account_and_a_wrong_password_are_answered_alike(
        self, anybody: Callable[[], Browser]
    ) -> None:
        known, unknown = anybody(), anybody()
        answers = [known.sign_in("head", "wrong"), unknown.sign_in("dead", "wrong")]
        assert {answer.status_code for answer in answers} == {422}
        bare = {
            without_tokens(answer.text, name)
            for answer, name in zip(answers, (username("head"), username("dead")), strict=True)
        }
        assert len(bare) == 1
        assert "Username or password is not right" in bare.pop()

    def test_a_refused_sign_in_keeps_the_name_and_not_the_password(
        self, anybody: Callable[[], Browser]
    ) -> None:
        page = anybody().sign_in("head", "wrong password 12").text
        assert f'value="{username("head")}"' in page
        assert "wrong password 12" not in page
        assert page.partition("<title>")[2].startswith("Error: Sign in")
        assert 'id="username-error"' in page

    def test_empty_boxes_are_said_beside_each(self, anybody: Callable[[], Browser]) -> None:
        page = anybody().send("/login/", having="password", username="", password="").text
        assert "Enter your username or email address" in page
        assert "Enter your password" in page

    def test_who_is_signed_in_is_led_on(self, signed_in: Callable[[str], Browser]) -> None:
        head = signed_in("head")
        assert head.get("/login/").location == "/"
        assert head.get("/login/?next=https://evil.example").location == "/"

    def test_the_page_that_was_wanted_is_kept_through_a_wrong_password(
        self, anybody: Callable[[], Browser], world: World
    ) -> None:
        stranger = anybody()
        wanted = f"/ects/{world.uids['amara']}"
        assert stranger.get(wanted).location == "/login/"
        stranger.sign_in("head", "wrong")
        assert stranger.sign_in("head").location == wanted

    @pytest.mark.parametrize("parameter", ["next", "redirect", "return_to"])
    def test_an_address_elsewhere_in_the_address_bar_is_never_followed(
        self, parameter: str, anybody: Callable[[], Browser]
    ) -> None:
        for spelling in ELSEWHERE:
            stranger = anybody()
            stranger.get("/login/", query_string={parameter: spelling})
            token = stranger.fields("/login/", having="password")
            answer = stranger.client.post(
                "/login/",
                data=token | {"username": username("head"), "password": PASSWORD, parameter: spelling},
                query_string={parameter: spelling},
            )
            assert (answer.status_code, answer.location) == (303, "/"), spelling

    def test_an_address_that_was_asked_for_with_extra_slashes_stays_here(
        self, anybody: Callable[[], Browser]
    ) -> None:
        for spelling in ("//evil.example/ects/", "/%5cevil.example", "/ects/?x=//evil.example"):
            stranger = anybody()
            stranger.get(spelling)
            location = str(stranger.sign_in("head").location)
            assert as_a_browser_reads(location) == "localhost", location

    def test_signing_out_ends_the_row_and_the_old_cookie_is_worth_nothing(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        head = signed_in("head")
        old = head.cookie()
        assert number_of(app, StoredSession) == 1
        assert head.post("/logout/").location == "/login/"
        assert number_of(app, StoredSession) == 0
        head.client.set_cookie("session", old or "")
        assert head.get("/ects/").location == "/login/"


class TestOwnPassword:
    """ASVS 6.2.2 and 6.2.3: changed by the owner, who says the current one."""

    NEW = "copper thimble estuary"

    def test_a_new_password_is_taken_and_every_other_session_ends(
        self, signed_in: Callable[[str], Browser], anybody: Callable[[], Browser]
    ) -> None:
        here, elsewhere = signed_in("head"), signed_in("head")
        answer = here.send("/me/password/", current=PASSWORD, new=self.NEW)

        assert (answer.status_code, answer.location) == (303, "/me/")
        assert "Your password is changed." in here.get("/me/").text
        assert elsewhere.get("/me/").location == "/login/"
        assert anybody().sign_in("head").status_code == 422
        assert anybody().sign_in("head", self.NEW).status_code == 303

    @pytest.mark.parametrize(
        ("current", "new", "field", "sentence"),
        [
            ("wrong", NEW, "current", "The current password is not right"),
            ("", NEW, "current", "Enter your current password"),
            (PASSWORD, "", "new", "Enter a new password"),
            (PASSWORD, "eleven char", "new", "12 characters or more"),
            (PASSWORD, "sixterms1234", "new", "easy to guess"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nothing_changes(
        self,
        current: str,
        new: str,
        field: str,
        sentence: str,
        signed_in: Callable[[str], Browser],
        anybody: Callable[[], Browser],
    ) -> None:
        here, elsewhere = signed_in("head"), signed_in("head")
        answer = here.send("/me/password/", current=current, new=new)

        assert answer.status_code == 422
        beside = re.search(rf'id="{field}-error".*?</p>', answer.text, re.DOTALL)
        assert beside is not None
        assert sentence in beside[0]
        for typed in filter(None, (current, new)):
            assert f'value="{typed}"' not in answer.text
        assert elsewhere.get("/me/").status_code == 200
        assert anybody().sign_in("head").status_code == 303


class TestHats:
    """One person, one sign-in, several hats; a visible switch changes the one in use."""

    @staticmethod
    def names(browser: Browser) -> set[str]:
        return set(re.findall(r'<th scope="row"><a href="/ects/[^"]+">([^<,]*)', browser.get("/ects/").text))

    def test_a_switch_by_post_changes_records_rights_and_token(
        self, signed_in: Callable[[str], Browser], world: World
    ) -> None:
        person = signed_in("two_hats")
        before = person.cookie()
        assert self.names(person) == {"Herenow", "Movedon", "Unassigned"}
        assert person.get("/schools/import/").status_code == 403

        answer = self.switched(person, "AB officer")
        assert (answer.status_code, answer.location) == (303, "/")
        assert person.cookie() != before
        assert "You now act as AB officer." in person.get("/").text
        assert self.names(person) == {"Farway", "Eve", "Elsewhere"} - {"Eve"}
        assert person.get("/schools/import/").status_code == 200

    @staticmethod
    def switched(person: Browser, words: str) -> TestResponse:
        page = person.get("/me/").text
        found = re.search(rf'name="hat" type="radio" value="([^"]+)"[^>]*><label[^>]*>{words}', page)
        assert found is not None
        return person.post("/me/hat", {"hat": found[1]})

    def test_a_get_switches_nothing(
        self, app: Flask, signed_in: Callable[[str], Browser], world: World
    ) -> None:
        person = signed_in("two_hats")
        uid = next(
            dict(fields)["hat"]
            for _a, fields in Forms(person.get("/me/").text).forms
            if "hat" in dict(fields)
        )
        before = rows_of(app, StoredSession)
        assert person.get("/me/hat").status_code == 404
        assert person.get(f"/me/?hat={uid}").status_code == 200
        assert rows_of(app, StoredSession) == before

    def test_a_hat_of_somebody_else_and_an_absent_one_are_answered_alike(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        from app.access.models import Hat

        person = signed_in("head")
        foreign = rows_of(app, Hat, Hat.person_id == world.people["admin"])[0].uid
        answers = [person.post("/me/hat", {"hat": uid}) for uid in (foreign, "z" * len(foreign), "")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({without_tokens(answer.text) for answer in answers}) == 1
        assert person.get("/schools/import/").status_code == 403

    def test_who_has_one_hat_is_offered_no_switch(self, signed_in: Callable[[str], Browser]) -> None:
        page = signed_in("head").get("/me/").text
        assert "Which hat do you wear?" not in page
        assert "Headteacher" in page


class TestLanguage:
    """screens.md 4: Welsh by a button that keeps the page; nobody is led elsewhere by it."""

    def test_the_language_stays_for_the_session_and_the_page_is_kept(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        head = signed_in("head")
        page = head.get("/ects/?sort=-sort_name")
        action, fields = next((a, dict(f)) for a, f in Forms(page.text).forms if a == "/language/")
        answer = head.post(action, fields | {"language": "cy"})

        assert (answer.status_code, answer.location) == (303, "/ects/?sort=-sort_name")
        assert '<html lang="cy"' in head.get(answer.location).text
        assert '<html lang="cy"' in head.get("/me/").text

    def test_the_language_chosen_before_sign_in_stays_after_it(self, anybody: Callable[[], Browser]) -> None:
        person = anybody()
        person.post(
            "/language/", {"language": "cy", "next": "/login/", "csrf_token": person.token("/login/")}
        )
        assert '<html lang="cy"' in person.get("/login/").text
        assert person.sign_in("head").status_code == 303
        assert '<html lang="cy"' in person.get("/").text

    def test_no_spelling_of_an_address_elsewhere_leads_there(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        head = signed_in("head")
        assert len(ELSEWHERE) == 24
        for spelling in ELSEWHERE:
            answer = head.post("/language/", {"language": "en", "next": spelling})
            assert answer.status_code == 303, spelling
            assert as_a_browser_reads(str(answer.location)) == "localhost", spelling

    @pytest.mark.parametrize("language", ["", "xx", "../en", "cy\x00", "CY", "x" * 10_000])
    def test_a_language_that_is_not_there_is_refused(
        self, language: str, signed_in: Callable[[str], Browser]
    ) -> None:
        head = signed_in("head")
        assert head.post("/language/", {"language": language, "next": "/me/"}).status_code == 400
        assert '<html lang="en"' in head.get("/me/").text
