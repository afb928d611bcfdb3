"""Sign-in sessions in a table (S4): what ends access ends it with the next request; who is asking is one statement."""

import re
from datetime import date, timedelta

import pytest
from flask import flash, session
from flask_babel import lazy_gettext

from app import create_app
from app.access import service as access
from app.access.hats import HatKind
from app.access.models import Hat, Person, RightsEpoch, StoredSession, User
from app.access.principal import NOBODY
from app.access.scope import for_the_house
from app.access.sessions import PACK, StoredSessions, hash_of, principal
from app.extensions import db, now, today
from config import Settings
from tests.access.sign_ins import forget, is_out, production_of, row_of, set_back, settings_of, with_cookie
from tests.builders import number_of, rows_of
from tests.world import PASSWORD, username

NEW_PASSWORD = "walrus candle 77 ferry"


class TestSignIn:
    """A signed cookie before, a row after; the token is new with each sign-in and each change of hat."""

    def test_before_sign_in_no_row_is_kept(self, app, anybody):
        browser = anybody()
        assert "csrf_token" in browser.get("/login/").text
        assert "." in browser.cookie()
        assert number_of(app, StoredSession) == 0

    def test_after_it_the_cookie_holds_a_random_token_and_the_row_the_rest(self, app, signed_in, world):
        browser = signed_in("head")
        row = row_of(app, browser)

        assert re.fullmatch(r"[\w-]{43}", browser.cookie())
        assert row.hat_id == world.hats["head"][0]
        assert browser.cookie() not in repr(row)
        assert username("head") not in row.contents

    def test_a_cookie_from_before_sign_in_is_worth_nothing_after_it(self, app, anybody):
        browser = anybody()
        browser.get("/login/")
        before = browser.cookie()
        assert browser.sign_in("head").status_code == 303

        assert browser.cookie() != before
        assert is_out(with_cookie(app, before))

    def test_a_planted_token_is_not_taken_over(self, app):
        planted = "A" * 43
        browser = with_cookie(app, planted)
        assert browser.sign_in("head").status_code == 303

        assert browser.cookie() != planted
        assert is_out(with_cookie(app, planted))
        assert [row.token_hash for row in rows_of(app, StoredSession)] == [hash_of(browser.cookie())]

    @pytest.mark.parametrize("odd", ["", "x" * 43, "é" * 43, "A" * 50, "." * 43, "A" * 4000, "%00" * 14])
    def test_an_odd_cookie_is_nobodys_and_no_fault(self, odd, app):
        assert is_out(with_cookie(app, odd))

    def test_a_hash_read_in_the_table_signs_nobody_in(self, app, signed_in):
        row = row_of(app, signed_in("head"))
        assert is_out(with_cookie(app, row.token_hash))

    def test_a_change_of_hat_makes_a_new_row_and_kills_the_old_token(self, app, signed_in, world):
        browser = signed_in("two_hats")
        before, old = browser.cookie(), row_of(app, browser)
        (other,) = rows_of(app, Hat, Hat.person_id == world.people["two_hats"], Hat.id != old.hat_id)
        assert browser.post("/me/hat", {"hat": other.uid}).status_code == 303

        new = row_of(app, browser)
        assert browser.cookie() != before
        assert (new.id, new.hat_id) != (old.id, old.hat_id)
        assert is_out(with_cookie(app, before))
        assert number_of(app, StoredSession) == 1

    def test_the_hat_of_somebody_else_cannot_be_put_on(self, app, signed_in, world):
        browser = signed_in("head")
        theirs = rows_of(app, Hat, Hat.id == world.hats["admin"][0])[0].uid

        assert browser.post("/me/hat", {"hat": theirs}).status_code == 404
        assert "AB administrator" not in browser.get("/").text


class TestSignOut:
    """Signing out is a POST; it kills the row and the cookie."""

    def test_the_row_and_the_cookie_are_gone(self, app, signed_in):
        browser = signed_in("head")
        kept = browser.cookie()
        answer = browser.post("/logout/")

        assert answer.status_code == 303
        assert not browser.cookie()
        assert number_of(app, StoredSession) == 0
        assert is_out(with_cookie(app, kept))

    def test_a_get_does_nothing(self, app, signed_in):
        browser = signed_in("head")
        assert browser.get("/logout/").status_code == 404
        assert browser.get("/").status_code == 200
        assert number_of(app, StoredSession) == 1

    def test_a_post_without_a_form_token_does_nothing(self, app, signed_in):
        browser = signed_in("head")
        assert browser.client.post("/logout/").status_code == 400
        assert number_of(app, StoredSession) == 1

    def test_only_this_sign_in_ends(self, app, signed_in):
        desk, phone = signed_in("head"), signed_in("head")
        desk.post("/logout/")
        assert is_out(desk)
        assert not is_out(phone)


