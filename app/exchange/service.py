"""Verbs on what leaves for the Teaching Regulation Agency (TRA): a notification for each event, and the files (P-3)."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, literal, select
from sqlalchemy.exc import IntegrityError

from app.access.hats import HatKind
from app.access.scope import principal_of, whole_record
from app.access.visibility import not_my_own
from app.audit import service as audit
from app.ects.models import ECT, ECTIdentity
from app.errors import NotYourRole
from app.exchange import queries, refusals, sheets
from app.exchange.models import Notification, TraFile, TraFileRow
from app.exchange.queries import Asked
from app.exchange.rules import Event, FileKind, Why
from app.extensions import db, now, today
from app.induction.models import InductionPeriod, Outcome
from app.vault.sealed import new_uid

RELEASES: Final = (HatKind.AB_ADMINISTRATOR, HatKind.AB_OFFICER)


# --- Notifications ---


def notify(event: Event, period: InductionPeriod, outcome: Outcome | None = None) -> Notification:
    """The TRA is to be told of this event: the eight fields stand as they are at this moment.

    Raises:
        LookupError: there is no such ECT.
    """
    with whole_record(db.session()) as house:
        made = note(house, event, period, outcome)
    if made is None:
        raise LookupError("a notification needs its ECT")
    return made


def note(
    house: Any, event: Event, period: InductionPeriod, outcome: Outcome | None = None
) -> Notification | None:
    """As `notify`, in one statement. None: a leaving after a decision, which the outcome has told already.

    Args:
        house: a session that sees and writes all (`whole_record`): schools, which report a leaving, read none of it.
        event: what happened.
        period: about which period.
        outcome: about which outcome, where one was recorded.
    """
    ended = {Event.START: None, Event.LEAVING: period.ended_on}.get(event, period.ended_on)
    terms = None if event is Event.START else period.terms
    if outcome is not None and outcome.ended_on is not None:
        ended, terms = outcome.ended_on, outcome.terms
    told = {
        "event": event,
        "made_at": now(),
        "uid": new_uid(),
        "period_id": period.id,
        "outcome_id": outcome.id if outcome is not None else None,
        "started_on": period.started_on,
        "ended_on": ended,
        "outcome": outcome.result.value if outcome is not None else None,
        "terms": terms,
    }
    of_person = {
        "ect_id": ECT.id,
        "trn": ECTIdentity.trn,
        "surname": ECT.last_name,
        "first_name": ECT.first_name,
        "born_on": ECTIdentity.born_on,
    }
    columns = Notification.__table__.c
    ask = (
        select(*of_person.values(), *(literal(value, columns[name].type) for name, value in told.items()))
        .outerjoin(ECTIdentity, ECTIdentity.ect_id == ECT.id)
        .where(ECT.id == period.ect_id)
    )
    if event is Event.LEAVING:
        decided = select(Outcome.id).where(Outcome.ect_id == ECT.id, Outcome.replaced_by_id.is_(None))
        ask = ask.where(~decided.exists())
    made = house.scalars(
        insert(Notification)
        .from_select([*of_person, *told], ask, include_defaults=False)
        .returning(Notification)
    ).one_or_none()
    if made is not None:
        house.expunge(made)
    house.commit()
    return made  # type: ignore[no-any-return]


# --- Files ---


def release(kind: FileKind, file: Path, asked: Asked, tell: sheets.Progress | None = None) -> TraFile:
    """`file` holds all that is ready, and the ledger says so in this transaction: hash, who, when, whom.

    Whoever has a name and may release, releases: the rows count as sent. The console without a name makes a copy,
    which the ledger shows as one, and nothing counts as sent. What this person may not see stays for somebody else.

    Args:
        kind: CSV or Excel.
        file: a file of the caller's, to be put in its place once the transaction is kept.
        asked: which notifications.
        tell: told the number of rows so far.

    Raises:
        NotYourRole: a hat that releases nothing.
        NothingToSend: nobody is ready.
        NothingToSendAgain: nor would be anybody who was sent before.
        ReleasedMeanwhile: somebody else has released them while this one waited.
    """
    who = principal_of(db.session())
    if who.kind not in RELEASES and not (who.is_house and who.kind is None):
        raise NotYourRole
    made_at = now()
    made = TraFile(
        released_at=made_at,
        released_by_id=who.person_id,
        actor=who.name,
        kind=kind,
        sha256="",
        size=0,
        row_count=0,
        since=asked.since,
        again=asked.again,
    )
    db.session.add(made)
    db.session.flush()
    take_rows(made, asked, named=who.person_id is not None)
    with closing(queries.in_file(db.session, made.id)) as told:
        made.row_count = sheets.write(kind, file, told, made_at, tell)
    if not made.row_count:
        raise refusals.NothingToSendAgain if asked.again else refusals.NothingToSend
    made.sha256, made.size = sheets.fingerprint(file)
    what = "TRA file released" if who.person_id is not None else "TRA file copied for the desk"
    audit.record(what, made, changes={"rows": (None, made.row_count), "sha256": (None, made.sha256)})
    db.session.flush()
    return made


def take_rows(made: TraFile, asked: Asked, *, named: bool) -> None:
    """The notifications that are ready stand in the file, in one statement.

    Raises:
        ReleasedMeanwhile: another release, kept a moment ago, holds one of them.
    """
    ask = select(
        literal(made.id), Notification.ect_id, Notification.id, ~queries.sent() if named else literal(False)
    ).where(queries.why(today()) == Why.READY.value)
    conflict = not_my_own(principal_of(db.session()), Notification.ect_id)
    if conflict is not None:  # the house writes; nobody releases rows of the own school
        ask = ask.where(conflict)
    ask = queries.wanted(ask, asked).order_by(Notification.trn, Notification.id)
    try:
        with whole_record(db.session()) as house:
            house.execute(
                insert(TraFileRow).from_select(["file_id", "ect_id", "notification_id", "first"], ask)
            )
            house.commit()
    except IntegrityError as refusal:
        if "tra_file_row" not in str(refusal.orig):
            raise
        raise refusals.ReleasedMeanwhile from None


@contextmanager
def made_again(file: TraFile) -> Iterator[Path]:
    """The file as it was released, made anew from its notifications; gone afterwards.

    Raises:
        HoldsYourOwn: it holds somebody whom this person may not see.
        FileDiffers: the bytes are not those that were released.
    """
    if queries.rows_seen(file.id) != file.row_count:
        raise refusals.HoldsYourOwn
    with temporary(scratch()) as path:
        with closing(queries.in_file(db.session, file.id)) as told:
            sheets.write(file.kind, path, told, file.released_at)
        if sheets.fingerprint(path) != (file.sha256, file.size):
            raise refusals.FileDiffers
        yield path


def scratch() -> Path:
    """Where files stand for a moment."""
    return Path(tempfile.gettempdir())


@contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """A new, empty file in `folder` that nobody else reads; gone afterwards, unless it was put somewhere."""
    handle, name = tempfile.mkstemp(prefix=".tra-", suffix=".part", dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
