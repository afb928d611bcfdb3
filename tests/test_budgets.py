"""Money of the house: statements, counted on the second equal request, and how PostgreSQL answers them (design.md 5)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from tests.browser import Browser
from tests.builders import add_ects, add_many_ects, add_schools
from tests.world import World

COUNTRY = 24_000
HUB = 10_000
CONTACT = "/schools/900101/contact/edit"
LIST, EDIT, SAVE, HOME = 6, 6, 12, 12
PAGE = 9  # a record with all its groups: one statement for each kind of rows that it shows
PROTECTED = ("school", "school_word", "ect", "placement", "ect_identity")
# The database role of each person, as their requests have it (access/walls.py).
ROLES = {"officer": "web_ab", "head": "web_school", "trust": "web_school"}
LISTS = {
    "officer": (
        "/ects/",
        "/ects/?sort=-sort_name&rows=100",
        "/schools/",
        "/schools/?status=open&status=closed&phase=primary&kind=academies",
        "/schools/?sort=-sort_name",
        "/schools/import/",
    ),
    "head": ("/ects/", "/ects/?sort=-sort_name", "/schools/"),
    "trust": ("/ects/", "/schools/"),
}
SEARCHES = {
    "officer": (
        ("/ects/", "herenow"),
        ("/ects/", "0041003"),
        ("/ects/", "name57"),
        ("/schools/", "saint marys"),
        ("/schools/", "school"),
        ("/schools/", "hb4 7qq"),
        ("/schools/", "900101"),
    ),
    "head": (("/ects/", "herenow"), ("/ects/", "0041001")),
    "trust": (("/ects/", "e"),),
}


@dataclass
class Counted:
    """Statements of one second equal request."""

    number: int
    code: int


def second_time(
    statements: Callable[[], Any], ask: Callable[[], Any], prepare: Callable[[], Any] = lambda: None
) -> Counted:
    """What the second of two equal requests costs; `prepare` is not counted."""
    prepared = prepare()
    ask(prepared) if prepared is not None else ask()
    prepared = prepare()
    with statements() as seen:
        answer = ask(prepared) if prepared is not None else ask()
    return Counted(len(seen), answer.status_code)


def measured(browser: Browser, statements: Callable[[], Any], world: World) -> dict[str, Counted]:
    """Each request of the budget, as one person makes it."""
    turn = iter(range(1000))

    def opened() -> dict[str, Any]:
        return browser.fields(CONTACT) | {"area": f"Area {next(turn)}"}

    def get(address: str) -> Callable[[], Any]:
        return lambda: browser.get(address)

    searched = browser.post("/ects/find", {"find": "herenow"}).location
    return {
        "home": second_time(statements, get("/")),
        "list of ECTs": second_time(statements, get("/ects/")),
        "search of ECTs": second_time(statements, get(searched)),
        "list of schools": second_time(statements, get("/schools/")),
        "page of a school": second_time(statements, get("/schools/900101")),
        "edit form": second_time(statements, get(CONTACT)),
        "save": second_time(statements, lambda fields: browser.client.post(CONTACT, data=fields), opened),
        "refused save": second_time(
            statements,
            lambda fields: browser.client.post(CONTACT, data=fields | {"contact_email": "no"}),
            opened,
        ),
        "page of an ECT": second_time(statements, get(f"/ects/{world.uids['amara']}")),
        "an absent ECT": second_time(statements, get("/ects/zzzzzzzzzzzz")),
        "an absent school": second_time(statements, get("/schools/999999/contact/edit")),
    }


BUDGET = {
    "home": (HOME, 200),
    "list of ECTs": (LIST, 200),
    "search of ECTs": (LIST, 200),
    "list of schools": (LIST, 200),
    "page of a school": (EDIT, 200),
    "edit form": (EDIT, 200),
    "save": (SAVE, 303),
    "refused save": (SAVE, 422),
    "page of an ECT": (PAGE, 200),
    "an absent ECT": (EDIT, 404),
    "an absent school": (EDIT, 404),
}


class TestStatements:
    """Issue 2, item 11: list, edit form ≤ 6, save and refused save ≤ 12, home ≤ 12, whatever the number of rows."""

    def test_each_request_stays_in_its_budget_and_costs_the_same_with_the_schools_of_the_country(
        self,
        app: Flask,
        world: World,
        signed_in: Callable[[str], Browser],
        statements: Callable[[], Any],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        wearers = ("head", "officer")
        add_schools(app, 100)
        few = {wearer: measured(signed_in(wearer), statements, world) for wearer in wearers}
        add_schools(app, COUNTRY)
        many = {wearer: measured(signed_in(wearer), statements, world) for wearer in wearers}

        for wearer, costs in many.items():
            with capsys.disabled():
                print(f"\n{wearer}: " + ", ".join(f"{what} {cost.number}" for what, cost in costs.items()))  # noqa: T201
            assert {what: cost.code for what, cost in costs.items()} == {
                n: code for n, (_, code) in BUDGET.items()
            }
            assert {what: cost.number for what, cost in costs.items() if cost.number > BUDGET[what][0]} == {}
        assert many == few

    def test_a_record_of_another_school_costs_what_an_absent_one_does(
        self, world: World, signed_in: Callable[[str], Browser], statements: Callable[[], Any]
    ) -> None:
        head = signed_in("head")
        costs = [
            second_time(statements, lambda address=address: head.get(address))
            for address in (f"/ects/{world.uids['eve']}", "/ects/" + "z" * len(world.uids["eve"]))
        ]
        assert costs[0] == costs[1]
        assert costs[0].code == 404

    def test_a_screen_without_a_right_costs_no_more_than_who_is_asking(
        self, signed_in: Callable[[str], Browser], statements: Callable[[], Any]
    ) -> None:
        mentor = signed_in("mentor")
        cost = second_time(statements, lambda: mentor.get("/settings/users/"))
        assert cost.code == 403
        assert cost.number <= 2

    def test_somebody_who_is_not_signed_in_costs_no_statement(
        self, anybody: Callable[[], Browser], statements: Callable[[], Any]
    ) -> None:
        stranger = anybody()
        for address in ("/login/", "/privacy", "/nowhere", "/ects/"):
            assert second_time(statements, lambda address=address: stranger.get(address)).number == 0, address

    def test_a_later_page_costs_what_the_first_does(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser], statements: Callable[[], Any]
    ) -> None:
        add_ects(app, [("Bo", f"Number {number:03}") for number in range(120)], [world.schools["alder"]])
        head, address, costs = signed_in("head"), "/ects/", []
        while address:
            costs.append(second_time(statements, lambda address=address: head.get(address)).number)
            found = re.search(r'rel="next" href="([^"]*)"', head.get(address).text)
            address = found[1] if found else ""
        assert len(costs) == 5
        assert set(costs) == {costs[0]}


@contextmanager
def asked_for(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """SQL and parameters of what is asked of the protected tables meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, told: Any, *_more: Any) -> None:
        if re.search(rf"\b(FROM|JOIN) ({'|'.join(PROTECTED)})\b", sql):
            seen.append((sql, told))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def plan_of(app: Flask, role: str, school_ids: list[int], sql: str, told: Any) -> str:
    """How PostgreSQL answers a statement behind its walls."""
    engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT set_config('role', %s, true), set_config('app.schools', %s, true), set_config('app.ect', '', true)",
            (role, ",".join(map(str, school_ids))),
        )
        return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", told))