class TestEndsAtOnce:
    """A new password, a switched-off account, a changed hat: every session is dead with its next request."""

    def test_the_own_new_password_ends_every_other_session_and_renews_this_one(self, app, signed_in):
        here, there = signed_in("head"), signed_in("head")
        before = here.cookie()
        sent = here.send("/me/password/", having="current", current=PASSWORD, new=NEW_PASSWORD)

        assert sent.status_code == 303
        assert is_out(there)
        assert is_out(with_cookie(app, before))
        assert not is_out(here)

    def test_a_password_set_by_an_administrator_ends_every_session(self, app, signed_in, house):
        one, two = signed_in("head"), signed_in("head")
        with house():
            access.set_password(user_of("head"), NEW_PASSWORD)
        assert is_out(one)
        assert is_out(two)

    def test_a_switched_off_account_is_out_and_stays_out(self, app, signed_in, anybody, house):
        browser = signed_in("head")
        with house():
            access.switch(user_of("head"), active=False)

        assert is_out(browser)
        assert anybody().sign_in("head").status_code == 422

    def test_an_ended_hat_ends_the_sessions_in_it_and_no_others(self, app, signed_in_as, house, world):
        as_officer, as_head = signed_in_as("two_hats", 0), signed_in_as("two_hats", 1)
        with house() as session_:
            access.end_hat(session_.get_one(Hat, world.hats["two_hats"][1]), today())

        assert is_out(as_head)
        assert not is_out(as_officer)

    def test_a_deleted_hat_leaves_no_session(self, app, signed_in, house, world):
        browser = signed_in("contact")
        with house() as session_:
            session_.delete(session_.get_one(Hat, world.hats["contact"][0]))
        assert is_out(browser)

    def test_a_refused_change_ends_nothing(self, app, signed_in, house):
        browser = signed_in("head")
        with app.app_context(), for_the_house():
            access.set_password(user_of("head"), NEW_PASSWORD)
            db.session.flush()
            db.session.rollback()
        assert not is_out(browser)

    def test_what_changes_nothing_of_the_account_ends_nothing(self, app, signed_in, house):
        browser = signed_in("head")
        with house():
            user_of("head").first_name = "Another"
        assert not is_out(browser)


class TestHours:
    """Idle 30 minutes; 12 hours in all."""

    @pytest.mark.parametrize(("minutes", "out"), [(29, False), (31, True)])
    def test_half_an_hour_without_a_request_ends_it(self, minutes, out, app, signed_in):
        browser = signed_in("head")
        set_back(app, browser, seen_at=now() - timedelta(minutes=minutes))
        assert is_out(browser) == out

    @pytest.mark.parametrize(("minutes", "out"), [(-1, False), (1, True)])
    def test_twelve_hours_end_it_however_busy(self, minutes, out, app, signed_in):
        browser = signed_in("head")
        set_back(app, browser, began_at=now() - timedelta(hours=12, minutes=minutes))
        assert is_out(browser) == out

    def test_another_hat_and_another_password_begin_no_further_twelve_hours(self, app, signed_in, world):
        browser = signed_in("two_hats")
        set_back(app, browser, began_at=now() - timedelta(hours=11))
        began = row_of(app, browser).began_at
        uid = rows_of(app, Hat, Hat.id == world.hats["two_hats"][0])[0].uid
        browser.post("/me/hat", {"hat": uid})
        assert row_of(app, browser).began_at == began

        browser.send("/me/password/", having="current", current=PASSWORD, new=NEW_PASSWORD)
        assert row_of(app, browser).began_at == began

    def test_a_request_within_the_half_hour_begins_it_anew(self, app, signed_in):
        browser = signed_in("head")
        set_back(app, browser, seen_at=now() - timedelta(minutes=29))
        browser.get("/")
        assert now() - aware(row_of(app, browser).seen_at) < timedelta(minutes=1)


class TestStatements:
    """Who is asking is one statement; a page costs no UPDATE."""

    def test_session_user_hats_and_rights_number_come_in_one(self, app, signed_in, statements):
        for who in ("head", "officer", "ect"):
            assert len(asked_for(app, signed_in(who).cookie(), statements)) == 1, who

    def test_a_trusts_schools_cost_one_more(self, app, signed_in, statements):
        assert len(asked_for(app, signed_in("trust").cookie(), statements)) == 2

    def test_an_unknown_token_costs_one_and_no_token_none(self, app, statements):
        assert len(asked_for(app, "x" * 43, statements)) == 1
        assert len(asked_for(app, "", statements)) == 0

    def test_the_second_request_of_a_page_writes_nothing(self, signed_in, statements):
        browser = signed_in("head")
        for path in ("/", "/ects/", "/me/", "/schools/"):
            browser.get(path)
            with statements() as seen:
                assert browser.get(path).status_code == 200
            assert [sql for sql in seen if not sql.startswith("SELECT")] == []

    def test_last_seen_is_written_once_a_minute_at_most(self, app, signed_in, statements):
        browser = signed_in("head")
        browser.get("/")
        for seconds, writes in ((50, 0), (61, 1), (0, 0)):
            if seconds:
                set_back(app, browser, seen_at=now() - timedelta(seconds=seconds))
            with statements() as seen:
                browser.get("/ects/")
            assert len([sql for sql in seen if sql.startswith("UPDATE stored_session")]) == writes, seconds


