"""Files for the TRA: preview, release, ledger, and the same bytes again."""

import csv
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from app.access.scope import for_the_house
from app.audit.models import AuditNote
from app.ects.models import ECT, ECTIdentity
from app.errors import NotYourRole
from app.exchange import queries, refusals, service
from app.exchange.models import Notification, TraFile, TraFileRow
from app.exchange.queries import Asked
from app.exchange.rules import HEADER, FileKind, Why
from app.extensions import db, today
from tests.builders import at_once


def release(course, who="officer", *, kind=FileKind.CSV, asked=None, out=None):
    """A release as somebody; returns the text of the file (CSV) or its path."""

    def work():
        with service.temporary(service.scratch()) as path:
            made = service.release(kind, path, asked or Asked())
            content = path.read_bytes()
            if out is not None:
                out.write_bytes(content)
            return made.uid, content

    return course.acting(who, work)


def rows_in(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8"))))


class TestP3TheFile:
    """P-3; issue 3, item 3: one row for each start, leaving and outcome, with the eight fields as they were."""

    def test_header_rows_and_order(self, ready):
        _uid, content = release(ready)

        assert rows_in(content) == [
            list(HEADER),
            ["0041001", "Herenow", "Amara", "2000-05-17", "2024-09-01", "", "", ""],
            ["0041001", "Herenow", "Amara", "2000-05-17", "2024-09-01", "2026-07-17", "pass", "6.0"],
            ["0041003", "Farway", "Cora", "2000-05-17", "2024-09-01", "", "", ""],
            ["0041003", "Farway", "Cora", "2000-05-17", "2024-09-01", "2026-07-17", "", "2.5"],
            ["0041005", "Elsewhere", "Eve", "2000-05-17", "2024-09-01", "", "", ""],
        ]
        assert content.startswith(b"Teacher Reference Number,")  # no mark in front
        assert b"\r" not in content

    def test_a_sheet_holds_the_same_as_texts(self, ready, tmp_path):
        out = tmp_path / "tra.xlsx"
        release(ready, kind=FileKind.XLSX, out=out)

        rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
        assert rows[0] == list(HEADER)
        assert rows[1][0] == "0041001"
        assert rows[2] == [
            "0041001",
            "Herenow",
            "Amara",
            "2000-05-17",
            "2024-09-01",
            "2026-07-17",
            "pass",
            "6.0",
        ]
        assert all(len(row) == 8 for row in rows)

    def test_the_ledger_keeps_hash_who_when_and_whom(self, ready, world):
        release(ready)

        (file,) = ready.rows(TraFile)
        assert (file.row_count, file.actor, file.released_by_id) == (
            5,
            "Officer Madeup",
            world.people["officer"],
        )
        assert len(file.sha256) == 64
        assert {row.ect_id for row in ready.rows(TraFileRow)} == {
            world.ects[key] for key in ("amara", "cora", "eve")
        }
        assert "TRA file released" in [note.what for note in ready.rows(AuditNote)]


class TestOnce:
    """Issue 3, item 3: the same notification is not sent twice unless asked."""

    def test_a_second_file_holds_only_what_came_since(self, ready):
        release(ready)
        with pytest.raises(refusals.NothingToSend, match="There is nothing to send"):
            release(ready)
        ready.leave("eve", who="admin")
        _uid, content = release(ready)

        assert [row[5] for row in rows_in(content)[1:]] == ["2026-07-17"]
        assert len(ready.rows(TraFile)) == 2

    def test_asked_for_again_it_goes_again(self, ready):
        _uid, first = release(ready)
        _uid, again = release(ready, asked=Asked(again=True))

        assert first == again
        assert [row.first for row in ready.rows(TraFileRow)] == [True] * 5 + [False] * 5

    @pytest.mark.own_database
    def test_of_two_who_release_at_once_one_does(self, ready):
        def try_it(number):
            try:
                release(ready, ("admin", "officer")[number])
            except (refusals.NothingToSend, refusals.ReleasedMeanwhile):
                return "refused"
            return "released"

        assert sorted(at_once(2, try_it)) == ["refused", "released"]
        assert len(ready.rows(TraFile)) == 1
        assert len(ready.rows(TraFileRow)) == 5

    def test_a_correction_takes_the_place_of_what_it_corrects(self, app, course):
        course.begin("amara")
        period = course.rows(Notification)[0].period_id
        with app.app_context(), for_the_house():
            first = db.session.query(Notification).one()
            values = {
                c.key: getattr(first, c.key)
                for c in Notification.__table__.columns
                if c.key not in ("id", "uid")
            }
            db.session.add(Notification(**(values | {"started_on": date(2024, 9, 2)})))
            db.session.commit()
        _uid, content = release(course)

        assert [row[4] for row in rows_in(content)[1:]] == ["2024-09-02"]
        assert period

    def test_since_a_day_counts_what_happened_from_it_on(self, app, ready):
        with app.app_context(), for_the_house():
            old = db.session.query(Notification).order_by(Notification.id).first()
            old.made_at -= timedelta(days=10)
            db.session.commit()
        _uid, content = release(ready, asked=Asked(since=today() - timedelta(days=1)))

        assert len(rows_in(content)) == 5


class TestWithheld:
    """Issue 3, item 3: rows that may not go are listed with the reason; a file about nobody is not made."""

    def test_each_reason_is_told_and_the_others_go(self, app, course, world):
        with app.app_context(), for_the_house():
            db.session.execute(
                update(ECTIdentity).where(ECTIdentity.ect_id == world.ects["amara"]).values(trn=None)
            )
            db.session.execute(
                update(ECTIdentity).where(ECTIdentity.ect_id == world.ects["dan"]).values(born_on=None)
            )
            db.session.commit()
        course.begin("amara")
        course.begin("dan")
        course.begin("cora", "birch", today() + timedelta(days=30))
        course.begin("eve", "cedar")

        found = course.acting("officer", lambda: queries.counts(Asked(), today()))
        assert found == {Why.NO_TRN: 1, Why.NO_BIRTH_DATE: 1, Why.WAITS: 1, Why.READY: 1}
        withheld = course.acting("officer", lambda: queries.shown(Asked(), today(), ready=False))
        assert {row.surname: row.why for row in withheld} == {
            "Herenow": "no_trn", "Unassigned": "no_birth_date", "Farway": "waits",
        }  # fmt: skip
        _uid, content = release(course)
        assert [row[1] for row in rows_in(content)[1:]] == ["Elsewhere"]

    def test_an_export_of_nobody_leaves_nothing(self, course):
        with pytest.raises(refusals.NothingToSend):
            release(course)

        assert course.rows(TraFile) == []
        assert not [note for note in course.rows(AuditNote) if note.about_table == "tra_file"]

    @pytest.mark.parametrize("who", ["head", "assessor", "director", "dpo", "ect"])
    def test_nobody_else_releases(self, who, ready):
        with pytest.raises(NotYourRole):
            release(ready, who)
        assert ready.rows(TraFile) == []

    def test_nobody_releases_rows_of_the_own_school(self, ready):
        """P-11: as AB officer Two Hats, head at alder, sends the others and leaves alder's to somebody else."""
        _uid, content = release(ready, "two_hats")

        assert "Herenow" not in content.decode()
        assert "Farway" in content.decode()
        _uid, rest = release(ready)
        assert {row[1] for row in rows_in(rest)[1:]} == {"Herenow"}


class TestWhole:
    """Issue 3, bad input: an export that is interrupted half-way leaves nothing half-done."""

    def test_what_stops_while_the_file_is_written_leaves_no_line_and_no_file(
        self, ready, tmp_path, monkeypatch
    ):
        def stop(done):
            raise KeyboardInterrupt

        monkeypatch.setattr("app.exchange.sheets.TELL_EVERY", 2)

        def work():
            with service.temporary(tmp_path) as path:
                service.release(FileKind.CSV, path, Asked(), stop)

        with pytest.raises(KeyboardInterrupt):
            ready.acting("officer", work)
        assert ready.rows(TraFile) == ready.rows(TraFileRow) == []
        assert list(tmp_path.iterdir()) == []
        assert len(rows_in(release(ready)[1])) == 6


class TestTheSameBytes:
    """P-5: what the ledger names can be made again, byte for byte, or is not handed out."""

    @pytest.mark.parametrize("kind", list(FileKind))
    def test_a_file_is_made_again(self, kind, ready):
        uid, content = release(ready, kind=kind)
        ready.leave("eve", who="admin")

        def again():
            with service.made_again(queries.file_named(uid)) as path:
                return Path(path).read_bytes()

        assert ready.acting("admin", again) == content

    def test_one_that_differs_is_not_handed_out(self, app, ready):
        uid, _content = release(ready)
        with app.app_context(), for_the_house():
            db.session.execute(update(Notification).values(surname="Changed"))
            db.session.commit()

        def again():
            with service.made_again(queries.file_named(uid)):
                pass

        with pytest.raises(refusals.FileDiffers):
            ready.acting("admin", again)

    def test_one_with_somebody_of_the_own_school_is_for_another_officer(self, ready):
        uid, _content = release(ready)

        def again():
            with service.made_again(queries.file_named(uid)):
                pass

        with pytest.raises(refusals.HoldsYourOwn):
            ready.acting("two_hats", again)


class TestS15:
    """security.md S15: 10 formula starts in every export: no live cell."""

    STARTS = (
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=cmd|' /C calc'!A0",
        "\uff1d1+1",
        " =1+1",
        "-2+3",
    )

    def named(self, app, course, world):
        course.begin("amara")
        with app.app_context(), for_the_house():
            (told,) = db.session.query(Notification).all()
            db.session.delete(told)
            values = {
                c.key: getattr(told, c.key)
                for c in Notification.__table__.columns
                if c.key not in ("id", "uid")
            }
            for number, text in enumerate(self.STARTS):
                db.session.add(
                    Notification(**(values | {"surname": text, "first_name": text, "made_at": told.made_at}))
                )
                db.session.flush()
                assert number < len(self.STARTS)
            db.session.commit()

    def test_no_cell_of_the_csv_runs(self, app, course, world, monkeypatch):
        monkeypatch.setattr(queries, "replaced", lambda: Notification.id < 0)
        self.named(app, course, world)
        rows = rows_in(release(course)[1])

        assert len(rows) == len(self.STARTS) + 1
        assert all(cell.startswith("'") for row in rows[1:] for cell in row[1:3])
        assert all(len(row) == 8 for row in rows)

    def test_no_cell_of_the_sheet_is_a_formula_or_a_link(self, app, course, world, monkeypatch, tmp_path):
        monkeypatch.setattr(queries, "replaced", lambda: Notification.id < 0)
        self.named(app, course, world)
        release(course, kind=FileKind.XLSX, out=tmp_path / "tra.xlsx")

        with zipfile.ZipFile(tmp_path / "tra.xlsx") as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet


class TestManyRows:
    """Design 5: an export of all holds nothing whole; it costs the same number of statements at any size."""

    def test_the_number_of_statements_does_not_grow_with_the_rows(self, app, ready, world, statements):
        with statements() as few:
            release(ready)
        with app.app_context(), for_the_house():
            told = db.session.query(Notification).first()
            values = {
                c.key: getattr(told, c.key)
                for c in Notification.__table__.columns
                if c.key not in ("id", "uid")
            }
            periods = [n.period_id for n in db.session.query(Notification)]
            assert periods
            db.session.add_all([Notification(**values) for _ in range(400)])
            db.session.commit()
        with statements() as many:
            release(ready, asked=Asked(again=True))

        assert len(many) == len(few)

    def test_an_ect_that_is_renamed_later_stays_in_the_file_as_told(self, app, ready, world):
        uid, content = release(ready)
        with app.app_context(), for_the_house():
            db.session.execute(update(ECT).where(ECT.id == world.ects["amara"]).values(last_name="Newname"))
            db.session.commit()

        def again():
            with service.made_again(queries.file_named(uid)) as path:
                return Path(path).read_bytes()

        assert ready.acting("admin", again) == content
