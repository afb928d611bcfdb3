"""Wrong passwords are counted in a table, over all workers: ten in five minutes, by account and by address (S2)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app import create_app
from app.access import limits, service
from app.access.models import WrongTry
from app.access.scope import for_the_house
from app.errors import TooManyTries
from app.extensions import db, now
from config import Settings
from tests.access.sign_ins import forget, settings_of
from tests.browser import Browser
from tests.builders import at_once, number_of, rows_of
from tests.world import PASSWORD, username

SAME_ANSWER = "Username or password is not right"


def try_in(app, key="head", password="wrong wrong wrong", *, address="203.0.113.7", browser=None):
    """One try at the sign-in page, from an address."""
    browser = browser or Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    name = key if "@" in key or " " in key else username(key)
    fields = browser.fields("/login/", having="password")
    return browser.client.post("/login/", data=fields | {"username": name, "password": password})


class TestTen:
    """The eleventh wrong try within five minutes is not looked at, and neither is the right password then."""

    def test_by_account_whatever_the_address(self, app):
        for number in range(10):
            assert try_in(app, address=f"203.0.113.{number}").status_code == 422
        refused = try_in(app, password=PASSWORD, address="198.51.100.1")

        assert refused.status_code == 429
        assert "Wait 5 minutes" in refused.text
        assert try_in(app, "lead", PASSWORD, address="198.51.100.1").status_code == 303

    def test_by_address_whatever_the_account(self, app):
        for number in range(10):
            assert try_in(app, f"nobody{number}@made-up.example").status_code == 422

        assert try_in(app, "lead", PASSWORD).status_code == 429
        assert try_in(app, "lead", PASSWORD, address="198.51.100.1").status_code == 303

    def test_an_account_is_one_however_it_is_written(self, app):
        for number, name in enumerate(
            [username("head"), username("head").upper(), f" {username('head')} "] * 4
        ):
            answer = try_in(app, name, address=f"203.0.113.{number}")
            assert answer.status_code == (422 if number < 10 else 429), name

    def test_username_and_email_address_of_an_account_are_counted_together(self, app, house):
        with house() as session:
            user = session.query(service.User).filter_by(username=username("head")).one()
            user.username = "ahead"
        for number in range(10):
            name = "ahead" if number % 2 else username("head")
            assert try_in(app, f"{name} ", address=f"203.0.113.{number}").status_code == 422

        assert try_in(app, username("head"), PASSWORD, address="198.51.100.1").status_code == 429
        assert try_in(app, "ahead ", PASSWORD, address="198.51.100.2").status_code == 429

    def test_they_are_counted_over_two_processes(self, app):
        other = create_app(Settings(**settings_of(app)))
        for number in range(10):
            assert try_in(other if number % 2 else app).status_code == 422

        assert try_in(app).status_code == 429
        assert try_in(other).status_code == 429
        forget(other)

    def test_a_right_password_does_not_count(self, app):
        for _again in range(12):
            assert try_in(app, password=PASSWORD).status_code == 303
        assert number_of(app, WrongTry) == 0

    def test_a_refused_try_is_not_counted_so_the_wait_does_not_grow(self, app):
        for _again in range(10):
            try_in(app)
        counted = number_of(app, WrongTry)
        for _again in range(5):
            assert try_in(app).status_code == 429

        assert number_of(app, WrongTry) == counted == 20

    @pytest.mark.parametrize(("seconds", "answer"), [(290, 429), (301, 422)])
    def test_the_next_five_minutes_begin_anew(self, seconds, answer, app):
        for _again in range(10):
            try_in(app)
        with app.app_context(), for_the_house():
            db.session.execute(update(WrongTry).values(at=now() - timedelta(seconds=seconds)))
            db.session.commit()

        assert try_in(app).status_code == answer

    def test_what_is_too_old_to_count_is_gone(self, app):
        try_in(app)
        with app.app_context(), for_the_house():
            db.session.execute(update(WrongTry).values(at=now() - timedelta(minutes=11)))
            db.session.commit()
        try_in(app)

        assert number_of(app, WrongTry) == 2


class TestNoTelling:
    """An unknown account costs what a wrong password costs, and reads the same."""

    def test_the_same_statements_and_one_hash(self, app, statements, monkeypatch):
        hashes = []
        original = service.check_password_hash
        monkeypatch.setattr(
            service, "check_password_hash", lambda *said: hashes.append(said[0]) or original(*said)
        )
        costs = {}
        for who in ("head", "nobody@made-up.example", "operator"):
            hashes.clear()
            with statements() as seen:
                answer = try_in(app, who)
            costs[who] = (len(seen), len(hashes), answer.status_code, SAME_ANSWER in answer.text)
        assert len(set(costs.values())) == 1
        assert costs["head"][1:] == (1, 422, True)

    def test_a_decoy_hash_costs_what_this_deployments_hashes_cost(self, app):
        with app.app_context():
            method = app.config["FAB_PASSWORD_HASH_METHOD"]
            assert service.decoy().split("$")[0] == service.hashed("any").split("$")[0] == method

    def test_a_switched_off_account_reads_the_same(self, app, house):
        with house() as session:
            session.query(service.User).filter_by(username=username("head")).one().active = False
        answer = try_in(app, password=PASSWORD)

        assert answer.status_code == 422
        assert SAME_ANSWER in answer.text

    @pytest.mark.parametrize("name", ["' OR 1=1 --", "%", "_", "x" * 200, "ﬁsh\u202e@made-up.example"])
    def test_an_odd_name_is_nobody(self, name, app):
        answer = try_in(app, f"{name} ", PASSWORD)

        assert answer.status_code == 422

    def test_the_table_holds_neither_name_nor_address(self, app):
        try_in(app, address="203.0.113.99")
        kept = repr(rows_of(app, WrongTry))

        assert username("head") not in kept
        assert "203.0.113" not in kept
        assert {len(row.about) for row in rows_of(app, WrongTry)} == {64}


@pytest.mark.own_database
class TestManyAtOnce:
    """Thirty at once: no more than ten passwords are looked at."""

    def test_thirty_tries_at_once_have_ten_looked_at_at_most(self, app):
        def one(_number):
            with app.app_context():
                try:
                    limits.count_a_try("head", "203.0.113.7")
                except TooManyTries:
                    return False
                return True

        looked_at = at_once(30, one)

        assert 0 <= sum(looked_at) <= 10
        with app.app_context(), for_the_house():
            left = db.session.scalar(select(func.count()).select_from(WrongTry))
        assert left == 2 * sum(looked_at)
