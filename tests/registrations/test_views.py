"""Registering an ECT on screen, from the first step to the record (issue 3, item 1)."""

import html
from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import AuditNote
from app.ects.models import Assignment, ECTIdentity, PreviousName
from app.extensions import db
from app.induction.models import InductionPeriod
from app.messages.models import OutgoingMail
from app.registrations.models import Registration
from tests.browser import fields_of
from tests.builders import number_of, rows_of, without_tokens
from tests.registrations.conftest import (
    STEPS,
    TRN,
    authorise,
    begin,
    fill_in,
    give_back,
    registered,
    send,
)

AMARA, BORN = "0041001", ["17", "5", "2000"]


def text_of(answer) -> str:
    return html.unescape(answer.text)


class TestTheWholeWay:
    """P-1: each field that a school types is found on the record."""

    TYPED = (
        "Nadia O’Connell-Świątek|Nadi|0049001|17 May 2000|nadia@alder.example|nadia@home.example|01632 960001|"
        "07700 900123|12 Quince Walk, Mossby, HB4 7QP|Held|1 July 2026|University-led postgraduate|PGCE|"
        "Mathematics, 11 to 16|University of Penmarrow|2026|Provider-led|Quayside Teaching|Harrow Partners|"
        "7 September 2026|Larkshire Council|County Hall, Harrowbeck|hr@larkshire.example|Class teacher, year 4|"
        "Fixed term|1 September 2026|31 August 2027|0.6|Monday, Tuesday, Wednesday|Fernbank Junior|Mossby Hub|"
        "1 September 2025|31 December 2025|1"
    ).split("|")

    def test_every_field_that_is_typed_is_found_on_the_record(self, signed_in, record_of):
        head, officer = signed_in("head"), signed_in("officer")
        at = registered(head)
        answer = authorise(officer, at)
        assert answer.status_code == 303, text_of(answer)

        uid = record_of(TRN)
        page = text_of(head.get(f"/ects/{uid}"))
        assert [text for text in self.TYPED if text not in page] == []
        page = text_of(officer.get(f"/ects/{uid}"))
        assert "Nadia Świątek until 1 August 2025" in page

    def test_it_has_an_open_period_a_tutor_and_a_mentor(self, app, signed_in):
        at = registered(signed_in("head"))
        authorise(signed_in("officer"), at)

        (period,) = rows_of(app, InductionPeriod)
        assert (str(period.started_on), period.ended_on, str(period.fte)) == ("2026-09-01", None, "0.60")
        given = [row.assigned_as for row in rows_of(app, Assignment, Assignment.ect_id == period.ect_id)]
        assert sorted(given) == ["mentor", "tutor"]
        assert "O’Connell" in text_of(signed_in("mentor").get("/ects/"))

    def test_school_officers_and_ect_are_told(self, app, signed_in):
        at = registered(signed_in("head"))
        authorise(signed_in("officer"), at)

        told = [(row.purpose, row.to_address) for row in rows_of(app, OutgoingMail)]
        assert ("registration_received", "officer@made-up.example") in told
        assert ("registration_authorised", "head@made-up.example") in told
        assert ("registration_authorised", "lead@made-up.example") in told
        assert ("registration_authorised", "nadia@alder.example") in told
        assert not any("Nadia" in row.subject or TRN in row.subject for row in rows_of(app, OutgoingMail))

    def test_the_last_page_says_what_happens_and_when(self, signed_in):
        head = signed_in("head")
        at = registered(head)
        page = text_of(head.get(at))
        assert "We will confirm this registration. There is nothing more for you to do." in page
        assert "within 5 working days" in page
        assert "Awaiting AB" in page

    def test_ab_staff_register_for_a_school(self, signed_in, world, record_of):
        officer = signed_in("officer")
        at = begin(officer, school=str(world.urn("birch")), school_words="")
        fill_in(officer, at, "training", "post", "people", "earlier")
        officer.send(
            f"{at}/confirmations", **STEPS["confirmations"], confirmed_by="Head of Birch, by telephone"
        )
        assert send(officer, at).status_code == 303
        assert authorise(officer, at).status_code == 303
        assert record_of(TRN)

    def test_a_trust_chooses_among_its_own_schools(self, signed_in, world):
        trust = signed_in("trust")
        page = text_of(trust.get("/registrations/new"))
        assert "Alder" in page
        assert "Cedar" in page
        assert "Birch" not in page
        at = begin(trust, school_id=str(world.schools["cedar"]))
        assert "Cedar Road" in trust.get(at).text
        answer = trust.send(
            "/registrations/new", **STEPS["ect"], school_id=str(world.schools["birch"]), trn_=""
        )
        assert answer.status_code == 404


