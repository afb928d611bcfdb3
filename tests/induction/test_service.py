"""Verbs on periods and outcomes, as the people of the world run them, on the database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.access.scope import for_the_house
from app.audit.models import AuditNote
from app.ects.models import ECT, QTS, ECTIdentity, Placement
from app.ects.rules import ECTState, Programme, QTSStatus
from app.errors import FieldRefused, NotYourRole, NotYours
from app.exchange.models import Notification
from app.exchange.rules import Event
from app.extensions import db, today
from app.induction import refusals, service
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Cause, Result
from app.messages.models import OutgoingMail
from tests.builders import at_once
from tests.induction.conftest import LAST_DAY
from tests.world import BEGAN


def notes(course):
    return [
        (note.what, note.hat)
        for note in course.rows(AuditNote)
        if note.about_table in ("induction_period", "outcome")
    ]


def told(course):
    """Event and the values that differ from one notification to the next."""
    return [
        (n.event, n.started_on, n.ended_on, n.outcome, str(n.terms) if n.terms is not None else None)
        for n in course.rows(Notification)
    ]


class TestOpening:
    """Issue 3, item 2; P-3: a period goes on, and the TRA is to be told of the start."""

    def test_a_period_is_open_the_ect_in_progress_and_the_start_notified_with_the_fields_as_they_are(
        self, course, world
    ):
        course.begin("amara")

        (period,) = course.rows(InductionPeriod)
        assert (period.started_on, period.ended_on, period.terms, period.fte) == (
            BEGAN,
            None,
            None,
            Decimal(1),
        )
        assert course.rows(ECT, ECT.id == world.ects["amara"])[0].state is ECTState.IN_PROGRESS
        (notification,) = course.rows(Notification)
        assert notification.event is Event.START
        assert (notification.trn, notification.surname, notification.first_name) == (
            "0041001",
            "Herenow",
            "Amara",
        )
        assert (notification.born_on, notification.started_on) == (date(2000, 5, 17), BEGAN)
        assert (notification.ended_on, notification.outcome, notification.terms) == (None, None, None)
        assert notes(course) == [("induction period opened", "ab_administrator")]

    def test_a_notification_keeps_the_name_as_it_was(self, app, course, world):
        course.begin("amara")
        with app.app_context(), for_the_house():
            db.session.execute(update(ECT).where(ECT.id == world.ects["amara"]).values(last_name="Newname"))
            db.session.commit()
        course.leave("amara")

        assert [n.surname for n in course.rows(Notification)] == ["Herenow", "Newname"]

    def test_a_second_period_may_not_overlap_at_whichever_school(self, course):
        course.begin("ben", "alder")
        with pytest.raises(refusals.PeriodsOverlap, match="the period at Alder St"):
            course.begin("ben", "birch", date(2026, 1, 6))

        assert len(course.rows(InductionPeriod)) == len(course.rows(Notification)) == 1

    def test_a_further_period_may_start_on_the_next_day(self, course):
        course.begin("ben", "alder")
        course.leave("ben", date(2025, 12, 19), "4", who="admin")
        course.begin("ben", "birch", date(2025, 12, 20))

        assert [event for event, *_rest in told(course)] == [Event.START, Event.LEAVING, Event.START]

    def test_induction_does_not_start_before_qts(self, app, course, world):
        with app.app_context(), for_the_house():
            db.session.add(
                QTS(ect_id=world.ects["amara"], status=QTSStatus.HELD, awarded_on=BEGAN + timedelta(days=1))
            )
            db.session.commit()

        with pytest.raises(
            FieldRefused, match="Induction cannot start before QTS, awarded on 2 September 2024"
        ):
            course.begin("amara")
        course.begin("amara", started_on=BEGAN + timedelta(days=1))

    def test_nobody_begins_anew_after_an_outcome(self, course):
        course.begin("amara")
        course.decide("amara", Result.FAIL)

        with pytest.raises(refusals.InductionOver):
            course.begin("amara", started_on=date(2026, 9, 1))

    def test_a_school_reports_no_start(self, course):
        with pytest.raises(NotYourRole):
            course.begin("amara", who="head")


class TestLeaving:
    """P-3: the end date is that of leaving the school; guidance 2.62, 2.75."""

    @pytest.mark.parametrize("who", ["head", "lead", "office", "trust", "admin", "officer"])
    def test_the_school_or_the_ab_reports_it_and_period_placement_and_state_end(self, who, course, world):
        course.begin("amara")
        course.leave("amara", date(2026, 7, 17), "5.5", who=who)

        (period,) = course.rows(InductionPeriod)
        assert (period.ended_on, period.terms) == (date(2026, 7, 17), Decimal("5.5"))
        (placement,) = course.rows(Placement, Placement.ect_id == world.ects["amara"])
        assert placement.ended_on == date(2026, 7, 17)
        assert course.rows(ECT, ECT.id == world.ects["amara"])[0].state is ECTState.LEFT
        assert told(course)[1] == (Event.LEAVING, BEGAN, date(2026, 7, 17), None, "5.5")

    def test_another_school_reports_nothing(self, course):
        course.begin("amara")
        period = InductionPeriod(ect_id=course.world.ects["amara"], started_on=BEGAN)
        with pytest.raises(NotYours):
            course.acting("head_b", lambda: service.close_period(period, ended_on=LAST_DAY, terms=Decimal(1)))

    def test_a_future_day_an_end_before_the_start_and_a_second_leaving_are_refused(self, course):
        course.begin("amara")
        with pytest.raises(refusals.EndInFuture):
            course.leave("amara", today() + timedelta(days=1))
        with pytest.raises(refusals.EndNotAfterStart):
            course.leave("amara", BEGAN)
        course.leave("amara")
        with pytest.raises(refusals.PeriodEnded):
            course.leave("amara", who="admin")

        assert len(course.rows(Notification)) == 2

    def test_after_a_decision_a_leaving_is_not_told_since_the_outcome_tells_more(self, course):
        course.begin("amara")
        course.decide("amara")
        course.leave("amara")

        assert [event for event, *_rest in told(course)] == [Event.START, Event.OUTCOME]


class TestDeciding:
    """Guidance 2.67, 5.9; P-2, P-8: a named person of the AB decides, and nothing tells of it before the notice."""

    def test_an_outcome_is_recorded_with_the_name_and_changes_nothing_that_a_school_reads(
        self, course, world
    ):
        course.begin("amara")
        course.decide("amara")

        (outcome,) = course.rows(Outcome)
        assert (outcome.result, outcome.cause, outcome.decided_by) == (
            Result.PASS,
            Cause.DECISION,
            "Assessor Madeup",
        )
        assert (outcome.released_at, outcome.ended_on, outcome.terms) == (None, LAST_DAY, Decimal(6))
        (period,) = course.rows(InductionPeriod)
        assert (period.ended_on, period.terms) == (None, None)
        assert course.rows(ECT, ECT.id == world.ects["amara"])[0].state is ECTState.IN_PROGRESS
        assert told(course)[1] == (Event.OUTCOME, BEGAN, LAST_DAY, "pass", "6.0")
        assert notes(course)[-1] == ("outcome recorded", "ab_assessor")

    @pytest.mark.parametrize("who", ["officer", "head", "lead", "ect", "director", "tutor"])
    def test_nobody_else_decides(self, who, course):
        course.begin("amara")
        with pytest.raises(NotYourRole):
            course.decide("amara", who=who)
        assert course.rows(Outcome) == []

    def test_the_house_itself_decides_nothing(self, app, course):
        course.begin("amara")
        with app.app_context(), for_the_house(), pytest.raises(NotYourRole):
            service.record_outcome(
                course.period("amara"), result=Result.PASS, decided_on=LAST_DAY, ended_on=LAST_DAY,
                terms=Decimal(6), reasons="x",
            )  # fmt: skip

    def test_a_second_outcome_is_refused_and_the_first_stays(self, course):
        course.begin("amara")
        course.decide("amara")

        with pytest.raises(refusals.PassedBefore, match="Amara Herenow passed on 20 July 2026"):
            course.decide("amara", Result.FAIL, who="admin")
        assert [o.result for o in course.rows(Outcome)] == [Result.PASS]

    @pytest.mark.parametrize(
        ("told", "error"),
        [
            ({"reasons": " "}, refusals.ReasonsMissing),
            ({"ended_on": BEGAN}, refusals.EndNotAfterStart),
            ({"decided_on": date(2026, 7, 16)}, refusals.DecidedBeforeEnd),
            ({"terms": Decimal("16.1")}, refusals.TermsOutOfBounds),
        ],
    )
    def test_odd_dates_terms_and_empty_reasons_are_refused(self, told, error, course):
        course.begin("amara")
        with pytest.raises(error):
            course.decide("amara", **told)
        assert course.rows(Outcome) == []

    def test_the_reasons_stand_in_the_table_as_a_box_alone(self, app, course):
        course.begin("amara")
        course.decide("amara")
        with app.app_context(), for_the_house():
            stored = db.session.scalars(select(Outcome.reasons_sealed)).one()

        assert b"Canary" not in stored

    def test_whoever_works_at_the_school_does_not_decide_there(self, course, world):
        course.begin("amara")
        with pytest.raises(NotYours):  # as AB officer the own school's record is not there at all
            course.acting("two_hats", lambda: service.correct_period(
                InductionPeriod(ect_id=world.ects["amara"], started_on=BEGAN, school_id=world.schools["alder"]),
                started_on=BEGAN, ended_on=None, terms=None, programme=Programme.SCHOOL_LED, fte=Decimal(1), reason="x",
            ))  # fmt: skip


class TestReplacing:
    """Guidance 2.70: an earlier outcome is superseded by an appeal decision or a correction, never edited."""

    def test_an_appeal_puts_another_in_force_and_the_earlier_one_stays_as_it_was(self, course):
        course.begin("amara")
        course.decide("amara", Result.FAIL)
        course.replace("amara", cause=Cause.APPEAL, result=Result.PASS)

        first, second = course.rows(Outcome)
        assert (first.result, first.replaced_by_id) == (Result.FAIL, second.id)
        assert (second.result, second.cause, second.replaced_by_id) == (Result.PASS, Cause.APPEAL, None)
        assert second.ended_on == LAST_DAY
        assert [(event, result) for event, _s, _e, result, _t in told(course)][1:] == [
            (Event.OUTCOME, "fail"), (Event.OUTCOME, "pass"),
        ]  # fmt: skip

    def test_a_further_decision_is_no_reason_to_replace(self, course):
        course.begin("amara")
        course.decide("amara", Result.FAIL)
        with pytest.raises(refusals.NotByDecision):
            course.replace("amara", cause=Cause.DECISION, result=Result.PASS)

    def test_one_that_was_replaced_is_not_replaced_again(self, course):
        course.begin("amara")
        uid = course.decide("amara", Result.FAIL)
        course.replace("amara", cause=Cause.APPEAL, result=Result.PASS)

        with pytest.raises(refusals.ReplacedBefore):
            course.acting("admin", lambda: service.replace_outcome(
                db.session.scalars(select(Outcome).where(Outcome.uid == uid)).one(),
                cause=Cause.CORRECTION, result=Result.PASS, decided_on=date(2026, 9, 1), reasons="x",
            ))  # fmt: skip

    def test_the_index_lets_one_be_in_force_whoever_writes(self, app, course, world):
        course.begin("amara")
        course.decide("amara")
        (outcome,) = course.rows(Outcome)
        with app.app_context(), for_the_house():
            db.session.add(
                Outcome(
                    ect_id=outcome.ect_id, period_id=outcome.period_id, school_id=outcome.school_id,
                    result=Result.FAIL, decided_on=LAST_DAY, decided_by_id=world.people["admin"],
                    person_id=outcome.person_id,
                )
            )  # fmt: skip
            with pytest.raises(IntegrityError):
                db.session.flush()


class TestReleasing:
    """S.I. 2012/1115, regulation 11(7); guidance 2.69: head and ECT are told, and the record then says so."""

    def test_state_end_and_terms_come_with_the_notice_and_head_and_ect_get_a_mail(self, course, world):
        course.begin("amara")
        course.decide("amara")
        course.release("amara")

        (period,) = course.rows(InductionPeriod)
        assert (period.ended_on, period.terms) == (LAST_DAY, Decimal(6))
        assert course.rows(ECT, ECT.id == world.ects["amara"])[0].state is ECTState.PASSED
        mails = course.rows(OutgoingMail)
        assert {mail.to_address for mail in mails} == {
            "head@made-up.example", "ect@made-up.example", "two_hats@made-up.example",
        }  # fmt: skip
        assert not any(word in f"{mail.subject}" for mail in mails for word in ("Amara", "pass", "fail"))

    def test_said_twice_it_is_done_once(self, course):
        course.begin("amara")
        course.decide("amara")
        course.release("amara")
        at = course.rows(Outcome)[0].released_at
        course.release("amara", who="admin")

        assert course.rows(Outcome)[0].released_at == at
        assert len(course.rows(OutgoingMail)) == 3

    def test_a_school_releases_nothing(self, course):
        course.begin("amara")
        course.decide("amara")
        with pytest.raises(NotYourRole):
            course.acting("head", lambda: service.release(Outcome(school_id=course.world.schools["alder"])))

    def test_after_an_appeal_the_new_notice_changes_the_state(self, course, world):
        course.begin("amara")
        course.decide("amara", Result.FAIL)
        course.release("amara")
        course.replace("amara", cause=Cause.APPEAL, result=Result.PASS)
        assert course.rows(ECT, ECT.id == world.ects["amara"])[0].state is ECTState.FAILED
        course.release("amara")

        assert course.rows(ECT, ECT.id == world.ects["amara"])[0].state is ECTState.PASSED


class TestCorrecting:
    """P-8, rectification: a period is put right by the AB with a reason, and the TRA is told anew where it differs."""

    def correct(self, course, who="officer", **told):
        def work():
            period = course.period("amara")
            values = {
                "started_on": period.started_on, "ended_on": period.ended_on, "terms": period.terms,
                "programme": period.programme, "fte": period.fte, "reason": "Contract corrected",
            }  # fmt: skip
            service.correct_period(period, **(values | told))

        course.acting(who, work)

    def test_a_start_that_is_put_right_is_told_anew(self, course):
        course.begin("amara")
        self.correct(course, started_on=date(2024, 9, 2))

        assert [(event, start) for event, start, *_rest in told(course)] == [
            (Event.START, BEGAN), (Event.START, date(2024, 9, 2)),
        ]  # fmt: skip
        assert notes(course)[-1] == ("induction period corrected", "ab_officer")

    def test_of_fte_and_programme_the_tra_is_told_nothing(self, course):
        course.begin("amara")
        self.correct(course, fte=Decimal("0.6"), programme=Programme.SCHOOL_LED)

        assert len(told(course)) == 1
        assert course.rows(InductionPeriod)[0].fte == Decimal("0.6")

    def test_terms_of_a_leaving_that_are_put_right_are_told_anew(self, course):
        course.begin("amara")
        course.leave("amara")
        self.correct(course, terms=Decimal("5.5"))

        assert told(course)[-1] == (Event.LEAVING, BEGAN, LAST_DAY, None, "5.5")

    def test_a_school_corrects_nothing(self, course):
        course.begin("amara")
        with pytest.raises(NotYourRole):
            self.correct(course, who="head", fte=Decimal("0.5"))


class TestAtOnce:
    """Issue 3, bad input: overlapping periods typed by two people at once, an outcome twice: one effect."""

    @pytest.mark.own_database
    def test_of_two_who_open_a_period_at_once_one_does(self, course):
        def open_one(number):
            try:
                course.begin(
                    "amara", who=("admin", "officer")[number], started_on=BEGAN + timedelta(days=number)
                )
            except refusals.PeriodsOverlap:
                return "refused"
            return "opened"

        assert sorted(at_once(2, open_one)) == ["opened", "refused"]
        assert len(course.rows(InductionPeriod)) == len(course.rows(Notification)) == 1

    @pytest.mark.own_database
    def test_of_two_who_decide_at_once_one_does(self, course):
        course.begin("amara")

        def decide(number):
            try:
                course.decide("amara", (Result.PASS, Result.FAIL)[number], who=("admin", "assessor")[number])
            except (refusals.PassedBefore, refusals.FailedBefore):
                return "refused"
            return "decided"

        assert sorted(at_once(2, decide)) == ["decided", "refused"]
        assert len(course.rows(Outcome)) == 1

    @pytest.mark.postgres_only
    def test_a_constraint_stands_behind_the_rule(self, app, course, world):
        course.begin("amara")
        with app.app_context(), for_the_house():
            db.session.add(
                InductionPeriod(
                    ect_id=world.ects["amara"], school_id=world.schools["birch"], started_on=date(2026, 1, 6),
                    programme=Programme.SCHOOL_LED, fte=Decimal(1),
                )
            )  # fmt: skip
            with pytest.raises(IntegrityError, match="excl_induction_period_overlap"):
                db.session.flush()


def test_an_ect_without_a_trn_has_a_notification_without_one(app, course, world):
    with app.app_context(), for_the_house():
        db.session.execute(
            update(ECTIdentity).where(ECTIdentity.ect_id == world.ects["amara"]).values(trn=None)
        )
        db.session.commit()
    course.begin("amara")

    assert [n.trn for n in course.rows(Notification)] == [None]
