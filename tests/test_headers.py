"""The headers of every answer, each by its exact value, on every route and every error page (S16)."""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.assets import asset
from tests.browser import Browser
from tests.builders import take_in_a_file
from tests.conftest import settings_in
from tests.world import World

EXACT = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'none'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}
# What tells a stranger what we run, or lets another site in.
NEVER = ("X-Powered-By", "Access-Control-Allow-Origin", "ETag", "Last-Modified", "Strict-Transport-Security")
UNSAFE_MARKUP = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|<base\b|<iframe|<object", re.IGNORECASE
)
SCRIPT = re.compile(r"<script[^>]*>([^<]*)</script>")


@pytest.fixture
def pages(app: Flask, world: World, signed_in: Callable[[str], Browser]) -> dict[str, TestResponse]:
    """Every page that answers to GET, as an administrator sees it, and what refusals look like."""
    admin = signed_in("admin")
    preview = take_in_a_file(admin)
    addresses = [
        rule.rule.replace("<key>", key)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and "<path:" not in rule.rule and "<hat>" not in rule.rule
        for key in (world.uids["amara"], "900101", world.person_uids["head"], preview.rpartition("/")[2])
    ]
    found = {address: admin.get(address) for address in dict.fromkeys(addresses)}
    found["refused form"] = admin.send("/settings/users/new", email="nothing")
    found["refused order"] = admin.get("/ects/?sort=password")
    found["no token"] = admin.client.post("/me/password/", data={})
    found["no such method"] = admin.client.put("/ects/")
    found["no such address"] = admin.get("/nowhere")
    found["saved"] = admin.send("/schools/900101/contact/edit", area="North")
    found["look-up"] = admin.post("/schools/look-up", {"q": "alder"})
    found["not this role"] = signed_in("mentor").get("/settings/users/")
    return found


@pytest.fixture
def signed_out(anybody: Callable[[], Browser]) -> dict[str, TestResponse]:
    """What somebody sees who is not signed in."""
    stranger = anybody()
    found = {
        address: stranger.get(address) for address in ("/login/", "/privacy", "/ects/", "/nowhere", "/me/")
    }
    found["wrong password"] = stranger.sign_in("admin", "wrong")
    found["no token"] = stranger.client.post("/login/", data={"username": "x"})
    return found


class TestEveryAnswer:
    """security.md S16: the same headers on every route, error pages included."""

    def test_each_header_has_its_exact_value_on_every_page(
        self, pages: dict[str, TestResponse], signed_out: dict[str, TestResponse]
    ) -> None:
        for answers in (pages, signed_out):
            for address, answer in answers.items():
                assert {name: answer.headers.get(name) for name in EXACT} == EXACT, address
        seen = {answer.status_code for answers in (pages, signed_out) for answer in answers.values()}
        assert seen >= {200, 303, 400, 403, 404, 422}

    def test_no_answer_says_what_it_should_not(
        self, pages: dict[str, TestResponse], signed_out: dict[str, TestResponse]
    ) -> None:
        told = {
            (address, name)
            for answers in (pages, signed_out)
            for address, answer in answers.items()
            for name in NEVER
            if name in answer.headers
        }
        assert told == set()

    def test_a_page_is_text_in_utf_8(self, pages: dict[str, TestResponse]) -> None:
        kinds = {answer.content_type for answer in pages.values() if answer.status_code != 303}
        assert kinds == {"text/html; charset=utf-8", "application/json"}

    def test_no_page_holds_an_inline_style_or_script(
        self, pages: dict[str, TestResponse], signed_out: dict[str, TestResponse]
    ) -> None:
        html = [
            a.text
            for answers in (pages, signed_out)
            for a in answers.values()
            if "html" in str(a.content_type)
        ]
        assert len(html) > 30
        assert [UNSAFE_MARKUP.findall(page) for page in html if UNSAFE_MARKUP.search(page)] == []
        assert {inside for page in html for inside in SCRIPT.findall(page)} == {""}

    def test_everything_a_page_loads_comes_from_this_service(self, pages: dict[str, TestResponse]) -> None:
        loaded = {
            source
            for answer in pages.values()
            for source in re.findall(r'<(?:script|img|link|source)[^>]*(?:src|href)="([^"]*)"', answer.text)
        }
        assert loaded
        assert {source for source in loaded if not source.startswith("/static/built/")} == set()

    def test_a_built_file_may_be_kept_for_a_year_and_an_absent_one_not(
        self, app: Flask, anybody: Callable[[], Browser]
    ) -> None:
        with app.test_request_context():
            address = asset("sixterms.css")
        there, absent = anybody().get(address), anybody().get("/static/built/none.css")

        assert there.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (absent.status_code, absent.headers["Cache-Control"]) == (404, "no-store")
        assert there.headers["X-Content-Type-Options"] == "nosniff"


