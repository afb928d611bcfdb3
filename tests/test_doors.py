"""Every address of the service, method by method: who may come in, and what a stranger is told (S1)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.fabext.doors import Audience
from tests.browser import Browser
from tests.builders import add_registration, everything, queued_mail, take_in_a_file, without_tokens
from tests.world import PEOPLE, World

EVERYBODY, SIGNED_IN, PERMITTED = Audience.EVERYBODY, Audience.SIGNED_IN, Audience.PERMITTED

AB = {"admin", "officer", "two_hats_as_officer"}
AT_SCHOOLS = {"head", "lead", "office", "trust", "head_b", "two_hats"}
SEES_SCHOOLS = AB | AT_SCHOOLS | {"assessor", "director", "finance"}
FINDS_SCHOOLS = AB | {"assessor", "director", "finance"}
REGISTRARS = AB | AT_SCHOOLS
FINDS_ECTS = AB | AT_SCHOOLS | {"assessor", "director", "tutor", "mentor"}
SEES_ECTS = FINDS_ECTS | {"auditor", "ect"}
READS_INDUCTION = SEES_ECTS - {"mentor"}
DECIDES = {"admin", "assessor"}
PEOPLE_KEEPERS = {"admin", "operator"}
ROLE_GIVERS = {"admin"}
ROLE_READERS = PEOPLE_KEEPERS | {"director", "dpo", "auditor"}


@dataclass(frozen=True)
class Door:
    """Who comes in; `keepers` are the people of the world whose hat has the right."""

    audience: Audience
    keepers: frozenset[str] = frozenset()


def right(*keepers: set[str]) -> Door:
    return Door(PERMITTED, frozenset().union(*keepers))


OPEN, ANYBODY_KNOWN = Door(EVERYBODY), Door(SIGNED_IN)
DOORS: dict[tuple[str, str], Door] = {
    ("GET", "/accessibility"): OPEN,
    ("GET", "/cookies"): OPEN,
    ("GET", "/help"): OPEN,
    ("GET", "/privacy"): OPEN,
    ("GET", "/static/<path:filename>"): OPEN,
    ("GET", "/login/"): OPEN,
    ("POST", "/login/"): OPEN,
    ("POST", "/logout/"): OPEN,
    ("POST", "/language/"): OPEN,
    ("GET", "/"): ANYBODY_KNOWN,
    ("GET", "/me/"): ANYBODY_KNOWN,
    ("POST", "/me/hat"): ANYBODY_KNOWN,
    ("GET", "/me/password/"): ANYBODY_KNOWN,
    ("POST", "/me/password/"): ANYBODY_KNOWN,
    ("GET", "/me/messages/"): ANYBODY_KNOWN,
    ("POST", "/me/messages/"): ANYBODY_KNOWN,
    ("GET", "/messages/outbox/"): right(AB),
    ("GET", "/messages/outbox/<key>"): right(AB),
    ("POST", "/messages/outbox/<key>/again"): right(AB),
    ("GET", "/messages/folder/"): right(AB),
    ("GET", "/messages/folder/<name>"): right(AB),
    ("GET", "/ects/"): right(SEES_ECTS),
    ("GET", "/ects/<key>"): right(SEES_ECTS),
    ("POST", "/ects/find"): right(FINDS_ECTS),
    **{
        (method, f"/ects/<key>/{fact}"): right(REGISTRARS)
        for fact in "names contact qts training employment qualifications earlier".split()
        for method in ("GET", "POST")
    },
    **{
        (method, f"/ects/<key>/{fact}"): right(AB)
        for fact in ("identity", "previous-names")
        for method in ("GET", "POST")
    },
    ("GET", "/registrations/"): right(REGISTRARS, {"tutor", "director"}),
    ("POST", "/registrations/find"): right(REGISTRARS, {"tutor", "director"}),
    ("GET", "/registrations/<key>"): right(REGISTRARS, {"tutor", "director"}),
    ("GET", "/registrations/new"): right(REGISTRARS, {"tutor"}),
    ("POST", "/registrations/new"): right(REGISTRARS, {"tutor"}),
    ("GET", "/registrations/<key>/<step>"): right(REGISTRARS, {"tutor"}),
    ("POST", "/registrations/<key>/<step>"): right(REGISTRARS, {"tutor"}),
    ("GET", "/registrations/<key>/check"): right(REGISTRARS),
    ("POST", "/registrations/<key>/check"): right(REGISTRARS),
    ("POST", "/registrations/<key>/withdraw"): right(REGISTRARS),
    ("GET", "/registrations/<key>/decide"): right(AB),
    ("POST", "/registrations/<key>/decide"): right(AB),
    ("POST", "/registrations/<key>/ask"): right(AB),
    ("GET", "/retention/"): right({"admin", "dpo"}),
    ("POST", "/retention/report.csv"): right({"admin", "dpo"}),
    ("GET", "/ects/<key>/induction"): right(READS_INDUCTION),
    ("GET", "/ects/<key>/induction/new"): right(AB),
    ("POST", "/ects/<key>/induction/new"): right(AB),
    ("GET", "/ects/<key>/induction/<period>"): right(AB),
    ("POST", "/ects/<key>/induction/<period>"): right(AB),
    ("GET", "/ects/<key>/leave"): right(AB, AT_SCHOOLS),
    ("POST", "/ects/<key>/leave"): right(AB, AT_SCHOOLS),
    ("GET", "/ects/<key>/outcome"): right(DECIDES),
    ("GET", "/ects/<key>/outcome/<result>"): right(DECIDES),
    ("POST", "/ects/<key>/outcome/<result>"): right(DECIDES),
    ("GET", "/ects/<key>/outcome/<outcome>/replace"): right(DECIDES),
    ("POST", "/ects/<key>/outcome/<outcome>/replace"): right(DECIDES),
    ("GET", "/ects/<key>/outcome/<outcome>/release"): right(AB, DECIDES),
    ("POST", "/ects/<key>/outcome/<outcome>/release"): right(AB, DECIDES),
    ("GET", "/exchange/"): right(AB),
    ("GET", "/exchange/tra"): right(AB),
    ("POST", "/exchange/tra"): right(AB),
    ("GET", "/exchange/tra/<key>"): right(AB),
    ("GET", "/ledger/"): right(AB, {"dpo"}),
    ("GET", "/ledger/<key>"): right(AB, {"dpo"}),
    ("GET", "/ledger/<key>/people"): right(AB),
    ("GET", "/schools/"): right(SEES_SCHOOLS),
    ("GET", "/schools/<key>"): right(SEES_SCHOOLS),
    ("POST", "/schools/find"): right(FINDS_SCHOOLS),
    ("POST", "/schools/look-up"): right(AB, {"assessor"}),
    ("GET", "/schools/<key>/contact"): right(AB, AT_SCHOOLS),
    ("GET", "/schools/<key>/contact/edit"): right(AB, AT_SCHOOLS),
    ("POST", "/schools/<key>/contact/edit"): right(AB, AT_SCHOOLS),
    ("GET", "/schools/import/"): right(AB),
    ("GET", "/schools/import/new"): right(AB),
    ("POST", "/schools/import/new"): right(AB),
    ("GET", "/schools/import/<key>"): right(AB),
    ("POST", "/schools/import/<key>/apply"): right(AB),
    ("POST", "/schools/import/<key>/drop"): right(AB),
    ("GET", "/settings/roles/"): right(ROLE_READERS),
    ("GET", "/settings/users/"): right(PEOPLE_KEEPERS),
    ("POST", "/settings/users/find"): right(PEOPLE_KEEPERS),
    ("GET", "/settings/users/new"): right(ROLE_GIVERS),
    ("POST", "/settings/users/new"): right(ROLE_GIVERS),
    ("GET", "/settings/users/<key>"): right(PEOPLE_KEEPERS),
    ("GET", "/settings/users/<key>/password"): right(ROLE_GIVERS),
    ("POST", "/settings/users/<key>/password"): right(ROLE_GIVERS),
    ("POST", "/settings/users/<key>/switch"): right(PEOPLE_KEEPERS),
    ("GET", "/settings/users/<key>/roles/new"): right(ROLE_GIVERS),
    ("POST", "/settings/users/<key>/roles/new"): right(ROLE_GIVERS),
    ("GET", "/settings/users/<key>/roles/<hat>"): right(ROLE_GIVERS),
    ("POST", "/settings/users/<key>/roles/<hat>"): right(ROLE_GIVERS),
}
KEYED = sorted(door for door in DOORS if "<key>" in door[1])
# What FAB serves where nobody stops it: pages, files, menus, REST, actions, deletes by GET.
FABS_OWN = (
    "/lang/cy /back /api/v1/menu/ /api/v1/security/login /api/v1/_openapi /swagger/v1 /users/list/ /roles/list/ "
    "/users/userinfo/ /resetmypassword/form /resetpassword/form /userinfoeditview/form /registeruser/list/ "
    "/permissions/list/ /viewmenus/list/ /permissionviews/list/ /userstatschartview/chart/ /logout "
    "/static/appbuilder/js/jquery-latest.js /static/appbuilder/css/bootstrap.min.css /static/appbuilder/js/ab.js "
    "/ects/list/ /ects/action/delete/1 /ects/action_post /ects/download/keys.db /ects/delete/1 /ects/add "
    "/schools/action/x/1 /schools/delete/1 /schools/edit/1 /schools/show/1 /schools/new "
    "/settings/users/delete/1 /settings/users/action/x/1 /schools/import/download/x /debug /console"
).split()
WEARERS = [*PEOPLE, "two_hats_as_officer"]


def served(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.fixture
def wearing(signed_in: Callable[[str], Browser], world: World) -> Callable[[str], Browser]:
    """A browser of somebody of the world; `two_hats` once in each hat."""

    def browser(key: str) -> Browser:
        if key != "two_hats_as_officer":
            return signed_in(key)
        person = signed_in("two_hats")
        other = next(f for f in radios(person.get("/me/").text) if "AB officer" in f[1])
        assert person.post("/me/hat", {"hat": other[0]}).status_code == 303
        return person

    return browser


def radios(page: str) -> list[tuple[str, str]]:
    """Value and words of each radio button."""
    return re.findall(r'name="hat" type="radio" value="([^"]+)".*?<label[^>]*>([^<]*)</label>', page)


@dataclass(frozen=True)
class Keys:
    """Names of records in addresses: one that the officer has, one that is another school's, one that is nowhere."""

    there: str
    absent: str
    foreign: str = ""


