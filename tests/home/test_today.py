"""Today: what needs this person now, one page a hat (screens.md 3.1), and the frame around every page."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.browser import Browser
from tests.builders import take_in_a_file
from tests.world import ECTS, PEOPLE

MENU = re.compile(r'class="govuk-service-navigation__link"[^>]*>(?:<strong[^>]*>)?([^<]*)')
# Which items the service navigation has, by person of the world.
ITEMS = {
    "admin": ["Today", "ECTs", "Schools", "Exchange", "Messages", "Privacy", "Settings"],
    "officer": ["Today", "ECTs", "Schools", "Exchange", "Messages"],
    "assessor": ["Today", "ECTs", "Schools"],
    "director": ["Today", "ECTs", "Schools", "Settings"],
    "contact": ["Today"],
    "dpo": ["Today", "Ledger", "Retention", "Settings"],
    "finance": ["Today", "Schools"],
    "auditor": ["Today", "ECTs", "Settings"],
    "head": ["Today", "Our ECTs", "Our school"],
    "mentor": ["Today", "My ECTs"],
    "ect": ["Today", "My induction"],
    "operator": ["Today", "Settings"],
}


class TestTheNavigation:
    """Issue 2, item 5: a service navigation that fits the role; each item opens."""

    @pytest.mark.parametrize("wearer", ITEMS)
    def test_each_hat_has_the_items_that_it_may_open(
        self, wearer: str, signed_in: Callable[[str], Browser]
    ) -> None:
        browser = signed_in(wearer)
        page = browser.get("/").text
        assert MENU.findall(page) == ITEMS[wearer]
        leads_to = re.findall(r'class="govuk-service-navigation__link" href="([^"]*)"', page)
        assert [browser.get(address).status_code for address in leads_to] == [200] * len(ITEMS[wearer])

    def test_nobody_signed_in_has_no_navigation(self, anybody: Callable[[], Browser]) -> None:
        assert MENU.findall(anybody().get("/privacy").text) == []

    def test_the_item_that_is_open_is_marked(self, signed_in: Callable[[str], Browser]) -> None:
        page = signed_in("admin").get("/settings/users/").text
        assert re.findall(r'aria-current="true"><strong[^>]*>([^<]*)', page) == ["Settings"]
        assert re.findall(r'<a href="([^"]*)" aria-current="page"', page) == ["/settings/users/"]


class TestToday:
    """A number on the page is a link to the list that it counts, within the own scope."""

    def test_every_hat_has_a_page_and_no_name_of_an_ect_on_it(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        for wearer in PEOPLE:
            answer = signed_in(wearer).get("/")
            assert answer.status_code == 200
            main = answer.text.partition("<main")[2]
            assert [last for _first, last, _trn in ECTS.values() if last in main] == [], wearer

    def test_the_number_of_ects_leads_to_as_many(self, signed_in: Callable[[str], Browser]) -> None:
        for wearer in ("officer", "head", "mentor", "trust"):
            browser = signed_in(wearer)
            found = re.search(r'href="(/ects/)"><span class="app-tile__number">(\d+)<', browser.get("/").text)
            assert found is not None
            rows = re.findall(r'<th scope="row"><a href="/ects/', browser.get(found[1]).text)
            assert len(rows) == int(found[2]) > 0

    def test_a_school_sees_its_own_school_and_a_trust_its_schools(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        shown = {
            wearer: re.findall(r'href="/schools/(\d+)"', signed_in(wearer).get("/").text)
            for wearer in ("head", "head_b", "trust", "officer")
        }
        assert shown == {
            "head": ["900101"],
            "head_b": ["900102"],
            "trust": ["900101", "900103"],
            "officer": [],
        }

    def test_the_newest_school_file_and_its_state_are_there_for_who_imports(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        assert "No school file yet." in admin.get("/").text
        preview = take_in_a_file(admin)
        page = unescape(admin.get("/").text)
        assert "edubasealldata20261125.csv" in page
        admin.post(f"{preview}/apply")
        assert "applied" in admin.get("/").text
        assert "edubasealldata" not in signed_in("director").get("/").text

    def test_the_masthead_names_the_person_and_the_hat(self, signed_in: Callable[[str], Browser]) -> None:
        one, two = signed_in("head").get("/").text, signed_in("two_hats").get("/").text
        assert "Head Madeup" in one
        assert "Headteacher" in one
        assert "app-masthead__switch" not in one
        assert "app-masthead__switch" in two
