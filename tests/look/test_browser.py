import os

import pytest

from tests.look.browsing import CHROMIUM, chromium, served
from tests.look.samples import ROOT, SAMPLES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and "chromium" not in os.environ.get("REQUIRE", ""),
        reason="no Chromium here: pages are not looked at",
    ),
]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Targets that are no part of a sentence or a table's row heading (2.5.8 lets those be smaller).
SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')].filter(part => {
  const box = part.getBoundingClientRect()
  const inSentence = getComputedStyle(part).display === 'inline' && part.closest('p, li, td, dd, address')
  return box.width > 1 && box.height > 1 && !inSentence && (box.height < 24 || box.width < 24)
}).map(part => part.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def address():
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(browser, address):
    contexts = []

    def opened(name, width, **more):
        # axe is put in by the test, not by the page: the policy is tried by the next class.
        context = browser.new_context(viewport={"width": width, "height": 800}, **more)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console",
            lambda message: page.complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{address}/{name}")
        return page

    yield opened
    for context in contexts:
        context.close()


class TestAxe:
    """Issue 2, point 5: no violation on any page type."""

    @pytest.mark.parametrize("width", [1280, 375])
    @pytest.mark.parametrize("name", SAMPLES)
    def test_finds_nothing(self, open_page, name, width):
        page = open_page(name, width, bypass_csp=True)
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


class TestSmallScreen:
    """WCAG 2.2, 1.4.10: at 320 pixels nothing scrolls sideways; with and without script."""

    @pytest.mark.parametrize("name", SAMPLES)
    def test_nothing_scrolls_sideways_and_targets_are_at_least_24_pixels(self, open_page, name):
        page = open_page(name, 320)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(SMALL) == []

    @pytest.mark.parametrize("name", SAMPLES)
    def test_nothing_scrolls_sideways_without_script(self, open_page, name):
        page = open_page(name, 320, java_script_enabled=False)
        assert (
            max(
                page.locator("main, header, footer").evaluate_all(
                    "parts => parts.map(part => part.scrollWidth)"
                )
            )
            <= 320
        )


class TestPolicyInTheBrowser:
    """Nothing on a page needs `unsafe-inline`, and the script runs under the policy."""

    @pytest.mark.parametrize("name", SAMPLES)
    def test_the_browser_refuses_nothing(self, open_page, name):
        page = open_page(name, 1280)
        assert page.locator("body.js-enabled").count() == 1
        assert page.complaints == []
        assert page.evaluate(SMALL) == []


class TestScript:
    """Screens 6: what script adds."""

    def test_sections_and_filters_fold_on_a_phone(self, open_page):
        assert open_page("list", 375).locator("details.app-filter[open]").count() == 0
        assert open_page("list", 1280).locator("details.app-filter[open]").count() == 1
        assert (
            open_page("list", 375, java_script_enabled=False).locator("details.app-filter[open]").count() == 1
        )

    def test_a_refused_form_puts_the_focus_on_its_summary(self, open_page):
        page = open_page("form-refused", 1280)
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"

    def test_a_school_is_found_and_taken_by_keyboard(self, open_page):
        page = open_page("form", 1280)
        words = page.get_by_role("combobox", name="School")
        words.fill("ash")
        options = page.get_by_role("listbox", name="School").get_by_role("option")
        options.first.wait_for()
        assert options.count() == 6
        words.press("ArrowDown")
        words.press("ArrowDown")
        words.press("Enter")
        assert words.input_value() == "Bramley Road Primary School"
        assert page.locator("input[name=school]").input_value() == "1"
        assert page.get_by_role("listbox", name="School").count() == 0

    def test_a_school_is_no_longer_chosen_once_its_words_are_changed(self, open_page):
        page = open_page("form", 1280)
        page.get_by_role("combobox", name="School").fill("b")
        assert page.locator("input[name=school]").input_value() == ""

    def test_the_list_of_schools_closes_on_escape(self, open_page):
        page = open_page("form", 1280)
        words = page.get_by_role("combobox", name="School")
        words.fill("ash")
        page.get_by_role("listbox", name="School").wait_for()
        words.press("Escape")
        assert page.get_by_role("listbox", name="School").count() == 0

    def test_a_bar_moves_without_a_new_page_and_the_page_comes_anew_at_the_end(self, open_page, address):
        page = open_page("import-applying", 1280)
        answers = iter(["400 of 452", None])

        def answer(route):
            words = next(answers)
            text = f'<div data-refresh="/"><strong>{words}</strong><progress max="452" value="400"></progress></div>'
            route.fulfill(body=text if words else "done", content_type="text/html")

        page.route("**/schools/import/ab12cd34", answer)
        page.get_by_text("400 of 452").first.wait_for()
        assert page.locator("progress").get_attribute("value") == "400"
        with page.expect_navigation():
            pass
