"""What stays in the browser, and what leaves it."""

from tests.world import PASSWORD, username


def sign_in(page) -> None:
    page.goto("/login/")
    page.get_by_label("Username or email address").fill(username("officer"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Sign in").click()


def jar(page) -> list[str]:
    return sorted(cookie["name"] for cookie in page.context.cookies())


def listed(page) -> list[str]:
    page.goto("/cookies")
    return sorted(page.locator("main tbody th").all_inner_texts())


class TestCookies:
    """P-10: the page about cookies lists each one that is set, and nothing else is kept in the browser."""

    def test_the_jar_holds_what_the_page_lists_before_and_after_sign_in(self, opened):
        page = opened()
        page.goto("/login/")
        assert jar(page) == listed(page)
        sign_in(page)
        page.goto("/schools/")
        assert jar(page) == listed(page) == ["session"]

    def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(self, opened):
        page = opened()
        sign_in(page)
        (cookie,) = page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
        assert page.evaluate("document.cookie") == ""

    def test_nothing_else_is_kept_in_the_browser(self, opened):
        page = opened()
        sign_in(page)
        page.goto("/schools/")
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0


class TestSignedOut:
    """S4: after sign-out no page of before is shown again, in no tab."""

    def test_another_tab_is_signed_out_too(self, opened):
        page = opened()
        sign_in(page)
        other = page.context.new_page()
        other.goto("/ects/")
        assert "Herenow" in other.content()
        with page.expect_navigation():
            page.get_by_role("button", name="Sign out").click()
        other.reload()
        assert other.title() == "Sign in – Sixterms"
        assert "Herenow" not in other.content()
