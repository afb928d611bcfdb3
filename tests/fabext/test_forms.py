"""Forms of the house: refused with nothing lost, the later editor told, equal posts with one effect (S7, S8)."""

import re
import time
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from itsdangerous import TimestampSigner

from app.access.models import Person, Submission
from app.audit.models import AuditNote
from app.schools.models import SchoolContact
from tests.browser import Browser, Forms, fields_of
from tests.builders import at_once, number_of, rows_of
from tests.world import World

CONTACT = "/schools/900101/contact/edit"
NEW_USER = "/settings/users/new"
SOMEBODY = {
    "first_name": "Nadia",
    "last_name": "Okonkwo-Ferreira",
    "email": "nadia@made-up.example",
    "username": "nadia",
    "new": "lantern gravel oboe 77",
}


def contact(app: Flask, world: World) -> Any:
    return rows_of(app, SchoolContact, SchoolContact.school_id == world.schools["alder"])[0]


def title_of(page: str) -> str:
    found = re.search(r"<title>([^<]*)</title>", page)
    assert found is not None
    return unescape(found[1])


def tag_of(page: str, field: str) -> str:
    """The tag of a field, as it stands in the page."""
    found = re.search(rf'<(?:input|textarea)[^>]*\sname="{field}"[^>]*>', page)
    assert found is not None, field
    return found[0]


