"""What is typed about an ECT, and what it must be: pure rules, without a database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ects import rules
from app.ects.refusals import BirthDateImplausible, DaysDiffer, StartsBeforeQTS, StateOutOfOrder
from app.ects.rules import ECTState

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


class TestTrn:
    """screens.md 4: seven digits, text; spaces and a stray RP or slash are dropped on entry."""

    @pytest.mark.parametrize(
        ("typed", "trn"),
        [
            ("0041739", "0041739"),
            (" RP 00/41739", "0041739"),
            ("rp0041739", "0041739"),
            ("00-41739", "0041739"),
        ],
    )
    def test_what_people_write_round_it_is_dropped(self, typed, trn):
        assert rules.normal_trn(typed) == trn
        assert rules.is_trn(rules.normal_trn(typed))

    @pytest.mark.parametrize(
        "typed",
        ["", "123456", "12345678", "12A4567", "\uff11\uff12\uff13\uff14\uff15\uff16\uff17", "1234567\n8"],
    )
    def test_anything_else_is_none(self, typed):
        assert not rules.is_trn(rules.normal_trn(typed))

    @given(st.integers(0, 9_999_999))
    def test_zeros_in_front_are_kept(self, number):
        assert rules.normal_trn(f"{number:07}") == f"{number:07}"


class TestAge:
    """DfE takes ages from 18 to 100 on the day."""

    @pytest.mark.parametrize(
        ("born_on", "age"),
        [((2008, 11, 25), 18), ((2008, 11, 26), 17), ((1926, 11, 25), 100), ((1925, 11, 25), 101)],
    )
    def test_a_birthday_counts_from_its_day_on(self, born_on, age):
        assert rules.age_on(date(*born_on), date(2026, 11, 25)) == age

    def test_who_was_born_on_29_february_is_a_year_older_on_1_march(self):
        assert rules.age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
        assert rules.age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18

    @given(DAYS, DAYS)
    def test_exactly_eighteen_to_a_hundred_pass(self, born_on, today):
        age = rules.age_on(born_on, today)
        if 18 <= age <= 100:
            rules.check_birth_date(born_on, today)
        else:
            with pytest.raises(BirthDateImplausible):
                rules.check_birth_date(born_on, today)

    @given(DAYS)
    def test_age_never_falls(self, born_on):
        ages = [rules.age_on(born_on, born_on + timedelta(days=days)) for days in range(0, 4000, 97)]
        assert ages == sorted(ages)


class TestStart:
    """Induction starts on the day of the award of QTS or later."""

    @given(DAYS, DAYS)
    def test_the_same_day_is_well_and_one_before_is_not(self, starts_on, awarded_on):
        if starts_on >= awarded_on:
            rules.check_start_after_qts(starts_on, awarded_on, field="x")
        else:
            with pytest.raises(StartsBeforeQTS) as refusal:
                rules.check_start_after_qts(starts_on, awarded_on, field="x")
            assert refusal.value.field == "x"

    def test_what_is_not_known_is_not_judged(self):
        rules.check_start_after_qts(None, date(2026, 1, 1), field="x")
        rules.check_start_after_qts(date(2026, 1, 1), None, field="x")


class TestWeek:
    """screens.md, refusals 13 and 14: FTE, half days, and that they say the same."""

    @pytest.mark.parametrize(
        ("typed", "fte"), [("1", "1"), ("0.6", "0.6"), (".5", "0.5"), (" 0.45 ", "0.45"), ("1.00", "1")]
    )
    def test_it_is_more_than_nothing_and_not_more_than_full_time(self, typed, fte):
        assert rules.read_fte(typed) == Decimal(fte)

    @pytest.mark.parametrize(
        "typed", ["", ".", "0", "0.0", "1.01", "-0.5", "0,6", "60%", "1e-1", "NaN", "0.333", "½"]
    )
    def test_anything_else_is_none(self, typed):
        assert rules.read_fte(typed) is None

    @given(st.text("01", min_size=10, max_size=10))
    def test_two_half_days_are_a_fifth(self, pattern):
        assert rules.fte_of(pattern) * 5 == rules.days_in(pattern)

    def test_days_that_do_not_make_the_fte_need_a_reason(self):
        with pytest.raises(DaysDiffer) as refusal:
            rules.check_days(Decimal("0.8"), "1111110000", "")
        assert refusal.value.values == {"days": "3", "fte": "0.6"}
        rules.check_days(Decimal("0.8"), "1111110000", "Works from home")
        rules.check_days(Decimal("0.60"), "1111110000", "")

    @pytest.mark.parametrize(("typed", "terms"), [("0", "0"), ("16", "16"), ("1.5", "1.5")])
    def test_terms_have_one_decimal_at_most(self, typed, terms):
        assert rules.read_terms(typed) == Decimal(terms)

    @pytest.mark.parametrize("typed", ["16.1", "1.25", "-1", "17", "x", "1."])
    def test_other_terms_are_none(self, typed):
        assert rules.read_terms(typed) is None


class TestAddress:
    """Postcodes are written one way; an address comes apart as it was put together."""

    @pytest.mark.parametrize("typed", ["hb47qq", "HB4 7QQ", " hb4  7qq "])
    def test_postcodes_are_normal(self, typed):
        assert rules.is_postcode(typed)
        assert rules.joined_address("1 Quince Walk", typed).endswith("\nHB4 7QQ")

    @pytest.mark.parametrize("typed", ["", "HB4", "47QQ", "HB4 7QQQ", "1234"])
    def test_half_a_postcode_is_none(self, typed):
        assert not rules.is_postcode(typed)

    @pytest.mark.parametrize(
        ("lines", "postcode"),
        [
            ("1 Quince Walk\nMossby", "HB4 7QQ"),
            ("1 Quince Walk", ""),
            ("", "HB4 7QQ"),
            ("", ""),
            ("A\nB\nC", ""),
        ],
    )
    def test_what_is_put_together_comes_apart_again(self, lines, postcode):
        assert rules.split_address(rules.joined_address(lines, postcode)) == (lines, postcode)


class TestOrderOfStates:
    """An induction begins, ends or is left, and ends once; a decision is replaced by another alone."""

    @pytest.mark.parametrize(
        ("now", "then"),
        [
            (ECTState.AUTHORISED, ECTState.PASSED),
            (ECTState.AUTHORISED, ECTState.LEFT),
            (ECTState.IN_PROGRESS, ECTState.AUTHORISED),
            (ECTState.PASSED, ECTState.LEFT),
            (ECTState.FAILED, ECTState.AUTHORISED),
        ],
    )
    def test_a_state_out_of_order_is_refused(self, now, then):
        with pytest.raises(StateOutOfOrder):
            rules.check_follows(now, then)

    @pytest.mark.parametrize("state", ECTState)
    def test_to_stay_is_no_move(self, state):
        rules.check_follows(state, state)
