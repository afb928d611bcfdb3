"""Every kind of page in every state that a person meets: who looks, what its title is, and how one gets there."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from app.access.scope import for_the_house
from app.ects.models import Assignment
from app.extensions import db
from app.fabext.lists import COUNTS
from app.jobs import NAME as QUEUE
from app.jobs import take_up
from app.schools import made_up
from tests.browser import Browser as Person
from tests.world import World, username

CONTACT = "/schools/900101/contact/edit"
NEW_FILE = "/schools/import/new"


@dataclass(frozen=True)
class Visit:
    """Somebody at a browser, and what they need to get where they want."""

    page: Page
    app: Flask
    world: World

    def post(self, button: str) -> None:
        """Presses a button of the page itself, not of masthead or footer, and waits for the answer."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=button, exact=True).click()


@dataclass(frozen=True)
class State:
    """A page in one state. `path` may name ids of the world; `reach` does the rest of the way."""

    title: str
    path: str
    who: str = ""
    reach: Callable[[Visit], None] | None = None
    lands: str = ""  # the page where the way ends, if not at `path`
    complains: str = ""  # what the browser says of an answer that is a refusal


def go(visit: Visit, state: State) -> None:
    """The page stands in its state."""
    ids = visit.world.uids | {f"{key}_person": uid for key, uid in visit.world.person_uids.items()}
    visit.page.goto(state.path.format(**ids))
    if state.reach is not None:
        state.reach(visit)


# --- how one gets there ---


def refuse_sign_in(visit: Visit) -> None:
    visit.page.get_by_label("Username or email address").fill(username("head"))
    visit.page.get_by_label("Password", exact=True).fill("not the password")
    visit.post("Sign in")


def find(words: str) -> Callable[[Visit], None]:
    def reach(visit: Visit) -> None:
        box = visit.page.locator("main").get_by_role("search")
        box.get_by_role("searchbox").fill(words)
        with visit.page.expect_navigation():
            box.get_by_role("button", name="Find").click()

    return reach


def lose_assignment(visit: Visit) -> None:
    who = visit.world.people["mentor"]
    with visit.app.app_context(), for_the_house():
        for assignment in db.session.scalars(select(Assignment).where(Assignment.person_id == who)):
            db.session.delete(assignment)
        db.session.commit()
    COUNTS.clear()  # counts are kept for a moment
    visit.page.reload()


def refuse_contact(visit: Visit) -> None:
    visit.page.get_by_label("Email address").fill("no address at all")
    visit.page.get_by_label("Telephone number").fill("12")
    visit.post("Save")


def clash_over_contact(visit: Visit) -> None:
    other = Person(visit.app)
    other.sign_in("admin")
    other.send(CONTACT, contact_name="Typed By Another")
    visit.page.get_by_label("Name of the contact").fill("Typed By Me")
    visit.post("Save")


def grow_too_old(visit: Visit) -> None:
    visit.page.locator("main [name=csrf_token]").evaluate("field => { field.value = 'old' }")
    visit.post("Save")


def upload(content: bytes) -> Callable[[Visit], None]:
    def reach(visit: Visit) -> None:
        visit.page.locator("input[type=file]").set_input_files(
            {"name": "edubasealldata20261125.csv", "mimeType": "text/csv", "buffer": content}
        )
        visit.post("Read the file")

    return reach


@contextmanager
def without_worker(app: Flask):
    """Work waits on the queue; nobody does it."""
    at_once, app.config["JOBS_AT_ONCE"], app.extensions[QUEUE] = app.config["JOBS_AT_ONCE"], False, None
    try:
        yield
    finally:
        app.config["JOBS_AT_ONCE"], app.extensions[QUEUE] = at_once, None


def wait_for_reading(visit: Visit) -> None:
    with without_worker(visit.app):
        upload(made_up.content(90))(visit)


