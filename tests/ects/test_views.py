"""The ECTs' list and record, and the forms on their facts (issue 3, item 1)."""

import html
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert

from app.access.models import Person
from app.access.scope import for_the_house
from app.audit.models import AuditNote
from app.ects.models import (
    ECT,
    QTS,
    ECTContact,
    ECTIdentity,
    Employment,
    Placement,
    PreviousName,
    Qualification,
)
from app.ects.rules import ContractKind, ECTState, Programme
from app.extensions import db
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Result
from app.schools.rules import folded
from app.vault.sealed import new_uid
from tests.browser import fields_of
from tests.builders import looking_round_the_house, number_of, rows_of

CONTACT = {
    "school_email": "amara@alder.example",
    "personal_email": "amara@home.example",
    "telephone": "01632960001",
    "mobile": "07700900123",
    "address": "12 Quince Walk\r\nMossby",
    "postcode": "hb47qp",
}
POST = {
    "employer_name": "The Harrow Trust",
    "employer_address": "",
    "employer_email": "",
    "post": "Class teacher, year 4",
    "contract": "permanent",
    "starts_on": ["1", "9", "2024"],
    "ends_on": ["", "", ""],
    "fte": "0.8",
    "pattern": ["0", "1", "2", "3", "4", "5", "6", "7"],
    "fte_reason": "",
}
QTS_HELD = {"qts_status": "held", "qts_awarded_on": ["1", "7", "2024"], "qts_route": "School Direct"}
TRAINING = {
    "programme": "school-led",
    "lead_provider": "",
    "delivery_partner": "Harrow Partners",
    "training_began_on": ["9", "9", "2024"],
    "training_completed_on": ["17", "7", "2026"],
}


def text_of(answer) -> str:
    return html.unescape(answer.text)


@pytest.fixture
def amara(world):
    return f"/ects/{world.uids['amara']}"


