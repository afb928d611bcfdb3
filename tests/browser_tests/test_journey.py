"""One way through the whole house, by a person at a browser and with the real worker beside it."""

import csv
import io
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.schools import made_up
from tests.world import PASSWORD, username

REAL = os.environ.get("REFERENCE_DATA", "")
FILE_NAME = "edubasealldata20261125.csv"
SCHOOLS = 4_299
# Reading and writing 4,299 schools is work; this is when a test gives up, not what it measures.
PATIENCE = 240_000


def schools_file() -> bytes:
    """The real file, which CI requires; elsewhere a made-up one of the same size and layout where there is none."""
    if REAL:
        return (Path(REAL) / "gias_sample.csv").read_bytes()
    if os.environ.get("CI") == "true":
        pytest.fail("REFERENCE_DATA names no folder, and CI requires it")
    return made_up.content(SCHOOLS)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("cp1252"), newline="")))


def distinct_school(rows: list[dict[str, str]]) -> dict[str, str]:
    """A school whose name and postcode are nobody else's, and whose name is long enough to type a part of it."""
    names = Counter(row["EstablishmentName"].casefold()[:12] for row in rows)
    postcodes = Counter(row["Postcode"] for row in rows)
    return next(
        row
        for row in rows
        if row["EstablishmentStatus (name)"].startswith("Open")
        and len(row["EstablishmentName"]) > 14
        and row["EstablishmentName"].replace(" ", "").isalpha()
        and names[row["EstablishmentName"].casefold()[:12]] == 1
        and row["Postcode"]
        and postcodes[row["Postcode"]] == 1
    )


def press(page: Page, button: str | re.Pattern[str]) -> None:
    """Presses a button of the page itself and waits for the answer."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=button, exact=isinstance(button, str)).click()


def sign_in(page: Page) -> None:
    page.goto("/schools/")
    assert page.title() == "Sign in – Sixterms"
    page.get_by_label("Username or email address").fill(username("admin"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    assert page.title() == "Schools – Sixterms"


def upload(page: Page, content: bytes) -> None:
    page.get_by_role("button", name="Import schools").click()
    page.get_by_label("File from Get Information About Schools").set_input_files(
        {"name": FILE_NAME, "mimeType": "text/csv", "buffer": content}
    )
    press(page, "Read the file")
    expect(page.get_by_text("Reading the file:")).to_be_visible()
    assert page.get_by_role("progressbar").count() == 1


def counts_on(page: Page) -> dict[str, int]:
    """Word → number of the preview, and how many are "left out"."""
    told = page.locator(".app-figures li > :first-child").all_inner_texts()
    numbers = {words.split()[1]: int(words.split()[0].replace(",", "")) for words in told}
    note = re.search(r"([\d,]+) more closed before 2020", page.locator("main").inner_text())
    return numbers | {"left out": int(note[1].replace(",", "")) if note else 0}


def find(page: Page, words: str) -> list[str]:
    """Names of the schools that the list shows for these words."""
    page.goto("/schools/")
    page.get_by_role("searchbox", name="Find a school", exact=True).fill(words)
    press(page, "Find")
    assert words.casefold() not in page.url.casefold()
    return page.locator("main tbody tr th a").all_inner_texts()


def change_contact(page: Page, *, scripted: bool) -> None:
    """A refused value first: what was typed stays, the message stands beside the field. Then a good one is saved."""
    page.get_by_role("main").get_by_role("link", name="Change contact").first.click()
    page.get_by_label("Name of the contact").fill("Robin Madeup")
    page.get_by_label("Email address").fill("robin at school")
    press(page, "Save")

    email = page.get_by_label("Email address")
    assert page.title().startswith("Error: ")
    assert (email.input_value(), page.get_by_label("Name of the contact").input_value()) == (
        "robin at school",
        "Robin Madeup",
    )
    summary = page.get_by_role("alert")
    said = summary.get_by_role("link").inner_text()
    assert email.get_attribute("aria-invalid") == "true"
    beside = [
        each for each in (email.get_attribute("aria-describedby") or "").split() if each.endswith("-error")
    ]
    assert page.locator(f"[id='{beside[0]}']").inner_text().endswith(said)
    if scripted:
        expect(page.locator(".govuk-error-summary")).to_be_focused()
    summary.get_by_role("link").click()
    expect(email).to_be_focused()

    email.fill("robin@school.example")
    press(page, "Save")
    expect(page.get_by_role("main")).to_contain_text("robin@school.example")
    expect(page.get_by_role("main")).to_contain_text("Robin Madeup")


def sign_out_and_go_back(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in – Sixterms")
    page.go_back()
    expect(page).to_have_title("Sign in – Sixterms")
    assert "robin@school.example" not in page.content()


class TestJourney:
    """Issue 2, Proof: sign in, import the real schools file, find a school, edit it, sign out."""

    @pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without script"])
    def test_an_administrator_brings_in_the_schools_and_corrects_one(self, opened, worker, scripted):
        content = schools_file()
        rows = rows_of(content)
        page = opened(java_script_enabled=scripted)
        page.set_default_timeout(PATIENCE)
        sign_in(page)

        upload(page, content)
        worker.start()
        page.get_by_text("Nothing has changed yet.").wait_for()
        assert len(rows) == SCHOOLS
        assert page.get_by_text("4,299 rows read").count() == 1
        seen = counts_on(page)
        assert sum(seen.values()) == SCHOOLS
        assert seen["refused"] == 0
        assert seen["new"] > 4_000

        press(page, re.compile("^Apply .* changes$"))
        page.get_by_text("The changes are made.").wait_for()
        worker.stop()

        school = distinct_school(rows)
        name = school["EstablishmentName"]
        assert find(page, name[:12].upper()) == [name]
        assert find(page, school["Postcode"].replace(" ", "").lower()) == [name]
        assert find(page, school["URN"]) == [name]
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)

        change_contact(page, scripted=scripted)
        # A refusal is an answer with its own status, of which the browser keeps a line; nothing else was said.
        assert [words for words in page.complaints if "status of 422" not in words] == []
        sign_out_and_go_back(page)


class TestWithoutScript:
    """Issue 2, point 4: a relation is found by a search page where no script runs."""

    def test_a_user_gets_a_role_at_a_school_that_is_found_by_the_search_button(self, opened, world):
        page = opened("admin", java_script_enabled=False)
        page.goto(f"/settings/users/{world.person_uids['officer']}/roles/new")
        page.get_by_label("Headteacher").check()
        page.get_by_role("textbox", name="School", exact=True).fill("road")
        press(page, re.compile("^Search"))
        assert page.get_by_label("Headteacher").is_checked()
        page.get_by_role("radio", name=re.compile("Cedar Road High School")).check()
        press(page, "Give role")

        expect(page.get_by_role("main")).to_contain_text("Role given.")
        given = page.get_by_role("row").filter(has_text="Headteacher, Cedar Road High School")
        expect(given).to_contain_text("no end")
        expect(given).to_contain_text("In use")
