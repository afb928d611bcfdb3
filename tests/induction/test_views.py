"""The screens of an ECT's induction: periods, leaving, the decision from form to notice."""

import re
from datetime import date
from decimal import Decimal

import pytest

from app.audit.models import AuditNote
from app.ects.models import ECT, Placement
from app.ects.rules import ECTState
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Cause, Result
from app.messages.models import OutgoingMail
from tests.access.conftest import signed_in_as  # noqa: F401 - a fixture for these tests as well
from tests.builders import everything, without_tokens
from tests.induction.conftest import REASONS
from tests.world import World

# What would tell a school or an ECT of a decision before its notice.
TELLS = re.compile(
    r"\b(pass|passed|fail|failed|outcome recorded|17 July 2026|20 July 2026|Canary|6\.0)\b", re.IGNORECASE
)
DAY = {"decided_on": ["20", "7", "2026"], "ended_on": ["17", "7", "2026"], "terms": "6", "reasons": REASONS}


def at(world: World, key: str = "amara", rest: str = "/induction") -> str:
    return f"/ects/{world.uids[key]}{rest}"


def told(page: str) -> str:
    """What a page says in its middle, without the frame and the menu."""
    return without_tokens(page.partition("<main")[2].partition("</main>")[0])


class TestThePage:
    """Screens 1.3, `/ects/<id>/induction`: periods with from, to, FTE, programme, terms and outcome."""

    @pytest.mark.parametrize(
        "who", ["admin", "officer", "assessor", "head", "lead", "tutor", "office", "trust", "ect"]
    )
    def test_everybody_in_scope_reads_the_periods(self, who, course, world, signed_in):
        course.begin("amara", fte=Decimal("0.6"))
        page = told(signed_in(who).get(at(world)).text)

        for words in ("Alder St. Mary’s Primary School", "1 September 2024", "now", "0.6", "Provider-led"):
            assert words in page

    def test_the_record_page_shows_them_too(self, course, world, signed_in):
        course.begin("amara")
        page = signed_in("head").get(at(world, rest="")).text

        assert "Induction periods" in page
        assert f'href="{at(world)}"' in page

    def test_a_mentor_reads_none(self, course, world, signed_in):
        course.begin("amara")
        mentor = signed_in("mentor")

        assert mentor.get(at(world)).status_code == 403
        assert "Induction periods" not in mentor.get(at(world, rest="")).text

    def test_a_school_reads_no_period_of_another_school(self, course, world, signed_in):
        course.begin("ben", "alder")
        course.leave("ben", date(2025, 12, 19), "4", who="admin")
        course.begin("ben", "birch", date(2026, 1, 6))

        assert "Alder" not in told(signed_in("head_b").get(at(world, "ben")).text)
        assert "Birch" not in told(signed_in("head").get(at(world, "ben")).text)

    def test_it_costs_few_statements(self, course, world, signed_in, statements):
        course.begin("amara")
        head = signed_in("head")
        head.get(at(world))
        with statements() as seen:
            head.get(at(world))
        assert len(seen) <= 6


class TestOpening:
    """Issue 3, item 2: a further period, by the AB."""

    def form(self, world, **changes):
        told = {"school_words": "", "school": str(world.urn("birch")), "started_on": ["6", "1", "2026"]}
        return told | {"programme": "school-led", "fte": "0.8"} | changes

    def test_an_officer_opens_one_and_the_ect_is_placed_there(self, course, world, signed_in):
        answer = signed_in("officer").send(at(world, "eve", "/induction/new"), **self.form(world))

        assert answer.status_code == 303, answer.text
        (period,) = course.rows(InductionPeriod)
        assert (period.school_id, period.fte) == (world.schools["birch"], Decimal("0.8"))
        assert len(course.rows(Placement, Placement.ect_id == world.ects["eve"])) == 2

    def test_an_overlap_is_said_beside_the_field_and_nothing_typed_is_lost(self, course, world, signed_in):
        course.begin("eve", "cedar")
        answer = signed_in("officer").send(at(world, "eve", "/induction/new"), **self.form(world))

        assert answer.status_code == 422
        sentence = "These dates overlap the period at Cedar Road High School, 1 September 2024 to now"
        assert answer.text.count(sentence) == 2  # in the summary, and beside the field
        assert 'value="0.8"' in answer.text
        assert 'value="2026"' in answer.text

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"fte": "1.2"}, "FTE must be more than 0 and not more than 1, for example 0.6"),
            ({"started_on": ["31", "2", "2026"]}, "February has 28 days"),
            ({"started_on": ["31", "8", "2021"]}, "Start date must be 1 September 2021 or later"),
            ({"programme": ""}, "Choose the training programme"),
            ({"school": "1"}, "Choose"),
        ],
    )
    def test_bad_input_gets_its_sentence(self, changes, sentence, course, world, signed_in):
        answer = signed_in("officer").send(at(world, "eve", "/induction/new"), **self.form(world, **changes))

        assert answer.status_code == 422
        assert sentence in answer.text
        assert course.rows(InductionPeriod) == []