@pytest.fixture
def keys(app: Flask, world: World, signed_in: Callable[[str], Browser]) -> dict[str, Keys]:
    """By the beginning of the address."""
    mail = queued_mail(app, world)
    preview = take_in_a_file(signed_in("admin")).rpartition("/")[2]
    uids, people = world.uids, world.person_uids
    return {
        "/ects/": Keys(uids["amara"], "z" * len(uids["amara"]), uids["eve"]),
        "/registrations/": Keys(
            add_registration(app, world, "alder"), "zzzzzzzzzzzz", add_registration(app, world, "cedar")
        ),
        "/exchange/": Keys("zzzzzzzzzzzz", "zzzzzzzzzzzy"),
        "/ledger/": Keys("zzzzzzzzzzzz", "zzzzzzzzzzzy"),
        "/schools/import/": Keys(preview, "zzzzzzzz"),
        "/messages/outbox/": Keys(mail, "z" * len(mail)),
        "/schools/": Keys(str(world.urn("alder")), "999999", str(world.urn("cedar"))),
        "/settings/users/": Keys(people["mentor"], "z" * len(people["mentor"])),
    }


def path(rule: str, key: str = "", hat: str = "zzzzzzzz") -> str:
    return (
        rule.replace("<key>", key)
        .replace("<hat>", hat)
        .replace("<step>", "ect")
        .replace("<period>", "zzzzzzzzzzzz")
        .replace("<outcome>", "zzzzzzzzzzzz")
        .replace("<result>", "pass")
        .replace("<path:filename>", "built/manifest.json")
    )


