"""Background work: as the house itself, one piece at a time; a fault is logged without anybody's values."""

import importlib
import logging
from datetime import timedelta

import pytest
from huey import RedisHuey, SqliteHuey
from sqlalchemy import select

from app.access.models import KeptSearch, StoredSession, Submission
from app.access.scope import for_the_house, principal_of
from app.ects.models import ECT
from app.errors import NotYours
from app.extensions import WRITES, db, now
from app.jobs import Job
from app.schools.models import GiasImport, ImportState
from tests.builders import number_of, rows_of

# By its name: `app.jobs` as an attribute is the queue that `create_app` puts in.
jobs = importlib.import_module("app.jobs")


@pytest.fixture
def queue(app):
    """The queue of the application; what is put on it is done at once."""
    with app.app_context():
        yield jobs.jobs.queue


class TestAPieceOfWork:
    """It runs as the house, in a context of its own."""

    def test_it_sees_all_and_leaves_the_session_closed(self, app):
        seen = []

        def look():
            seen.append((principal_of(db.session()).is_house, len(db.session.scalars(select(ECT)).all())))

        jobs.in_context(app, look)

        assert seen == [(True, 5)]
        with app.app_context(), pytest.raises(NotYours):
            db.session.scalars(select(ECT)).all()

    def test_it_may_write_and_gives_the_mark_of_writing_back(self, app):
        marks = []
        before = WRITES.set(False)
        try:
            jobs.in_context(app, lambda: marks.append(WRITES.get()))
            assert (marks, WRITES.get()) == ([True], False)
        finally:
            WRITES.reset(before)

    def test_what_it_did_not_commit_is_gone(self, app):
        before = number_of(app, Submission)
        jobs.in_context(app, lambda: db.session.add(Submission(token="t" * 43)))

        assert number_of(app, Submission) == before

    def test_a_refusal_is_logged_by_its_kind_alone_and_the_worker_goes_on(self, app, caplog):
        def refuse():
            raise NotYours(name="Amara Herenow")

        with caplog.at_level(logging.WARNING, "app.jobs"):
            jobs.in_context(app, refuse)

        assert "NotYours" in caplog.text
        assert "Amara" not in caplog.text

    def test_a_fault_is_logged_by_its_kind_alone_and_the_worker_goes_on(self, app, caplog, monkeypatch):
        monkeypatch.setitem(app.config, "PROPAGATE_FAULTS", False)

        def fail():
            raise ValueError("Amara Herenow, 0041001")

        with caplog.at_level(logging.WARNING, "app.jobs"):
            jobs.in_context(app, fail)

        assert "ValueError" in caplog.text
        assert "Amara" not in caplog.text

    def test_work_on_a_row_that_is_gone_does_nothing(self, app, queue):
        for job in Job:
            jobs.jobs.start(job, 999_999)

    def test_each_kind_of_work_is_done_by_something(self):
        assert set(jobs.WORK) == set(Job)

    def test_a_task_carries_a_kind_and_a_number_and_nothing_else(self, app, monkeypatch):
        carried = []
        with app.app_context():
            monkeypatch.setattr(jobs.jobs.queue, "work", lambda *said: carried.append(said))
            jobs.jobs.start(Job.READ_SCHOOLS, 7)

        assert carried == [("read_schools", 7)]


class TestTidy:
    """Old form tokens, kept searches and dead sessions go; what is in use stays."""

    def test_what_is_old_goes_and_what_is_in_use_stays(self, app, signed_in, world):
        alive = signed_in("head")
        moment = now()
        with app.app_context(), for_the_house():
            user_id = db.session.scalar(select(StoredSession.user_id))
            for hours, token in ((25, "o" * 43), (23, "n" * 43)):
                db.session.add(Submission(token=token, at=moment - timedelta(hours=hours)))
            for minutes in (61, 59):
                person_id = world.people["head"]
                db.session.add(KeptSearch(person_id=person_id, at=moment - timedelta(minutes=minutes)))
            for name, began, seen in (("idle", 60, 31), ("long", 721, 1), ("fresh", 60, 1)):
                db.session.add(
                    StoredSession(
                        token_hash=name,
                        user_id=user_id,
                        began_at=moment - timedelta(minutes=began),
                        seen_at=moment - timedelta(minutes=seen),
                    )
                )
            db.session.commit()
        jobs.in_context(app, jobs.tidy)

        assert "n" * 43 in {row.token for row in rows_of(app, Submission)}
        assert "o" * 43 not in {row.token for row in rows_of(app, Submission)}
        assert number_of(app, KeptSearch) == 1
        hashes = {row.token_hash for row in rows_of(app, StoredSession)}
        assert "fresh" in hashes
        assert hashes.isdisjoint({"idle", "long"})
        assert alive.get("/").status_code == 200


class TestTakingUp:
    """A worker that was stopped in the middle left an import behind; the next one goes on with it."""

    def test_imports_left_in_the_middle_go_on_and_no_others(self, app, monkeypatch):
        ids = {}
        with app.app_context(), for_the_house():
            for state in ImportState:
                row = GiasImport(file_name="f.csv", sha256="0" * 64, size=1, actor="x", state=state)
                db.session.add(row)
                db.session.flush()
                ids[state] = row.id
            db.session.commit()
            started = []
            monkeypatch.setattr(jobs.jobs, "start", lambda job, row_id: started.append((job, row_id)))
            jobs.take_up()

        assert sorted(started) == sorted(
            [
                (Job.READ_SCHOOLS, ids[ImportState.UPLOADED]),
                (Job.READ_SCHOOLS, ids[ImportState.READING]),
                (Job.APPLY_SCHOOLS, ids[ImportState.APPLYING]),
            ]
        )


class TestWhereTheQueueIs:
    """A SQLite file by default, Redis in production; one code path."""

    @pytest.mark.parametrize(
        ("address", "kind"), [("sqlite:///{}/jobs.db", SqliteHuey), ("redis://127.0.0.1:1/9", RedisHuey)]
    )
    def test_the_address_says(self, address, kind, app, tmp_path, monkeypatch):
        monkeypatch.setitem(app.config, "JOBS_URL", address.format(tmp_path / "deep"))
        monkeypatch.setitem(app.config, "JOBS_AT_ONCE", False)
        made = jobs.made(app)

        assert isinstance(made, kind)
        assert not made.immediate

    def test_every_ten_minutes_the_house_is_tidied(self, queue):
        assert queue.tidy.task_class.__name__ == "tidy"
        minutes = [moment for moment in range(60) if queue.tidy.task_class().validate_datetime(at(moment))]

        assert minutes == [0, 10, 20, 30, 40, 50]


def at(minute):
    """A moment of that minute."""
    return now().replace(minute=minute, tzinfo=None)