class TestProduction:
    """Behind TLS the browser is told to stay there, and the cookie cannot leave it."""

    @pytest.fixture
    def production(self, tmp_path: Path) -> Flask:
        return create_app(
            settings_in(tmp_path, f"sqlite:///{tmp_path / 'none.db'}", PRODUCTION=True, PROXIES=1)
        )

    def test_production_adds_strict_transport_security_to_every_answer(self, production: Flask) -> None:
        client = production.test_client()
        for address in ("/login/", "/privacy", "/nowhere", "/ects/"):
            assert (
                client.get(address).headers["Strict-Transport-Security"]
                == "max-age=63072000; includeSubDomains"
            )

    def test_the_cookie_before_sign_in_is_secure_and_bound_to_the_host(self, production: Flask) -> None:
        said = production.test_client().get("/login/", base_url="https://localhost").headers["Set-Cookie"]

        assert said.startswith("__Host-session=")
        assert {part.strip() for part in said.split(";")[1:]} == {
            "Secure",
            "HttpOnly",
            "Path=/",
            "SameSite=Lax",
        }

    def test_a_host_that_is_not_ours_is_refused(self, production: Flask) -> None:
        answer = production.test_client().get("/login/", headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert "evil.example" not in answer.text


class TestCookies:
    """P-10: one cookie, and nothing of anybody in it."""

    def test_no_page_sets_another_cookie_than_the_session(
        self, pages: dict[str, TestResponse], signed_out: dict[str, TestResponse]
    ) -> None:
        names = {
            header.partition("=")[0]
            for answers in (pages, signed_out)
            for answer in answers.values()
            for header in answer.headers.getlist("Set-Cookie")
        }
        assert names == {"session"}

    def test_the_cookie_before_sign_in_holds_form_protection_and_where_to_go_alone(
        self, app: Flask, anybody: Callable[[], Browser], world: World
    ) -> None:
        stranger = anybody()
        stranger.get(f"/ects/{world.uids['amara']}?sort=sort_name")
        stranger.sign_in("admin", "wrong password of somebody")
        with stranger.client.session_transaction() as kept:
            inside = dict(kept)

        assert set(inside) == {"csrf_token", "next"}
        assert inside["next"] == f"/ects/{world.uids['amara']}?sort=sort_name"

    def test_an_address_of_any_length_does_not_make_the_cookie_too_large_for_a_browser(
        self, anybody: Callable[[], Browser]
    ) -> None:
        stranger = anybody()
        stranger.get("/ects/?found=" + secrets.token_urlsafe(6000))

        assert len(stranger.cookie() or "") < 4000
        assert stranger.get("/login/").status_code == 200

    def test_the_cookie_after_sign_in_is_a_random_token(self, signed_in: Callable[[str], Browser]) -> None:
        cookies = {signed_in("head").cookie() for _ in range(3)}
        assert len(cookies) == 3
        assert all(re.fullmatch(r"[\w-]{43}", cookie or "") for cookie in cookies)