class TestTrn:
    """screens.md, refusals 2 and 3."""

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("", "Enter the TRN"),
            ("123456", "TRN must be 7 digits. You typed 6"),
            ("12345678", "TRN must be 7 digits. You typed 8"),
            ("12A4567", "TRN must be 7 digits. You typed 6"),
            ("ABCDEFG", "TRN must be 7 digits. You typed 0"),
            ("1234567X", "TRN must be 7 digits. You typed other signs as well"),
            ("١٢٣٤٥٦٧", "TRN must be 7 digits. You typed 0"),
        ],
    )
    def test_what_is_no_trn_is_refused_beside_the_field_and_kept(self, signed_in, typed, sentence):
        answer = signed_in("head").send("/registrations/new", **STEPS["ect"] | {"trn": typed})
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert fields_of(answer.text, having="trn")["trn"] == typed
        assert fields_of(answer.text, having="trn")["last_name"] == STEPS["ect"]["last_name"]

    @pytest.mark.parametrize("typed", ["0049001", " 00 49 001 ", "RP 00/49001", "rp0049001", "00/49001"])
    def test_spaces_rp_and_slash_are_dropped_and_zeros_stay(self, app, signed_in, typed):
        begin(signed_in("head"), trn=typed)
        assert [row.trn for row in rows_of(app, Registration)] == ["0049001"]

    def test_the_same_trn_twice_at_one_school_is_refused_with_the_name(self, signed_in):
        begin(signed_in("head"))
        answer = signed_in("lead").send("/registrations/new", **STEPS["ect"] | {"first_name": "Other"})
        assert answer.status_code == 422
        assert (
            "Nadia O’Connell-Świątek already has this TRN. Open the record, or correct the number"
            in text_of(answer)
        )

    def test_the_trn_of_an_ect_at_the_school_is_refused_with_the_name(self, signed_in):
        answer = signed_in("head").send("/registrations/new", **STEPS["ect"] | {"trn": AMARA})
        assert answer.status_code == 422
        assert "Amara Herenow already has this TRN" in text_of(answer)

    def test_a_withdrawn_registration_gives_its_trn_free(self, signed_in):
        head = signed_in("head")
        at = begin(head)
        assert head.post(f"{at}/withdraw").status_code == 303
        assert begin(head) != at


