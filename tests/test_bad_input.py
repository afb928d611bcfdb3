"""Odd input to every form and every parameter of the service: a clear answer, nothing lost, never a fault (S13)."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.fabext.validators import UNKEEPABLE
from tests.browser import Browser, Forms
from tests.builders import take_in_a_file, without_tokens
from tests.world import World

PRODUCT = str(7777 * 191919)
LONG = "Long words and more " * 10_000
ODD = (
    "\x00",
    "a\x00b",
    "\ud800",
    "a\udfffb",
    "\x1b[31m\x07",
    LONG,
    "9223372036854775808",
    "-99999999999999999999999999",
    "1e309",
    "NaN",
    "٣",
    "[]",
    '{"$gt": ""}',
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "\u202etxet desrever\u202c \u200f",
    "Zalgo" + "\u0301" * 300,
    "' OR '1'='1",
    "1; DROP TABLE ect; --",
    "%s%(x)s{0}",
    "{{ 7777 * 191919 }}${7777*191919}#{7777*191919}",
    "x\r\nSet-Cookie: planted=1\r\n\r\n<html>",
    "\"><script>alert(1)</script>'",
    "../../../../etc/passwd",
    "   ",
)
# What a page shows when something of ours leaks into it.
LEAKS = re.compile(
    r"Traceback|sqlalchemy|psycopg|sqlite3|jinja2|werkzeug|SELECT [a-z_]+\.|INSERT INTO|UPDATE [a-z_]+ SET|"
    r"\b[a-z_]+\.py\b|\[SQL:|<script>alert|" + PRODUCT
)
# Fields that no page gives back: secrets, a choice that was none, and what only the form itself says.
NOT_SHOWN_AGAIN = re.compile(
    r"password|current|new$|csrf_token|submission|version|^shown$|^school$|_found$|^_look_up$|^find$"
)


@dataclass(frozen=True)
class Told:
    """One question and what became of it."""

    what: str
    code: int
    leak: str

    @classmethod
    def of(cls, what: str, answer: TestResponse) -> "Told":
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        found = LEAKS.search(without_tokens(answer.text)) or re.search(
            r"^Set-Cookie: planted", headers, re.MULTILINE
        )
        return cls(what, answer.status_code, found[0] if found else "")


@pytest.fixture(autouse=True)
def faults_are_answered(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in production, a fault is a page with 500; and any number of wrong passwords may be tried."""
    monkeypatch.setitem(app.config, "PROPAGATE_FAULTS", False)
    monkeypatch.setitem(app.config, "WRONG_TRIES", 10**9)


def in_short(value: str) -> str:
    return repr(value[:30])


def send(browser: Browser, address: str, fields: list[tuple[str, str]]) -> TestResponse:
    """Posts fields as they are, half letters included, as no browser but every attacker can."""
    body = urlencode(fields, errors="surrogatepass")
    return browser.client.post(
        address, data=body, content_type="application/x-www-form-urlencoded", buffered=True
    )


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shown_again(page: str) -> dict[str, list[str]]:
    """Name → values of all text boxes of a page."""
    found: dict[str, list[str]] = {}
    for _action, fields in Forms(page).forms:
        for name, value in fields:
            found.setdefault(name, []).append(lines(value))
    return found


def as_kept(name: str, value: str) -> str:
    """What a refused form gives back of a value: all that can be kept of it."""
    arrived = value.encode("utf-8", "surrogatepass").decode(
        "utf-8", "werkzeug.url_quote"
    )  # stray bytes stay as %ED
    kept = lines(UNKEEPABLE.sub("", arrived)).removeprefix("\n")  # a text box swallows a first line break
    return kept[:200] if name.endswith("_words") else kept


def could_be_typed(name: str, value: str) -> bool:
    """Whether a box of that name takes the value at all: those of a date have one line."""
    return not (re.search(r"_on(_\d+)?$|_until(_\d+)?$", name) and "\n" in value)


@pytest.fixture
def addresses(app: Flask, world: World, signed_in: Callable[[str], Browser]) -> list[str]:
    """Every address that answers to GET, with keys of records that are there."""
    admin = signed_in("admin")
    preview = take_in_a_file(admin).rpartition("/")[2]
    person = world.person_uids["mentor"]
    hat = re.search(r"/roles/(?!new)([^\"/]+)\"", admin.get(f"/settings/users/{person}").text)
    assert hat is not None
    keys = {
        "/ects/": world.uids["amara"],
        "/schools/import/": preview,
        "/schools/": "900101",
        "/settings/": person,
    }
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "<path:" not in rule.rule:
            key = next((key for start, key in keys.items() if rule.rule.startswith(start)), "")
            found.append(rule.rule.replace("<key>", key).replace("<hat>", hat[1]))
    return found


