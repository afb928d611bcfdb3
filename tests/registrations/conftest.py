"""A registration as a school fills it in: every field of P-1 that it has, by form."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.scope import for_the_house
from app.ects.models import ECT, ECTIdentity, Placement
from app.extensions import db
from app.induction.models import InductionPeriod
from app.registrations.models import Registration
from tests.browser import Browser
from tests.world import World, username

TRN = "0049001"
STEPS: dict[str, dict[str, Any]] = {
    "ect": {
        "first_name": "Nadia",
        "last_name": "O’Connell-Świątek",
        "known_as": "Nadi",
        "trn": "RP 00/49001",
        "born_on": ["17", "5", "2000"],
        "previous_first_name": "Nadia",
        "previous_last_name": "Świątek",
        "previous_until": ["1", "8", "2025"],
        "school_email": "nadia@alder.example",
        "personal_email": "nadia@home.example",
        "telephone": "01632960001",
        "mobile": "+44 7700 900123",
        "address": "12 Quince Walk\r\nMossby",
        "postcode": "hb47qp",
    },
    "training": {
        "qts_status": "held",
        "qts_awarded_on": ["1", "7", "2026"],
        "qts_route": "University-led postgraduate",
        "body_recommended_qts": "no",
        "qualification_name": "PGCE",
        "qualification_subject": "Mathematics, 11 to 16",
        "qualification_institution": "University of Penmarrow",
        "qualification_year": "2026",
        "programme": "provider-led",
        "lead_provider": "Quayside Teaching",
        "delivery_partner": "Harrow Partners",
        "training_began_on": ["7", "9", "2026"],
        "training_completed_on": ["", "", ""],
    },
    "post": {
        "employer_name": "Larkshire Council",
        "employer_address": "County Hall\r\nHarrowbeck",
        "employer_email": "hr@larkshire.example",
        "employed_by_body": "no",
        "post": "Class teacher, year 4",
        "contract": "fixed_term",
        "starts_on": ["1", "9", "2026"],
        "ends_on": ["31", "8", "2027"],
        "induction_starts_on": ["1", "9", "2026"],
        "fte": "0.6",
        "pattern": ["0", "1", "2", "3", "4", "5"],
        "fte_reason": "",
    },
    "people": {
        "tutor_name": "Tutor Madeup",
        "tutor_email": username("tutor"),
        "mentor_name": "Mentor Madeup",
        "mentor_email": username("mentor"),
        "safeguards": "",
    },
    "earlier": {
        "served_before": "yes",
        "ended_before": "no",
        "school_name_1": "Fernbank Junior",
        "appropriate_body_1": "Mossby Hub",
        "started_on_1": ["1", "9", "2025"],
        "ended_on_1": ["31", "12", "2025"],
        "terms_1": "1.0",
    },
    "confirmations": dict.fromkeys(
        (
            "suitable_post",
            "reduced_timetable",
            "mentoring_in_hours",
            "both_hold_qts",
            "qts_checked",
            "no_special_measures",
            "ect_told",
        ),
        "yes",
    ),
}
Changes = dict[str, Any]


def begin(browser: Browser, **changes: Any) -> str:
    """The first step by form; returns the address of the registration."""
    answer = browser.send("/registrations/new", **{**STEPS["ect"], **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[0]


def fill_in(browser: Browser, at: str, *steps: str, **changes: Any) -> None:
    """The other steps by form; a change goes to the step that asks it."""
    for step in steps or tuple(STEPS)[1:]:
        said = STEPS[step] | {name: value for name, value in changes.items() if name in STEPS[step]}
        answer = browser.send(f"{at}/{step}", **said)
        assert answer.status_code == 303, (step, answer.text)


def send(browser: Browser, at: str) -> Any:
    return browser.send(f"{at}/check")


def registered(browser: Browser, **changes: Any) -> str:
    """A registration that waits for the appropriate body; returns its address."""
    at = begin(browser, **{name: value for name, value in changes.items() if name in STEPS["ect"]})
    fill_in(browser, at, **changes)
    assert send(browser, at).status_code == 303
    return at


def authorise(browser: Browser, at: str, **changes: Any) -> Any:
    return browser.send(f"{at}/decide", decision="authorise", **changes)


def give_back(
    browser: Browser, at: str, reason: str = "The contract is not clear", part: str = "post"
) -> Any:
    return browser.send(f"{at}/decide", decision="return", reason=reason, part=part)


@pytest.fixture
def in_house(app: Flask) -> Callable[[Callable[[], Any]], Any]:
    """Asks something as the house, and keeps what it did."""

    def ask(what: Callable[[], Any]) -> Any:
        with app.app_context(), for_the_house():
            found = what()
            db.session.commit()
            return found

    return ask


@pytest.fixture
def record_of(in_house: Any) -> Callable[[str], str | None]:
    """The uid of the ECT who has a TRN."""
    return lambda trn: in_house(
        lambda: db.session.scalar(select(ECT.uid).join(ECT.identity).where(ECTIdentity.trn == trn))
    )


@pytest.fixture
def state_of(in_house: Any) -> Callable[[str], str]:
    """The state of the registration at an address."""
    return lambda at: in_house(
        lambda: (
            db.session.scalar(
                select(Registration.state).where(Registration.uid == at.rpartition("/")[2])
            ).value
        )
    )


@pytest.fixture
def left(in_house: Any, world: World) -> Callable[..., None]:
    """An ECT of the world has left, on a day that the school reported."""

    def leave(key: str, on: date) -> None:
        def end() -> None:
            for table in (Placement, InductionPeriod):
                for row in db.session.scalars(
                    select(table).where(table.ect_id == world.ects[key], table.ended_on.is_(None))
                ):
                    row.ended_on = on

        in_house(end)

    return leave