class TestBadInput:
    """Issue 3, "Bad input": a clear sentence beside the field, nothing lost, nothing kept of it."""

    @pytest.mark.parametrize(
        ("step", "change", "sentence"),
        [
            ("ect", {"last_name": " "}, "Enter the ECT's last name"),
            ("ect", {"born_on": ["17", "5", ""]}, "Date of birth must include a year"),
            (
                "ect",
                {"born_on": ["31", "4", "2000"]},
                "Date of birth must be a real date. April has 30 days",
            ),
            ("ect", {"born_on": ["1", "1", "2009"]}, "Date of birth makes the teacher 17. Check the year"),
            ("ect", {"born_on": ["1", "1", "1900"]}, "it must give an age from 18 to 100"),
            (
                "ect",
                {"school_email": "nadia"},
                "Email address must have an @ and a domain, such as name@school.example",
            ),
            ("ect", {"telephone": "12"}, "Telephone number must have 10 or 11 digits, or start with +"),
            ("ect", {"postcode": "HB4"}, "Postcode must be complete"),
            ("ect", {"first_name": "N\0adia"}, "held signs that cannot be kept"),
            ("ect", {"first_name": "N" * 101}, "First name must be 100 characters or fewer. It has 101"),
            ("training", {"qts_status": "maybe"}, "Say whether QTS is held"),
            ("training", {"qts_awarded_on": ["", "", ""]}, "Enter the day on which QTS was awarded"),
            ("training", {"qualification_year": "two"}, "Year must have four digits"),
            ("post", {"fte": "0"}, "FTE must be more than 0 and not more than 1, for example 0.6"),
            ("post", {"fte": "1.2"}, "FTE must be more than 0 and not more than 1, for example 0.6"),
            ("post", {"fte": "NaN"}, "FTE must be more than 0 and not more than 1, for example 0.6"),
            ("post", {"fte": "0.8"}, "3 days a week is 0.6 FTE. Change one of them, or say why they differ"),
            ("post", {"pattern": []}, "Tick the half days worked each week"),
            (
                "post",
                {"ends_on": ["20", "11", "2026"]},
                "The contract ends on 20 November 2026, before one term is served, so it cannot count (guidance 2.33)",
            ),
            ("post", {"ends_on": ["1", "9", "2026"]}, "Contract must end after its start, 1 September 2026"),
            ("post", {"ends_on": ["", "", ""]}, "Enter the day on which the contract ends"),
            (
                "post",
                {"induction_starts_on": ["31", "8", "2026"]},
                "Induction cannot start before the contract, 1 September 2026",
            ),
            ("people", {"tutor_email": "tutor"}, "Email address must have an @ and a domain"),
            ("earlier", {"served_before": ""}, "Say whether the ECT has served induction before"),
            (
                "earlier",
                {"terms_1": "1.25"},
                "Number of terms must be from 0 to 16, with one decimal place at most",
            ),
            (
                "earlier",
                {"terms_1": "17"},
                "Number of terms must be from 0 to 16, with one decimal place at most",
            ),
            (
                "earlier",
                {"ended_on_1": ["1", "8", "2025"]},
                "Last day must be on or after the first, 1 September 2025",
            ),
            ("earlier", {"school_name_1": ""}, "Enter the earlier school"),
            ("confirmations", {"suitable_post": ""}, "Say whether the post is suitable"),
        ],
    )
    def test_it_is_refused_beside_the_field_with_all_that_was_typed(self, signed_in, step, change, sentence):
        head = signed_in("head")
        at = begin(head)
        before = head.fields(f"{at}/{step}")
        answer = head.send(f"{at}/{step}", **STEPS[step] | change)

        assert answer.status_code == 422
        page = text_of(answer)
        assert sentence in page
        assert f'id="{next(iter(change))}' in page
        after = head.fields(f"{at}/{step}")
        assert {**after, "submission": "", "csrf_token": ""} == {**before, "submission": "", "csrf_token": ""}

    def test_induction_before_qts_is_refused_in_either_order(self, signed_in):
        head = signed_in("head")
        at = begin(head)
        fill_in(head, at, "training", qts_awarded_on=["2", "9", "2026"])
        answer = head.send(f"{at}/post", **STEPS["post"])
        assert "Induction cannot start before QTS, awarded on 2 September 2026" in text_of(answer)
        fill_in(head, at, "training", "post")
        answer = head.send(f"{at}/training", **STEPS["training"] | {"qts_awarded_on": ["2", "9", "2026"]})
        assert "Induction cannot start before QTS, awarded on 2 September 2026" in text_of(answer)

    def test_days_may_differ_where_somebody_says_why(self, signed_in):
        head = signed_in("head")
        at = begin(head)
        fill_in(head, at, "post", fte="0.5", fte_reason="Leads a club on Wednesday afternoon")

    @pytest.mark.parametrize(
        "odd", ["\ud800", "<script>alert(1)</script>", "'; DROP TABLE ect; --", "= 1 + 1", "Ø"]
    )
    def test_odd_names_are_kept_as_they_are_or_refused_and_never_run(self, signed_in, odd):
        head = signed_in("head")
        try:
            answer = head.send("/registrations/new", **STEPS["ect"] | {"known_as": odd})
        except UnicodeEncodeError:  # no browser can send half a letter
            return
        assert answer.status_code == 303
        at = answer.location.rpartition("/")[0]
        assert "<script>alert" not in head.get(f"{at}/ect").text
        assert head.fields(f"{at}/ect")["known_as"] == odd

    @pytest.mark.parametrize("step", ["", "nothing", "check2", "ect/ect", "EC T"])
    def test_a_step_that_does_not_exist_is_not_found(self, signed_in, step):
        head = signed_in("head")
        at = begin(head)
        assert head.get(f"{at}/{step}").status_code in {404, 308}


