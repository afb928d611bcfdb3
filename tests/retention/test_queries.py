"""P-7: who completed or left when, and who has no date. An unknown date is a work list, never a deletion."""

from datetime import timedelta

import pytest

from app.ects.rules import ECTState
from app.extensions import db, today
from app.induction.rules import Cause, Result
from app.retention import queries
from app.retention.rules import SOON, TIME_TO_DELETE, Status, Trigger, due_on, months_ahead
from tests.retention.conftest import Made, years_ago

DAY = timedelta(days=1)


@pytest.fixture
def made(world, as_house) -> Made:
    return Made(world)


def listed(status: Status) -> dict[str, queries.Person]:
    rows = queries.page(db.session(), status, today(), None, backwards=False, limit=1000)
    return {person.name.split(",")[0]: person for person in rows}


def numbers() -> dict[Status, int]:
    return dict(queries.figures(db.session(), today()).number)


class TestWhatStartsTheClock:
    """Issue 3, item 4: the outcome in force, or the end of the last period where none is open."""

    def test_a_pass_counts_from_the_end_of_its_period(self, made):
        ended = years_ago(today())
        made.ect("Passed", ended_on=ended, result=Result.PASS)
        person = listed(Status.DUE)["Passed"]
        assert (person.trigger, person.ended_on, person.due_on) == (Trigger.COMPLETED, ended, today())

    def test_a_fail_counts_as_completed(self, made):
        made.ect("Failed", ended_on=years_ago(today()), result=Result.FAIL)
        assert listed(Status.DUE)["Failed"].result is Result.FAIL

    def test_who_left_counts_from_the_last_end(self, made):
        ect = made.ect("Left", ended_on=years_ago(today()) - 400 * DAY)
        made.period(ect, years_ago(today()) - 90 * DAY, years_ago(today()))
        assert "Left" not in listed(Status.OVERDUE)
        assert listed(Status.DUE)["Left"].trigger is Trigger.LEFT
        assert sum(numbers().values()) == 1

    def test_an_open_period_stops_the_clock_of_who_left(self, made):
        ect = made.ect("Returned", ended_on=years_ago(today()), state=ECTState.IN_PROGRESS, placed=True)
        made.period(ect, today() - 90 * DAY, None)
        assert numbers() == dict.fromkeys(Status, 0)

    def test_of_two_outcomes_the_one_in_force_counts(self, made):
        first = years_ago(today()) - 100 * DAY
        ect = made.ect("Corrected", ended_on=first, result=Result.FAIL)
        later = made.period(ect, first + 10 * DAY, years_ago(today()))
        made.outcome(ect, later, Result.PASS, Cause.APPEAL)
        assert "Corrected" not in listed(Status.OVERDUE)
        assert listed(Status.DUE)["Corrected"].result is Result.PASS
        assert numbers()[Status.DUE] == 1

    def test_a_period_after_the_outcome_moves_nothing(self, made):
        ended = years_ago(today()) - 365 * DAY
        ect = made.ect("Taught on", ended_on=ended, result=Result.PASS)
        made.period(ect, ended + 30 * DAY, ended + 60 * DAY)
        assert listed(Status.OVERDUE)["Taught on"].ended_on == ended
        assert sum(numbers().values()) == 1

    def test_whose_induction_goes_on_is_not_in_the_report(self, made):
        made.ect("Goes on")
        assert numbers() == dict.fromkeys(Status, 0)


class TestUnknown:
    """P-7: no date, no deletion: the person is listed for somebody to ask."""

    @pytest.mark.parametrize("state", [ECTState.PASSED, ECTState.FAILED, ECTState.LEFT])
    def test_ended_without_a_last_day(self, made, state):
        made.ect("No date", state=state)
        assert list(listed(Status.UNKNOWN)) == ["No date"]
        assert numbers() == dict.fromkeys(Status, 0) | {Status.UNKNOWN: 1}

    def test_placed_nowhere_with_a_period_still_open(self, made):
        made.ect("Vanished", placed=False)
        assert listed(Status.UNKNOWN)["Vanished"].due_on is None

    def test_authorised_and_placed_waits_for_nothing(self, made, world):
        assert "Herenow" not in listed(Status.UNKNOWN)


class TestStatuses:
    """screens.md 1.5: each person stands under one status, and the figures count the same people as the lists."""

    @pytest.fixture
    def full(self, made):
        for name, due in (
            ("Overdue", today() - TIME_TO_DELETE - DAY),
            ("Long due", today() - TIME_TO_DELETE),
            ("Due", today()),
            ("Tomorrow", today() + DAY),
            ("Ninety", today() + SOON),
            ("Later", today() + SOON + DAY),
        ):
            made.ect(name, ended_on=years_ago(due), result=Result.PASS)
        made.ect("Unknown", state=ECTState.LEFT)

    def test_at_their_edges(self, full):
        assert {status: sorted(listed(status)) for status in Status} == {
            Status.OVERDUE: ["Overdue"],
            Status.DUE: ["Due", "Long due"],
            Status.SOON: ["Ninety", "Tomorrow"],
            Status.NOT_DUE: ["Later"],
            Status.UNKNOWN: ["Unknown"],
        }
        assert numbers() == {status: len(listed(status)) for status in Status}

    def test_the_months_hold_whoever_falls_due_in_them(self, full):
        months = queries.figures(db.session(), today()).months
        assert [month for month, _ in months] == list(months_ahead(today()))
        assert sum(number for _, number in months) == 3  # Tomorrow, Ninety, Later

    def test_the_whole_report_is_the_lists_one_after_another(self, full):
        everybody = list(queries.everybody(db.session(), today()))
        assert [each.due_on for each in everybody[:-1]] == sorted(each.due_on for each in everybody[:-1])
        assert everybody[-1].status is Status.UNKNOWN
        assert len(everybody) == sum(numbers().values())

    def test_a_due_date_is_the_rules(self, full):
        assert all(each.due_on == due_on(each.ended_on) for each in listed(Status.SOON).values())


class TestPages:
    """Pages by keyset: forth and back over the same people, whatever falls on one day."""

    def test_forth_and_back(self, made):
        for number in range(7):
            made.ect(f"Same day {number}", ended_on=years_ago(today()), result=Result.PASS)

        def part(at, *, backwards=False):
            return queries.page(db.session(), Status.DUE, today(), at, backwards=backwards, limit=3)

        first = part(None)
        second = part((first[-1].ended_on, first[-1].id))
        third = part((second[-1].ended_on, second[-1].id))
        back = part((third[0].ended_on, third[0].id), backwards=True)
        assert len({each.id for each in [*first, *second, *third]}) == 7
        assert [each.id for each in back] == [each.id for each in second]