@pytest.mark.postgres_only
class TestPlans:
    """EXPLAIN of each list, search and count, with its parameters and walls: no protected table is read whole."""

    def test_no_list_search_or_count_reads_a_whole_table(
        self, app: Flask, world: World, signed_in: Callable[[str], Browser]
    ) -> None:
        self.fill(app)
        own = {
            "officer": [],
            "head": [world.schools["alder"]],
            "trust": [world.schools[k] for k in ("alder", "cedar")],
        }
        looked_at, whole = 0, []
        for wearer, role in ROLES.items():
            for what, seen in self.asked(app, signed_in(wearer), wearer):
                assert seen, what
                for sql, told in seen:
                    plan = plan_of(app, role, own[wearer], sql, told)
                    looked_at += 1
                    if re.search(rf"Seq Scan on ({'|'.join(PROTECTED)})\b", plan):
                        whole.append(f"{wearer} {what}\n{sql}\n{plan}")
        control = plan_of(app, "web_ab", [], "SELECT id FROM school WHERE street = 'nowhere'", None)
        assert "Seq Scan on school" in control
        assert looked_at > 40
        assert "\n\n".join(whole) == ""

    @staticmethod
    def fill(app: Flask) -> None:
        ids = add_schools(app, COUNTRY)
        add_many_ects(app, HUB, ids[:400])
        engine = sa.create_engine(
            app.config["OWNER_DATABASE_URI"], isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # as autovacuum does after an import

    @staticmethod
    def asked(app: Flask, browser: Browser, wearer: str) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
        for address in LISTS[wearer]:
            with asked_for(app) as seen:
                page = browser.get(address)
                following = re.search(r'rel="next" href="([^"]*)"', page.text)
                if following:
                    second = browser.get(following[1].replace("&amp;", "&"))
                    assert second.status_code == 200
            assert page.status_code == 200
            if address != "/schools/import/":
                yield address, seen
        for path, term in SEARCHES[wearer]:
            address = browser.post(f"{path}find", {"find": term}).location
            with asked_for(app) as seen:
                assert browser.get(address).status_code == 200
            yield f"{path} {term}", seen