class TestRefusedForms:
    """design.md rule 9: a clear sentence next to the field, and nothing typed is lost."""

    TYPED = {
        "contact_name": "Zoë <b>O’Neill</b> & Söhne",
        "contact_email": "no address",
        "contact_telephone": "ring twice",
        "area": "North",
        "note": "  First line\r\n\r\n{{ 7 * 191 }}\r\n",
    }

    @pytest.fixture
    def page(self, signed_in: Callable[[str], Browser]) -> str:
        answer = signed_in("officer").send(CONTACT, **self.TYPED)
        assert answer.status_code == 422
        return answer.text

    def test_everything_typed_stands_in_the_form_that_is_shown_again(self, page: str) -> None:
        shown = fields_of(page, having="submission")
        shown["note"] = re.sub(r"\r?\n", "\r\n", shown["note"])
        assert {name: shown[name] for name in self.TYPED} == self.TYPED

    def test_each_message_stands_beside_its_field_and_the_field_names_it(self, page: str) -> None:
        for field, sentence in (
            ("contact_email", "Email address must have an @ and a domain, such as name@school.example"),
            ("contact_telephone", "Telephone number must have 10 or 11 digits, or start with +"),
        ):
            tag = tag_of(page, field)
            described = re.search(r'aria-describedby="([^"]*)"', tag)
            assert described is not None
            assert f"{field}-error" in described[1].split()
            assert 'aria-invalid="true"' in tag
            beside = re.search(rf'<p id="{field}-error"[^>]*>(.*?)</p>', page, re.DOTALL)
            assert beside is not None
            assert sentence in unescape(beside[1])

    def test_a_field_that_is_right_has_no_message(self, page: str) -> None:
        assert "area-error" not in page
        assert "aria-invalid" not in tag_of(page, "area")

    def test_the_summary_on_top_leads_to_each_field(self, page: str) -> None:
        summary = page[page.index("govuk-error-summary") : page.index("<h1")]
        assert re.findall(r'href="#([^"]*)"', summary) == ["contact_email", "contact_telephone"]
        assert 'role="alert"' in summary
        for target in ("contact_email", "contact_telephone"):
            assert f'id="{target}"' in page

    def test_the_title_says_that_something_is_wrong_and_where_one_is(self, page: str) -> None:
        assert title_of(page).startswith("Error: Change the contact")
        assert page.count("<h1") == 1

    def test_nothing_is_saved_and_no_note_is_left(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        before, notes = contact(app, world), number_of(app, AuditNote)
        assert signed_in("officer").send(CONTACT, **self.TYPED).status_code == 422
        assert contact(app, world) == before
        assert number_of(app, AuditNote) == notes

    def test_a_refused_form_put_right_is_saved_without_opening_it_anew(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        refused = officer.send(CONTACT, **self.TYPED)
        again = fields_of(refused.text, having="submission") | {
            "contact_email": "zoe@alder.example",
            "contact_telephone": "01632 960222",
        }
        assert officer.post(CONTACT, again).status_code == 303
        assert contact(app, world).contact_name == self.TYPED["contact_name"]

    def test_a_rule_that_refuses_stands_beside_its_field_and_keeps_what_was_typed(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").send(NEW_USER, **SOMEBODY | {"username": "HEAD@made-up.example"})

        assert answer.status_code == 422
        assert "Somebody already signs in as HEAD@made-up.example" in answer.text
        shown = fields_of(answer.text, having="submission")
        assert shown["last_name"] == SOMEBODY["last_name"]
        assert "username-error" in tag_of(answer.text, "username")

    def test_a_password_is_never_written_into_the_page(self, signed_in: Callable[[str], Browser]) -> None:
        answer = signed_in("admin").send(NEW_USER, **SOMEBODY | {"email": "none"})
        assert SOMEBODY["new"] not in answer.text

    def test_a_saved_form_says_so_once(self, signed_in: Callable[[str], Browser]) -> None:
        officer = signed_in("officer")
        answer = officer.send(CONTACT, area="East")
        assert (answer.status_code, answer.location) == (303, "/schools/900101")
        first, second = officer.get(answer.location).text, officer.get(answer.location).text
        assert 'role="status"' in first[: first.index("<h1")]
        assert "is saved" in first
        assert "is saved" not in second


class TestTwoEditors:
    """security.md S7: the second of two editors is told, both values are shown, and a save on top is possible."""

    def test_the_later_editor_sees_both_values_and_saves_on_top_of_the_other(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        head, officer = signed_in("head"), signed_in("officer")
        opened = officer.fields(CONTACT)
        assert head.send(CONTACT, contact_name="Grace First").status_code == 303

        later = officer.post(CONTACT, opened | {"contact_name": "Omar Second"})

        assert later.status_code == 422
        clash = later.text[later.text.index('id="clash"') :]
        assert "Grace First" in clash
        assert "Omar Second" in clash
        assert fields_of(later.text, having="submission")["contact_name"] == "Omar Second"
        assert contact(app, world).contact_name == "Grace First"

        on_top = officer.post(CONTACT, fields_of(later.text, having="submission"))
        assert on_top.status_code == 303
        assert contact(app, world).contact_name == "Omar Second"

    def test_a_third_save_meanwhile_stops_the_second_try_as_well(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        head, officer = signed_in("head"), signed_in("officer")
        opened = officer.fields(CONTACT)
        head.send(CONTACT, contact_name="Grace First")
        refused = officer.post(CONTACT, opened | {"contact_name": "Omar Second"})
        head.send(CONTACT, contact_name="Grace Again")

        answer = officer.post(CONTACT, fields_of(refused.text, having="submission"))
        assert answer.status_code == 422
        assert contact(app, world).contact_name == "Grace Again"

    def test_the_later_editor_of_a_form_that_is_wrong_too_is_told_both(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        head, officer = signed_in("head"), signed_in("officer")
        opened = officer.fields(CONTACT)
        head.send(CONTACT, contact_name="Grace First")

        later = officer.post(CONTACT, opened | {"contact_name": "Omar Second", "contact_email": "no"})
        assert later.status_code == 422
        assert "Grace First" in later.text
        assert "Email address must have an @" in later.text

    @pytest.mark.parametrize("version", ["", "abc", "-1", "0", "999999", "1.0", "1e3", "9" * 40, "٢"])
    def test_a_version_that_was_tampered_with_saves_nothing(
        self, version: str, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        before = contact(app, world)
        answer = signed_in("officer").send(CONTACT, version=version, contact_name="Tampered With")
        assert answer.status_code == 422
        assert contact(app, world) == before
        assert fields_of(answer.text, having="submission")["contact_name"] == "Tampered With"

    def test_a_form_without_its_version_saves_nothing(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        before, fields = contact(app, world), officer.fields(CONTACT)
        del fields["version"]
        assert officer.post(CONTACT, fields | {"area": "West"}).status_code == 422
        assert contact(app, world) == before

    def test_six_editors_of_one_record_are_one_accepted_for_each_version(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        """Recipe 6: 20 rounds of six editors, 20 accepted and 100 shown again."""
        rounds, hands = 20, 6
        browsers = [signed_in("officer") for _ in range(hands)]
        before = contact(app, world).version
        codes = []
        for number in range(rounds):
            forms = [browser.fields(CONTACT) for browser in browsers]

            def save(hand: int, forms: Any = forms, number: int = number) -> int:
                typed = {"contact_name": f"Round {number} Hand {hand}"}
                return browsers[hand].client.post(CONTACT, data=forms[hand] | typed).status_code

            codes += at_once(hands, save)

        assert (codes.count(303), codes.count(422)) == (rounds, rounds * (hands - 1))
        assert contact(app, world).version == before + rounds


class TestEqualPosts:
    """security.md S8: the token of a form is claimed before anything else; equal posts have one effect."""

    def test_the_same_form_sent_twice_is_done_once_and_answered_alike(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        admin, notes = signed_in("admin"), number_of(app, AuditNote)
        filled = admin.fields(NEW_USER) | SOMEBODY
        first, second = admin.post(NEW_USER, filled), admin.post(NEW_USER, filled)

        assert first.status_code == second.status_code == 303
        assert number_of(app, AuditNote) == notes + 1

    def test_an_edit_sent_twice_is_done_once_and_answered_alike(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        filled = officer.fields(CONTACT) | {"area": "South"}
        first, second = officer.post(CONTACT, filled), officer.post(CONTACT, filled)

        assert (first.status_code, first.location) == (second.status_code, second.location)
        assert first.status_code == 303
        assert contact(app, world).version == 2

    def test_a_refused_form_does_not_use_its_token_up(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        before = number_of(app, Submission)
        assert signed_in("admin").send(NEW_USER, **SOMEBODY | {"email": "no"}).status_code == 422
        assert number_of(app, Submission) == before

    @pytest.mark.parametrize("token", ["", "short", "x" * 44, "é" * 42, "a" * 5000])
    def test_a_forged_token_saves_nothing_and_keeps_the_text(
        self, token: str, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        people = number_of(app, Person)
        answer = signed_in("admin").send(NEW_USER, **SOMEBODY | {"submission": token})
        assert answer.status_code == 422
        assert number_of(app, Person) == people
        assert fields_of(answer.text, having="submission")["last_name"] == SOMEBODY["last_name"]

    def test_a_form_without_its_token_saves_nothing_and_says_so(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        admin, people = signed_in("admin"), number_of(app, Person)
        filled = admin.fields(NEW_USER) | SOMEBODY
        del filled["submission"]
        answer = admin.post(NEW_USER, filled)
        assert answer.status_code == 422
        assert "Your text is kept: save it again" in answer.text
        assert number_of(app, Person) == people

    def test_a_form_with_a_forged_token_is_shown_with_one_that_works(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        refused = admin.send(NEW_USER, **SOMEBODY | {"submission": "forged"})
        again = fields_of(refused.text, having="submission") | {"new": SOMEBODY["new"]}
        assert admin.post(NEW_USER, again).status_code == 303

    def test_twenty_rounds_of_six_equal_posts_at_once_have_twenty_effects(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        rounds, hands = 20, 6
        browsers = [signed_in("admin") for _ in range(hands)]
        people, notes = number_of(app, Person), number_of(app, AuditNote)
        codes = []
        for number in range(rounds):
            filled = browsers[0].fields(NEW_USER) | SOMEBODY
            filled |= {"username": f"nadia{number}", "email": f"nadia{number}@made-up.example"}
            tokens = [browser.token() for browser in browsers]

            def send(hand: int, filled: Any = filled, tokens: Any = tokens) -> int:
                values = filled | {"csrf_token": tokens[hand]}
                return browsers[hand].client.post(NEW_USER, data=values).status_code

            codes += at_once(hands, send)

        assert codes == [303] * (rounds * hands)
        assert number_of(app, Person) == people + rounds
        assert number_of(app, AuditNote) == notes + rounds


class TestFormProtection:
    """screens.md 3.17: a form that was open for too long loses nothing; a foreign page gets no help."""

    def test_a_form_whose_token_expired_is_kept_and_continue_sends_it(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        officer = signed_in("officer")
        long_ago = int(time.time()) - 13 * 3600
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: long_ago)
        filled = officer.fields(CONTACT) | {"note": "Line one\r\nLine “two” <b>", "area": "North"}
        monkeypatch.undo()
        old = officer.post(CONTACT, filled)

        assert old.status_code == 400
        assert "This page was open for too long" in old.text
        assert "Your text is kept" in old.text
        action, kept = next((a, dict(f)) for a, f in Forms(old.text).forms if "submission" in dict(f))
        assert action == CONTACT
        assert kept["csrf_token"] != filled["csrf_token"]
        assert officer.client.post(action, data=kept).status_code == 303
        assert contact(app, world).note.replace("\r\n", "\n") == "Line one\nLine “two” <b>"

    def test_the_boxes_of_a_date_are_kept_in_their_order(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        address = f"/settings/users/{world.person_uids['mentor']}/roles/new"
        filled = admin.fields(address) | {"starts_on": ["7", "October", "2026"], "csrf_token": "old"}
        kept = next(f for _a, f in Forms(admin.post(address, filled).text).forms if "submission" in dict(f))
        assert [value for name, value in kept if name == "starts_on"] == ["7", "October", "2026"]

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ],
    )
    def test_a_post_from_another_page_gets_no_continue(
        self, headers: dict[str, str], app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        before = contact(app, world)
        filled = {**officer.fields(CONTACT), "area": "Planted", "csrf_token": "none"}
        answer = officer.client.post(CONTACT, data=filled, headers=headers)

        assert answer.status_code == 400
        assert "Continue" not in answer.text
        assert "Planted" not in answer.text
        assert contact(app, world) == before

    def test_somebody_who_was_signed_out_meanwhile_is_told_to_sign_in_and_keeps_the_text(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        filled = officer.fields(CONTACT) | {"area": "Typed for an hour"}
        officer.post("/logout/")
        answer = officer.client.post(CONTACT, data=filled)

        assert answer.status_code == 400
        assert "You are signed out, and your text is kept on this page." in answer.text
        kept = next(dict(f) for _a, f in Forms(answer.text).forms if "submission" in dict(f))
        assert kept["area"] == "Typed for an hour"

    def test_a_token_of_another_session_is_worth_nothing(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        officer, head = signed_in("officer"), signed_in("head")
        before = contact(app, world)
        filled = officer.fields(CONTACT) | {"area": "Planted", "csrf_token": head.token()}
        assert officer.client.post(CONTACT, data=filled).status_code == 400
        assert contact(app, world) == before