@pytest.fixture
def forms(
    addresses: list[str], signed_in: Callable[[str], Browser], anybody: Callable[[], Browser]
) -> list[Any]:
    """Every form of every page once: the browser, its action, and its fields as shown."""
    found: dict[tuple[str, ...], Any] = {}
    for browser, pages in ((signed_in("admin"), addresses), (anybody(), ["/login/"])):
        for address in pages:
            page = browser.get(address)
            for action, fields in Forms(page.text).forms if page.status_code == 200 else ():
                goal = action or address
                shape = (re.sub(r"[a-z0-9]{12}", "KEY", goal), *sorted({name for name, _value in fields}))
                if goal != "/logout/" and ("csrf_token" in shape):
                    found.setdefault(shape, (browser, goal, fields))
    return list(found.values())


def questions(forms: list[Any]) -> Iterator[tuple[Browser, str, str, str, list[tuple[str, str]]]]:
    """Each field of each form with each odd value: browser, action, field, value, all fields."""
    for browser, action, fields in forms:
        for name in dict.fromkeys(name for name, _value in fields if name != "csrf_token"):
            for value in ODD:
                changed = [(n, value if n == name else v) for n, v in fields]
                yield browser, action, name, value, changed


class TestForms:
    """Each field of each form of the service, taken from its pages."""

    def test_every_form_is_there_to_be_tried(self, forms: list[Any]) -> None:
        named = re.compile(r"(?<=/users/)[a-z0-9]{12}|(?<=/roles/)[a-z0-9]{12}|(?<=/import/)[a-z0-9]{8}")
        goals = {named.sub("KEY", action.partition("?")[0]) for _b, action, _f in forms}
        people = "find new KEY/password KEY/roles/new KEY/roles/KEY KEY/switch".split()
        schools = "find 900101/contact/edit import/new import/KEY/apply import/KEY/drop".split()
        assert goals >= {"/login/", "/language/", "/me/password/", "/ects/find"}
        assert goals >= {f"/settings/users/{end}" for end in people} | {f"/schools/{end}" for end in schools}

    def test_no_odd_value_makes_a_fault_or_shows_what_is_ours(self, forms: list[Any]) -> None:
        told, lost = [], []
        for browser, action, name, value, fields in questions(forms):
            answer = send(browser, action, fields)
            what = f"{action} {name} {in_short(value)}"
            told.append(Told.of(what, answer))
            if answer.status_code == 422 and not NOT_SHOWN_AGAIN.search(name) and could_be_typed(name, value):
                again = shown_again(answer.text)
                if name in again and as_kept(name, value) not in again[name]:
                    lost.append(what)
        assert len(told) > 700
        assert [each for each in told if each.code >= 500 or each.leak] == []
        assert "\n".join(lost) == ""
        assert {each.code for each in told} >= {303, 400, 422}

    def test_fields_that_come_many_times_or_not_at_all_make_no_fault(self, forms: list[Any]) -> None:
        told = []
        for browser, action, fields in forms:
            for name in dict.fromkeys(name for name, _value in fields if name != "csrf_token"):
                left = [(n, v) for n, v in fields if n != name]
                for what, sent in (
                    ("missing", left),
                    ("forty times", [*left, *((name, str(number)) for number in range(40))]),
                    ("as an array", [*left, (f"{name}[]", "x"), (f"{name}[0]", "y"), (f"{name}.x", "z")]),
                ):
                    told.append(Told.of(f"{action} {name} {what}", send(browser, action, sent)))
            many = [*fields, *((f"field_{number}", "x") for number in range(3000))]
            told.append(Told.of(f"{action} 3,000 fields", send(browser, action, many)))
        assert [each for each in told if each.code >= 500 or each.leak] == []

    def test_a_body_of_another_kind_makes_no_fault(self, forms: list[Any]) -> None:
        kinds = (
            ("application/json", b'{"a": [[[[1]]]]}'),
            ("application/json", b"{"),
            (
                "application/json",
                b'{"contact_name": 5, "version": 1, "submission": {}, "find": [1], "new": null}',
            ),
            ("text/plain", b"contact_name=x"),
            ("application/xml", b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>"),
            ("application/octet-stream", bytes(range(256))),
            ("multipart/form-data", b"no boundary"),
            (
                "multipart/form-data; boundary=x",
                b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut off',
            ),
            ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--"),
            ("multipart/form-data; boundary=%00", b"--x"),
            ("multipart/form-data; boundary=" + "y" * 5000, b"--y"),
            ("multipart/form-data; boundary=x", b"--x\r\n" * 3000),
            ("application/x-www-form-urlencoded; charset=utf-16", "a=b".encode("utf-16")),
            ("application/x-www-form-urlencoded", b"%zz=%&&&==%ff%fe&csrf_token=%ED%A0%80"),
            ("", b"x"),
        )
        told = []
        for browser, action, _fields in forms:
            token = browser.token("/login/" if action == "/login/" else "/me/")
            for kind, body in kinds:
                for headers in ({}, {"X-CSRFToken": token}):
                    answer = browser.client.post(
                        action, data=body, content_type=kind, headers=headers, buffered=True
                    )
                    told.append(Told.of(f"{action} {kind[:40]} {body[:20]!r}", answer))
        assert [each for each in told if each.code >= 500 or each.leak] == []

    def test_a_file_where_a_text_is_expected_and_a_text_where_a_file_is_make_no_fault(
        self, signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        answers = [
            admin.send("/schools/900101/contact/edit", contact_name=(io.BytesIO(b"x"), "x.txt")),
            admin.send("/schools/import/new", file="not a file"),
            admin.send("/schools/import/new", file=(io.BytesIO(b"\x00" * 5000), "a.csv")),
            admin.send("/schools/import/new", file=(io.BytesIO(b"x"), "../" * 500 + "x.csv")),
        ]
        assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
        assert "Choose a file" in answers[1].text


class TestAddresses:
    """Each parameter of each address, keys included."""

    PARAMETERS = (
        "sort",
        "rows",
        "found",
        "after",
        "before",
        "account",
        "status",
        "phase",
        "kind",
        "to",
        "next",
        "q",
    )

    def test_no_odd_parameter_makes_a_fault_or_shows_what_is_ours(
        self, addresses: list[str], signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        lists = [address for address in addresses if address.endswith("/")] + ["/schools/900101"]
        told = []
        for address in lists:
            for name in self.PARAMETERS:
                for value in (odd for odd in ODD if odd is not LONG):
                    query = urlencode({name: value}, errors="surrogatepass")
                    told.append(
                        Told.of(f"{address}?{name}={in_short(value)}", admin.get(f"{address}?{query}"))
                    )
        assert len(told) > 1000
        assert [each for each in told if each.code >= 500 or each.leak] == []
        assert {each.code for each in told} >= {200, 400, 404}

    def test_no_odd_key_makes_a_fault(self, app: Flask, signed_in: Callable[[str], Browser]) -> None:
        admin = signed_in("admin")
        told = []
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and "<key>" in rule.rule:
                for value in ODD:
                    key = quote(value[:3000].encode("utf-8", "surrogatepass"), safe="")
                    told.append(
                        Told.of(
                            f"{rule.rule} {in_short(value)}",
                            admin.get(rule.rule.replace("<key>", key).replace("<hat>", key)),
                        )
                    )
        assert [each for each in told if each.code >= 500 or each.leak] == []
        assert {each.code for each in told} <= {303, 308, 400, 404}

    @pytest.mark.parametrize(
        "query",
        [
            "%",
            "%zz",
            "%ff%fe",
            "sort=%ED%A0%80",
            "&&&",
            "=",
            "a" * 60_000,
            "sort[]=x",
            "sort=%00",
            "x=1&" * 3000,
        ],
    )
    def test_a_query_that_is_none_makes_no_fault(
        self, query: str, signed_in: Callable[[str], Browser]
    ) -> None:
        admin = signed_in("admin")
        for address in ("/ects/", "/schools/", "/settings/users/", "/", "/login/", "/privacy"):
            answer = admin.client.get(address, query_string=query)
            assert answer.status_code < 500

    def test_odd_headers_and_cookies_make_no_fault(self, app: Flask, world: World) -> None:
        odd = {
            "Cookie": [
                "session=" + "A" * 43,
                "session=a.b.c",
                "session=\x01",
                "session=" + "x" * 5000,
                ";;;=",
                "session",
            ],
            "Accept-Language": ["x" * 5000, "*;q=nonsense"],
            "Host": ["localhost:99999999", "[::1", "a b", "localhost/../x", ""],
            "Content-Length": ["-1", "x"],
            "X-Forwarded-For": ["' OR 1=1", "x" * 3000],
            "Range": ["bytes=0-0,1-1,-1", "x"],
            "If-Modified-Since": ["never"],
            "Referer": ["javascript:x", "http://[::1"],
            "Origin": ["null", "http://[::1"],
        }
        for name, values in odd.items():
            for value in values:
                for address in ("/login/", "/ects/", "/privacy"):
                    answer = app.test_client().get(address, headers={name: value}, buffered=True)
                    assert answer.status_code < 500, f"{name}: {value[:40]}"


class TestAnyText:
    """What nobody thought of: any text in the fields that are kept, and in an address."""

    ANY = st.text(st.characters(), max_size=300)

    @given(name=ANY, note=ANY, area=ANY)
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_text_is_saved_as_typed_or_refused_with_all_that_can_be_kept(
        self, name: str, note: str, area: str, signed_in: Callable[[str], Browser]
    ) -> None:
        officer, address = signed_in("officer"), "/schools/900101/contact/edit"
        fields = officer.fields(address)
        typed = {"contact_name": name, "note": note, "area": area}
        answer = send(officer, address, list((fields | typed).items()))

        assert answer.status_code in (303, 422)
        if answer.status_code == 422:
            again = shown_again(answer.text)
            assert [name for name, value in typed.items() if as_kept(name, value) not in again[name]] == []
        else:
            page = unescape(officer.get("/schools/900101").text)
            assert all(text in page for text in (name, area) if text.isalnum())

    @given(query=st.dictionaries(st.sampled_from(TestAddresses.PARAMETERS), ANY, max_size=4))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_question_to_a_list_is_answered_or_refused(
        self, query: dict[str, str], signed_in: Callable[[str], Browser]
    ) -> None:
        answer = signed_in("admin").get(f"/ects/?{urlencode(query, errors='surrogatepass')}")
        assert answer.status_code in (200, 400, 404)
        assert not LEAKS.search(without_tokens(answer.text))