class TestContents:
    """What a page keeps is there on the next, texts that wait for a language included."""

    def test_a_flashed_lazy_text_is_shown_once(self, app, signed_in):
        browser = signed_in("head")
        told = "A made-up sentence"
        with app.app_context(), for_the_house():
            packed = PACK.dumps({"_user_id": str(user_of("head").id), "_fresh": True})
        with app.test_request_context("/"):
            flash(lazy_gettext(told))
            packed_with = PACK.dumps({**PACK.loads(packed), "_flashes": session["_flashes"]})
        set_back(app, browser, contents=packed_with)

        assert told in browser.get("/").text
        assert told not in browser.get("/").text

    def test_a_change_of_hat_keeps_the_language_and_says_what_happened(self, signed_in_as, signed_in):
        browser = signed_in_as("two_hats", 0)
        assert "You now act as AB officer" in browser.get("/").text
        assert "You now act as" not in browser.get("/").text


class TestCookieFlags:
    """`__Host-` and Secure behind TLS; plain on loopback http."""

    def flags(self, answer, name):
        (line,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")]
        return {part.strip() for part in line.split(";")[1:]}

    def test_plain_http_gets_a_plain_cookie_that_no_script_reads(self, anybody):
        browser = anybody()
        before = self.flags(browser.get("/login/"), "session")
        after = self.flags(browser.sign_in("head"), "session")

        assert before == after == {"HttpOnly", "Path=/", "SameSite=Lax"}

    def test_production_gets_host_secure_and_nothing_else(self, app, world):
        secure = create_app(production_of(app))
        client = secure.test_client()
        page = client.get("/login/", base_url="https://localhost")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
        before = self.flags(page, "__Host-session")
        answer = client.post(
            "/login/",
            base_url="https://localhost",
            headers={"Referer": "https://localhost/login/"},
            data={"username": username("head"), "password": PASSWORD, "csrf_token": token},
        )
        assert answer.status_code == 303, answer.text
        after = self.flags(answer, "__Host-session")
        forget(secure)

        assert before == after == {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}


class TestAnotherProcess:
    """No process keeps stale rights for more than one request: a number is read with who is asking."""

    def test_the_number_rises_with_each_change_of_hats_and_not_with_others(self, app, house, world):
        numbers = [epoch(app)]
        with house() as session_:
            person = session_.get_one(Person, world.people["head"])
            hat = access.give_hat(person, HatKind.MENTOR, date(2026, 1, 1), school_id=world.schools["alder"])
            session_.flush()
            hat_id = hat.id
        numbers.append(epoch(app))
        with house() as session_:
            access.end_hat(session_.get_one(Hat, hat_id), today())
        numbers.append(epoch(app))
        with house():
            user_of("head").first_name = "Another"
        numbers.append(epoch(app))

        assert [number - numbers[0] for number in numbers] == [0, 1, 2, 2]

    def test_a_second_process_sees_an_ended_hat_with_its_next_request(self, app, signed_in, house, world):
        cookie = signed_in("head").cookie()
        other = create_app(Settings(**settings_of(app)))
        browser = with_cookie(other, cookie)
        assert browser.get("/ects/").status_code == 200
        with house() as session_:
            access.end_hat(session_.get_one(Hat, world.hats["head"][0]), today())

        assert is_out(browser)
        forget(other)

    def test_a_second_process_sees_a_new_hat_with_its_next_request(self, app, signed_in, house, world):
        cookie = signed_in("head").cookie()
        other = create_app(Settings(**settings_of(app)))
        browser = with_cookie(other, cookie)
        assert "Induction lead" not in browser.get("/me/").text
        with house() as session_:
            person = session_.get_one(Person, world.people["head"])
            access.give_hat(person, HatKind.INDUCTION_LEAD, today(), school_id=world.schools["alder"])

        assert "Induction lead" in browser.get("/me/").text
        forget(other)


def test_outside_a_request_nobody_is_asking(app):
    with app.app_context():
        assert principal() == NOBODY


def asked_for(app, cookie, statements):
    """The statements by which a request with that cookie finds out who is asking."""
    context = app.test_request_context("/", headers={"Cookie": f"session={cookie}"})
    with context, statements() as seen:
        StoredSessions().open_session(app, context.request)
    return seen


def user_of(key):
    """The user of somebody of the world, in this session."""
    return db.session.query(User).filter_by(username=username(key)).one()


def epoch(app):
    """The number of rights."""
    return rows_of(app, RightsEpoch)[0].number


def aware(moment):
    """A moment as the database keeps it, in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=now().tzinfo)
