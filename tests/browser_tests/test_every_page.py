"""Every kind of page in every state, as a browser shows it."""

import pytest

from tests.browser_tests.looking import faults
from tests.browser_tests.states import STATES, Visit, go


class TestEveryPage:
    """Issue 2, point 5: axe finds nothing at 1280 and 375, nothing scrolls sideways at 320, targets are at least 24
    pixels, the policy is kept, nobody else is asked, and the title says where one is.
    """

    @pytest.mark.parametrize("name", STATES)
    def test_a_page_is_without_fault_and_its_title_says_where_one_is(self, opened, app, world, name):
        state = STATES[name]
        page = opened(state.who)
        go(Visit(page, app, world), state)
        assert page.title() == f"{state.title} – Sixterms"
        # An answer that is a refusal has its own line in the console; every other line is a fault.
        if state.complains:
            page.complaints[:] = [words for words in page.complaints if state.complains not in words]
        assert faults(page, name) == []


class TestTitles:
    """WCAG 2.4.2: one title, one page."""

    def test_no_two_pages_have_the_same_title(self):
        pages = {}
        for state in STATES.values():
            page = (state.lands or state.path).partition("?")[0]
            pages.setdefault(state.title.removeprefix("Error: "), set()).add(page)
        assert {title: shared for title, shared in pages.items() if len(shared) > 1} == {}
