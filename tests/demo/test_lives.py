"""Made-up lives: the same for one seed and day, every kind among them, and none that the rules would refuse."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.demo.lives import KINDS, Kind, life, lives
from app.ects.rules import ECTState
from app.induction import rules
from app.induction.rules import Span
from app.retention.rules import Status, due_on, status_on

TODAY = date(2026, 11, 25)
DUE = {
    Kind.SOON: Status.SOON,
    Kind.DUE: Status.DUE,
    Kind.OVERDUE: Status.OVERDUE,
    Kind.LEFT_OVERDUE: Status.OVERDUE,
}


def test_one_seed_and_day_give_the_same_people():
    assert list(lives(80, 3, 20, TODAY)) == list(lives(80, 3, 20, TODAY))
    assert list(lives(80, 3, 20, TODAY)) != list(lives(80, 4, 20, TODAY))


def test_more_people_leave_the_first_ones_as_they_are():
    assert list(lives(100, 1, 20, TODAY))[:50] == list(lives(50, 1, 20, TODAY))


def test_every_kind_and_state_is_among_240():
    made = list(lives(240, 1, 20, TODAY))
    assert {each.kind for each in made} == set(Kind)
    assert {each.state for each in made} == set(ECTState)
    assert len(KINDS) == 60
    assert Counter(KINDS)[Kind.GOES_ON] > 20


def test_a_trn_is_nobody_elses_and_some_have_none():
    trns = [each.trn for each in lives(5_000, 1, 400, TODAY)]
    known = [trn for trn in trns if trn]
    assert len(set(known)) == len(known)
    assert all(len(trn) == 7 and trn.isdigit() for trn in known)
    assert trns.count(None) == 125


@pytest.mark.parametrize(
    "today", [TODAY, date(2028, 2, 29), date(2027, 8, 31), date(2027, 9, 1), date(2028, 1, 1)]
)
def test_retention_finds_each_where_its_kind_says(today):
    for each in lives(600, 1, 20, today):
        if each.kind in DUE:
            ended = each.decisions[-1].ended_on if each.decisions else each.spells[-1].ended_on
            assert status_on(today, due_on(ended)) is DUE[each.kind], each


@settings(max_examples=150)
@given(
    st.integers(0, 400_000),
    st.integers(0, 9),
    st.integers(2, 12_000),
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
)
def test_the_rules_would_take_each(place, seed, schools, today):
    made = life(place, seed, schools, today)
    spans = [Span(started_on=spell.started_on, ended_on=spell.ended_on) for spell in made.spells]
    for at, span in enumerate(spans):
        rules.check_no_overlap(span, spans[:at] + spans[at + 1 :])
        assert span.started_on >= made.qts_on
        assert span.started_on <= today
        if span.ended_on is not None:
            rules.check_end(span.started_on, span.ended_on, today)
    for decision in made.decisions:
        rules.check_end(made.spells[-1].started_on, decision.ended_on, today)
        rules.check_decided(decision.decided_on, decision.ended_on, today)
    assert Decimal(0) < made.fte <= 1
    assert 18 <= (made.spells[0].started_on if made.spells else made.begins_on).year - made.born_on.year <= 60
    assert all(0 <= spell.school < schools for spell in made.spells)
    for _school, starts, ends in made.posts:
        assert ends is None or ends > starts