class TestStepsAreKept:
    """screens.md 3.7 and S7: each step is kept; two people who answer one are both told."""

    def test_steps_may_be_filled_in_in_any_order_and_two_tabs_lose_nothing(self, signed_in):
        head = signed_in("head")
        at = begin(head)
        one, other = head.fields(f"{at}/people"), head.fields(f"{at}/post")
        assert head.post(f"{at}/post", other | STEPS["post"]).status_code == 303
        assert head.post(f"{at}/people", one | STEPS["people"]).status_code == 303
        assert head.fields(f"{at}/post")["employer_name"] == "Larkshire Council"
        assert head.fields(f"{at}/people")["tutor_name"] == "Tutor Madeup"

    def test_the_later_of_two_who_answer_one_step_sees_both_values(self, signed_in):
        head, lead = signed_in("head"), signed_in("lead")
        at = begin(head)
        theirs, mine = head.fields(f"{at}/people"), lead.fields(f"{at}/people")
        head.post(f"{at}/people", theirs | STEPS["people"])
        answer = lead.post(f"{at}/people", mine | STEPS["people"] | {"mentor_name": "Mentor Other"})

        page = text_of(answer)
        assert answer.status_code == 422
        assert "Somebody saved this after you opened it" in page
        assert "Mentor Madeup" in page
        assert "Mentor Other" in page
        again = fields_of(answer.text, having="mentor_name")
        assert lead.post(f"{at}/people", again).status_code == 303
        assert head.fields(f"{at}/people")["mentor_name"] == "Mentor Other"

    def test_equal_posts_of_the_first_step_make_one_registration(self, app, signed_in):
        head = signed_in("head")
        fields = head.fields("/registrations/new") | STEPS["ect"]
        assert head.post("/registrations/new", fields).status_code == 303
        assert head.post("/registrations/new", fields).status_code == 303
        assert number_of(app, Registration) == 1

    def test_a_form_without_its_version_saves_nothing(self, signed_in):
        head = signed_in("head")
        at = begin(head)
        fields = head.fields(f"{at}/people") | STEPS["people"]
        del fields["version"]
        assert head.post(f"{at}/people", fields).status_code == 422
        assert head.fields(f"{at}/people")["tutor_name"] == ""

    def test_the_employer_is_proposed(self, signed_in):
        head, at = signed_in("head"), begin(signed_in("head"))
        assert head.fields(f"{at}/post")["employer_name"] == "The Harrow Trust"

    def test_it_is_not_sent_before_every_part_is_filled_in(self, signed_in, state_of):
        head = signed_in("head")
        at = begin(head)
        fill_in(head, at, "training", "post")
        answer = send(head, at)
        assert answer.status_code == 422
        assert "“Tutor and mentor” is not filled in yet" in text_of(answer)
        assert state_of(at) == "draft"

    def test_what_was_changed_meanwhile_is_not_sent_unseen(self, signed_in, state_of):
        head, lead = signed_in("head"), signed_in("lead")
        at = begin(head)
        fill_in(head, at)
        fields = head.fields(f"{at}/check")
        fill_in(lead, at, "people", mentor_name="Mentor Other")
        assert head.post(f"{at}/check", fields).status_code == 422
        assert state_of(at) == "draft"


