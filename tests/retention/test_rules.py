"""P-7: six calendar years after induction was completed or left; 29 February falls due on 1 March."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retention.rules import (
    SOON,
    TIME_TO_DELETE,
    Status,
    due_on,
    end_of_month,
    last_trigger_due_by,
    months_ahead,
    status_on,
    triggers_of,
)

days = st.dates(date(1999, 9, 1), date(2090, 12, 31))
TODAY = date(2026, 11, 25)


def inside(day, triggers) -> bool:
    return (triggers.after is None or day > triggers.after) and (
        triggers.until is None or day <= triggers.until
    )


class TestDueDate:
    """P-7; statutory guidance 2.77, 5.11."""

    @pytest.mark.parametrize(
        ("triggered", "due"),
        [
            (date(2020, 11, 12), date(2026, 11, 12)),
            (date(2020, 2, 29), date(2026, 3, 1)),
            (date(2020, 2, 28), date(2026, 2, 28)),
            (date(2020, 3, 1), date(2026, 3, 1)),
            (date(2024, 2, 29), date(2030, 3, 1)),
            (date(2022, 12, 31), date(2028, 12, 31)),
            (date(2022, 2, 28), date(2028, 2, 28)),
        ],
    )
    def test_six_calendar_years_on(self, triggered, due):
        assert due_on(triggered) == due

    @given(days)
    def test_never_before_six_full_years_have_passed(self, triggered):
        due = due_on(triggered)
        assert due.year - triggered.year == 6
        assert (due.month, due.day) >= (triggered.month, triggered.day)

    @given(days, days)
    def test_who_ended_later_falls_due_no_earlier(self, one, other):
        assert (due_on(one) <= due_on(other)) or one > other

    @given(days, days)
    def test_the_database_is_asked_for_the_same_people_as_the_rule_names(self, triggered, day):
        assert (due_on(triggered) <= day) is (triggered <= last_trigger_due_by(day))

    @given(st.integers(2005, 2085), st.integers(-3, 3), st.integers(-3, 3))
    def test_so_it_is_around_the_end_of_february(self, year, off, away):
        triggered = date(year, 3, 1) + timedelta(days=off)
        day = date(year + 6, 3, 1) + timedelta(days=away)
        assert (due_on(triggered) <= day) is (triggered <= last_trigger_due_by(day))


class TestStatus:
    """screens.md 1.5, row "Retention"; overdue after 30 days."""

    @pytest.mark.parametrize(
        ("due", "status"),
        [
            (TODAY, Status.DUE),
            (TODAY - TIME_TO_DELETE, Status.DUE),
            (TODAY - TIME_TO_DELETE - timedelta(days=1), Status.OVERDUE),
            (TODAY + timedelta(days=1), Status.SOON),
            (TODAY + SOON, Status.SOON),
            (TODAY + SOON + timedelta(days=1), Status.NOT_DUE),
        ],
    )
    def test_at_its_edges(self, due, status):
        assert status_on(TODAY, due) is status

    @given(days, days)
    def test_each_trigger_has_the_status_under_which_it_is_counted(self, today, triggered):
        counted = [
            status
            for status in (Status.OVERDUE, Status.DUE, Status.SOON, Status.NOT_DUE)
            if inside(triggered, triggers_of(status, today))
        ]
        assert counted == [status_on(today, due_on(triggered))]

    def test_an_unknown_trigger_is_never_counted_as_due(self):
        with pytest.raises(ValueError, match="unknown"):
            triggers_of(Status.UNKNOWN, TODAY)


class TestMonths:
    """screens.md, drawing "retention": twelve months, each person in one of them."""

    @given(days, days)
    def test_a_person_falls_due_in_the_month_of_the_due_date(self, today, triggered):
        months = [m for m in months_ahead(today) if inside(triggered, m.triggers)]
        due = due_on(triggered)
        ends = end_of_month(date(months_ahead(today)[-1].year, months_ahead(today)[-1].month, 1))
        expected = [(due.year, due.month)] if today < due <= ends else []
        assert [(m.year, m.month) for m in months] == expected

    @given(days)
    def test_there_are_twelve_in_a_row(self, today):
        months = [m.year * 12 + m.month for m in months_ahead(today)]
        assert months == list(range(months[0], months[0] + 12))

    def test_on_the_last_day_of_a_month_the_next_one_is_first(self):
        assert months_ahead(date(2026, 11, 30))[0].month == 12
        assert months_ahead(date(2026, 11, 29))[0].month == 11