class TestFacts:
    """P-1: what is held stands in named fields, is changed by form, and each change leaves a note."""

    @pytest.mark.parametrize("who", ["head", "lead", "office", "trust", "officer", "admin"])
    @pytest.mark.parametrize(
        ("name", "said", "shown"),
        [
            (
                "contact",
                CONTACT,
                "amara@home.example|01632 960001|07700 900123|12 Quince Walk, Mossby, HB4 7QP",
            ),
            ("employment", POST, "The Harrow Trust|Class teacher, year 4|Permanent|0.8"),
            ("qts", QTS_HELD, "Held|1 July 2024|School Direct"),
            ("training", TRAINING, "School-led|Harrow Partners|9 September 2024|17 July 2026"),
            ("qualifications", {"name_1": "PGCE", "subject_1": "Art", "year_1": "2024"}, "PGCE|Art|2024"),
            ("earlier", {"school_name_1": "Fernbank", "terms_1": "1.5"}, "Fernbank|1.5"),
            ("names", {"known_as": "Mara"}, "Mara"),
        ],
    )
    def test_who_may_changes_a_group_and_reads_it_on_the_record(
        self, app, signed_in, amara, who, name, said, shown
    ):
        browser = signed_in(who)
        answer = browser.send(f"{amara}/{name}", **said)
        assert answer.status_code == 303, text_of(answer)
        page = text_of(browser.get(amara))
        assert [text for text in shown.split("|") if text not in page] == []
        assert [note.what for note in rows_of(app, AuditNote, AuditNote.ect_id.is_not(None))][-1].endswith(
            "changed"
        )

    @pytest.mark.parametrize("who", ["tutor", "mentor", "ect", "assessor", "director", "auditor"])
    def test_others_have_no_such_form(self, signed_in, amara, who):
        assert {
            signed_in(who).get(f"{amara}/{name}").status_code for name in ("contact", "names", "qts")
        } == {403}

    @pytest.mark.parametrize("name", ["identity", "previous-names"])
    def test_identity_and_previous_names_are_the_appropriate_bodys(self, signed_in, amara, name):
        assert signed_in("head").get(f"{amara}/{name}").status_code == 403
        assert signed_in("officer").get(f"{amara}/{name}").status_code == 200

    def test_a_school_that_the_ect_has_left_changes_nothing(self, signed_in, world):
        head, at = signed_in("head"), f"/ects/{world.uids['ben']}"
        assert head.get(at).status_code == 200
        for name in ("contact", "names", "employment", "qts", "qualifications"):
            assert head.get(f"{at}/{name}").status_code == 404
            assert head.post(f"{at}/{name}", CONTACT | {"submission": "s" * 43}).status_code == 404
        assert signed_in("head_b").send(f"{at}/contact", **CONTACT).status_code == 303
        page = text_of(head.get(at))
        assert "amara@home.example" not in page
        assert "Contact" not in page

    def test_what_was_sealed_does_not_stand_in_the_table(self, app, signed_in, amara):
        signed_in("head").send(f"{amara}/contact", **CONTACT)
        (row,) = rows_of(app, ECTContact)
        assert b"amara" not in row.personal_email_sealed
        assert not any(b"amara@" in (note.changes_sealed or b"") for note in rows_of(app, AuditNote))

    def test_the_later_of_two_editors_sees_both_values_and_chooses(self, app, signed_in, amara):
        head, officer = signed_in("head"), signed_in("officer")
        theirs, mine = head.fields(f"{amara}/contact"), officer.fields(f"{amara}/contact")
        head.post(f"{amara}/contact", theirs | CONTACT)
        answer = officer.post(f"{amara}/contact", mine | CONTACT | {"mobile": "07700900999"})

        assert answer.status_code == 422
        page = text_of(answer)
        assert "Somebody saved this after you opened it" in page
        assert "07700 900123" in page
        assert "07700 900999" in page
        assert page.count('<tr><th scope="row"') == 1
        again = fields_of(answer.text, having="mobile")
        assert officer.post(f"{amara}/contact", again).status_code == 303
        assert head.fields(f"{amara}/contact")["mobile"] == "07700 900999"

    def test_two_who_change_two_groups_lose_nothing(self, signed_in, amara):
        head, officer = signed_in("head"), signed_in("officer")
        one, other = head.fields(f"{amara}/contact"), officer.fields(f"{amara}/qts")
        assert head.post(f"{amara}/contact", one | CONTACT).status_code == 303
        assert officer.post(f"{amara}/qts", other | QTS_HELD).status_code == 303

    def test_equal_posts_have_one_effect(self, app, signed_in, amara):
        head = signed_in("head")
        fields = head.fields(f"{amara}/qualifications") | {"name_1": "PGCE"}
        assert head.post(f"{amara}/qualifications", fields).status_code == 303
        assert head.post(f"{amara}/qualifications", fields).status_code == 303
        assert number_of(app, Qualification) == 1

    def test_rows_are_added_changed_and_taken_away(self, app, signed_in, amara):
        head = signed_in("head")
        head.send(f"{amara}/qualifications", name_1="BA", name_2="PGCE")
        head.send(f"{amara}/qualifications", name_1="BA History", name_2="", name_3="SKE")
        assert [row.name for row in rows_of(app, Qualification)] == ["BA History", "SKE"]
        head.send(f"{amara}/qualifications", name_1="", name_2="")
        assert number_of(app, Qualification) == 0

    @pytest.mark.parametrize(
        ("name", "said", "sentence"),
        [
            ("qualifications", {"subject_1": "Art"}, "Enter the qualification, or empty the row"),
            ("earlier", {"terms_1": "1"}, "Enter the school, or empty the row"),
            ("contact", {"postcode": "HB"}, "Postcode must be complete"),
            ("contact", {"mobile": "0770"}, "Telephone number must have 10 or 11 digits, or start with +"),
            ("contact", {"address": "a\0b"}, "held signs that cannot be kept"),
            ("names", {"last_name": ""}, "Enter the ECT's last name"),
            ("names", {"last_name": "x" * 101}, "Last name must be 100 characters or fewer. It has 101"),
            ("qts", {"qts_status": "held", "qts_awarded_on": ["", "", ""]}, "Enter the day on which QTS was"),
            ("employment", POST | {"fte": "0.5"}, "4 days a week is 0.8 FTE. Change one of them"),
            (
                "training",
                TRAINING | {"training_completed_on": ["1", "9", "2024"]},
                "Training must end on or after its start",
            ),
        ],
    )
    def test_bad_input_is_refused_beside_the_field(self, signed_in, amara, name, said, sentence):
        answer = signed_in("head").send(f"{amara}/{name}", **said)
        assert answer.status_code == 422
        assert sentence in text_of(answer)

    def test_qts_after_a_period_began_is_refused(self, signed_in, amara, world, in_house):
        in_house(lambda: db.session.add(period_of(world)))
        answer = signed_in("head").send(f"{amara}/qts", **QTS_HELD | {"qts_awarded_on": ["2", "9", "2024"]})
        assert answer.status_code == 422
        assert "Induction cannot start before QTS, awarded on 2 September 2024" in text_of(answer)


