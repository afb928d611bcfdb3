"""Rules on induction periods and outcomes, on plain values."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import FieldRefused
from app.induction import refusals, rules
from app.induction.rules import Cause, Result, Span, Standing

TODAY = date(2026, 11, 25)
SEPTEMBER = date(2025, 9, 1)
JULY = date(2026, 7, 17)
days = st.dates(min_value=date(2021, 9, 1), max_value=date(2021, 12, 31))
HORIZON = date(2022, 3, 1)


@st.composite
def spans(draw):
    first = draw(days)
    last = draw(st.one_of(st.none(), st.integers(min_value=1, max_value=60)))
    return Span(started_on=first, ended_on=first + timedelta(days=last) if last else None, school="Alder")


def days_of(span):
    last = span.ended_on or HORIZON
    return {span.started_on + timedelta(days=n) for n in range((last - span.started_on).days + 1)}


class TestOverlap:
    """Issue 3, item 2; DfE: no two periods of one person share a day, the last one included."""

    @given(spans(), spans())
    def test_two_periods_overlap_where_they_have_a_day_in_common(self, one, other):
        assert rules.overlap(one, other) == bool(days_of(one) & days_of(other))

    @given(spans(), spans())
    def test_it_does_not_matter_which_of_two_is_asked_first(self, one, other):
        assert rules.overlap(one, other) == rules.overlap(other, one)

    @given(spans())
    def test_a_period_may_start_on_the_day_after_another_has_ended_and_not_on_its_last_day(self, one):
        if one.ended_on is not None:
            rules.check_no_overlap(Span(started_on=one.ended_on + timedelta(days=1)), [one])
            with pytest.raises(refusals.PeriodsOverlap):
                rules.check_no_overlap(Span(started_on=one.ended_on), [one])

    def test_the_sentence_names_the_school_and_the_days_of_the_earliest_in_the_way(self):
        there = [
            Span(started_on=JULY, school="Birch"),
            Span(started_on=SEPTEMBER, ended_on=JULY, school="Alder"),
        ]

        with pytest.raises(refusals.PeriodsOverlap) as refusal:
            rules.check_no_overlap(Span(started_on=SEPTEMBER), there)

        said = "These dates overlap the period at Alder, 1 September 2025 to 17 July 2026"
        assert str(refusal.value) == said
        assert refusal.value.field == "started_on"

    def test_an_open_period_runs_on_for_ever(self):
        with pytest.raises(refusals.PeriodsOverlap, match="1 September 2025 to now"):
            rules.check_no_overlap(
                Span(started_on=date(2030, 1, 1)), [Span(started_on=SEPTEMBER, school="Alder")]
            )


class TestStart:
    """DfE: statutory induction began on 1 September 1999; a body claims starts from 1 September 2021 on."""

    @pytest.mark.parametrize(
        ("day", "claimed", "taken"),
        [
            (date(2021, 9, 1), True, True),
            (date(2021, 8, 31), True, False),
            (date(1999, 9, 1), False, True),
            (date(1999, 8, 31), False, False),
            (date(2030, 1, 1), True, True),
        ],
    )
    def test_a_start_is_taken_from_the_first_day_on(self, day, claimed, taken):
        if taken:
            rules.check_start(day, claimed=claimed)
        else:
            with pytest.raises(refusals.StartTooEarly):
                rules.check_start(day, claimed=claimed)


class TestEnd:
    """Issue 3, item 2: the end lies after the start, and no end lies in the future."""

    @given(days, st.integers(min_value=-40, max_value=40))
    def test_an_end_is_taken_where_it_lies_after_the_start(self, start, distance):
        end = start + timedelta(days=distance)
        if distance > 0:
            rules.check_end(start, end, TODAY)
        else:
            with pytest.raises(refusals.EndNotAfterStart):
                rules.check_end(start, end, TODAY)

    def test_today_is_taken_and_tomorrow_is_not(self):
        rules.check_end(SEPTEMBER, TODAY, TODAY)
        with pytest.raises(refusals.EndInFuture) as refusal:
            rules.check_end(SEPTEMBER, TODAY + timedelta(days=1), TODAY)
        assert refusal.value.field == "ended_on"

    @pytest.mark.parametrize(
        ("day", "taken"), [(JULY, True), (JULY - timedelta(days=1), False), (TODAY, True)]
    )
    def test_a_decision_lies_on_the_last_day_or_later(self, day, taken):
        if taken:
            rules.check_decided(day, JULY, TODAY)
        else:
            with pytest.raises(refusals.DecidedBeforeEnd):
                rules.check_decided(day, JULY, TODAY)

    def test_nobody_decides_tomorrow(self):
        with pytest.raises(refusals.DecidedInFuture):
            rules.check_decided(TODAY + timedelta(days=1), JULY, TODAY)


class TestTerms:
    """DfE: terms with an end and never without, from 0 to 16, with one decimal at most."""

    @given(st.integers(min_value=-50, max_value=250))
    def test_tenths_from_0_to_16_are_taken(self, tenths):
        terms = Decimal(tenths) / 10
        if 0 <= tenths <= 160:
            rules.check_terms(terms, JULY)
        else:
            with pytest.raises(refusals.TermsOutOfBounds):
                rules.check_terms(terms, JULY)

    @pytest.mark.parametrize("terms", ["1.25", "16.01", "0.05", "NaN", "Infinity"])
    def test_finer_ones_and_no_numbers_are_not(self, terms):
        with pytest.raises(refusals.TermsOutOfBounds):
            rules.check_terms(Decimal(terms), JULY)

    def test_an_end_needs_terms_and_an_open_period_has_none(self):
        with pytest.raises(refusals.TermsMissing):
            rules.check_terms(None, JULY)
        with pytest.raises(refusals.TermsWithoutEnd):
            rules.check_terms(Decimal(1), None)
        rules.check_terms(None, None)

    @pytest.mark.parametrize(("fte", "taken"), [("0", False), ("0.01", True), ("1", True), ("1.01", False)])
    def test_fte_is_more_than_0_and_not_more_than_1(self, fte, taken):
        if taken:
            rules.check_fte(Decimal(fte))
        else:
            with pytest.raises(refusals.FteOutOfBounds):
                rules.check_fte(Decimal(fte))


class TestOneOutcome:
    """Issue 3, item 2; guidance 1.13: one outcome in force, replaced by an appeal decision or a correction alone."""

    @pytest.mark.parametrize(("result", "word"), [(Result.PASS, "passed"), (Result.FAIL, "failed")])
    def test_a_second_outcome_is_refused_with_name_and_day(self, result, word):
        standing = Standing(name="Miriam Osei", result=result, decided_on=date(2025, 7, 18))

        with pytest.raises(FieldRefused) as refusal:
            rules.check_first_outcome(standing)

        assert str(refusal.value) == (
            f"Miriam Osei {word} on 18 July 2025. Only an appeal decision or a correction can replace it"
        )

    def test_the_first_one_is_taken(self):
        rules.check_first_outcome(None)

    @pytest.mark.parametrize(
        ("cause", "taken"), [(Cause.APPEAL, True), (Cause.CORRECTION, True), (Cause.DECISION, False)]
    )
    def test_an_outcome_is_replaced_by_an_appeal_or_a_correction(self, cause, taken):
        if taken:
            rules.check_replaces(cause)
        else:
            with pytest.raises(refusals.NotByDecision):
                rules.check_replaces(cause)

    def test_after_an_outcome_no_further_period_begins(self):
        with pytest.raises(refusals.InductionOver):
            rules.check_not_over(Standing(name="A", result=Result.FAIL, decided_on=JULY))

    @pytest.mark.parametrize("reasons", ["", "  \n "])
    def test_reasons_are_given(self, reasons):
        with pytest.raises(
            refusals.ReasonsMissing, match=r"Give the reasons\. They go into the letter, word for word"
        ):
            rules.check_reasons(reasons)


class TestCorrection:
    """Service rule: a period is put right with a reason; it neither ends nor opens again that way."""

    CLOSED = Span(started_on=SEPTEMBER, ended_on=JULY)
    OPEN = Span(started_on=SEPTEMBER)

    def check(self, before, after, *, terms=None, reason="Contract corrected"):
        rules.check_correction(before, after, reason=reason, terms=terms, today=TODAY)

    def test_a_start_before_2021_may_be_put_right(self):
        self.check(self.OPEN, Span(started_on=date(2019, 9, 1)))

    @pytest.mark.parametrize(("before", "after"), [(CLOSED, OPEN), (OPEN, CLOSED)])
    def test_it_neither_ends_nor_opens_a_period(self, before, after):
        with pytest.raises(refusals.EndStands):
            self.check(before, after, terms=Decimal(3) if after.ended_on else None)

    def test_it_needs_a_reason(self):
        with pytest.raises(refusals.CorrectionUnexplained):
            self.check(self.OPEN, self.OPEN, reason=" ")

    def test_the_other_rules_hold(self):
        with pytest.raises(refusals.EndNotAfterStart):
            self.check(self.CLOSED, Span(started_on=JULY, ended_on=JULY), terms=Decimal(1))
        with pytest.raises(refusals.TermsMissing):
            self.check(self.CLOSED, self.CLOSED)
