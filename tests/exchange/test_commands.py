"""`flask tra export`: the file from the desk, whole or not at all (design, section 4)."""

import csv
import hashlib
import json

import pytest

from app.exchange.models import TraFile, TraFileRow
from app.exchange.rules import HEADER
from tests.world import username


@pytest.fixture
def export(app):
    """Runs the command; answers exit code, standard output and standard error."""

    def run(*words):
        return app.test_cli_runner().invoke(args=["tra", "export", *map(str, words)])

    return run


AS_OFFICER = ("--as", username("officer"))


class TestTheCommand:
    """Issue 3, item 3: `flask tra export --out FILE [--since DATE] [--json]`."""

    def test_the_file_is_there_and_the_ledger_names_it(self, ready, export, tmp_path):
        out = tmp_path / "tra.csv"
        answer = export("--out", out, *AS_OFFICER)

        assert answer.exit_code == 0, answer.output
        (file,) = ready.rows(TraFile)
        assert hashlib.sha256(out.read_bytes()).hexdigest() == file.sha256
        assert file.actor == "Officer Madeup"
        with out.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        assert rows[0] == list(HEADER)
        assert len(rows) == 6
        assert file.sha256 in answer.stdout
        assert [path.name for path in tmp_path.iterdir()] == ["tra.csv"]

    def test_a_machine_reads_json(self, ready, export, tmp_path):
        told = json.loads(export("--out", tmp_path / "tra.xlsx", "--json", *AS_OFFICER).stdout)

        assert (told["rows"], told["released"], told["by"], told["withheld"]) == (
            5,
            True,
            "Officer Madeup",
            {},
        )

    def test_a_second_time_there_is_nothing_to_send_and_no_file(self, ready, export, tmp_path):
        export("--out", tmp_path / "one.csv", *AS_OFFICER)
        answer = export("--out", tmp_path / "two.csv", *AS_OFFICER)

        assert answer.exit_code == 1
        assert "There is nothing to send" in answer.stderr
        assert [path.name for path in tmp_path.iterdir()] == ["one.csv"]
        assert export("--out", tmp_path / "two.csv", "--again", *AS_OFFICER).exit_code == 0

    def test_who_may_not_go_is_named_with_the_reason(self, app, course, world, export, tmp_path):
        from sqlalchemy import update

        from app.access.scope import for_the_house
        from app.ects.models import ECTIdentity
        from app.extensions import db

        with app.app_context(), for_the_house():
            db.session.execute(
                update(ECTIdentity).where(ECTIdentity.ect_id == world.ects["amara"]).values(trn=None)
            )
            db.session.commit()
        course.begin("amara")
        course.begin("eve", "cedar")
        answer = export("--out", tmp_path / "tra.csv", *AS_OFFICER)

        assert answer.exit_code == 0
        assert "withheld: Amara Herenow: No TRN yet" in answer.stderr

    def test_nobody_in_particular_makes_a_copy_and_nothing_counts_as_sent(self, ready, export, tmp_path):
        """Design 4: without --as the operator at the console acts, which the books show; a release takes a name."""
        answer = export("--out", tmp_path / "copy.csv")

        assert answer.exit_code == 0
        assert "nothing counts as sent" in answer.stdout
        (file,) = ready.rows(TraFile)
        assert (file.actor, file.released_by_id) == ("operator at the console", None)
        assert not any(row.first for row in ready.rows(TraFileRow))
        assert export("--out", tmp_path / "tra.csv", *AS_OFFICER).exit_code == 0
        assert (tmp_path / "copy.csv").read_bytes() == (tmp_path / "tra.csv").read_bytes()

    @pytest.mark.parametrize("who", ["head", "assessor", "dpo", "nobody"])
    def test_who_may_not_release_is_refused_as_wrong_usage(self, who, ready, export, tmp_path):
        answer = export("--out", tmp_path / "tra.csv", "--as", username(who))

        assert answer.exit_code == 2
        assert ready.rows(TraFile) == []
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "words",
        [("--out", "tra.pdf"), ("--out", "nowhere/tra.csv"), ("--out", "tra.csv", "--since", "1.9.2026"), ()],
    )
    def test_wrong_usage_exits_with_2(self, words, export):
        assert export(*words).exit_code == 2

    def test_a_folder_that_takes_no_file_name_leaves_the_ledger_and_the_file_of_before(
        self, ready, export, tmp_path
    ):
        """The last step fails: what was released can still be downloaded by its number."""
        (tmp_path / "tra.csv").mkdir()

        assert export("--out", tmp_path / "tra.csv", *AS_OFFICER).exit_code == 2
        assert ready.rows(TraFile) == []
