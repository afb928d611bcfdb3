"""What a registration is checked against: pure rules, each with its paragraph of the guidance."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from app.registrations import rules
from app.registrations.refusals import ContractTooShort, StartsBeforeContract, WrongState
from app.registrations.rules import Answers, RegistrationState, SchoolAtLarge, Verdict

DAYS = st.dates(date(2021, 9, 1), date(2040, 8, 31))


@pytest.fixture(autouse=True)
def words():
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


class TestOneTerm:
    """Guidance 2.33: one term of continuous employment is the least that counts."""

    @pytest.mark.parametrize(
        ("starts_on", "ends_on", "counts"),
        [
            ((2026, 9, 1), (2026, 12, 18), True),  # autumn
            ((2027, 1, 4), (2027, 3, 26), True),  # a spring with an early Easter
            ((2027, 4, 12), (2027, 7, 20), True),  # summer
            ((2026, 9, 10), (2026, 12, 18), True),  # a start shortly after the first day
            ((2026, 8, 20), (2026, 12, 18), True),  # a contract that begins in the holidays
            ((2026, 9, 1), (2026, 11, 20), False),
            ((2026, 11, 2), (2026, 12, 18), False),
            ((2026, 11, 2), (2027, 3, 26), True),  # part of two terms
            ((2026, 12, 20), (2027, 3, 1), False),
            ((2027, 7, 20), (2027, 8, 31), False),  # holidays alone
        ],
    )
    def test_part_of_a_term_does_not_count_and_a_whole_one_does(self, starts_on, ends_on, counts):
        assert rules.serves_one_term(date(*starts_on), date(*ends_on)) is counts

    @given(DAYS)
    def test_a_year_always_counts_and_six_weeks_never(self, starts_on):
        assert rules.serves_one_term(starts_on, starts_on + timedelta(days=364))
        assert not rules.serves_one_term(starts_on, starts_on + timedelta(days=42))

    @given(DAYS, st.integers(0, 400), st.integers(0, 60))
    def test_a_longer_contract_never_counts_less(self, starts_on, days, more):
        shorter = rules.serves_one_term(starts_on, starts_on + timedelta(days=days))
        longer = rules.serves_one_term(starts_on, starts_on + timedelta(days=days + more))
        assert longer or not shorter

    def test_the_refusal_names_the_day_and_the_paragraph(self):
        with pytest.raises(ContractTooShort) as refusal:
            rules.check_contract(date(2026, 9, 1), date(2026, 11, 20), date(2026, 9, 1))
        assert str(refusal.value) == (
            "The contract ends on 20 November 2026, before one term is served, so it cannot count (guidance 2.33)"
        )
        rules.check_contract(date(2026, 9, 1), None, date(2026, 9, 1))

    def test_induction_is_served_in_employment(self):
        with pytest.raises(StartsBeforeContract):
            rules.check_contract(date(2026, 9, 1), None, date(2026, 8, 31))


class TestOrderOfStates:
    """A registration goes draft, awaiting AB, returned or authorised; it is decided once."""

    LEGAL = {
        ("draft", "awaiting_ab"),
        ("draft", "withdrawn"),
        ("awaiting_ab", "returned"),
        ("awaiting_ab", "authorised"),
        ("returned", "awaiting_ab"),
        ("returned", "withdrawn"),
    }

    @pytest.mark.parametrize("now", RegistrationState)
    @pytest.mark.parametrize("then", RegistrationState)
    def test_every_other_move_is_refused(self, now, then):
        if (now.value, then.value) in self.LEGAL:
            rules.check_follows(now, then)
        else:
            with pytest.raises(WrongState):
                rules.check_follows(now, then)


class TestEmployer:
    """The employing organisation is proposed from the kind of school and its trust."""

    @pytest.mark.parametrize(
        ("type_name", "type_group", "trust", "employer", "address"),
        [
            ("Academy converter", "Academies", "The Harrow Trust", "The Harrow Trust", ""),
            ("Community school", "Local authority maintained schools", "", "Larkshire", ""),
            ("Voluntary controlled school", "Local authority maintained schools", "", "Larkshire", ""),
            (
                "Voluntary aided school",
                "Local authority maintained schools",
                "",
                "Governing body of Alder",
                "1 Lane",
            ),
            (
                "Foundation school",
                "Local authority maintained schools",
                "",
                "Governing body of Alder",
                "1 Lane",
            ),
            ("Other independent school", "Independent schools", "", "Alder", "1 Lane"),
            ("Further education", "Colleges", "", "Alder", "1 Lane"),
        ],
    )
    def test_who_probably_employs(self, type_name, type_group, trust, employer, address):
        school = SchoolAtLarge(
            name="Alder",
            type_name=type_name,
            type_group=type_group,
            la_name="Larkshire",
            trust_name=trust,
            address="1 Lane",
        )
        assert rules.proposed_employer(school) == (employer, address)


MET = {
    "qts_status": "held",
    "qts_awarded_on": "2026-07-01",
    "programme": "provider-led",
    "lead_provider": "Quayside",
    "body_recommended_qts": "no",
    "employed_by_body": "no",
    "contract": "permanent",
    "induction_starts_on": "2026-09-01",
    "fte": "1",
    "pattern": "1111111111",
    "tutor_email": "a@x.example",
    "mentor_email": "b@x.example",
    "ended_before": "no",
    **{name: "yes" for name, _words, _paragraph in rules.CONFIRMED},
}


def verdicts(**changes):
    found = rules.checks(Answers({"all": MET | changes}))
    return {check.words: (check.verdict, check.paragraph) for check in found}


class TestChecks:
    """Guidance 2.18 to 2.45: each rule says Met, Needs an answer, or Not met, with its paragraph."""

    def test_all_are_met_where_all_is_well(self):
        assert {verdict for verdict, _paragraph in verdicts().values()} == {Verdict.MET}

    def test_nothing_is_met_where_nothing_is_said(self):
        assert {check.verdict for check in rules.checks(Answers({}))} == {Verdict.ASK}

    @pytest.mark.parametrize(
        ("change", "words", "verdict", "paragraph"),
        [
            ({"suitable_post": "no"}, "The post is suitable", Verdict.NOT, "2.18"),
            (
                {"reduced_timetable": "no"},
                "The timetable is reduced: 90% in the first year, 95% in the second",
                Verdict.NOT,
                "2.20",
            ),
            ({"mentoring_in_hours": "no"}, "Mentoring takes place in timetabled hours", Verdict.NOT, "2.44"),
            ({"mentor_email": "A@X.example"}, "Tutor and mentor are two people", Verdict.ASK, "2.45"),
            (
                {"contract": "fixed_term", "ends_on": "2026-11-20"},
                "The contract runs for at least one term",
                Verdict.NOT,
                "2.33",
            ),
            ({"contract": "fixed_term"}, "The contract runs for at least one term", Verdict.ASK, "2.33"),
            ({"fte": "0.5"}, "The days worked make the FTE", Verdict.ASK, ""),
            ({"qts_status": "awaited"}, "QTS is held when induction starts", Verdict.ASK, ""),
            ({"qts_awarded_on": "2026-09-02"}, "QTS is held when induction starts", Verdict.NOT, ""),
            ({"ended_before": "yes"}, "Induction has not ended before", Verdict.NOT, "1.13"),
            (
                {"employed_by_body": "yes"},
                "The appropriate body did not recommend QTS and does not employ the ECT",
                Verdict.NOT,
                "2.25",
            ),
            (
                {"programme": "school-led"},
                "The training programme is based on the framework",
                Verdict.ASK,
                "2.18",
            ),
        ],
    )
    def test_one_answer_changes_one_check(self, change, words, verdict, paragraph):
        found = verdicts(**change)
        assert found[words] == (verdict, paragraph)
        assert [each for each, (said, _p) in found.items() if said is not Verdict.MET] == [words]
