"""Scope lives in the session: what nobody may see is not there, whichever way it is asked for.

A session begins closed. `acting_as(who)` opens it for one principal, for its whole life.
Reads: criteria on each statement. Writes: refused at flush. What goes round both: `access/guard.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.event import listens_for
from sqlalchemy.orm import ORMExecuteState, Session

from app.access.hats import LOOKS_AFTER_PEOPLE, READS_BOOKS
from app.access.ownership import Books, OfECT, OfPerson, OfSchool, Reference, Whose, whose_is
from app.access.principal import HOUSE, NOBODY, Principal
from app.access.visibility import ects_written, not_my_own, options_for, sees_all_schools
from app.ects.models import ECT
from app.errors import NotYours
from app.extensions import db, today


def acting_as(who: Principal) -> dict[str, Any]:
    """What goes into `session.info` so that the session is `who`'s; a session without it is closed."""
    day = today()
    return {"principal": who, "options": options_for(who, day), "today": day}


def principal_of(session: Any) -> Principal:
    """Whose session this is; nobody's, unless somebody was named."""
    who: Principal = session.info.get("principal", NOBODY)
    return who


def open_for(who: Principal) -> None:
    """This request's (or job's) session belongs to `who` from here on.

    Raises:
        RuntimeError: it belonged to somebody else before. One session, one principal.
    """
    session = db.session()
    before = session.info.get("principal")
    if before is not None and before != who:
        raise RuntimeError("one session has one principal")
    session.info.update(acting_as(who))


@contextmanager
def for_the_house() -> Iterator[None]:
    """A job of the house itself: a fresh session that sees all, closed again at the end."""
    db.session.remove()
    open_for(HOUSE)
    try:
        yield
    finally:
        db.session.remove()


@contextmanager
def whole_record(session: Any) -> Iterator[Session]:
    """Everything, for a rule to judge by; nothing of it may be shown.

    A second session on the same connection: it sees what is not yet committed and waits for no lock.
    Values that a screen shows (terms served) are stored by the verb, not computed from a scoped read.
    """
    session.flush()
    connection = session.connection()
    with Session(connection, autoflush=False, info=acting_as(HOUSE)) as everything_there:
        yield everything_there
    put_up_second_wall(principal_of(session), connection)


@listens_for(Session, "do_orm_execute")
def read_only_what_they_may_see(ask: ORMExecuteState) -> None:
    """Adds the principal's criteria to every statement that the ORM runs, relationship loads included."""
    who = ask.session.info.get("principal")
    if who is None or not ask.is_orm_statement:
        return  # nobody, or Core: the guard decides
    if ask.is_insert and not may_insert_in_bulk(who, ask):
        raise NotYours
    ask.update_execution_options(scope_applied=True)
    if not ask.is_column_load:
        ask.statement = ask.statement.options(*ask.session.info["options"])


def may_insert_in_bulk(who: Principal, ask: ORMExecuteState) -> bool:
    """A bulk INSERT passes no flush: the house may, and anybody into public or house-keeping tables."""
    name = str(getattr(ask.bind_mapper.local_table, "name", "")) if ask.bind_mapper else ""
    return who.is_house or whose_is(name) is Whose.OPERATOR


@listens_for(Session, "before_flush")
def write_only_where_they_may(session: Session, *_: object) -> None:
    """Refuses a row out of scope, and one that was moved there or away from there.

    Raises:
        NotYours: somebody else's row.
    """
    who = principal_of(session)
    if who.is_house:
        return
    changed = {*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))}
    with session.no_autoflush:
        for row in changed:
            if not may_write(session, who, row):
                raise NotYours


def may_write(session: Session, who: Principal, row: Any) -> bool:
    """Whether `who` may add, change or delete `row`. What is not named here may not."""
    if isinstance(row, ECT):
        return row in session.new or may_write_ects(session, who, {row.id})
    if isinstance(row, OfECT):
        return may_write_ects(session, who, now_and_before(row, "ect_id", "ect"))
    if isinstance(row, OfSchool):
        schools = now_and_before(row, "school_id", "school")
        return (sees_all_schools(who) and who.is_ab) or schools <= set(who.school_ids)
    if isinstance(row, Books):
        return row in session.new or who.kind in READS_BOOKS
    if isinstance(row, OfPerson):
        mine = now_and_before(row, "person_id", "person") == {who.person_id}
        return who.kind in LOOKS_AFTER_PEOPLE or (mine and getattr(row, "__own_to_write__", False))
    if isinstance(row, Reference):
        return False  # facts from outside come in through the house
    return may_write_sign_in(who, row)


def may_write_sign_in(who: Principal, row: Any) -> bool:
    """People and FAB's users: the own one, or all for who looks after people. Roles are code."""
    whose = whose_is(str(row.__table__.name))
    if whose is not Whose.USER:
        return False
    return who.kind in LOOKS_AFTER_PEOPLE or row.id in (who.user_id, who.person_id)


def may_write_ects(session: Session, who: Principal, ect_ids: set[Any]) -> bool:
    """Whether all these ECTs are `who`'s to change; one statement, none for those who may change all."""
    allowed = ects_written(who, session.info["today"]) if session.info.get("principal") else None
    conflict = not_my_own(who, ECT.id)
    if not session.info.get("principal"):
        return False
    if allowed is None and conflict is None:
        return True
    ask = select(ECT.id).where(ECT.id.in_(ect_ids))
    if allowed is not None:
        ask = ask.where(ECT.id.in_(allowed))
    return set(session.scalars(ask)) == ect_ids


def now_and_before(row: Any, column: str, relation: str) -> set[Any]:
    """The owner that a row has now, and the one it had when it was read."""
    state = inspect(row)
    related = getattr(row, relation, None) if relation in state.mapper.relationships else None
    here = related.id if related is not None and related.id is not None else getattr(row, column)
    return {here, *(before for before in state.attrs[column].history.deleted or () if before is not None)}


@listens_for(Session, "after_begin")
def second_wall(session: Session, _: object, connection: Connection) -> None:
    """On PostgreSQL each transaction begins by saying whose person may appear at all."""
    if "no_wall" not in session.info:  # who-is-asking reads as the serving role itself
        put_up_second_wall(session.info.get("principal"), connection)


def put_up_second_wall(who: Principal | None, connection: Connection) -> None:
    """Takes the database role of `who` until the transaction ends (recipe: `access/walls.py`)."""
    if who is None or connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql(
        "SELECT set_config('role', %s, true), set_config('app.schools', %s, true), set_config('app.ect', %s, true)",
        (who.database_role, ",".join(map(str, who.school_ids)), str(who.ect_id or "")),
        execution_options={"unscoped": True},
    )