class TestLeaving:
    """Screens 1.3, `/ects/<id>/leave`: last day and terms, by the current school or the AB."""

    LEFT = {"ended_on": ["17", "7", "2026"], "terms": "5.5"}

    def test_the_head_reports_it_and_reads_on(self, course, world, signed_in):
        course.begin("amara")
        head = signed_in("head")
        answer = head.send(at(world, rest="/leave"), **self.LEFT)

        assert answer.status_code == 303, answer.text
        page = told(head.get(answer.location).text)
        assert "17 July 2026" in page
        assert "5.5" in page

    def test_it_stays_within_its_statements(self, app, course, world, signed_in, statements):
        course.begin("amara")
        course.begin("dan")
        head = signed_in("head")
        head.send(at(world, "dan", "/leave"), **self.LEFT)
        head.fields(at(world, rest="/leave"))
        with statements() as seen:
            fields = head.fields(at(world, rest="/leave"))
        assert len(seen) <= 6
        with statements() as seen:
            assert head.post(at(world, rest="/leave"), fields | {"terms": "99"}).status_code == 422
        assert len(seen) <= 12
        with statements() as seen:
            assert head.post(at(world, rest="/leave"), fields | self.LEFT).status_code == 303
        assert len(seen) <= 12, "\n".join(seen)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"ended_on": ["1", "9", "2024"]}, "End date must be after the start, 1 September 2024"),
            ({"ended_on": ["1", "1", "2030"]}, "End date is after today"),
            ({"ended_on": ["", "", ""]}, "Enter the last day"),
            ({"terms": "17"}, "Number of terms must be from 0 to 16, with one decimal place at most"),
            ({"terms": "1.25"}, "Number of terms must be from 0 to 16, with one decimal place at most"),
            ({"terms": "six"}, "Number of terms must be from 0 to 16, with one decimal place at most"),
            ({"terms": ""}, "Enter the number of terms that were served"),
        ],
    )
    def test_bad_input_gets_its_sentence(self, changes, sentence, course, world, signed_in):
        course.begin("amara")
        answer = signed_in("head").send(at(world, rest="/leave"), **(self.LEFT | changes))

        assert answer.status_code == 422
        assert sentence in answer.text
        assert course.rows(InductionPeriod)[0].ended_on is None

    def test_what_somebody_saved_meanwhile_is_not_written_over(self, course, world, signed_in):
        course.begin("amara")
        head = signed_in("head")
        fields = head.fields(at(world, rest="/leave")) | self.LEFT
        signed_in("lead").send(at(world, rest="/leave"), **(self.LEFT | {"terms": "3"}))
        answer = head.post(at(world, rest="/leave"), fields)

        assert answer.status_code == 303  # there is no open period any more, and the page says so
        assert "There is no open period" in head.get(answer.location).text
        assert course.rows(InductionPeriod)[0].terms == Decimal(3)

    def test_without_an_open_period_the_page_says_so(self, world, signed_in):
        head = signed_in("head")
        answer = head.get(at(world, rest="/leave"))

        assert answer.status_code == 303
        assert "There is no open period" in head.get(answer.location).text