def period_of(world, **changes):
    values = {
        "ect_id": world.ects["amara"],
        "school_id": world.schools["alder"],
        "started_on": date(2024, 9, 1),
        "programme": Programme.SCHOOL_LED,
        "fte": Decimal(1),
    }
    return InductionPeriod(**values | changes)


class TestNames:
    """Issue 3: names are three things; previous ones are for AB officers and the ECT, out of lists and type-ahead."""

    @pytest.fixture
    def renamed(self, signed_in, amara):
        answer = signed_in("head").send(f"{amara}/names", last_name="Newname", until=["1", "9", "2026"])
        assert answer.status_code == 303

    def test_a_change_of_name_keeps_the_old_one_with_its_day(self, app, renamed):
        (row,) = rows_of(app, PreviousName)
        assert (row.first_name, row.last_name, str(row.until)) == ("Amara", "Herenow", "2026-09-01")

    @pytest.mark.parametrize("who", ["officer", "admin", "ect"])
    def test_officers_and_the_ect_read_it_on_the_record(self, signed_in, amara, renamed, who):
        assert "Amara Herenow until 1 September 2026" in text_of(signed_in(who).get(amara))

    @pytest.mark.parametrize(
        "who", ["head", "lead", "office", "trust", "tutor", "mentor", "director", "assessor"]
    )
    def test_nobody_else_does_and_no_list_shows_it(self, signed_in, amara, renamed, who):
        browser = signed_in(who)
        assert "Newname" in text_of(browser.get(amara))
        assert "Herenow" not in text_of(browser.get(amara))
        assert "Herenow" not in text_of(browser.get("/ects/"))

    @pytest.mark.parametrize(
        ("who", "found"), [("officer", True), ("admin", True), ("head", False), ("director", False)]
    )
    def test_officers_find_by_it_and_nobody_else(self, signed_in, renamed, who, found):
        browser = signed_in(who)
        page = text_of(browser.get(browser.post("/ects/find", {"find": "herenow"}).location))
        assert ("Newname, Amara" in page) is found

    def test_the_list_is_in_the_order_of_the_new_name(self, app, renamed, world):
        assert [r.sort_name for r in rows_of(app, ECT, ECT.id == world.ects["amara"])] == ["newname amara"]

    def test_only_known_as_changes_no_previous_name(self, app, signed_in, amara):
        signed_in("head").send(f"{amara}/names", known_as="Mara")
        assert number_of(app, PreviousName) == 0