def lose_the_file(visit: Visit) -> None:
    """What was stored is no longer what was sent, when the worker comes to it."""
    wait_for_reading(visit)
    for stored in Path(visit.app.config["FILES_URL"], "gias").iterdir():
        stored.write_bytes(b"")
    with visit.app.app_context(), for_the_house():
        take_up()
    visit.page.reload()


def wait_for_applying(visit: Visit) -> None:
    upload(made_up.content(90))(visit)
    with without_worker(visit.app):
        press_apply(visit)


def press_apply(visit: Visit) -> None:
    with visit.page.expect_navigation():
        visit.page.get_by_role("button", name="Apply").click()


def apply(visit: Visit) -> None:
    upload(made_up.content(90))(visit)
    press_apply(visit)


def look_at_changes(visit: Visit) -> None:
    """A later edition of the file, with lines that are refused."""
    apply(visit)
    visit.page.goto(NEW_FILE)
    later = made_up.content(90, edition=2)
    upload(later + later[later.rindex(b"\n", 0, -1) + 1 :].replace(b"900", b"x", 1))(visit)


def put_aside(visit: Visit) -> None:
    upload(made_up.content(90))(visit)
    visit.post("Put this file aside")


def search_school(words: str) -> Callable[[Visit], None]:
    def reach(visit: Visit) -> None:
        visit.page.get_by_label("Headteacher").check()
        visit.page.get_by_role("combobox", name="School", exact=True).fill(words)
        # Out of sight with script, but still what a form sends.
        with visit.page.expect_navigation():
            visit.page.locator(".app-remote__search").evaluate("button => button.form.requestSubmit(button)")

    return reach


def refuse_role(visit: Visit) -> None:
    visit.page.get_by_label("Day").fill("31")
    visit.page.get_by_label("Month").fill("9")
    visit.page.get_by_label("Year").fill("2026")
    visit.post("Give role")


def open_first_role(visit: Visit) -> None:
    visit.page.locator("main table a").first.click()
    visit.page.wait_for_load_state()


def add_nobody(visit: Visit) -> None:
    visit.page.get_by_label("Email address").fill("nobody")
    visit.post("Add user")


def change_to_too_short(visit: Visit) -> None:
    visit.page.get_by_label("Current password", exact=True).fill("heron juniper kelp 1942")
    visit.page.get_by_label("New password", exact=True).fill("short")
    visit.post("Change password")


def speak_welsh(visit: Visit) -> None:
    with visit.page.expect_navigation():
        visit.page.locator("main").get_by_role("button", name="Cymraeg").click()


# --- the pages ---