class TestWhoDoesWhat:
    """promises.md, "Whose records a person sees", and guidance 2.18: who may fill in, confirm, send, decide."""

    def test_the_office_fills_in_and_the_head_confirms(self, signed_in):
        office, head = signed_in("office"), signed_in("head")
        at = begin(office)
        fill_in(office, at, "training", "post", "people", "earlier")
        assert office.get(f"{at}/confirmations").status_code == 403
        assert office.post(f"{at}/confirmations", STEPS["confirmations"]).status_code == 403
        assert "For the headteacher or the induction lead" in text_of(office.get(at))
        fill_in(head, at, "confirmations")
        assert "Head Madeup, Headteacher" in text_of(head.get(f"{at}/check"))
        assert send(office, at).status_code == 303

    def test_a_tutor_begins_one_and_sees_none_of_others(self, signed_in):
        tutor, head = signed_in("tutor"), signed_in("head")
        foreign = begin(head)
        own = begin(tutor, trn="0049002")
        assert tutor.get(foreign).status_code == 404
        assert tutor.get(f"{foreign}/ect").status_code == 404
        assert tutor.get(own).status_code == 200
        assert tutor.get(f"{own}/check").status_code == 403
        assert "1 registration" in tutor.get("/registrations/").text

    @pytest.mark.parametrize(
        "who", ["mentor", "ect", "dpo", "finance", "auditor", "assessor", "contact", "operator"]
    )
    def test_others_have_no_such_page(self, signed_in, who):
        browser = signed_in(who)
        assert browser.get("/registrations/").status_code == 403
        assert browser.get("/registrations/new").status_code == 403

    def test_another_school_sees_nothing(self, signed_in):
        at = registered(signed_in("head"))
        other = signed_in("head_b")
        assert other.get(at).status_code == 404
        assert "O’Connell" not in text_of(other.get("/registrations/"))

    def test_the_appropriate_body_does_not_read_what_a_school_has_not_sent(self, signed_in):
        at = begin(signed_in("head"))
        officer = signed_in("officer")
        assert officer.get(at).status_code == 404
        assert "O’Connell" not in text_of(officer.get("/registrations/?sort=-moved_at"))

    def test_the_director_reads_and_decides_nothing(self, signed_in):
        at = registered(signed_in("head"))
        director = signed_in("director")
        assert director.get(at).status_code == 200
        assert director.get(f"{at}/decide").status_code == 403
        assert director.get("/registrations/new").status_code == 403

    def test_nobody_decides_for_the_own_school(self, signed_in, state_of):
        at = registered(signed_in("head"))
        both = signed_in("two_hats")
        uid = next(
            field
            for field in both.get("/me/").text.split('value="')
            if "AB officer" in field[:400] and "radio" not in field[:12]
        )[:12]
        assert both.post("/me/hat", {"hat": uid}).status_code == 303
        assert both.get(at).status_code == 404
        assert both.post(f"{at}/decide", {"decision": "authorise"}).status_code == 404
        answer = both.send("/registrations/new", **STEPS["ect"] | {"trn": "0049007", "school": "900101"})
        assert "You work at Alder St. Mary’s Primary School, so another officer must do this" in text_of(
            answer
        )
        assert state_of(at) == "awaiting_ab"