class TestCorrecting:
    """P-8, rectification with history: the AB puts a period right, with a reason."""

    def where(self, course, world):
        return at(world, rest=f"/induction/{course.rows(InductionPeriod)[0].uid}")

    def test_it_is_saved_and_the_reason_is_in_the_trail(self, course, world, signed_in):
        course.begin("amara")
        answer = signed_in("officer").send(self.where(course, world), fte="0.6", reason="Contract corrected")

        assert answer.status_code == 303, answer.text
        assert course.rows(InductionPeriod)[0].fte == Decimal("0.6")
        assert "induction period corrected" in [note.what for note in course.rows(AuditNote)]

    def test_without_a_reason_nothing_is_saved(self, course, world, signed_in):
        course.begin("amara")
        answer = signed_in("officer").send(self.where(course, world), fte="0.6", reason="")

        assert answer.status_code == 422
        assert "Say why the period is corrected" in answer.text

    def test_the_later_of_two_sees_both_values(self, course, world, signed_in):
        course.begin("amara")
        officer = signed_in("officer")
        fields = officer.fields(self.where(course, world))
        signed_in("admin").send(self.where(course, world), fte="0.6", reason="Contract")
        answer = officer.post(self.where(course, world), fields | {"fte": "0.8", "reason": "Contract"})

        assert answer.status_code == 422
        assert "Two people changed this" in answer.text
        assert course.rows(InductionPeriod)[0].fte == Decimal("0.6")

    def test_a_period_of_another_ect_is_not_found_under_this_one(self, course, world, signed_in):
        course.begin("amara")
        uid = course.rows(InductionPeriod)[0].uid

        assert signed_in("officer").get(at(world, "eve", f"/induction/{uid}")).status_code == 404