def keys_for(rule: str, keys: dict[str, Keys]) -> Keys:
    return next((found for start, found in keys.items() if rule.startswith(start)), Keys("", ""))


def knock(browser: Browser, method: str, address: str, token: str) -> TestResponse:
    if method == "GET":
        return browser.get(address)
    return browser.post(address, {"csrf_token": token})


class TestTheTable:
    """security.md S1: every route of the route map stands in the table; a new one fails the build."""

    def test_every_address_and_method_stands_in_the_table(self, app: Flask) -> None:
        assert served(app) - set(DOORS) == set()

    def test_the_table_names_no_address_that_is_not_served(self, app: Flask) -> None:
        assert set(DOORS) - served(app) == set()

    def test_every_handler_states_the_audience_that_the_table_says(self, app: Flask) -> None:
        said = {
            (method, rule.rule): getattr(app.view_functions[rule.endpoint], "audience", None)
            for rule in app.url_map.iter_rules()
            if rule.endpoint != "static"
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
        assert said == {door: DOORS[door].audience for door in said}

    def test_no_address_that_only_fab_would_serve_is_there(self, signed_in: Callable[[str], Browser]) -> None:
        admin = signed_in("admin")
        assert {address: admin.get(address).status_code for address in FABS_OWN} == dict.fromkeys(
            FABS_OWN, 404
        )


class TestSignedOut:
    """Nothing but the pages for everybody opens to somebody who is not signed in."""

    def test_pages_for_everybody_open(self, anybody: Callable[[], Browser]) -> None:
        answers = {
            address: anybody().get(path(address)).status_code
            for (method, address), door in DOORS.items()
            if method == "GET" and door is OPEN
        }
        assert set(answers.values()) == {200}

    @pytest.mark.parametrize(
        ("method", "rule"), [door for door, said in DOORS.items() if said.audience is not EVERYBODY]
    )
    def test_any_other_door_leads_to_the_sign_in_page(
        self, method: str, rule: str, anybody: Callable[[], Browser], world: World
    ) -> None:
        stranger = anybody()
        address = path(rule, world.uids["amara"])
        answer = knock(stranger, method, address, stranger.token("/login/"))

        assert (answer.status_code, answer.location) == (303, "/login/")
        assert world.name("amara") not in answer.text

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST"])
    def test_a_method_that_no_door_has_is_answered_as_an_absent_page(
        self, method: str, app: Flask, anybody: Callable[[], Browser]
    ) -> None:
        for rule in {rule for _, rule in served(app)}:
            if (method, rule) not in DOORS:
                answer = anybody().client.open(path(rule, "x"), method=method)
                assert answer.status_code in (404, 405), rule

    def test_asking_for_the_methods_of_a_door_tells_nothing_else(
        self, anybody: Callable[[], Browser]
    ) -> None:
        for rule in {rule for _, rule in DOORS}:
            answer = anybody().client.options(path(rule, "x"))
            assert (answer.status_code, answer.data) == (200, b"")


class TestHats:
    """P-11: what a hat may do is its right on a screen; without it the answer is 403, whatever is asked."""

    @pytest.mark.parametrize("wearer", WEARERS)
    def test_a_door_opens_to_the_hats_of_the_table_and_to_no_other(
        self, wearer: str, wearing: Callable[[str], Browser], keys: dict[str, Keys]
    ) -> None:
        browser = wearing(wearer)
        token = browser.token()
        opened, shut = set(), set()
        for method, rule in DOORS:
            if rule == "/logout/":
                continue
            answer = knock(browser, method, path(rule, keys_for(rule, keys).there), token)
            assert answer.status_code < 500
            assert answer.location != "/login/", f"{method} {rule}: signed out"
            if method == "GET" and "<" not in rule and rule != "/login/" and answer.status_code != 403:
                assert answer.status_code == 200, rule
            (shut if answer.status_code == 403 else opened).add((method, rule))

        may = {
            door for door, said in DOORS.items() if said.audience is not PERMITTED or wearer in said.keepers
        }
        assert opened == may - {("POST", "/logout/")}
        assert shut == set(DOORS) - may

    def test_a_refusal_names_the_hat_and_not_the_screen(self, signed_in: Callable[[str], Browser]) -> None:
        page = signed_in("mentor").get("/settings/users/").text

        assert "You act as Mentor. That role may not do this." in page
        assert "PeopleView" not in page
        assert "Madeup, " not in page


class TestNotYoursAndNotThere:
    """screens.md 3.17: a record of somebody else is answered as one that does not exist, with the same bytes."""

    # Wearer → the records that are not theirs, by the beginning of the address.
    FOREIGN = {
        "head": ("/ects/", "/registrations/", "/schools/contact"),
        "lead": ("/ects/", "/registrations/", "/schools/contact"),
        "office": ("/ects/", "/registrations/", "/schools/contact"),
        "head_b": ("/ects/", "/registrations/", "/schools/contact"),
        "trust": (),
        "tutor": ("/ects/",),
        "mentor": ("/ects/",),
        "ect": ("/ects/",),
        "auditor": ("/ects/",),
        "two_hats": ("/ects/", "/schools/contact"),
    }

    @pytest.mark.parametrize("wearer", [who for who, kinds in FOREIGN.items() if kinds])
    def test_a_foreign_record_answers_as_an_absent_one(
        self, wearer: str, wearing: Callable[[str], Browser], keys: dict[str, Keys]
    ) -> None:
        browser = wearing(wearer)
        token = browser.token()
        tried = 0
        for method, rule in KEYED:
            kind = next((start for start in ("/ects/", "/registrations/") if rule.startswith(start)), "")
            kind = "/schools/contact" if rule.startswith("/schools/<key>/contact") else kind
            if kind not in self.FOREIGN[wearer] or wearer not in DOORS[method, rule].keepers:
                continue
            found = keys_for(rule, keys)
            foreign, absent = path(rule, found.foreign), path(rule, found.absent)
            theirs = knock(browser, method, foreign, token)
            nobodys = knock(browser, method, absent, token)

            assert theirs.status_code == nobodys.status_code == 404
            assert without_tokens(theirs.text, foreign) == without_tokens(nobodys.text, absent)
            assert dict(theirs.headers) == dict(nobodys.headers)
            tried += 1
        assert tried >= 1

    @pytest.mark.parametrize(
        ("wearer", "address", "canary"),
        [
            ("head", "/ects/{amara}", "Amara Herenow"),
            ("mentor", "/ects/{amara}", "Amara Herenow"),
            ("ect", "/ects/{amara}", "Amara Herenow"),
            ("auditor", "/ects/{cora}", "Cora Farway"),
            ("head_b", "/ects/{cora}", "Cora Farway"),
            ("trust", "/ects/{eve}", "Eve Elsewhere"),
            ("officer", "/ects/{eve}", "Eve Elsewhere"),
            ("head", "/schools/900101/contact/edit", "Contact Of Alder"),
            ("head_b", "/schools/900102/contact/edit", "Contact Of Birch"),
            ("trust", "/schools/900103/contact/edit", "Contact Of Cedar"),
        ],
    )
    def test_the_owner_of_a_record_is_shown_it(
        self, wearer: str, address: str, canary: str, signed_in: Callable[[str], Browser], world: World
    ) -> None:
        """The control: without it the test above would also pass where nobody sees anything."""
        answer = signed_in(wearer).get(address.format(**world.uids))

        assert answer.status_code == 200
        assert canary in answer.text

    def test_an_absent_record_is_a_404_at_every_door_with_a_key(
        self, wearing: Callable[[str], Browser], keys: dict[str, Keys]
    ) -> None:
        for wearer in ("admin", "officer"):
            browser = wearing(wearer)
            token = browser.token()
            for method, rule in KEYED:
                if wearer in DOORS[method, rule].keepers:
                    answer = knock(browser, method, path(rule, keys_for(rule, keys).absent), token)
                    assert answer.status_code == 404, f"{method} {rule}"

    def test_a_hat_of_somebody_else_is_absent_at_this_person(
        self, signed_in: Callable[[str], Browser], world: World
    ) -> None:
        admin, people = signed_in("admin"), world.person_uids
        own = re.search(r'/roles/(?!new)([^"/]+)"', admin.get(f"/settings/users/{people['head']}").text)
        assert own is not None
        assert admin.get(f"/settings/users/{people['head']}/roles/{own[1]}").status_code == 200
        foreign = admin.get(f"/settings/users/{people['lead']}/roles/{own[1]}")
        absent = admin.get(f"/settings/users/{people['lead']}/roles/zzzzzzzz")
        assert foreign.status_code == absent.status_code == 404

    def test_a_number_that_no_record_can_have_is_a_404(self, signed_in: Callable[[str], Browser]) -> None:
        officer = signed_in("officer")
        answers = {
            f"{start}{key}{end}": officer.get(f"{start}{key}{end}").status_code
            for key in ("99999999999999999999", "9223372036854775808", "-1", "1.0", "0x1", "٣", "1e3")
            for start in ("/schools/", "/ects/", "/schools/import/")
            for end in ("", "/contact/edit")
        }
        assert set(answers.values()) == {404}


class TestReadingChangesNothing:
    """design.md rule 10: no GET changes a business record."""

    @pytest.mark.parametrize("wearer", ["admin", "head", "operator"])
    def test_no_get_changes_a_row_of_any_table_but_the_session(
        self, wearer: str, app: Flask, wearing: Callable[[str], Browser], keys: dict[str, Keys]
    ) -> None:
        browser = wearing(wearer)
        before = everything(app)
        for method, rule in DOORS:
            if method == "GET":
                for key in (keys_for(rule, keys).there, keys_for(rule, keys).absent):
                    browser.get(path(rule, key))
                    browser.client.head(path(rule, key), buffered=True)

        assert everything(app) == before
        assert before["school"][0] >= 3