class TestDecisions:
    """Guidance 5.9: a named officer authorises or returns; a registration is decided once."""

    def test_a_returned_one_shows_the_reason_and_opens_at_the_question(self, signed_in, state_of):
        head, officer = signed_in("head"), signed_in("officer")
        at = registered(head)
        assert give_back(officer, at, "Which class?\nThe post is not clear").status_code == 303
        assert state_of(at) == "returned"

        page = text_of(head.get(at))
        assert "The post is not clear" in page
        assert f"{at}/post" in page
        assert "The post is not clear" in text_of(head.get(f"{at}/post"))
        fill_in(head, at, "post", post="Class teacher, year 5")
        assert send(head, at).status_code == 303
        assert state_of(at) == "awaiting_ab"

    def test_each_return_is_told_once_more(self, app, signed_in):
        head, officer = signed_in("head"), signed_in("officer")
        at = registered(head)
        for _round in range(2):
            give_back(officer, at)
            send(head, at)
        told = [row.purpose for row in rows_of(app, OutgoingMail) if row.to_address == "head@made-up.example"]
        assert told.count("registration_returned") == 2

    def test_a_return_needs_a_reason_and_a_part(self, signed_in, state_of):
        officer = signed_in("officer")
        at = registered(signed_in("head"))
        answer = officer.send(f"{at}/decide", decision="return", reason=" ", part="post")
        assert answer.status_code == 422
        assert "Give the reason. The school reads it, word for word" in text_of(answer)
        assert "Choose whether to authorise or return it" in text_of(officer.send(f"{at}/decide"))
        assert state_of(at) == "awaiting_ab"

    def test_a_check_that_is_not_met_is_set_aside_only_with_a_reason(self, app, signed_in, state_of):
        head, officer = signed_in("head"), signed_in("officer")
        at = registered(head, suitable_post="no")
        page = text_of(officer.get(at))
        assert "Not met" in page
        assert "Guidance 2.18." in page
        answer = authorise(officer, at)
        assert answer.status_code == 422
        assert "Not met: The post is suitable. Return it, or say why you authorise it" in text_of(answer)
        assert authorise(officer, at, reason="Visited on 2 November; small classes").status_code == 303
        assert state_of(at) == "authorised"

    @pytest.mark.parametrize("again", [authorise, give_back])
    def test_what_is_decided_is_not_decided_again(self, app, signed_in, again):
        officer, admin = signed_in("officer"), signed_in("admin")
        at = registered(signed_in("head"))
        late = admin.fields(f"{at}/decide")
        authorise(officer, at)
        answer = admin.post(f"{at}/decide", late | {"decision": "authorise"})
        assert answer.status_code == 422
        assert "This registration is “Authorised” now. Look at it again" in text_of(answer)
        assert admin.get(f"{at}/decide").status_code == 303
        assert number_of(app, ECTIdentity, ECTIdentity.trn == TRN) == 1

    def test_what_waits_is_not_changed_or_withdrawn(self, signed_in, state_of):
        head = signed_in("head")
        at = begin(head)
        late = head.fields(f"{at}/people") | STEPS["people"]
        fill_in(head, at)
        send(head, at)
        assert head.get(f"{at}/people").status_code == 303
        answer = head.post(f"{at}/people", late)
        assert "This registration is “Awaiting AB” now. Look at it again" in text_of(answer)
        head.post(f"{at}/withdraw")
        assert state_of(at) == "awaiting_ab"

    def test_a_draft_is_not_decided(self, signed_in):
        officer = signed_in("officer")
        at = begin(officer, school="900102", school_words="")
        assert officer.get(f"{at}/decide").status_code == 303
        fields = {"decision": "authorise", "submission": "s" * 43, "version": "1"}
        assert officer.post(f"{at}/decide", fields).status_code == 422

    def test_who_decided_stands_in_the_book(self, app, signed_in, world):
        at = registered(signed_in("head"))
        authorise(signed_in("officer"), at)
        (row,) = rows_of(app, Registration)
        assert row.decided_by_id == world.people["officer"]
        notes = {note.what: note.person_id for note in rows_of(app, AuditNote)}
        assert notes["registration authorised"] == world.people["officer"]
        assert notes["registration sent"] == world.people["head"]


