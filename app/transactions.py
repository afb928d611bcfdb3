"""A change is kept or dropped as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.extensions import db


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """What is done inside is committed at the end, or undone with the refusal that leaves it."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
