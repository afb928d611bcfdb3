"""A person at a browser without script: keeps cookies, fills in forms as they are shown, sends them."""

import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.world import PASSWORD, username


class Forms(HTMLParser):
    """The forms of a page: action, and the fields with the values that a browser would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self.area = self.select = ""
        self.text = ""
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((said.get("action", ""), []))
            self.inside = True
        if not self.inside:
            return
        fields = self.forms[-1][1]
        name = said.get("name", "")
        if tag == "input" and name and said.get("type") not in ("submit", "button", "file"):
            if said.get("type") not in ("checkbox", "radio") or "checked" in said:
                fields.append((name, said.get("value", "")))
        elif tag == "textarea" and name:
            self.area, self.text = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in said:
            fields.append((self.select, said.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            self.forms[-1][1].append((self.area, self.text.removeprefix("\n")))
            self.area = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.inside = False


class Browser:
    """One person, signed in or not."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **{"buffered": True, **more})  # read to the end: a file is closed

    def follow(self, path: str) -> TestResponse:
        return self.client.get(path, follow_redirects=True)

    def token(self, path: str = "/me/") -> str:
        """A form token of this session, from a page that has one."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert found, f"no form on {path}"
        return found[1]

    def fields(self, path: str, *, having: str = "submission") -> dict[str, Any]:
        """What a browser would send of the form on `path` that has the field `having`."""
        page = self.get(path)
        assert page.status_code == 200, f"{path}: {page.status_code}"
        return fields_of(page.text, having=having)

    def send(self, path: str, *, having: str = "submission", **changes: Any) -> TestResponse:
        """Opens the form on `path`, changes fields and sends it."""
        return self.post(path, self.fields(path, having=having) | changes)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Sends `data`, with a token of this session unless it brings one."""
        values = dict(data or {})
        if "csrf_token" not in values:
            values["csrf_token"] = self.token()
        answer = self.client.post(path, data=values, **more)
        answer.get_data()  # to the end: what is streamed is closed
        return answer

    def sign_in(self, key: str, password: str = PASSWORD) -> TestResponse:
        """Signs in by the page, as anybody would."""
        fields = self.fields("/login/", having="password")
        return self.client.post("/login/", data=fields | {"username": username(key), "password": password})

    def cookie(self, name: str = "session") -> str | None:
        found = self.client.get_cookie(name)
        return found.value if found else None


def fields_of(page: str, *, having: str) -> dict[str, Any]:
    """The fields of the form of a page that has a field of that name; boxes of one name come as a list."""
    for _action, fields in Forms(page).forms:
        names = [name for name, _ in fields]
        if having in names:
            return {
                name: [v for n, v in fields if n == name] if names.count(name) > 1 else value
                for name, value in fields
            }
    raise AssertionError(f"no form with {having}")
