"""`flask retention report`: the same people as on screen, for people and for machines; nothing is deleted."""

import json

import pytest
from sqlalchemy import func, select

from app.access.scope import for_the_house
from app.audit.models import AuditNote
from app.ects.models import ECT
from app.ects.rules import ECTState
from app.extensions import db, today
from app.induction.rules import Result
from tests.retention.conftest import Made, years_ago
from tests.world import username


@pytest.fixture
def run(app, world):
    with app.app_context(), for_the_house():
        made = Made(world)
        made.ect("Zoë", ended_on=years_ago(today()), result=Result.PASS)
        for number in range(12):
            made.ect(f"Unknown{number}", state=ECTState.LEFT, trn=False)
        db.session.commit()

    def run(*words: str):
        return app.test_cli_runner().invoke(args=["retention", "report", *words])

    return run


def test_it_says_how_many_and_names_those_who_want_an_eye(run):
    answer = run()
    assert answer.exit_code == 0, answer.output
    assert "Nothing is deleted." in answer.stdout
    assert "Zoë, Made" in answer.stdout
    assert "… and 2 more" in answer.stdout


def test_a_machine_reads_json_and_nothing_else_on_standard_output(run):
    told = json.loads(run("--json").stdout)
    assert told["figures"] == {"overdue": 0, "due": 1, "soon": 0, "unknown": 12, "not_due": 0}
    assert len(told["people"]) == 13
    first, last = told["people"][0], told["people"][-1]
    assert (first["due_on"], first["rule"], first["status"]) == (today().isoformat(), "R1", "due")
    assert (last["due_on"], last["trn"], last["status"]) == (None, None, "unknown")


@pytest.mark.parametrize("who", ["admin", "dpo"])
def test_it_acts_as_somebody_and_the_books_show_it(app, world, run, who):
    assert run("--as", username(who)).exit_code == 0
    with app.app_context(), for_the_house():
        note = db.session.scalars(select(AuditNote).where(AuditNote.what == "retention report taken")).one()
        assert note.person_id == world.people[who]


def test_without_a_name_it_is_the_operator_at_the_console(app, run):
    run()
    with app.app_context(), for_the_house():
        note = db.session.scalars(select(AuditNote).where(AuditNote.what == "retention report taken")).one()
        assert (note.person_id, note.by) == (None, "operator at the console")


@pytest.mark.parametrize("who", ["officer", "head", "nobody"])
def test_who_may_not_read_it_is_told_so(run, who):
    answer = run("--as", username(who))
    assert answer.exit_code == 2
    assert "may read the retention report" in answer.output
    assert "Zoë" not in answer.output


def test_nobody_is_deleted(app, run):
    def count():
        with app.app_context(), for_the_house():
            return db.session.scalar(select(func.count(ECT.id)))

    before = count()
    run()
    run("--json")
    assert count() == before