class TestDeciding:
    """Screens 3.5: pass and fail on pages of their own, what follows, then a named person."""

    def decide(self, browser, world, result="pass", **changes):
        where = at(world, rest=f"/outcome/{result}")
        checked = browser.send(where, **(DAY | changes))
        if checked.status_code != 200:
            return checked
        from tests.browser import fields_of

        return browser.post(where, fields_of(checked.text, having="confirm") | {"said": "y"})

    def test_nothing_is_recorded_before_the_check_page_is_answered_by_name(
        self, app, course, world, signed_in
    ):
        course.begin("amara")
        assessor = signed_in("assessor")
        fields = assessor.fields(at(world, rest="/outcome/pass")) | DAY
        before = everything(app)
        page = assessor.post(at(world, rest="/outcome/pass"), fields)

        assert page.status_code == 200
        for words in (
            "Nothing is recorded yet.",
            "What follows",
            "I, Assessor Madeup, have looked at this",
            REASONS,
        ):
            assert words in page.text
        assert everything(app) == before

    def test_decided_by_name_it_is_recorded_once(self, course, world, signed_in):
        course.begin("amara")
        answer = self.decide(signed_in("assessor"), world)

        assert answer.status_code == 303, answer.text
        (outcome,) = course.rows(Outcome)
        assert (outcome.result, outcome.decided_by) == (Result.PASS, "Assessor Madeup")

    def test_without_the_tick_nothing_is_recorded(self, course, world, signed_in):
        from tests.browser import fields_of

        course.begin("amara")
        assessor = signed_in("assessor")
        checked = assessor.send(at(world, rest="/outcome/pass"), **DAY)
        answer = assessor.post(at(world, rest="/outcome/pass"), fields_of(checked.text, having="confirm"))

        assert answer.status_code == 422
        assert "Say that you decide this" in answer.text
        assert course.rows(Outcome) == []

    def test_change_goes_back_with_all_that_was_typed(self, course, world, signed_in):
        from tests.browser import fields_of

        course.begin("amara")
        assessor = signed_in("assessor")
        checked = assessor.send(at(world, rest="/outcome/fail"), **DAY)
        again = assessor.post(
            at(world, rest="/outcome/fail"), fields_of(checked.text, having="confirm") | {"change": "1"}
        )

        assert again.status_code == 200
        assert REASONS in again.text
        assert fields_of(again.text, having="terms")["ended_on"] == ["17", "7", "2026"]

    def test_equal_posts_record_once(self, course, world, signed_in):
        from tests.browser import fields_of

        course.begin("amara")
        assessor = signed_in("assessor")
        where = at(world, rest="/outcome/pass")
        fields = fields_of(assessor.send(where, **DAY).text, having="confirm") | {"said": "y"}
        answers = [assessor.post(where, fields).status_code for _ in range(2)]

        assert answers == [303, 303]
        assert len(course.rows(Outcome)) == 1

    def test_a_second_outcome_is_refused_with_refusal_16(self, course, world, signed_in):
        course.begin("amara")
        course.decide("amara")
        admin = signed_in("admin")
        sentence = (
            "Amara Herenow passed on 20 July 2026. Only an appeal decision or a correction can replace it"
        )

        assert sentence in admin.get(at(world, rest="/outcome")).text
        answer = admin.send(at(world, rest="/outcome/fail"), **DAY)
        assert answer.status_code == 422
        assert sentence in answer.text

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"reasons": ""}, "Give the reasons. They go into the letter, word for word"),
            ({"reasons": "x" * 4001}, "Reasons must be 4,000 characters or fewer. It has 4,001"),
            ({"ended_on": ["1", "9", "2024"]}, "End date must be after the start, 1 September 2024"),
            (
                {"decided_on": ["1", "7", "2026"]},
                "Date of the decision must be on or after the end date, 17 July 2026",
            ),
            ({"terms": "16.5"}, "Number of terms must be from 0 to 16, with one decimal place at most"),
        ],
    )
    def test_bad_input_gets_its_sentence_and_loses_nothing(self, changes, sentence, course, world, signed_in):
        course.begin("amara")
        answer = signed_in("assessor").send(at(world, rest="/outcome/pass"), **(DAY | changes))

        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'value="2026"' in answer.text

    def test_an_appeal_replaces_it_and_the_record_shows_both(self, course, world, signed_in):
        from tests.browser import fields_of

        course.begin("amara")
        uid = course.decide("amara", Result.FAIL)
        admin, where = signed_in("admin"), at(world, rest=f"/outcome/{uid}/replace")
        told_ = {"cause": "appeal", "result": "pass", "decided_on": ["1", "9", "2026"], "reasons": "Allowed."}
        checked = admin.send(where, **told_)
        assert checked.status_code == 200, checked.text
        answer = admin.post(where, fields_of(checked.text, having="confirm") | {"said": "y"})

        assert answer.status_code == 303, answer.text
        page = told(admin.get(answer.location).text)
        assert "Appeal decision" in page
        assert "Replaced outcomes" in page
        assert [outcome.cause for outcome in course.rows(Outcome)] == [Cause.DECISION, Cause.APPEAL]

    def test_the_check_and_the_act_stay_within_their_statements(self, course, world, signed_in, statements):
        from tests.browser import fields_of

        course.begin("amara")
        assessor, where = signed_in("assessor"), at(world, rest="/outcome/pass")
        assessor.get(where)
        with statements() as seen:
            fields = assessor.fields(where)
        assert len(seen) <= 6
        with statements() as seen:
            checked = assessor.post(where, fields | DAY)
        assert len(seen) <= 12, "\n".join(seen)
        with statements() as seen:
            assessor.post(where, fields_of(checked.text, having="confirm") | {"said": "y"})
        assert len(seen) <= 12, "\n".join(seen)


