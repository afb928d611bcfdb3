"""Today, screens 3.1: a number is a link to the list that it counts; the page costs at most twelve statements."""

import re

import pytest
from sqlalchemy import update

from app.access.scope import for_the_house
from app.extensions import db, today
from app.fabext.lists import COUNTS
from app.induction.rules import Result
from app.messages.models import OutgoingMail
from app.messages.rules import MailState
from app.registrations.models import Registration
from app.registrations.rules import RegistrationState
from tests.messages.conftest import queue_mail
from tests.retention.conftest import Made, years_ago

EVERYBODY = (
    "admin officer assessor director contact dpo finance auditor head lead tutor mentor office trust ect operator"
).split()


@pytest.fixture
def busy(app, world):
    """Two registrations that wait, one returned, one draft; a failed mail; one record due."""
    with app.app_context(), for_the_house():
        for number, state in enumerate(
            (
                RegistrationState.AWAITING_AB,
                RegistrationState.AWAITING_AB,
                RegistrationState.RETURNED,
                RegistrationState.DRAFT,
            )
        ):
            db.session.add(
                Registration(
                    school_id=world.schools["alder"],
                    state=state,
                    trn=f"{80_000 + number:07d}",
                    made_by_id=world.people["head"],
                )
            )
        queue_mail(world)
        db.session.flush()
        db.session.execute(update(OutgoingMail).values(state=MailState.FAILED))
        Made(world).ect("Due", ended_on=years_ago(today()), result=Result.PASS)
        db.session.commit()


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """What is counted → number and address."""
    found = re.findall(
        r'<a class="app-tile__link" href="([^"]+)"><span class="app-tile__number">([^<]+)</span> '
        r'<span class="app-tile__name">([^<]+)</span>',
        page,
    )
    return {label: (number, address) for address, number, label in found}


@pytest.mark.parametrize(
    ("who", "numbers"),
    [
        ("admin", {"registrations to authorise": "2", "emails failed": "1", "due for deletion": "1"}),
        ("officer", {"registrations to authorise": "2", "registrations returned": "1", "emails failed": "1"}),
        ("dpo", {"due for deletion": "1"}),
        ("head", {"drafts to finish": "1", "registrations returned": "1"}),
        ("head_b", {"drafts to finish": "0", "registrations returned": "0"}),
        ("tutor", {"drafts to finish": "0"}),
    ],
)
def test_each_hat_reads_its_queues_and_each_number_leads_to_its_list(busy, signed_in, who, numbers):
    browser = signed_in(who)
    found = tiles(browser.get("/").text)
    assert {label: found[label][0] for label in numbers} == numbers
    for label in numbers:
        assert browser.get(found[label][1]).status_code == 200, label


def test_a_school_reads_nothing_of_mail_or_deletion(busy, signed_in):
    assert {"emails failed", "due for deletion", "registrations to authorise"}.isdisjoint(
        tiles(signed_in("head").get("/").text)
    )


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_page_costs_at_most_twelve_statements(busy, signed_in, statements, who):
    browser = signed_in(who)
    browser.get("/")
    COUNTS.clear()
    with statements() as seen:
        assert browser.get("/").status_code == 200
    assert len(seen) <= 12
