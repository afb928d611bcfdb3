"""Background work: `huey`, on a SQLite file by default, on Redis in production. Tasks carry row ids, nothing else.

`python -m app.worker` is the worker. It takes up what an earlier one left, then works until it is stopped.
"""

import logging
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from redis.exceptions import RedisError
from sqlalchemy import delete, select
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session

from app.access.models import KeptSearch, StoredSession, Submission
from app.access.scope import for_the_house
from app.errors import ServiceError
from app.extensions import WRITES, db, now
from app.messages import outbox
from app.messages.service import MAIL_WAITS
from app.schools import service as schools
from app.schools.models import GiasImport, ImportState

log = logging.getLogger(__name__)
NAME = "jobs"


class Job(StrEnum):
    """What the worker can be asked to do with a row."""

    READ_SCHOOLS = "read_schools"
    APPLY_SCHOOLS = "apply_schools"


def read_schools(import_id: int) -> None:
    """The import has its preview."""
    if (found := db.session.get(GiasImport, import_id)) is not None:
        schools.read(found)


def apply_schools(import_id: int) -> None:
    """The import is applied."""
    if (found := db.session.get(GiasImport, import_id)) is not None:
        schools.apply(found)


WORK: dict[Job, Callable[[int], None]] = {Job.READ_SCHOOLS: read_schools, Job.APPLY_SCHOOLS: apply_schools}
# House-keeping rows are of no use after these times.
SUBMISSIONS_KEPT, SEARCHES_KEPT = timedelta(days=1), timedelta(hours=1)


class Jobs:
    """The queue of one application."""

    def init_app(self, app: Flask) -> None:
        """`app` has a queue; nothing is opened until something is put on it."""
        app.extensions[NAME] = None

    @property
    def queue(self) -> Huey:
        """The queue, with its tasks."""
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        if app.extensions[NAME] is None:
            app.extensions[NAME] = with_tasks(made(app), app)
        queue: Huey = app.extensions[NAME]
        return queue

    def start(self, job: Job, row_id: int) -> None:
        """Puts work on the queue. Call it after the commit that made the row."""
        self.queue.work(job.value, row_id)


jobs = Jobs()


def made(app: Flask) -> Huey:
    """A queue where the settings say."""
    address, at_once = app.config["JOBS_URL"], bool(app.config["JOBS_AT_ONCE"])
    if address.startswith("redis"):
        return RedisHuey("sixterms", url=address, immediate=at_once)
    if at_once:
        return SqliteHuey("sixterms", filename=":memory:", immediate=True)
    file = Path(urlsplit(address).path)
    file.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("sixterms", filename=str(file), fsync=True)


def with_tasks(queue: Huey, app: Flask) -> Huey:
    """The queue knows the work, each piece as the house itself in an application context of its own."""

    def work(job: str, row_id: int) -> None:
        in_context(app, lambda: WORK[Job(job)](row_id))

    queue.work = queue.task(name="work")(work)
    queue.post = queue.task(name="post")(lambda: in_context(app, post))
    # What waited, was put off, or was left by a worker that is gone.
    queue.post_due = queue.periodic_task(crontab(), name="post_due")(lambda: in_context(app, post))
    queue.tidy = queue.periodic_task(crontab(minute="*/10"), name="tidy")(lambda: in_context(app, tidy))
    return queue


def in_context(app: Flask, what: Callable[[], None]) -> None:
    """Runs `what` as the house; a refusal or a fault is logged without its values, and the worker goes on."""
    with app.app_context(), for_the_house():
        writes = WRITES.set(True)
        try:
            what()
        except ServiceError as refusal:
            log.warning("job refused: %s", type(refusal).__name__)
        except Exception as fault:  # the worker's loop: one of the four named edges
            log.error("job failed: %s", type(fault).__name__)
            if app.config.get("PROPAGATE_FAULTS"):
                raise
        finally:
            WRITES.reset(writes)


def post() -> None:
    """What is due in the outbox has been tried."""
    outbox.post()


@listens_for(Session, "after_commit")
def wake_for_mail(session: Session) -> None:
    """The worker is told once a transaction with new mail is kept; where that fails, it looks each minute anyway."""
    if session.in_nested_transaction() or not session.info.pop(MAIL_WAITS, False):
        return
    if outbox.way_out() is None:
        return
    try:
        jobs.queue.post()
    except (OSError, sqlite3.Error, RedisError) as fault:
        log.warning("worker not woken: %s", type(fault).__name__)


def tidy() -> None:
    """Old form tokens, kept searches and dead sessions are gone."""
    moment, settings = now(), current_app.config
    for table, column, oldest in (
        (Submission, Submission.at, moment - SUBMISSIONS_KEPT),
        (KeptSearch, KeptSearch.at, moment - SEARCHES_KEPT),
        (StoredSession, StoredSession.seen_at, moment - settings["IDLE_LIMIT"]),
        (StoredSession, StoredSession.began_at, moment - settings["SESSION_LIMIT"]),
    ):
        db.session.execute(delete(table).where(column < oldest))
    db.session.commit()


def take_up() -> None:
    """Imports that a stopped worker left in the middle go on."""
    left = {ImportState.UPLOADED: Job.READ_SCHOOLS, ImportState.READING: Job.READ_SCHOOLS}
    left[ImportState.APPLYING] = Job.APPLY_SCHOOLS
    ask = select(GiasImport.id, GiasImport.state).where(GiasImport.state.in_(list(left)))
    for import_id, state in db.session.execute(ask).all():
        jobs.start(left[state], import_id)
