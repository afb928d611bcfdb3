"""What somebody looks for by typing: posted, kept sealed under a random name, gone after half an hour (P-11)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.access.models import KeptSearch
from app.extensions import now, sql
from app.fabext.finding import KEPT_FOR
from tests.browser import Browser, Forms
from tests.builders import looking_round_the_house, number_of, rows_of
from tests.world import World

TERM = "Herenow"


def found_by(browser: Browser, term: str = TERM, path: str = "/ects/") -> str:
    """The address that a search leads to."""
    answer = browser.post(f"{path}find", {"find": term})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


class TestWhereTheTermIs:
    """design.md rule 10: no name in the address bar, in a header or in the session cookie."""

    def test_a_search_finds_and_its_address_does_not_say_what_for(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        address = found_by(officer)
        page = officer.get(address)

        assert re.fullmatch(r"/ects/\?found=[\w-]{8,20}", address)
        assert "Herenow, Amara" in page.text
        assert "Farway" not in page.text
        assert f'value="{TERM}"' in page.text

    def test_no_address_on_a_page_of_hits_holds_the_term(self, signed_in: Callable[[str], Browser]) -> None:
        officer = signed_in("officer")
        page = officer.get(found_by(officer)).text
        addresses = re.findall(r'(?:href|action)="([^"]*)"', page)
        hidden = [value for _action, fields in Forms(page).forms for name, value in fields if name == "next"]
        assert len(addresses) > 10
        assert [address for address in addresses + hidden if TERM.casefold() in address.casefold()] == []

    def test_the_term_is_kept_sealed(self, app: Flask, signed_in: Callable[[str], Browser]) -> None:
        found_by(signed_in("officer"))
        with looking_round_the_house(app) as connection:
            kept = connection.execute(sql(KeptSearch).select()).one()
        assert len(kept.term_sealed) > len(TERM)
        assert TERM.encode() not in bytes(kept.term_sealed)
        assert TERM not in repr(kept)

    def test_a_search_by_trn_holds_no_number_in_the_address(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        address = found_by(officer, "RP 00/41003")
        assert "41003" not in address
        assert "Farway, Cora" in officer.get(address).text

    def test_a_mentor_who_may_not_see_a_trn_finds_nobody_by_it(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        mentor = signed_in("mentor")
        assert "Herenow" not in mentor.get(found_by(mentor, "0041001")).text.partition("<main")[2]
        assert "Herenow, Amara" in mentor.get(found_by(mentor, "herenow")).text

    def test_nothing_typed_keeps_nothing_and_shows_all(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        assert found_by(signed_in("officer"), "  \t ") == "/ects/"
        assert number_of(app, KeptSearch) == 0

    def test_signs_that_databases_search_by_find_nobody(self, signed_in: Callable[[str], Browser]) -> None:
        admin = signed_in("admin")
        for term in ("%", "_", "%%", "\\", "'", "*", "().*", "%lder", "_erenow", "head_made-up"):
            for path in ("/ects/", "/settings/users/", "/schools/"):
                page = admin.get(found_by(admin, term, path))
                assert page.status_code == 200
                assert "<tbody>" not in page.text, f"{term} on {path}"

    def test_a_search_keeps_the_closed_choices(self, signed_in: Callable[[str], Browser]) -> None:
        admin = signed_in("admin")
        answer = admin.post("/settings/users/find", {"find": "head", "account": ["on"]})
        assert re.fullmatch(r"/settings/users/\?account=on&found=[\w-]+", str(answer.location))
        page = admin.get(answer.location).text
        assert "head@made-up.example" in page
        assert "mentor@made-up.example" not in page


class TestWhoseItIs:
    """The kept term is its owner's alone, for half an hour, on a list that can be searched."""

    @pytest.mark.parametrize("wearer", ["admin", "head", "dpo"])
    def test_another_person_gets_a_404(self, wearer: str, signed_in: Callable[[str], Browser]) -> None:
        address = found_by(signed_in("officer"))
        list_ = address if wearer != "dpo" else address.replace("/ects/", "/settings/roles/")
        answer = signed_in(wearer).get(list_)
        assert answer.status_code == (404 if wearer != "dpo" else 200)
        assert TERM not in answer.text

    def test_it_is_gone_after_half_an_hour(self, app: Flask, signed_in: Callable[[str], Browser]) -> None:
        officer = signed_in("officer")
        address = found_by(officer)
        assert timedelta(minutes=30) == KEPT_FOR
        self.made_earlier(app, timedelta(minutes=29))
        assert officer.get(address).status_code == 200
        self.made_earlier(app, timedelta(minutes=31))
        assert officer.get(address).status_code == 404

    @staticmethod
    def made_earlier(app: Flask, ago: timedelta) -> None:
        with looking_round_the_house(app) as connection:
            connection.execute(update(sql(KeptSearch)).values(at=now() - ago))
            connection.commit()

    def test_a_name_that_was_never_given_is_a_404(self, signed_in: Callable[[str], Browser]) -> None:
        officer = signed_in("officer")
        assert officer.get("/ects/?found=abcdefghijkl").status_code == 404
        assert officer.get("/ects/?found=%00").status_code in (400, 404)

    def test_a_list_without_a_find_box_takes_no_kept_term(self, signed_in: Callable[[str], Browser]) -> None:
        admin = signed_in("admin")
        query = found_by(admin).partition("?")[2]
        assert admin.get(f"/schools/import/?{query}").status_code == 404

    def test_a_kept_term_is_cut_to_a_length(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        page = officer.get(found_by(officer, "x" * 200_000))
        assert page.status_code == 200
        assert len(page.data) < 30_000
        assert len(rows_of(app, KeptSearch)[0].term_sealed) < 400
