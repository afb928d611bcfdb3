"""The report on screen and as a file: for the administrator and the data protection officer, and for nobody else."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditNote
from app.ects.rules import ECTState
from app.extensions import db, today
from app.fabext.lists import COUNTS
from app.induction.rules import Result
from tests.retention.conftest import Made, years_ago

AT, FILE = "/retention/", "/retention/report.csv"
READERS = ["admin", "dpo"]
DAY = timedelta(days=1)


@pytest.fixture
def full(app, world, built_house):
    """Committed: one person of each status, and one whose name would run in a spreadsheet."""
    from app.access.scope import for_the_house

    with app.app_context(), for_the_house():
        made = Made(world)
        for name, due in (
            ("Overduecanary", today() - 40 * DAY),
            ("Duecanary", today()),
            ("=1+1", today() + 10 * DAY),
            ("Latercanary", today() + 900 * DAY),
        ):
            made.ect(name, ended_on=years_ago(due), result=Result.PASS)
        made.ect("Unknowncanary", state=ECTState.LEFT, trn=False)
        db.session.commit()


def more(app, world, number: int) -> None:
    from app.access.scope import for_the_house

    with app.app_context(), for_the_house():
        made = Made(world, number=70_000 + number)
        for at in range(number):
            made.ect(f"More{at}", ended_on=years_ago(today() - 35 * DAY), result=Result.PASS)
        db.session.commit()


def rows_of(page: str) -> list[str]:
    return re.findall(r'<tr><th scope="row">(?:<b>|<a href="[^"]+">)([^<]+)</[ab]><small>', page)


class TestReport:
    """P-7, P-11: the report names who falls due; the data protection officer reads it and opens no record."""

    @pytest.mark.parametrize("who", READERS)
    def test_each_figure_leads_to_the_people_whom_it_counts(self, full, signed_in, who):
        browser = signed_in(who)
        page = browser.get(AT).text
        figures = re.findall(r'href="(/retention/\?status=\w+)"[^>]*><strong>(\d+)</strong>', page)
        assert len(figures) == 5
        assert {number for _, number in figures} == {"1"}
        for address, number in figures:
            assert len(rows_of(browser.get(address).text)) == int(number)

    def test_the_gravest_stand_first(self, full, signed_in):
        page = signed_in("dpo").get(AT).text
        assert rows_of(page) == ["Overduecanary, Made"]
        assert "Overdue: 1 person" in page
        assert "govuk-tag--red" in page

    def test_it_says_that_it_deletes_nothing_and_how_a_date_is_worked_out(self, full, signed_in):
        page = signed_in("dpo").get(AT).text
        assert "This report lists; it deletes nothing." in page
        assert "29 February becomes 1 March" in page

    def test_the_data_protection_officer_gets_no_way_to_a_record(self, full, signed_in):
        assert "/ects/" not in signed_in("dpo").get(AT).text
        assert "/ects/" in signed_in("admin").get(AT).text

    def test_an_unknown_trigger_is_a_work_list(self, full, signed_in):
        page = signed_in("dpo").get(f"{AT}?status=unknown").text
        assert "Unknowncanary" in page
        assert "no TRN" in page
        assert "No date, no deletion" in page

    @pytest.mark.parametrize(
        "who", ["officer", "assessor", "director", "head", "tutor", "mentor", "ect", "operator"]
    )
    def test_nobody_else_reads_it(self, full, signed_in, who):
        browser = signed_in(who)
        for answer in (browser.get(AT), browser.post(FILE)):
            assert answer.status_code == 403
            assert "canary" not in answer.text

    @pytest.mark.parametrize(
        "odd", ["status=lost", "status=", "after=x", "rows=7", "sort=name", "after=a&before=b"]
    )
    def test_an_odd_question_is_refused(self, signed_in, odd):
        assert signed_in("dpo").get(f"{AT}?{odd}").status_code == 400

    def test_pages_lead_forth_and_back(self, app, world, full, signed_in):
        more(app, world, 60)
        COUNTS.clear()
        browser = signed_in("dpo")
        first = browser.get(AT).text
        second = browser.get(link_of(first, "next")).text
        assert "Showing 26 to 50 of 61" in second
        assert not set(rows_of(first)) & set(rows_of(second))
        assert rows_of(browser.get(link_of(second, "prev")).text) == rows_of(first)

    def test_an_own_school_is_left_out_for_the_ab(self, app, world, full, signed_in):
        """Promises: nobody works in an AB hat on the record of the own school."""
        from datetime import date

        from app.access import service as access
        from app.access.hats import HatKind
        from app.access.models import Person
        from app.access.scope import for_the_house

        with app.app_context(), for_the_house():
            admin = db.session.get_one(Person, world.people["admin"])
            access.give_hat(admin, HatKind.HEADTEACHER, date(2020, 1, 1), school_id=world.schools["alder"])
            db.session.commit()
        page = signed_in("admin").get(AT)
        assert (page.status_code, rows_of(page.text)) == (200, [])
        assert rows_of(signed_in("dpo").get(AT).text) == ["Overduecanary, Made"]

    @pytest.mark.parametrize("who", READERS)
    def test_it_costs_the_same_whatever_the_number(self, app, world, full, signed_in, statements, who):
        browser, counted = signed_in(who), []
        for number in (0, 120):
            if number:
                more(app, world, number)
                COUNTS.clear()
            browser.get(AT)
            with statements() as seen:
                browser.get(AT)
            counted.append(len(seen))
        assert counted[0] == counted[1] <= 6


class TestFile:
    """P-5: the file is for people, is noted before it leaves, and runs nothing in a spreadsheet (S15)."""

    @pytest.mark.parametrize("who", READERS)
    def test_it_holds_everybody_and_is_in_the_books(self, app, full, signed_in, who):
        from app.access.scope import for_the_house

        browser = signed_in(who)
        answer = browser.post(FILE)
        assert answer.status_code == 200
        assert answer.content_type == "text/csv; charset=utf-8"
        assert "canary" not in answer.headers["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert len(rows) == 5
        assert rows[0]["Name"] == "Overduecanary, Made"
        assert rows[-1]["Status"] == "Trigger unknown"
        assert rows[0]["TRN"].startswith("00")
        assert [row["Due"] for row in rows[:-1]] == sorted(row["Due"] for row in rows[:-1])
        assert "'=1+1, Made" in {row["Name"] for row in rows}
        with app.app_context(), for_the_house():
            note = db.session.scalars(
                select(AuditNote).where(AuditNote.what == "retention report taken")
            ).one()
            assert note.person_id is not None
            assert note.changes is not None
            assert "5" in note.changes

    def test_a_get_takes_nothing(self, full, signed_in):
        assert signed_in("dpo").get(FILE).status_code in (404, 405)

    def test_it_costs_the_same_whatever_the_number(self, app, world, full, signed_in, statements):
        browser, counted = signed_in("dpo"), []
        token = browser.token()
        for number in (0, 120):
            if number:
                more(app, world, number)
            with statements() as seen:
                browser.post(FILE, {"csrf_token": token})
            counted.append(len(seen))
        assert counted[0] == counted[1] <= 12


def link_of(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    assert found, rel
    return found[1].replace("&amp;", "&")