class TestBeforeTheNotice:
    """Promises: nothing on any screen of a school or an ECT shows a decision before its notice is released."""

    WHO = ("head", "lead", "tutor", "office", "trust", "ect")
    ADDRESSES = ("", "/induction")

    def pages(self, browser, world):
        listed = told(browser.get("/ects/").text)
        return "".join(told(browser.get(at(world, rest=rest)).text) for rest in self.ADDRESSES) + listed

    @pytest.mark.parametrize("who", WHO)
    @pytest.mark.parametrize("result", list(Result))
    def test_no_page_changes_with_the_decision(self, who, result, course, world, signed_in):
        course.begin("amara")
        browser = signed_in(who)
        before = self.pages(browser, world)
        course.decide("amara", result)

        assert self.pages(browser, world) == before
        assert not TELLS.search(
            re.sub(r"<select.*?</select>|<fieldset.*?</fieldset>", "", before, flags=re.DOTALL)
        )

    @pytest.mark.parametrize("who", WHO)
    def test_with_the_notice_it_is_read_with_its_reasons(self, who, course, world, signed_in):
        course.begin("amara")
        course.decide("amara")
        course.release("amara")
        page = told(signed_in(who).get(at(world)).text)

        for words in ("Pass", "20 July 2026", REASONS, "17 July 2026", "6.0"):
            assert words in page

    @pytest.mark.parametrize("who", WHO)
    def test_an_appeal_is_not_read_before_its_own_notice(self, who, course, world, signed_in):
        course.begin("amara")
        course.decide("amara", Result.FAIL)
        course.release("amara")
        browser = signed_in(who)
        before = self.pages(browser, world)
        course.replace("amara", cause=Cause.APPEAL, result=Result.PASS)

        assert self.pages(browser, world) == before

    @pytest.mark.parametrize("who", ["head", "ect", "tutor"])
    def test_nobody_of_them_opens_a_page_of_the_decision(self, who, course, world, signed_in):
        course.begin("amara")
        uid = course.decide("amara")
        browser = signed_in(who)
        for rest in ("/outcome", "/outcome/pass", f"/outcome/{uid}/release", f"/outcome/{uid}/replace"):
            assert browser.get(at(world, rest=rest)).status_code == 403

    def test_a_school_that_the_ect_left_learns_nothing_of_what_was_decided_later(
        self, course, world, signed_in
    ):
        course.begin("ben", "alder")
        course.leave("ben", date(2025, 12, 19), "4", who="admin")
        course.begin("ben", "birch", date(2026, 1, 6))
        head = signed_in("head")
        before = told(head.get(at(world, "ben")).text)
        course.decide("ben", who="admin")
        course.release("ben", who="admin")

        assert told(head.get(at(world, "ben")).text) == before


class TestReleasing:
    """Guidance 2.69: a page that says what follows, then one button; head and ECT are told by mail."""

    def test_the_page_says_what_follows_and_changes_nothing(self, app, course, world, signed_in):
        course.begin("amara")
        uid = course.decide("amara")
        assessor = signed_in("assessor")
        assessor.get(at(world))
        before = everything(app)
        page = assessor.get(at(world, rest=f"/outcome/{uid}/release"))

        assert "Release 1 notice" in page.text
        assert "This cannot be undone." in page.text
        assert everything(app) == before

    def test_posted_it_is_out_and_the_mails_wait(self, course, world, signed_in):
        course.begin("amara")
        uid = course.decide("amara")
        officer = signed_in("officer")
        where = at(world, rest=f"/outcome/{uid}/release")
        fields = officer.fields(where)
        answers = [officer.post(where, fields).status_code for _ in range(2)]

        assert answers == [303, 303]
        assert course.rows(Outcome)[0].released_at is not None
        assert course.rows(ECT, ECT.id == world.ects["amara"])[0].state is ECTState.PASSED
        assert {mail.to_address for mail in course.rows(OutgoingMail)} >= {
            "head@made-up.example",
            "ect@made-up.example",
        }


class TestScopeOfDecisions:
    """P-11: an assessor decides about the own caseload; nobody about the own school."""

    @pytest.mark.parametrize("key", ["ben", "dan"])
    def test_outside_the_caseload_there_is_nothing(self, key, course, world, signed_in):
        """Ben is at birch; Dan is at alder, but the assessor has declared an interest."""
        course.begin(key, {"ben": "birch", "dan": "alder"}[key])
        uid = course.decide(key, who="admin")
        assessor = signed_in("assessor")
        for rest in (
            "/induction",
            "/outcome",
            "/outcome/pass",
            f"/outcome/{uid}/release",
            f"/outcome/{uid}/replace",
        ):
            assert assessor.get(at(world, key, rest)).status_code == 404
            token = {"csrf_token": assessor.token()}
            if rest not in ("/induction", "/outcome"):
                assert assessor.post(at(world, key, rest), token).status_code == 404

    def test_as_ab_officer_the_own_school_has_no_records(self, course, world, signed_in_as):  # noqa: F811
        course.begin("amara")
        uid = course.decide("amara")
        officer = signed_in_as("two_hats", 0)
        for rest in ("/induction", "/leave", "/induction/new", f"/outcome/{uid}/release"):
            assert officer.get(at(world, rest=rest)).status_code == 404
