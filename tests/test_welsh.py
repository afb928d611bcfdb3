"""Welsh: the public pages, navigation, sign-in, account and errors, and dates; everything else stays English."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from app.terms.on_screen import MONTHS, WEEKDAYS, on_screen
from config import ROOT
from tests.browser import Browser

CATALOGUE = ROOT / "translations" / "cy" / "LC_MESSAGES" / "messages.po"
# What must be whole in Welsh. A text that is added here wants its Welsh in the same change (CONTRIBUTING.md).
WHOLE = (
    *sorted((ROOT / "app" / "templates" / "public").glob("*.html")),
    *sorted((ROOT / "app" / "templates" / "errors").glob("*.html")),
    ROOT / "app" / "templates" / "appbuilder" / "general" / "security" / "login_db.html",
    ROOT / "app" / "templates" / "base.html",
    ROOT / "app" / "templates" / "me" / "show.html",
    ROOT / "app" / "templates" / "parts" / "notices.html",
    ROOT / "app" / "templates" / "parts" / "shell.html",
    ROOT / "app" / "access" / "hats.py",
    ROOT / "app" / "home" / "error_pages.py",
    ROOT / "app" / "people" / "account.py",
    ROOT / "app" / "views.py",
)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None}


def texts_of(file: Path) -> Iterator[str]:
    """The texts for translation in one file of the service."""
    kind = "python" if file.suffix == ".py" else "jinja2"
    for _line, text, _comments, _context in extract_from_file(kind, file, keywords=KEYWORDS):
        yield text if isinstance(text, str) else text[0]


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="cy")


def translated(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id and message.string and isinstance(message.id, str)]


def in_welsh(browser: Browser, page: str = "/login/") -> Browser:
    answer = browser.post("/language/", {"language": "cy", "next": page, "csrf_token": browser.token(page)})
    assert (answer.status_code, answer.location) == (303, page)
    return browser


class TestPages:
    """screens.md 4, Welsh: link in the footer and on the sign-in page, keeps the page."""

    def test_the_sign_in_page_is_welsh_once_somebody_chose_so(self, anybody: Callable[[], Browser]) -> None:
        page = in_welsh(anybody()).get("/login/").text
        assert '<html lang="cy"' in page
        assert '<h1 class="govuk-heading-xl">Mewngofnodi</h1>' in page
        assert "Enw defnyddiwr neu gyfeiriad e-bost" in page
        assert "Cyfrinair" in page
        assert "Sign in" not in page

    def test_the_page_is_english_until_somebody_chooses(self, anybody: Callable[[], Browser]) -> None:
        page = anybody().get("/login/").text
        assert '<html lang="en"' in page
        assert "Mewngofnodi" not in page

    def test_a_page_that_is_not_there_says_so_in_welsh(self, anybody: Callable[[], Browser]) -> None:
        answer = in_welsh(anybody()).get("/nowhere")
        assert answer.status_code == 404
        assert '<html lang="cy"' in answer.text
        assert "Ni allwn ddod o hyd i’r dudalen hon" in answer.text

    def test_a_refused_sign_in_is_refused_in_welsh(self, anybody: Callable[[], Browser]) -> None:
        answer = in_welsh(anybody()).sign_in("head", password="not the password")
        assert answer.status_code == 422
        assert "Nid yw’r enw defnyddiwr neu’r cyfrinair yn gywir" in answer.text
        assert "Mae problem" in answer.text

    def test_navigation_and_hat_are_welsh_and_stay_so_after_sign_in(
        self, anybody: Callable[[], Browser]
    ) -> None:
        browser = in_welsh(anybody())
        browser.sign_in("head")
        page = browser.get("/").text
        assert '<html lang="cy"' in page
        labels = re.findall(r'class="govuk-service-navigation__link"[^>]*>(?:<strong[^>]*>)?([^<]+)<', page)
        assert labels[:3] == ["Heddiw", "Ein ECTs", "Ein hysgol"]
        assert "Pennaeth" in page
        assert "Allgofnodi" in page

    @pytest.mark.parametrize("path", ["/privacy", "/cookies", "/accessibility", "/help"])
    def test_public_pages_hold_no_english_text_of_their_own(
        self, anybody: Callable[[], Browser], path: str
    ) -> None:
        page = in_welsh(anybody()).get(path).text
        file = ROOT / "app" / "templates" / "public" / f"{path[1:]}.html"
        left = [text for text in texts_of(file) if "%(" not in text and len(text) > 12 and text in page]
        assert left == []

    def test_english_comes_back_by_the_same_door(self, anybody: Callable[[], Browser]) -> None:
        browser = in_welsh(anybody())
        browser.post(
            "/language/", {"language": "en", "next": "/help", "csrf_token": browser.token("/login/")}
        )
        assert '<html lang="en"' in browser.get("/help").text

    def test_a_language_that_is_not_there_is_refused(self, anybody: Callable[[], Browser]) -> None:
        browser = anybody()
        answer = browser.post("/language/", {"language": "xx", "csrf_token": browser.token("/login/")})
        assert answer.status_code == 400


class TestDates:
    """screens.md 4: dates 30 Tachwedd 2026."""

    def test_a_date_has_its_welsh_month(self, app: Flask) -> None:
        with app.test_request_context(), force_locale("cy"):
            assert on_screen(date(2026, 11, 30)) == "30 Tachwedd 2026"

    def test_each_month_and_weekday_has_a_word(self, catalogue: Catalog) -> None:
        assert [
            name for name in (*MONTHS, *WEEKDAYS) if not (catalogue[name] and catalogue[name].string)
        ] == []


class TestCatalogue:
    """A translation that loses a value, or that nobody confirmed, is worse than none."""

    def test_every_translation_has_the_values_of_its_text(self, catalogue: Catalog) -> None:
        differ = [
            message.id
            for message in translated(catalogue)
            if sorted(set(PLACEHOLDER.findall(message.id)))
            != sorted(set(PLACEHOLDER.findall(message.string)))
        ]
        assert differ == []
        assert len(translated(catalogue)) > 200

    def test_no_translation_is_a_guess_of_a_program(self, catalogue: Catalog) -> None:
        assert [message.id for message in catalogue if message.id and message.fuzzy] == []

    @pytest.mark.parametrize("file", WHOLE, ids=lambda file: file.name)
    def test_the_parts_that_are_welsh_are_whole(self, catalogue: Catalog, file: Path) -> None:
        wanted = sorted(set(texts_of(file)))
        assert wanted or file.name == "page.html"
        missing = [text for text in wanted if not (catalogue[text] and catalogue[text].string)]
        assert missing == [], f"{file.relative_to(ROOT)}: add these to {CATALOGUE.relative_to(ROOT)}"
