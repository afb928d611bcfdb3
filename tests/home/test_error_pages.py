"""Each refusal has a page that says what to do next; a fault shows a number and nothing else (screens.md 3.17)."""

import logging
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.ects import views
from app.errors import RuleBroken
from tests.browser import Browser
from tests.builders import everything

SECRET = "Herenow 0041001"


def heading_of(answer: TestResponse) -> str:
    found = re.findall(r"<h1[^>]*>([^<]*)</h1>", answer.text)
    assert len(found) == 1
    return unescape(found[0])


class Broken(RuleBroken):
    source = "A rule of this test"
    message = "The day must be a school day."  # type: ignore[assignment]


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Callable[[BaseException], None]:
    """From here on the list of ECTs raises."""

    def prepare(fault: BaseException) -> None:
        def broken(*_args: object) -> Any:
            raise fault

        monkeypatch.setitem(app.config, "PROPAGATE_FAULTS", False)
        monkeypatch.setattr(views.ECTView, "base_statement", broken)

    return prepare


class TestRefusals:
    """The heading of screens.md for each code, one way on, and the menu of the hat."""

    @pytest.mark.parametrize(
        ("ask", "code", "heading"),
        [
            (lambda b: b.get("/nowhere"), 404, "We cannot find this page"),
            (lambda b: b.get("/ects/zzzz"), 404, "We cannot find this page"),
            (lambda b: b.client.put("/ects/"), 404, "We cannot find this page"),
            (lambda b: b.get("/settings/users/"), 403, "You cannot do this"),
            (lambda b: b.get("/ects/?rows=7"), 400, "We could not read that"),
            (
                lambda b: b.client.post("/me/password/", data={"new": "x"}),
                400,
                "This page was open for too long",
            ),
        ],
    )
    def test_a_refusal_has_its_code_its_heading_and_a_way_on(
        self,
        ask: Callable[[Browser], TestResponse],
        code: int,
        heading: str,
        signed_in: Callable[[str], Browser],
    ) -> None:
        answer = ask(signed_in("head"))
        assert (answer.status_code, heading_of(answer)) == (code, heading)
        assert answer.text.partition("<title>")[2].startswith(heading)
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        assert 'href="/"' in main or "Continue" in main

    def test_a_body_that_is_too_large_is_told_the_limit(
        self, app: Flask, signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10_000)
        head = signed_in("head")
        answer = head.post("/me/password/", {"current": "x" * 20_000})
        assert answer.status_code == 413
        assert heading_of(answer).endswith("is too large")

    def test_a_rule_that_no_form_took_says_its_sentence(
        self, raising: Callable[[BaseException], None], signed_in: Callable[[str], Browser]
    ) -> None:
        head = signed_in("head")
        raising(Broken())
        answer = head.get("/ects/")
        assert (answer.status_code, heading_of(answer)) == (400, "That cannot be done")
        assert "The day must be a school day." in answer.text

    def test_too_many_tries_say_how_long_to_wait(self, anybody: Callable[[], Browser]) -> None:
        stranger = anybody()
        codes = [stranger.sign_in("head", "wrong").status_code for _ in range(11)]
        assert codes == [422] * 10 + [429]
        assert "Wait 5 minutes" in stranger.sign_in("head", "wrong").text


class TestFaults:
    """A fault of ours: nothing was changed, a number to quote, and no value of anybody's in page or log (S17)."""

    def test_the_page_has_a_number_that_stands_in_the_log_and_neither_has_a_value(
        self,
        app: Flask,
        raising: Callable[[BaseException], None],
        signed_in: Callable[[str], Browser],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        head, before = signed_in("head"), everything(app)
        raising(ValueError(SECRET))
        with caplog.at_level(logging.DEBUG):
            answer = head.get("/ects/")

        assert (answer.status_code, heading_of(answer)) == (500, "Something went wrong here")
        assert "Nothing was changed." in answer.text
        number = re.search(r"tell us the number ([0-9A-Z]{4})\.", answer.text)
        assert number is not None
        logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
        assert number[1] in logged
        assert "ValueError" in logged
        for text in (answer.text, logged):
            assert SECRET not in text
            assert "Traceback" not in text
        assert everything(app) == before

    def test_a_database_that_does_not_answer_is_said_to_be_busy(
        self,
        raising: Callable[[BaseException], None],
        signed_in: Callable[[str], Browser],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        head = signed_in("head")
        raising(OperationalError(f"SELECT '{SECRET}'", {}, TimeoutError(SECRET)))
        answer = head.get("/ects/")
        assert (answer.status_code, heading_of(answer)) == (503, "Back soon")
        assert SECRET not in answer.text + caplog.text

    def test_the_next_page_works(
        self,
        raising: Callable[[BaseException], None],
        signed_in: Callable[[str], Browser],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        head = signed_in("head")
        raising(ValueError(SECRET))
        assert head.get("/ects/").status_code == 500
        monkeypatch.undo()
        assert head.get("/ects/").status_code == 200
