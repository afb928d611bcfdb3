"""The table "Whose records a person sees" (P-11): each hat with own, former, foreign, absent and other records."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.access.hats import HatKind
from app.access.models import Hat, Person
from app.access.scope import for_the_house
from app.ects.models import ECT, Assignment, ECTIdentity, Placement
from app.ects.rules import AssignedAs
from app.errors import NotYours
from app.extensions import db, today
from tests.access.changes import give, names
from tests.builders import without_tokens
from tests.world import ECTS

ABSENT = "absent"
# here: amara · former: ben (left alder for birch) · foreign: cora · here, with no tutor: dan · trust's other school: eve
RECORDS = (*ECTS, ABSENT)


@dataclass(frozen=True)
class Cell:
    """What one hat sees of the five ECTs, and what of it may be written."""

    who: str
    hat: int
    seen: frozenset[str]
    written: frozenset[str]


def row(who: str, seen: str = "", written: str | None = None, *, hat: int = 0) -> Cell:
    """One row of the table; what is seen may be written, unless the row says less."""
    said = seen if written is None else written
    return Cell(who, hat, frozenset(seen.split()), frozenset(said.split()))


ALL = frozenset(ECTS)
TABLE = (
    row("admin", " ".join(ALL)),
    row("officer", " ".join(ALL)),
    row("assessor", "amara eve"),  # alder and local authority 991, less dan, where an interest is declared
    row("director", " ".join(ALL), ""),
    row("contact"),
    row("dpo"),
    row("finance"),
    row("auditor", "cora", ""),  # the one drawn
    row("head", "amara ben dan", "amara dan"),
    row("lead", "amara ben dan", "amara dan"),
    row("office", "amara ben dan", "amara dan"),
    row("trust", "amara ben dan eve", "amara dan eve"),
    row("tutor", "amara"),
    row("mentor", "amara"),
    row("head_b", "ben cora"),
    row("ect", "amara"),
    row("operator"),
    row("two_hats", "cora eve"),  # as AB officer: nothing of alder, the own school
    row("two_hats", "amara ben dan", "amara dan", hat=1),  # as its headteacher
)
WITHOUT_THE_SCREEN = frozenset({"contact", "dpo", "finance", "operator"})
each_hat = pytest.mark.parametrize("cell", TABLE, ids=lambda cell: f"{cell.who}-{cell.hat}")

# Cells of the table that need what later issues bring.
WAITING = {
    "headteacher, lead: released reviews, assessments and open support plan of earlier placements": "issue 6",
    "headteacher, lead: never earlier observations, evidence and drafts": "issue 6",
    "headteacher, lead: never earlier correspondence": "issue 7",
    "headteacher, lead: terms and absences by part of earlier placements": "issue 5",
    "induction tutor: the same of earlier placements, of those assigned": "issue 6",
    "mentor: own observations, no assessments": "issue 6",
    "school and trust administrator: what is due and done": "issue 5",
    "school and trust administrator: no form content": "issue 6",
    "school and trust administrator: no kind of absence": "issue 5",
    "school and trust administrator: employment": "issue 3",
    "former school: forms made there, nothing later": "issue 6",
    "ECT: released forms, own notices": "issue 6",
    "ECT: who may read and who has read": "issue 9",
    "school, ECT: no decision before its notice is released": "issue 6",
    "director: reads forms, decides nothing": "issue 6",
    "DPO: a single record through an open case": "a later issue (rights desk)",
    "DPO: ledger": "issue 8",
    "named contact: concerns addressed to them": "a later issue (concerns)",
    "finance: charge lines with names": "a later issue (charges)",
    "auditor: each reading is logged": "issue 9",
}


class TestTheTableInTheSession:
    """promises.md, "Whose records a person sees": the session shows these records and no others."""

    @each_hat
    def test_a_hat_sees_its_records_and_what_hangs_on_them_and_no_others(
        self, cell, acting, world, record_property
    ):
        with acting(cell.who, cell.hat) as session:
            for key in RECORDS:
                ect_id = world.ects.get(key, 999_999)
                found = session.scalar(select(ECT.first_name).where(ECT.id == ect_id))
                assert (found is not None) == (key in cell.seen), key
                assert (session.get(ECT, ect_id) is not None) == (key in cell.seen), key
                if key not in cell.seen:
                    for table in (ECTIdentity, Placement, Assignment):
                        assert session.scalars(select(table.id).where(table.ect_id == ect_id)).all() == []
        record_property("visibility cells", len(RECORDS))

    @each_hat
    def test_a_hat_writes_to_its_records_and_to_no_others(self, cell, acting, world, record_property):
        for key in RECORDS:
            with acting(cell.who, cell.hat) as session:
                ect = session.get(ECT, world.ects.get(key, 999_999))
                if ect is not None:
                    ect.first_name = "Changed"
                else:
                    session.add(Assignment(ect_id=world.ects.get(key, 999_999), **elsewhere(world)))
                if key in cell.written:
                    session.flush()
                else:  # of an absent ECT even those who may write all are told by the foreign key
                    with pytest.raises(IntegrityError if key == ABSENT and cell.written == ALL else NotYours):
                        session.flush()
                session.rollback()
        record_property("visibility cells", len(RECORDS))

    def test_cells_that_wait_name_the_issue_that_brings_them(self, record_property):
        assert all("issue" in issue for issue in WAITING.values())
        record_property("visibility cells that wait", len(WAITING))


class TestTheTableOnScreen:
    """The same at /ects/: the owner reads the name; not yours and not there read the same."""

    @each_hat
    def test_the_list_and_the_record_show_what_the_hat_sees(self, cell, signed_in_as, world, record_property):
        browser = signed_in_as(cell.who, cell.hat)
        if cell.who in WITHOUT_THE_SCREEN:
            assert browser.get("/ects/").status_code == 403
            for uid in world.uids.values():
                page = browser.get(f"/ects/{uid}")
                assert page.status_code == 403
                assert not any(last in page.text for _first, last, _trn in ECTS.values())
            record_property("visibility cells", len(ECTS))
            return
        rows = browser.get("/ects/").text
        not_there = browser.get("/ects/abcdefghjkmn")
        assert not_there.status_code == 404
        for key, uid in world.uids.items():
            page = browser.get(f"/ects/{uid}")
            first, last, _trn = ECTS[key]
            assert (f"{last}, {first}" in rows) == (key in cell.seen), key
            if key in cell.seen:
                assert page.status_code == 200
                assert world.name(key) in page.text
            else:
                assert page.status_code == not_there.status_code
                assert bare(page, uid) == bare(not_there, "abcdefghjkmn")
        record_property("visibility cells", len(RECORDS))

    @pytest.mark.parametrize(("who", "shown"), [("head", True), ("tutor", True), ("mentor", False)])
    def test_a_mentor_reads_name_and_school_but_neither_trn_nor_date_of_birth(
        self, who, shown, signed_in, world
    ):
        browser = signed_in(who)
        page = browser.get(f"/ects/{world.uids['amara']}").text

        assert "Alder St. Mary’s Primary School" in page
        assert ("0041001" in page) == shown
        assert ("17 May 2000" in page) == shown
        assert ("0041001" in browser.get("/ects/").text) == shown

    def test_a_mentor_cannot_find_an_ect_by_trn(self, acting, world):
        with acting("mentor") as session:
            ids = select(ECTIdentity.ect_id).where(ECTIdentity.trn == "0041001")

            assert session.scalars(select(ECT.id).where(ECT.id.in_(ids))).all() == []
            assert session.scalars(select(ECTIdentity)).all() == []

    def test_a_school_that_the_ect_has_left_says_so_and_shows_nothing_later(self, signed_in, world):
        page = signed_in("head").get(f"/ects/{world.uids['ben']}").text

        assert "Left your school: read only" in page
        assert "Alder St. Mary’s Primary School" in page
        assert "Birch Lane Academy" not in page


class TestTwoHats:
    """Nobody works in an AB hat on the own record or on that of the own school; the switch is visible."""

    def test_a_switch_changes_whose_records_are_seen_and_the_masthead_says_so(self, signed_in_as, world):
        as_officer = signed_in_as("two_hats", 0)
        page = as_officer.get("/ects/").text
        assert "AB officer" in page
        assert "Farway" in page
        assert "Herenow" not in page

        as_head = signed_in_as("two_hats", 1)
        page = as_head.get("/ects/").text
        assert "Headteacher" in page
        assert "Herenow" in page
        assert "Farway" not in page

    def test_an_officer_who_was_an_ect_here_never_works_on_the_own_record(self, app, acting, world):
        give(
            app, world, "officer", HatKind.ECT, ect_id=world.ects["cora"], ends_on=today() - timedelta(days=1)
        )

        with acting("officer") as session:
            assert session.get(ECT, world.ects["cora"]) is None
            assert session.get(ECT, world.ects["eve"]) is not None
            session.add(Assignment(ect_id=world.ects["cora"], **elsewhere(world)))
            with pytest.raises(NotYours):
                session.flush()

    def test_the_own_record_stays_hidden_on_screen_after_the_ects_hat_has_ended(
        self, app, signed_in_as, world
    ):
        ended = today() - timedelta(days=1)
        give(app, world, "officer", HatKind.ECT, ect_id=world.ects["cora"], ends_on=ended)

        browser = signed_in_as("officer", 0)

        assert browser.get(f"/ects/{world.uids['cora']}").status_code == 404
        assert browser.get(f"/ects/{world.uids['eve']}").status_code == 200

    def test_an_officer_who_serves_a_trust_sees_none_of_its_schools(self, app, acting, world):
        give(app, world, "officer", HatKind.TRUST_ADMINISTRATOR, trust_code="4001")

        with acting("officer") as session:
            assert names(session) == {"Cora"}

    def test_a_hat_at_a_school_that_has_ended_is_no_conflict_any_more(self, app, acting, world):
        with app.app_context(), for_the_house():
            hat = db.session.get_one(Hat, world.hats["two_hats"][1])
            hat.ends_on = today() - timedelta(days=1)
            db.session.commit()

        with acting("two_hats", 0) as session:
            assert names(session) == {"Amara", "Ben", "Cora", "Dan", "Eve"}


class TestOtherRows:
    """What belongs to a school, to a person, or to the service itself."""

    def test_people_see_themselves_alone_unless_they_look_after_people(self, acting, world):
        for who, all_of_them in (("head", False), ("officer", False), ("ect", False), ("operator", True)):
            with acting(who) as session:
                found = set(session.scalars(select(Person.id)))
                assert (found == {world.people[who]}) != all_of_them, who

    def test_a_hat_kept_by_somebody_else_is_not_seen(self, acting, world):
        with acting("head") as session:
            assert set(session.scalars(select(Hat.id))) == set(world.hats["head"])
            assert session.get(Hat, world.hats["admin"][0]) is None


def elsewhere(world):
    """The rest of an assignment: somebody at birch."""
    return {
        "school_id": world.schools["birch"],
        "person_id": world.people["head_b"],
        "as_": AssignedAs.TUTOR,
        "started_on": date(2026, 9, 1),
    }


def bare(page, uid):
    """A page without its tokens and without the address that was asked for."""
    return without_tokens(page.text, uid)
