"""`flask schools import`: preview, question, progress, answer for machines, exit codes (design, section 4)."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from app.access.scope import for_the_house
from app.audit.models import AuditNote
from app.extensions import db
from app.schools import made_up
from app.schools.models import GiasImport, School
from tests.world import username


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "edubasealldata20261125.csv"
    path.write_bytes(made_up.content(30))
    return path


@pytest.fixture
def run(app):
    """Runs the command; answers exit code, standard output and standard error."""

    def run(*words: object, typed: str = ""):
        return app.test_cli_runner().invoke(args=["schools", "import", *map(str, words)], input=typed)

    return run


def held(app) -> int:
    with app.app_context(), for_the_house():
        return len(db.session.scalars(select(School.id)).all())


def test_with_yes_it_applies_and_says_how_many(app, run, file):
    answer = run(file, "--yes")
    assert answer.exit_code == 0, answer.output
    assert "30 rows read" in answer.stdout
    assert "29 changes applied." in answer.stdout
    assert held(app) == 32


def test_a_machine_reads_json_and_nothing_else_on_standard_output(run, file):
    told = json.loads(run(file, "--yes", "--json").stdout)
    assert (told["state"], told["new"], told["skipped"], told["rows_read"]) == ("applied", 29, 1, 30)
    again = json.loads(run(file, "--yes", "--json").stdout)
    assert (again["new"], again["unchanged"]) == (0, 29)


def test_it_asks_first_and_yes_applies(app, run, file):
    assert run(file, typed="y\n").exit_code == 0
    assert held(app) == 32


@pytest.mark.parametrize("typed", ["n\n", ""])
def test_no_and_nobody_there_change_nothing_and_exit_with_1(app, run, file, typed):
    answer = run(file, typed=typed)
    assert answer.exit_code == 1
    assert "Nothing was changed." in answer.stderr
    assert held(app) == 3


def test_a_wrong_file_exits_with_1_and_its_reason(app, run, tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(b"URN,Name\n1,2\n")
    answer = run(wrong, "--yes", "--json")
    assert answer.exit_code == 1
    assert "EstablishmentName" in json.loads(answer.stdout)["refused"]
    assert "EstablishmentName" in answer.stderr


@pytest.mark.parametrize("words", [["no-such-file.csv"], [], ["--asleep"]])
def test_wrong_usage_exits_with_2(run, words):
    assert run(*words).exit_code == 2


@pytest.mark.parametrize("who", ["head", "mentor", "nobody"])
def test_a_person_who_may_not_import_is_wrong_usage(app, run, file, who):
    answer = run(file, "--yes", "--as", username(who))
    assert answer.exit_code == 2
    assert "may import schools" in answer.stderr
    assert held(app) == 3


def test_the_books_show_who_sat_at_the_desk(app, run, file, world):
    run(file, "--yes")
    run(file, "--yes", "--as", username("officer"))
    with app.app_context(), for_the_house():
        imports = db.session.execute(
            select(GiasImport.actor, GiasImport.person_id).order_by(GiasImport.id)
        ).all()
        by = db.session.execute(
            select(AuditNote.by, AuditNote.person_id).where(AuditNote.what == "schools file read")
        )
        noted = set(by.all())
    assert imports == [("operator at the console", None), ("Officer Madeup", world.people["officer"])]
    assert noted == {("operator at the console", None), ("", world.people["officer"])}
