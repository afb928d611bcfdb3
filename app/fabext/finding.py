"""What somebody typed to find rows by is posted, kept sealed under a random name, and forgotten after a while."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.access.models import KeptSearch
from app.access.sessions import principal
from app.extensions import db, now

KEPT_FOR = timedelta(minutes=30)
LONGEST = 200


def keep(term: str) -> str:
    """The random name under which `term` can be read again by the same person."""
    search = KeptSearch(person_id=principal().person_id)
    search.term = term.strip()[:LONGEST]
    db.session.add(search)
    db.session.commit()
    return search.uid


def kept(uid: str) -> str | None:
    """What this person typed under that name; None where it is gone, or somebody else's."""
    ask = (
        select(KeptSearch)
        .where(KeptSearch.uid == uid, KeptSearch.at > now() - KEPT_FOR)
        .options(undefer(KeptSearch.term_sealed))
    )
    search = db.session.scalar(ask)
    return search.term if search is not None else None