class TestIdentity:
    """TRN and date of birth: seven digits as text, an age from 18 to 100; never shown to a mentor."""

    def test_it_is_corrected_by_the_appropriate_body(self, app, signed_in, amara, world):
        answer = signed_in("officer").send(
            f"{amara}/identity", trn="RP 00/41777", born_on=["18", "5", "2000"]
        )
        assert answer.status_code == 303
        (row,) = rows_of(app, ECTIdentity, ECTIdentity.ect_id == world.ects["amara"])
        assert (row.trn, str(row.born_on)) == ("0041777", "2000-05-18")

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"trn": "0041002"}, "Ben Movedon already has this TRN. Open the record, or correct the number"),
            ({"trn": "41002"}, "TRN must be 7 digits. You typed 5"),
            ({"born_on": ["1", "1", "2015"]}, "Date of birth makes the teacher 11"),
        ],
    )
    def test_what_cannot_be_is_refused(self, signed_in, amara, said, sentence):
        answer = signed_in("officer").send(f"{amara}/identity", **said)
        assert answer.status_code == 422
        assert sentence in text_of(answer)

    def test_a_mentor_sees_neither_trn_nor_birth_nor_contact(self, signed_in, amara):
        signed_in("head").send(f"{amara}/contact", **CONTACT)
        signed_in("head").send(f"{amara}/employment", **POST)
        mentor = signed_in("mentor")
        for page in (text_of(mentor.get(amara)), text_of(mentor.get("/ects/"))):
            for canary in ("0041001", "2000", "amara@", "Harrow Trust", "TRN", "Contact"):
                assert canary not in page.partition("<main")[2].partition("</main")[0]
        found = mentor.get(mentor.post("/ects/find", {"find": "0041001"}).location)
        assert "Herenow" not in text_of(found)


class TestWhatMayBeKnownOfAState:
    """promises.md: nothing shows a decision before its notice; a school that was left reads nothing later."""

    @pytest.fixture
    def decided(self, world, in_house):
        def decide(*, released: bool) -> None:
            def do() -> None:
                ect = db.session.get_one(ECT, world.ects["amara"])
                ect.state = ECTState.PASSED
                period = period_of(world, ended_on=date(2026, 7, 20), terms=Decimal(6))
                db.session.add(period)
                db.session.flush()
                outcome = Outcome(
                    ect_id=ect.id,
                    period_id=period.id,
                    school_id=period.school_id,
                    decided_by="Assessor Madeup",
                    result=Result.PASS,
                    decided_on=date(2026, 7, 20),
                    decided_by_id=world.people["assessor"],
                    person_id=ect.person_id,
                )
                outcome.released_at = datetime(2026, 7, 21, tzinfo=UTC) if released else None
                db.session.add(outcome)

            in_house(do)

        return decide

    @pytest.mark.parametrize("who", ["head", "office", "tutor", "ect"])
    def test_a_decision_is_not_seen_before_its_notice(self, signed_in, amara, decided, who):
        decided(released=False)
        browser = signed_in(who)
        for page in (amara, "/ects/", "/ects/?status=in_progress"):
            shown = text_of(browser.get(page)).partition("<main")[2]
            assert "In progress" in text_of(browser.get(page))
            assert ">Passed</strong>" not in text_of(browser.get(page)), shown
        assert "Herenow" not in text_of(browser.get("/ects/?status=passed"))

    @pytest.mark.parametrize("who", ["head", "ect", "officer"])
    def test_it_is_seen_afterwards(self, signed_in, amara, decided, who):
        decided(released=True)
        browser = signed_in(who)
        assert ">Passed</strong>" in text_of(browser.get(amara))
        assert "Herenow" in text_of(browser.get("/ects/?status=passed"))
        assert "Herenow" not in text_of(browser.get("/ects/?status=in_progress"))

    def test_a_school_that_was_left_reads_left_whatever_came_later(self, signed_in, world, in_house):
        def go_on() -> None:
            db.session.get_one(ECT, world.ects["ben"]).state = ECTState.IN_PROGRESS

        in_house(go_on)
        head = signed_in("head")
        assert "Movedon" in text_of(head.get("/ects/?status=left"))
        assert "Movedon" not in text_of(head.get("/ects/?status=in_progress"))
        assert "Movedon" in text_of(signed_in("head_b").get("/ects/?status=in_progress"))


