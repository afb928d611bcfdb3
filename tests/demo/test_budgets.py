"""design.md 3, rule 5: statements on the second equal request, the same at 100 and at 10,000 ECTs."""

import pytest
from sqlalchemy import event

from app.extensions import db
from tests.conftest import COUNTLESS
from tests.demo.conftest import browser_of

LIST, HOME = 6, 12
PAGES = [
    ("school_a", "/", HOME),
    ("school_a", "/ects/", LIST),
    ("school_a", "/registrations/", LIST),
    ("head_a", "/", HOME),
    ("mentor_a", "/", HOME),
    ("ab_staff", "/", HOME),
    ("ab_staff", "/ects/", LIST),
    ("ab_staff", "/ects/?status=in_progress", LIST),
    ("ab_staff", "/registrations/", LIST),
    ("ab_staff", "/messages/outbox/", LIST),
    ("ab_admin", "/", HOME),
    ("ab_admin", "/retention/", LIST),
    ("dpo", "/", HOME),
    ("dpo", "/retention/", LIST),
    ("dpo", "/retention/?status=unknown", LIST),
    ("ect", "/", HOME),
    ("ect", "/me/messages/", LIST),
]


def counted(app) -> dict[tuple[str, str], int]:
    """Statements of each page, asked for the second time."""
    found = {}
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(_c, _cursor, sql, *_more):
        if not sql.lstrip().upper().startswith(COUNTLESS):
            seen.append(sql)

    browsers = {key: browser_of(app, key) for key in dict.fromkeys(key for key, _path, _most in PAGES)}
    event.listen(engine, "before_cursor_execute", note)
    for key, path, _most in PAGES:
        assert browsers[key].get(path).status_code == 200, path
        seen.clear()
        assert browsers[key].get(path).status_code == 200
        found[key, path] = len(seen)
    event.remove(engine, "before_cursor_execute", note)
    return found


@pytest.fixture(scope="module")
def at_each_size(demonstration_of):
    found = {}
    for size in (100, 10_000):
        with demonstration_of(size) as app:
            found[size] = counted(app)
    return found


@pytest.mark.parametrize(("key", "path", "most"), PAGES)
def test_a_page_costs_the_same_and_little(at_each_size, key, path, most):
    few, many = at_each_size[100][key, path], at_each_size[10_000][key, path]
    assert few == many <= most
