"""Who may read the retention report, and the note that it was taken away."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.access.hats import HatKind
from app.access.scope import principal_of, whole_record
from app.audit import service as audit
from app.extensions import WRITES, db
from app.retention.queries import Figures


@contextmanager
def reading() -> Iterator[Session]:
    """The session that the report is read by.

    The AB reads through its own scope, less own school and own record. The data protection officer sees no record,
    but reads this report (table of scope in P-11): the house reads it, and hands on values, never rows.
    """
    session = db.session()
    if principal_of(session).kind is HatKind.DPO:
        with whole_record(session) as house:
            yield house
    else:
        yield session


@contextmanager
def without_a_write_lock() -> Iterator[None]:
    """The next transactions only read, though a form was posted or a command was called: writers need not wait."""
    writes = WRITES.set(False)
    try:
        yield
    finally:
        WRITES.reset(writes)


def note_that_it_was_taken(found: Figures, how: str) -> None:
    """The exports book knows that somebody took the report, and how many people stood in it (P-5).

    Committed before the first line leaves.
    """
    people = sum(found.number.values())
    audit.record("retention report taken", changes={"people": (None, people), "as": (None, how)})
    db.session.commit()