class TestMove:
    """J6: the same TRN at a second school is a move; the new school learns nothing of the old one."""

    @pytest.fixture
    def at_birch(self, signed_in):
        return registered(signed_in("head_b"), trn=AMARA, born_on=BORN)

    def test_the_new_school_reads_the_same_for_a_known_and_an_unknown_trn(self, signed_in):
        head_b = signed_in("head_b")
        seen = []
        for trn in (AMARA, "0049999"):
            pages = []
            answer = head_b.send("/registrations/new", **STEPS["ect"] | {"trn": trn})
            at = answer.location.rpartition("/")[0]
            fill_in(head_b, at)
            sent = send(head_b, at)
            pages += [str(sent.status_code), sent.location, head_b.get(at).text, head_b.get(at).text]
            pages += [head_b.get("/registrations/").text, head_b.get("/ects/").text]
            uid = at.rpartition("/")[2]
            seen.append([without_tokens(page).replace(uid, "UID").replace(trn, "TRN") for page in pages[:4]])
            canaries = ("Alder", "Herenow", "Amara", "900101", "known")
            assert [c for page in pages for c in canaries if c in page.replace("Known as", "")] == []
        assert seen[0] == seen[1]

    def test_the_appropriate_body_reads_where_and_asks_with_one_click(self, app, signed_in, at_birch):
        officer = signed_in("officer")
        page = text_of(officer.get(at_birch))
        assert "Known to us at Alder St. Mary’s Primary School, end date not reported" in page
        assert officer.post(f"{at_birch}/ask").status_code == 303
        asked = [row for row in rows_of(app, OutgoingMail) if row.purpose == "end_date_asked"]
        assert sorted(row.to_address.partition("@")[0] for row in asked) == [
            "head",
            "lead",
            "office",
            "two_hats",
        ]
        assert "Asked for the end date" in text_of(officer.get(at_birch))
        officer.post(f"{at_birch}/ask")
        assert len([row for row in rows_of(app, OutgoingMail) if row.purpose == "end_date_asked"]) == 4

    def test_the_question_does_not_tell_where_the_ect_is_now(self, signed_in, at_birch, in_house):
        signed_in("officer").post(f"{at_birch}/ask")

        def bodies():
            return [
                mail.body for mail in db.session.scalars(select(OutgoingMail)) if "end_date" in mail.purpose
            ]

        for body in in_house(bodies):
            assert "Birch" not in body
            assert "Amara" not in body

    def test_a_move_is_refused_while_the_old_school_has_not_reported_the_end(
        self, signed_in, at_birch, state_of
    ):
        answer = authorise(signed_in("officer"), at_birch)
        assert answer.status_code == 422
        assert (
            "Alder St. Mary’s Primary School has not reported the last day there. Ask for it first"
            in text_of(answer)
        )
        assert state_of(at_birch) == "awaiting_ab"

    def test_when_it_has_the_record_goes_on_at_the_new_school(
        self, app, signed_in, at_birch, left, world, record_of
    ):
        left("amara", date(2026, 7, 21))
        answer = authorise(signed_in("officer"), at_birch)
        assert answer.status_code == 303, text_of(answer)
        assert record_of(AMARA) == world.uids["amara"]
        assert number_of(app, ECTIdentity, ECTIdentity.trn == AMARA) == 1

        new, old = signed_in("head_b"), signed_in("head")
        page = text_of(new.get(f"/ects/{world.uids['amara']}"))
        assert "Class teacher, year 4" in page
        assert "Alder" not in page
        page = text_of(old.get(f"/ects/{world.uids['amara']}"))
        assert "Left your school: read only" in page
        for later in ("Class teacher, year 4", "nadia@alder.example", "Quayside", "Birch", "In progress"):
            assert later not in page
        assert number_of(app, PreviousName) == 0

    def test_a_mistyped_trn_opens_nobodys_record(self, signed_in, state_of):
        at = registered(signed_in("head_b"), trn=AMARA, born_on=["18", "5", "2000"])
        officer = signed_in("officer")
        assert "differs" in text_of(officer.get(at))
        answer = authorise(officer, at)
        assert "The record with this TRN has another date of birth" in text_of(answer)
        assert state_of(at) == "awaiting_ab"

    def test_nothing_is_asked_where_nothing_is_missing(self, app, signed_in):
        at = registered(signed_in("head_b"))
        officer = signed_in("officer")
        assert "Not known to us" in text_of(officer.get(at))
        assert "end date" not in text_of(officer.get(at)).partition("<main")[0]
        officer.post(f"{at}/ask")
        assert not [row for row in rows_of(app, OutgoingMail) if row.purpose == "end_date_asked"]


class TestTheList:
    """J2: what waits longest comes first; names are found by what is posted."""

    def test_officers_see_what_waits_longest_first(self, signed_in):
        head, officer = signed_in("head"), signed_in("officer")
        registered(head, last_name="Second", trn="0049002")
        registered(head, last_name="Antecedent", trn="0049003")
        page = text_of(officer.get("/registrations/"))
        assert page.index("Second") < page.index("Antecedent")
        assert "2 registrations" in page
        give_back(officer, registered(head, last_name="Thirdly", trn="0049004"))
        assert "Thirdly" not in text_of(officer.get("/registrations/"))
        assert "Thirdly" in text_of(officer.get("/registrations/?status=returned"))

    @pytest.mark.parametrize(
        ("typed", "found"),
        [("o'connell", True), ("0049001", True), ("RP/0049001", True), ("-", False), ("zz", False)],
    )
    def test_a_name_or_trn_finds_it_and_stands_in_no_address(self, signed_in, typed, found):
        head = signed_in("head")
        begin(head)
        answer = head.post("/registrations/find", {"find": typed})
        assert typed.lower() not in answer.location.lower().replace("-", "") or typed == "-"
        assert ("O’Connell" in text_of(head.get(answer.location))) is found

    def test_an_empty_list_says_why(self, signed_in):
        assert "No registrations wait for you" in text_of(signed_in("officer").get("/registrations/"))
        assert "No registration here yet" in text_of(signed_in("head").get("/registrations/"))
