"""Nothing of one request is left for another: FAB keeps one view object for all threads (fab.md 4.1)."""

import re
from collections.abc import Callable

from flask import Flask

from app.schools.models import SchoolContact
from tests.browser import Browser, fields_of
from tests.builders import at_once, hasty_threads, rows_of
from tests.world import World

HANDS = 8
ROUNDS = 32  # of four requests each: 1,024 in all
NAMES = re.compile(r'<th scope="row"><a href="/ects/[^"]+">([^<,]*)')
# Who lists and edits, what they see, and the school whose contact is theirs.
PEOPLE = {
    "head": ({"Herenow", "Movedon", "Unassigned"}, "alder", 900101),
    "head_b": ({"Movedon", "Farway"}, "birch", 900102),
}


def test_eight_threads_of_two_schools_never_see_or_change_anything_of_the_other(
    app: Flask, world: World, signed_in: Callable[[str], Browser]
) -> None:
    wearers = [("head", "head_b")[number % 2] for number in range(HANDS)]
    browsers = [signed_in(wearer) for wearer in wearers]

    def work(hand: int) -> tuple[int, int]:
        sees, key, urn = PEOPLE[wearers[hand]]
        browser, wrong, asked = browsers[hand], 0, 0
        for number in range(ROUNDS):
            order = "?sort=-sort_name" if number % 2 else ""
            wrong += set(NAMES.findall(browser.get(f"/ects/{order}").text)) != sees
            address = f"/schools/{urn}/contact/edit"
            fields = fields_of(browser.get(address).text, having="submission")
            wrong += key not in fields["contact_email"]
            typed = {"contact_name": f"{key} {hand} {number}", "contact_email": f"office@{key}.example"}
            answer = browser.client.post(address, data=fields | typed)
            wrong += answer.status_code not in (303, 422)
            page = browser.get(f"/schools/{urn}").text
            wrong += f"office@{key}.example" not in page
            asked += 4
        return asked, wrong

    with hasty_threads():
        answers = at_once(HANDS, work)

    assert sum(asked for asked, _wrong in answers) >= 1000
    assert sum(wrong for _asked, wrong in answers) == 0
    for _sees, key, _urn in PEOPLE.values():
        row = rows_of(app, SchoolContact, SchoolContact.school_id == world.schools[key])[0]
        assert row.contact_name.startswith(key)
        assert row.version > 1