ONE_FILE, IMPORTED = "edubasealldata20261125.csv, import of schools", "/schools/import/{uid}"
REFUSED = "the server responded with a status of 422"
STATES = {
    "sign-in": State("Sign in", "/login/"),
    "sign-in-refused": State("Error: Sign in", "/login/", reach=refuse_sign_in, complains=REFUSED),
    "sign-in-welsh": State("Mewngofnodi", "/login/", reach=speak_welsh),
    "privacy": State("Privacy and cookies", "/privacy"),
    "cookies": State("Cookies", "/cookies"),
    "accessibility": State("Accessibility", "/accessibility"),
    "help": State("Help", "/help", "officer"),
    "not-found-signed-out": State("We cannot find this page", "/nowhere", complains="status of 404"),
    "today-admin": State("Today", "/", "admin"),
    "today-officer": State("Today", "/", "officer"),
    "today-head": State("Today", "/", "head"),
    "today-ect": State("Today", "/", "ect"),
    "today-dpo": State("Today", "/", "dpo"),
    "today-operator": State("Today", "/", "operator"),
    "ects": State("ECTs", "/ects/", "officer"),
    "ects-found": State("ECTs", "/ects/", "officer", find("herenow")),
    "ects-empty": State("ECTs", "/ects/", "mentor", lose_assignment),
    "ects-none-found": State("ECTs", "/ects/", "officer", find("nobody of this name")),
    "ect": State("Amara Herenow", "/ects/{amara}", "officer"),
    "ect-left": State("Ben Movedon", "/ects/{ben}", "head"),
    "ect-own": State("Amara Herenow", "/ects/{amara}", "ect"),
    "schools": State("Schools", "/schools/", "officer"),
    "schools-filtered": State("Schools", "/schools/?status=open&phase=primary", "officer"),
    "schools-found": State("Schools", "/schools/", "officer", find("alder")),
    "schools-empty": State("Schools", "/schools/", "officer", find("no such school")),
    "schools-own": State("Our school", "/schools/", "head"),
    "school": State("Alder St. Mary’s Primary School", "/schools/900101", "officer"),
    "school-published": State("Birch Lane Academy", "/schools/900102", "assessor"),
    "contact": State("Change the contact", CONTACT, "officer"),
    "contact-refused": State(
        "Error: Change the contact", CONTACT, "officer", refuse_contact, complains=REFUSED
    ),
    "contact-clash": State(
        "Error: Change the contact", CONTACT, "officer", clash_over_contact, complains=REFUSED
    ),
    "too-old": State(
        "This page was open for too long",
        CONTACT,
        "officer",
        grow_too_old,
        "(refused)",
        complains="status of 400",
    ),
    "imports-empty": State("Imports of schools", "/schools/import/", "officer"),
    "imports": State("Imports of schools", NEW_FILE, "officer", put_aside, "/schools/import/"),
    "import-new": State("Import schools", NEW_FILE, "officer"),
    "import-refused": State("Error: Import schools", NEW_FILE, "officer", upload(b""), complains=REFUSED),
    "import-failed": State(ONE_FILE, NEW_FILE, "officer", lose_the_file, IMPORTED),
    "import-reading": State(ONE_FILE, NEW_FILE, "officer", wait_for_reading, IMPORTED),
    "import-preview": State(ONE_FILE, NEW_FILE, "officer", look_at_changes, IMPORTED),
    "import-applying": State(ONE_FILE, NEW_FILE, "officer", wait_for_applying, IMPORTED),
    "import-done": State(ONE_FILE, NEW_FILE, "officer", apply, IMPORTED),
    "users": State("Users", "/settings/users/", "admin"),
    "user": State("Head Madeup", "/settings/users/{head_person}", "admin"),
    "user-new": State("Add a user", "/settings/users/new", "admin"),
    "user-refused": State("Error: Add a user", "/settings/users/new", "admin", add_nobody, complains=REFUSED),
    "user-password": State("Set a new password", "/settings/users/{head_person}/password", "admin"),
    "role": State("Give a role", "/settings/users/{head_person}/roles/new", "admin"),
    "role-found": State(
        "Give a role", "/settings/users/{head_person}/roles/new", "admin", search_school("harrowbeck")
    ),
    "role-refused": State(
        "Error: Give a role",
        "/settings/users/{head_person}/roles/new",
        "admin",
        refuse_role,
        complains=REFUSED,
    ),
    "role-end": State(
        "End a role: Headteacher, Alder St. Mary’s Primary School",
        "/settings/users/{head_person}",
        "admin",
        open_first_role,
        "/settings/users/{head_person}/roles/{hat}",
    ),
    "roles": State("Roles", "/settings/roles/", "admin"),
    "account": State("Your account", "/me/", "two_hats"),
    "password": State("Change your password", "/me/password/", "head"),
    "password-refused": State(
        "Error: Change your password", "/me/password/", "head", change_to_too_short, complains=REFUSED
    ),
    "not-your-role": State(
        "You cannot do this", "/schools/", "ect", lands="(forbidden)", complains="status of 403"
    ),
    "not-found": State(
        "We cannot find this page", "/ects/nobody", "officer", lands="/nowhere", complains="status of 404"
    ),
}
