"""One row of a large table in a form: found by typing, never a whole table in a select box (recipe 10, screens.md 4)."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from app.access.models import Hat
from tests.browser import Browser, fields_of
from tests.builders import add_schools, rows_of
from tests.world import World


@pytest.fixture
def address(world: World) -> str:
    return f"/settings/users/{world.person_uids['operator']}/roles/new"


FILLED: dict[str, Any] = {
    "kind": "mentor",
    "starts_on": ["3", "September", "2026"],
    "trust_code": "typed too",
}


def radios_of(page: str) -> list[tuple[str, str]]:
    """Value and words of each radio button under the words that were looked for."""
    shown = page.partition("app-remote__results")[2].partition("</fieldset>")[0]
    return [
        (value, unescape(words))
        for value, words in re.findall(r'value="([^"]*)".*?<label[^>]*>([^<]*)</label>', shown)
    ]


class TestSearchButton:
    """It works without script: the button posts the form, the answer has radio buttons and all that was typed."""

    def test_the_search_button_shows_radios_and_keeps_everything_typed(
        self, address: str, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        admin, hats = signed_in("admin"), rows_of(app, Hat)
        answer = admin.send(address, **FILLED, school_words="road", _look_up="school")

        assert answer.status_code == 200
        assert "Cedar Road High School, Combe Wyll (900103)" in [
            words for _value, words in radios_of(answer.text)
        ]
        kept = fields_of(answer.text, having="submission")
        assert kept["kind"] == "mentor"
        assert kept["starts_on"] == FILLED["starts_on"]
        assert kept["trust_code"] == "typed too"
        assert kept["school_words"] == "road"
        assert rows_of(app, Hat) == hats

    def test_the_radio_that_is_chosen_is_saved(
        self, address: str, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        page = admin.send(
            address, **FILLED | {"trust_code": ""}, school_words="school", _look_up="school"
        ).text
        chosen = fields_of(page, having="submission") | {"school": "900103"}
        assert len(radios_of(page)) > 1
        assert admin.post(address, chosen).status_code == 303
        newest = rows_of(app, Hat)[-1]
        assert (newest.school_id, newest.person_id) == (world.schools["cedar"], world.people["operator"])

    def test_no_more_than_twenty_are_offered(
        self, address: str, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        add_schools(app, 120)
        page = signed_in("admin").send(address, **FILLED, school_words="s", _look_up="school").text
        assert len(radios_of(page)) == 20

    def test_a_form_holds_no_school_that_nobody_looked_for(
        self, address: str, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        add_schools(app, 120)
        page = signed_in("admin").get(address).text
        assert "<option" not in page
        assert radios_of(page) == []
        assert len(page) < 25_000

    def test_nothing_found_says_so(self, address: str, signed_in: Callable[[str], Browser]) -> None:
        page = signed_in("admin").send(address, **FILLED, school_words="zzzz", _look_up="school").text
        assert "Nothing found. Try part of the name, the postcode or the URN" in page

    def test_a_button_of_no_such_field_searches_nothing(
        self, address: str, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").send(address, **FILLED, school_words="", _look_up="kind")
        assert answer.status_code == 422


class TestWordsWithoutAChoice:
    """What was typed counts: one hit is the choice, several are offered, none is refused with a sentence."""

    def test_one_hit_is_chosen(
        self, address: str, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").send(address, **FILLED | {"trust_code": ""}, school_words="birch lane")
        assert answer.status_code == 303
        assert rows_of(app, Hat)[-1].school_id == world.schools["birch"]

    def test_several_hits_are_offered_and_nothing_is_saved(
        self, address: str, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        hats = rows_of(app, Hat)
        answer = signed_in("admin").send(address, **FILLED, school_words="900")
        assert answer.status_code == 422
        assert "Choose one of the 3 that match" in answer.text
        assert len(radios_of(answer.text)) == 3
        assert rows_of(app, Hat) == hats

    def test_no_hit_is_refused_with_what_to_try(
        self, address: str, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").send(address, **FILLED, school_words="larkfeild")
        assert answer.status_code == 422
        sentence = 'No school matches "larkfeild". Try part of the name, the postcode or the URN'
        assert sentence in unescape(answer.text)
        assert 'id="school-error"' in answer.text
        assert 'href="#school_words"' in answer.text

    @pytest.mark.parametrize(
        "value", ["999999", "-1", "0", "abc", "900101 OR 1=1", "9" * 30, "1e5", "900101.0", "<b>", "\x00"]
    )
    def test_a_value_that_is_no_row_for_this_person_is_refused(
        self, value: str, address: str, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        hats = rows_of(app, Hat)
        answer = signed_in("admin").send(address, **FILLED, school=value, school_words="")
        assert answer.status_code == 422
        assert "Choose one of the list" in answer.text
        assert rows_of(app, Hat) == hats

    def test_words_that_match_nothing_are_not_dropped_where_the_field_may_be_empty(
        self, address: str, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        hats = rows_of(app, Hat)
        answer = signed_in("admin").send(address, **FILLED | {"kind": "finance"}, school_words="larkfeild")
        assert answer.status_code == 422
        assert fields_of(answer.text, having="submission")["school_words"] == "larkfeild"
        assert rows_of(app, Hat) == hats

    def test_words_typed_after_a_choice_count_and_the_choice_does_not(
        self, address: str, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").send(
            address, **FILLED | {"trust_code": ""}, school="900101", school_words="birch lane"
        )
        assert answer.status_code == 303
        assert rows_of(app, Hat)[-1].school_id == world.schools["birch"]

    def test_a_role_of_a_school_without_a_school_is_refused_beside_the_field(
        self, address: str, signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").send(address, **FILLED, school_words="")
        assert answer.status_code == 422
        assert "Choose the school where this role applies" in answer.text
        assert 'id="school-error"' in answer.text


class TestLookUp:
    """Where a script asks: by POST, since what is typed may not stand in an address, and with the right."""

    def test_it_answers_with_value_and_label(self, signed_in: Callable[[str], Browser]) -> None:
        answer = signed_in("officer").post("/schools/look-up", {"q": "st marys"})
        assert answer.json == {
            "results": [{"value": "900101", "label": "Alder St. Mary’s Primary School, Harrowbeck (900101)"}]
        }

    def test_a_get_is_not_there(self, signed_in: Callable[[str], Browser]) -> None:
        assert signed_in("officer").get("/schools/look-up?q=st+marys").status_code == 404

    def test_it_needs_the_right_and_the_form_token(self, signed_in: Callable[[str], Browser]) -> None:
        assert signed_in("mentor").post("/schools/look-up", {"q": "st marys"}).status_code == 403
        assert signed_in("head").post("/schools/look-up", {"q": "st marys"}).status_code == 403
        assert signed_in("officer").client.post("/schools/look-up", data={"q": "st marys"}).status_code == 400

    def test_a_script_may_send_the_token_in_a_header(self, signed_in: Callable[[str], Browser]) -> None:
        officer = signed_in("officer")
        headers = {"X-CSRFToken": officer.token()}
        assert (
            officer.client.post("/schools/look-up", data={"q": "birch"}, headers=headers).status_code == 200
        )

    @pytest.mark.parametrize("words", ["", "   ", "%", "_", "x" * 200_000, "\x00"])
    def test_odd_words_find_nothing(self, words: str, signed_in: Callable[[str], Browser]) -> None:
        answer = signed_in("officer").post("/schools/look-up", {"q": words})
        assert answer.status_code == 200
        assert answer.json == {"results": []}

    def test_at_most_twenty_are_answered(self, app: Flask, signed_in: Callable[[str], Browser]) -> None:
        add_schools(app, 120)
        answer = signed_in("officer").post("/schools/look-up", {"q": "s"})
        assert answer.json is not None
        assert len(answer.json["results"]) == 20

    def test_whoever_gives_roles_may_look_up_the_school_of_a_role(
        self, address: str, signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        assert 'data-remote="/schools/look-up"' in admin.get(address).text
        assert admin.post("/schools/look-up", {"q": "birch"}).status_code == 200