class TestTheList:
    """screens.md 3.2: name over TRN, school over FTE, state; at most six statements, however many there are."""

    def test_a_row_has_name_trn_school_fte_and_state(self, signed_in, world, in_house):
        def employ() -> None:
            db.session.add(
                Employment(
                    ect_id=world.ects["amara"],
                    school_id=world.schools["alder"],
                    employer_name="The Harrow Trust",
                    contract=ContractKind.PERMANENT,
                    starts_on=date(2024, 9, 1),
                    fte=Decimal("0.6"),
                )
            )

        in_house(employ)
        page = text_of(signed_in("head").get("/ects/"))
        for text in (
            "Herenow, Amara",
            "TRN 0041001",
            "Alder St. Mary",
            "0.6 FTE",
            "Authorised",
            "left 19 December 2025",
        ):
            assert text in page

    def test_list_and_search_cost_the_same_at_100_and_at_10000(self, app, signed_in, statements, world):
        browsers = {who: signed_in(who) for who in ("head", "officer", "mentor")}
        counted = {}
        for number, first in ((95, 0), (9_900, 100)):
            add_many(app, world, number, first)
            for who, browser in browsers.items():
                found = browser.post("/ects/find", {"find": "last000"}).location
                for address in ("/ects/", "/ects/?status=authorised", found):
                    browser.get(address)
                    with statements() as seen:
                        assert browser.get(address).status_code == 200, (who, address)
                    counted.setdefault((who, address.partition("found")[0]), []).append(len(seen))
        assert {who: len(set(numbers)) for who, numbers in counted.items()} == dict.fromkeys(counted, 1)
        assert max(max(numbers) for numbers in counted.values()) <= 6

    def test_a_page_of_25_stays_under_25_kib(self, app, signed_in, world):
        add_many(app, world, 40, 0)
        assert len(signed_in("head").get("/ects/").data) <= 25 * 1024


def add_many(app, world, number, first):
    """So many ECTs at alder, by bulk; `first` keeps their TRNs apart."""
    with app.app_context(), for_the_house():
        names = [(f"First{n}", f"Last{n:05}") for n in range(first, first + number)]
        uids = [new_uid() for _ in range(2 * number)]
        people = db.session.scalars(
            insert(Person).returning(Person.id),
            [{"sort_name": folded(f"{last} {given}"), "uid": uids.pop()} for given, last in names],
        ).all()
        ects = db.session.scalars(
            insert(ECT).returning(ECT.id),
            [
                {
                    "person_id": person_id,
                    "first_name": given,
                    "last_name": last,
                    "sort_name": folded(f"{last} {given}"),
                    "uid": uids.pop(),
                }
                for person_id, (given, last) in zip(people, names, strict=True)
            ],
        ).all()
        db.session.execute(
            insert(ECTIdentity),
            [{"ect_id": ect, "trn": f"{7_000_000 + first + n:07}"} for n, ect in enumerate(ects)],
        )
        db.session.execute(
            insert(Placement),
            [
                {"ect_id": ect, "school_id": world.schools["alder"], "started_on": date(2025, 9, 1)}
                for ect in ects
            ],
        )
        db.session.commit()
    with looking_round_the_house(app) as connection:  # as a database does by itself, a little later
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


class TestBudgets:
    """design.md rule 5: edit form at most 6 statements, a save 12, a refused save 12, for a school user."""

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("contact", CONTACT),
            ("employment", POST),
            ("qts", QTS_HELD),
            ("training", TRAINING),
            ("names", {"last_name": "Newname"}),
            ("qualifications", {"name_1": "PGCE"}),
        ],
    )
    def test_forms_and_saves_stay_within(self, signed_in, statements, amara, name, said):
        head = signed_in("head")
        head.get(f"{amara}/{name}")
        with statements() as seen:
            head.get(f"{amara}/{name}")
        assert len(seen) <= 6, seen
        fields = head.fields(f"{amara}/{name}")
        token = head.token()
        with statements() as seen:
            assert head.post(f"{amara}/{name}", fields | said | {"csrf_token": token}).status_code == 303
        assert len(seen) <= 12, "\n".join(s[:110] for s in seen)
        with statements() as seen:
            stale = head.post(
                f"{amara}/{name}", fields | said | {"submission": "r" * 43, "csrf_token": token}
            )
            assert stale.status_code == 422
        assert len(seen) <= 12, "\n".join(s[:110] for s in seen)


def test_qts_has_one_row_an_ect(app, signed_in, amara):
    head = signed_in("head")
    head.send(f"{amara}/qts", **QTS_HELD)
    head.send(f"{amara}/qts", **QTS_HELD | {"qts_route": "Assessment only"})
    assert [row.route for row in rows_of(app, QTS)] == ["Assessment only"]
