"""Lists: what is shown is what is loaded, any page costs what the first does, odd questions are refused."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from app.fabext import list_view, lists
from tests.browser import Browser
from tests.builders import add_ects, add_schools
from tests.world import World

ROW = re.compile(r'<th scope="row"><a href="/ects/([^"]+)">([^<]*)</a>')
# Accents, apostrophes, prefixes, equal names, and letters that databases sort differently by language.
NAMES = [
    *[("Ann", "Smith")] * 12,
    *[("Ann", "smith")] * 3,
    *[("Zoë", name) for name in ("Ångström", "Angstrom", "Zúñiga", "Zuniga", "de la Cruz", "Delacruz")],
    *[("Seán", name) for name in ("O’Neill", "O'Neill", "ONeill", "Ó Néill", "Österberg", "Østergård")],
    *[
        ("Li", name)
        for name in ("Łuczak", "Lucas", "Çelik", "Celik", "Ñandú", "Nandu", "Ødegård", "aa", "Zz")
    ],
    *[("Bo", f"Number {number}") for number in range(24)],
]


def rows_on(page: str) -> list[tuple[str, str]]:
    """uid and name of each row, from top to bottom."""
    return [(uid, unescape(name)) for uid, name in ROW.findall(page)]


def link(page: str, rel: str) -> str:
    """The address of the next or previous page; empty where there is none."""
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def walked(browser: Browser, address: str, rel: str) -> tuple[list[list[tuple[str, str]]], str]:
    """The rows of each page from `address` on, and the address of the last one."""
    pages = []
    while True:
        answer = browser.get(address)
        assert answer.status_code == 200
        pages.append(rows_on(answer.text))
        following = link(answer.text, rel)
        if not following:
            return pages, address
        assert len(pages) < 50
        address = following


class TestWhatIsLoaded:
    """Issue 2, item 4: only the columns shown, in a number of statements that no row adds to."""

    @pytest.mark.parametrize(
        ("address", "never"),
        [
            ("/ects/", ("born_on", "person_id_1", "version")),
            ("/settings/users/", ("ab_user_password", "password", "fail_login_count", "last_login")),
            ("/schools/", ("school_website", "school_telephone", "school_street", "ukprn")),
            ("/schools/import/", ("sha256", "failure", "facts")),
        ],
    )
    def test_columns_that_are_not_shown_are_not_selected(
        self,
        address: str,
        never: tuple[str, ...],
        signed_in: Callable[[str], Browser],
        statements: Callable[[], Any],
    ) -> None:
        admin = signed_in("admin")
        with statements() as seen:
            assert admin.get(address).status_code == 200
        own = [sql for sql in seen if "stored_session" not in sql]
        assert own
        assert [name for name in never for sql in own if name in sql] == []

    @pytest.mark.parametrize("wearer", ["officer", "head"])
    def test_sixty_rows_cost_as_many_statements_as_three(
        self,
        wearer: str,
        app: Flask,
        world: World,
        signed_in: Callable[[str], Browser],
        statements: Callable[[], Any],
    ) -> None:
        browser = signed_in(wearer)
        browser.get("/ects/?rows=100")
        with statements() as few:
            at_first = rows_on(browser.get("/ects/?rows=100").text)
        add_ects(app, NAMES, [world.schools["alder"]])
        with statements() as many:
            later = rows_on(browser.get("/ects/?rows=100").text)

        assert len(later) == len(at_first) + len(NAMES) >= 60
        assert len(few) == len(many)

    def test_a_list_shows_no_more_rows_than_its_largest_page(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        add_ects(app, NAMES, [world.schools["alder"]])
        officer = signed_in("officer")
        for asked_for, shown in (("", 25), ("?rows=25", 25), ("?rows=50", 50)):
            assert len(rows_on(officer.get(f"/ects/{asked_for}").text)) == shown


class TestStrictQuestions:
    """design.md rule 2: odd parameters are refused with 400; nothing else can be ordered or filtered by."""

    ODD = (
        "/ects/?sort=first_name",
        "/ects/?sort=password",
        "/ects/?sort=person.user.password",
        "/ects/?sort=--sort_name",
        "/ects/?sort=",
        "/ects/?rows=1000000",
        "/ects/?rows=-1",
        "/ects/?rows=0",
        "/ects/?rows=x",
        "/ects/?rows=25.0",
        "/ects/?after=x",
        "/ects/?after=x&before=y",
        "/ects/?before=%00",
        "/ects/?after=" + "A" * 5000,
        "/ects/?found=" + "x" * 21,
        "/settings/users/?account=maybe",
        "/settings/users/?account=on&account=nonsense",
        "/settings/users/?sort=username",
        "/schools/?status=unknown",
        "/schools/?phase=1",
        "/schools/?kind='",
        "/schools/?sort=urn",
        "/schools/import/?sort=sha256",
    )

    def test_an_unknown_order_choice_size_or_cursor_is_refused(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        answers = {address: admin.get(address) for address in self.ODD}
        assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(
            self.ODD, 400
        )
        assert all("We could not read that" in answer.text for answer in answers.values())

    def test_what_fab_would_read_out_of_an_address_changes_nothing(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        plain = rows_on(officer.get("/ects/").text)
        for query in (
            "_oc_ECTView=last_name&_od_ECTView=desc",
            "psize_ECTView=1",
            "_flt_0_last_name=x",
            "page_ECTView=9",
        ):
            assert rows_on(officer.get(f"/ects/?{query}").text) == plain

    def test_a_closed_choice_stands_in_the_address_and_can_be_taken_away(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        page = signed_in("admin").get("/settings/users/?account=off&sort=-sort_name").text
        assert "Nothing matches" in page
        assert re.search(r'class="app-chip" href="/settings/users/\?sort=-sort_name">Off', page)


class TestCursors:
    """screens.md 1.2: a cursor is sealed; it names nobody and opens for one person, list and order."""

    @pytest.fixture
    def cursor(self, app: Flask, world: World, signed_in: Callable[[str], Browser]) -> str:
        add_ects(app, NAMES, [world.schools["alder"]])
        return link(signed_in("officer").get("/ects/").text, "next")

    def test_a_cursor_holds_no_name(self, cursor: str) -> None:
        text = cursor.rpartition("=")[2]
        inside = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        assert len(inside) > 20
        for _first, last in NAMES:
            assert last.casefold().encode() not in inside.lower()

    def test_two_cursors_to_one_place_differ(self, cursor: str, signed_in: Callable[[str], Browser]) -> None:
        assert link(signed_in("officer").get("/ects/").text, "next") != cursor

    def test_a_cursor_opens_again_for_the_person_who_got_it(
        self, cursor: str, signed_in: Callable[[str], Browser]
    ) -> None:
        assert len(rows_on(signed_in("officer").get(cursor).text)) == 25

    @pytest.mark.parametrize("wearer", ["admin", "head", "two_hats"])
    def test_a_cursor_of_somebody_else_is_refused(
        self, wearer: str, cursor: str, signed_in: Callable[[str], Browser]
    ) -> None:
        assert signed_in(wearer).get(cursor).status_code == 400

    def test_a_cursor_opens_no_other_list_order_or_search(
        self, cursor: str, signed_in: Callable[[str], Browser]
    ) -> None:
        officer, query = signed_in("officer"), cursor.partition("?")[2]
        assert officer.get(f"/schools/?{query}").status_code == 400
        assert officer.get(f"/ects/?{query}&sort=-sort_name").status_code == 400
        found = officer.post("/ects/find", {"find": "smith"}).location
        assert officer.get(f"{found}&{query}").status_code == 400

    def test_a_cursor_with_any_sign_changed_or_cut_is_refused(
        self, cursor: str, signed_in: Callable[[str], Browser]
    ) -> None:
        officer = signed_in("officer")
        start, text = cursor.rpartition("=")[0], cursor.rpartition("=")[2]
        for at in range(0, len(text), 9):
            other = "A" if text[at] != "A" else "B"
            assert officer.get(f"{start}={text[:at]}{other}{text[at + 1 :]}").status_code == 400
        for cut in (1, 5, len(text) // 2):
            assert officer.get(f"{start}={text[:-cut]}").status_code == 400


class TestWalking:
    """Keyset pages: next to the end and previous back give every row once, in one order, on both databases."""

    @pytest.mark.parametrize("query", ["", "?sort=-sort_name", "?rows=50"])
    def test_next_to_the_end_and_previous_back_give_every_row_once(
        self, query: str, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        uids = {*add_ects(app, NAMES, list(world.schools.values())), *world.uids.values()}
        officer = signed_in("officer")

        there, last = walked(officer, f"/ects/{query}", "next")
        back, first = walked(officer, last, "prev")

        flat = [row for page in there for row in page]
        assert len(flat) == len({uid for uid, _name in flat}) == len(uids)
        assert {uid for uid, _name in flat} == uids
        assert [row for page in reversed(back) for row in page] == flat
        assert len(there) == len(back) > 1
        assert link(officer.get(first).text, "prev") == ""

    def test_the_order_ignores_accents_and_apostrophes_and_is_turned_round_whole(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        add_ects(app, NAMES, [world.schools["alder"]])
        officer = signed_in("officer")
        up, _ = walked(officer, "/ects/?rows=50", "next")
        down, _ = walked(officer, "/ects/?rows=50&sort=-sort_name", "next")
        flat = [row for page in up for row in page]

        assert [row for page in down for row in page] == flat[::-1]
        names = [name for _uid, name in flat]
        assert names.index("Celik, Li") + 1 == names.index("Çelik, Li") or names.index(
            "Çelik, Li"
        ) + 1 == names.index("Celik, Li")
        assert names[-1] == "Zz, Li" or names[-1].startswith("Zu") or names[-1].startswith("Zú")
        assert names.index("O’Neill, Seán") - names.index("ONeill, Seán") in (-2, -1, 1, 2)

    def test_each_page_says_which_rows_it_shows(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        add_ects(app, NAMES, [world.schools["alder"]])
        officer, total = signed_in("officer"), len(NAMES) + 5
        first = officer.get("/ects/").text
        second = officer.get(link(first, "next")).text
        back = officer.get(link(second, "prev")).text

        assert f"Showing 1 to 25 of {total}" in first
        assert f"Showing 26 to 50 of {total}" in second
        assert f"Showing 1 to 25 of {total}" in back

    def test_a_walk_of_schools_goes_through_the_index_of_words_alike(
        self, app: Flask, signed_in: Callable[[str], Browser]
    ) -> None:
        ids = add_schools(app, 70)
        officer = signed_in("officer")
        address, seen = (
            "/schools/?status=open&status=closed&status=proposed_to_close&status=proposed_to_open",
            [],
        )
        while address:
            page = officer.get(address).text
            seen += re.findall(r'<th scope="row"><a href="/schools/(\d+)">', page)
            address = link(page, "next")
        assert len(seen) == len(set(seen)) == len(ids) + 3


class TestCounts:
    """Counts go no further than a bound, and are kept for one principal alone."""

    def test_a_count_ends_at_its_bound(
        self, signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "COUNT_CAP", 3)
        monkeypatch.setattr(list_view, "COUNT_CAP", 3)
        page = signed_in("officer").get("/ects/").text
        assert "3+ ECTs" in page
        assert "Showing 1 to 5 of 3+" in page

    def test_a_count_is_kept_for_a_while_and_not_asked_again(
        self, signed_in: Callable[[str], Browser], statements: Callable[[], Any]
    ) -> None:
        officer = signed_in("officer")
        with statements() as first:
            officer.get("/ects/")
        with statements() as second:
            officer.get("/ects/")
        assert sum("count(" in sql for sql in first) == 1
        assert sum("count(" in sql for sql in second) == 0

    def test_what_one_person_counts_is_never_shown_to_another(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        words = {}
        for wearer in ("officer", "head", "mentor", "head_b", "officer", "head", "two_hats"):
            words[wearer] = re.findall(
                r'<h2 class="govuk-heading-m">(\d+ ECTs?)</h2>', signed_in(wearer).get("/ects/").text
            )
        assert words == {
            "officer": ["5 ECTs"],
            "head": ["3 ECTs"],
            "mentor": ["1 ECT"],
            "head_b": ["2 ECTs"],
            "two_hats": ["3 ECTs"],
        }

    def test_the_count_on_the_home_page_is_the_own_one_too(self, signed_in: Callable[[str], Browser]) -> None:
        shown = [
            re.findall(r'app-tile__number">([\d,]+)<', signed_in(wearer).get("/").text)[-1:]
            for wearer in ("officer", "head", "mentor")
        ]
        assert shown == [["5"], ["3"], ["1"]]
