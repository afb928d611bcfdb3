"""By keyboard alone: everything can be reached, in order, and one sees where one is."""

import pytest

from tests.browser_tests.looking import PHONE, WIDE
from tests.browser_tests.states import STATES, Visit, go

# What the Tab key should stop at: one radio of each group, nothing that is out of sight or out of order.
REACHABLE = """() => {
  const groups = new Set()
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')
  return [...all].filter(part => {
    if (part.disabled || part.type === 'hidden' || part.tabIndex < 0 || !part.checkVisibility()) return false
    if (getComputedStyle(part).visibility === 'hidden') return false
    if (part.type !== 'radio') return true
    const form = part.form ? [...document.forms].indexOf(part.form) : -1
    const group = `${form} ${part.name}`
    const checked = [...document.getElementsByName(part.name)].some(each => each.form === part.form && each.checked)
    if (groups.has(group) || (checked && !part.checked)) return false
    groups.add(group)
    return true
  }).map((part, place) => { part.dataset.place = place; return part.outerHTML.slice(0, 100) }).length
}"""
# Where the focus is: its place, and whether one sees it there: a ring, a shadow or the yellow ground, on the screen.
FOCUSED = """() => {
  const part = document.activeElement
  const shown = part.type === 'radio' || part.type === 'checkbox'
    ? [part, ...(part.labels || [])].flatMap(each => [getComputedStyle(each), getComputedStyle(each, '::before')])
    : [getComputedStyle(part)]
  const seen = shown.some(style => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== 'none' || style.backgroundColor === 'rgb(255, 221, 0)')
  const box = part.getBoundingClientRect()
  const onScreen = box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth
  return { place: Number(part.dataset.place ?? -1), seen: seen && onScreen, html: part.outerHTML.slice(0, 100) }
}"""
MANY = "sign-in today-officer schools school contact-refused role users user account import-new import-preview ect".split()


def stops(page, most: int = 200) -> list[dict]:
    """Every place at which Tab stops, from the top of the page until it leaves it."""
    page.evaluate(
        "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
    )
    found: list[dict] = []
    for _time in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["place"] < 0 or (found and stop["place"] == found[0]["place"]):
            return found
        found.append(stop)
    raise AssertionError("the focus never leaves the page")


def opened_at(opened, app, world, name: str, width: int = WIDE):
    state = STATES[name]
    page = opened(state.who, width=width)
    go(Visit(page, app, world), state)
    return page


class TestTabOrder:
    """WCAG 2.1.1, 2.4.3, 2.4.7, 2.4.11: Tab reaches everything in the order of the page, and one sees where it is."""

    @pytest.mark.parametrize("name", MANY)
    def test_tab_reaches_everything_in_order_and_one_sees_it(self, opened, app, world, name):
        page = opened_at(opened, app, world, name)
        number = page.evaluate(REACHABLE)
        found = stops(page)
        assert [stop["place"] for stop in found] == list(range(number))
        assert [stop["html"] for stop in found if not stop["seen"]] == []


class TestSkipLink:
    """WCAG 2.4.1: the first stop leads past masthead and menu."""

    @pytest.mark.parametrize("name", ["sign-in", "schools", "school"])
    def test_the_skip_link_is_first_and_leads_to_the_content(self, opened, app, world, name):
        page = opened_at(opened, app, world, name)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


class TestOnAPhone:
    """Screens 6: menu, sections and filters are folded on a phone and open by keyboard."""

    def test_the_menu_opens_by_keyboard(self, opened, app, world):
        page = opened_at(opened, app, world, "schools", PHONE)
        menu = page.get_by_role("button", name="Menu", exact=True)
        link = page.locator("#navigation").get_by_role("link", name="ECTs")
        assert menu.get_attribute("aria-expanded") == "false"
        assert not link.is_visible()
        menu.focus()
        page.keyboard.press("Enter")
        assert menu.get_attribute("aria-expanded") == "true"
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.title() == "ECTs – Sixterms"

    def test_filters_open_and_apply_by_keyboard(self, opened, app, world):
        page = opened_at(opened, app, world, "schools", PHONE)
        filters = page.locator("details.app-filter")
        assert filters.get_attribute("open") is None
        filters.locator("summary").focus()
        page.keyboard.press("Enter")
        box = page.get_by_role("checkbox", name="Closed", exact=True)
        box.focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "status=closed" in page.url
        assert page.get_by_text("No school matches").is_visible()

    def test_without_script_the_menu_is_open(self, opened, world):
        page = opened("officer", width=PHONE, java_script_enabled=False)
        page.goto("/schools/")
        assert page.locator("#navigation").get_by_role("link", name="ECTs").is_visible()


class TestCombobox:
    """Screens 6, remote select: arrows move, Enter takes, Escape closes; nothing is sent by that."""

    def test_a_school_is_found_taken_and_saved_by_keyboard(self, opened, app, world):
        page = opened_at(opened, app, world, "role")
        page.get_by_label("Headteacher").focus()
        page.keyboard.press("Space")
        words = page.get_by_role("combobox", name="School")
        words.focus()
        page.keyboard.type("harrowb")
        options = page.get_by_role("option")
        options.first.wait_for()
        assert words.get_attribute("aria-expanded") == "true"
        page.keyboard.press("ArrowDown")
        assert options.first.get_attribute("aria-selected") == "true"
        assert words.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
        page.keyboard.press("Enter")
        assert words.input_value().startswith("Alder St. Mary’s Primary School")
        assert words.get_attribute("aria-expanded") == "false"
        assert page.title() == "Give a role – Sixterms"

    def test_escape_closes_and_what_is_not_there_is_said(self, opened, app, world):
        page = opened_at(opened, app, world, "role")
        words = page.get_by_role("combobox", name="School")
        words.focus()
        page.keyboard.type("road")
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Escape")
        assert page.get_by_role("option").count() == 0
        words.fill("nowhere at all")
        page.get_by_text("Nothing found. Try part of the name, the postcode or the URN").wait_for()
