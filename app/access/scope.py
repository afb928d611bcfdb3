"""Scope lives in the session: what nobody may see is not there, whichever way it is asked for.

A session begins closed. `acting_as(who)` opens it for one principal, for its whole life.
Reads: criteria on each statement. Writes: refused at flush. What goes round both: `access/guard.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.event import listens_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from app.access.guard import Scoped
from app.access.hats import LOOKS_AFTER_PEOPLE, READS_BOOKS, REGISTERS
from app.access.ownership import Books, OfECT, OfPerson, OfSchool, Reference, Whose, whose_is
from app.access.principal import HOUSE, NOBODY, Principal
from app.access.visibility import ects_written, not_my_own, options_for, sees_all_schools
from app.ects.models import ECT
from app.errors import NotYours
from app.extensions import db, today

# Marks a row that `whole_record` showed to a rule.
SEEN_BY_THE_HOUSE = "seen by the house"
# ECTs of this transaction that were read with the criterion of writing.
READ_FOR_WRITING = "read for writing"


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
    try:
        with Session(connection, autoflush=False, info=acting_as(HOUSE)) as everything_there:
            yield everything_there
            for row in everything_there:
                inspect(row).info[SEEN_BY_THE_HOUSE] = True
    except DBAPIError:
        raise  # the transaction is broken: it ends, and the role with it
    except BaseException:
        put_up_second_wall(principal_of(session), connection)
        raise
    put_up_second_wall(principal_of(session), connection)


@listens_for(Session, "before_attach")
def keep_out_what_the_house_saw(session: Session, row: object) -> None:
    """What a rule was shown stays with the rule.

    Raises:
        NotYours: the row came out of `whole_record`, and this session is somebody's.
    """
    if inspect(row).info.get(SEEN_BY_THE_HOUSE) and not principal_of(session).is_house:
        raise NotYours


@listens_for(Session, "do_orm_execute")
def read_only_what_they_may_see(ask: ORMExecuteState) -> None:
    """Adds the principal's criteria to every statement that the ORM runs, relationship loads included."""
    who = ask.session.info.get("principal")
    if who is None or not ask.is_orm_statement:
        return  # nobody, or Core: the guard decides
    if (ask.is_insert or ask.is_update or ask.is_delete) and not may_write_in_bulk(who, ask):
        raise NotYours
    by_us = who.is_house or ask.is_relationship_load or ask.is_column_load
    ask.update_execution_options(scope_applied=Scoped.WHOLLY if by_us else Scoped.BY_ENTITY)
    if not ask.is_column_load:
        there = {
            id(option) for option in ask.statement._with_options
        }  # a relationship load brings its parent's
        missing = (each for each in ask.session.info["options"] if id(each) not in there)
        ask.statement = ask.statement.options(*missing)


def may_write_in_bulk(who: Principal, ask: ORMExecuteState) -> bool:
    """Bulk writes pass no flush, and criteria of reading hold no write: the house may, and others in the books."""
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
        return who.kind in REGISTERS if row in session.new else may_write_ects(session, who, {row.id})
    if isinstance(row, OfECT):
        return may_write_of_ect(session, who, row)
    if isinstance(row, OfSchool):
        schools = now_and_before(row, "school_id", "school")
        if row.__names_an_ect__ and who.is_ab and schools & set(who.own_school_ids):
            return False  # nobody works in an AB hat on what the own school registers
        return (sees_all_schools(who) and who.is_ab) or schools <= set(who.school_ids)
    if isinstance(row, Books):
        return (row in session.new and who != NOBODY) or who.kind in READS_BOOKS
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
    own = who.user_id if isinstance(row, User) else who.person_id
    return who.kind in LOOKS_AFTER_PEOPLE or (own is not None and row.id == own)


def may_write_of_ect(session: Session, who: Principal, row: OfECT) -> bool:
    """Whether this row of an ECT is `who`'s to write: not where it is hidden, and a school only what is its own."""
    if who.kind in row.__hidden_from__:
        return False
    schools = now_and_before(row, "school_id", "school") if hasattr(row, "school_id") else set()
    if who.at_a_school and not schools <= set(who.school_ids):
        return False
    return may_write_ects(session, who, now_and_before(row, "ect_id", "ect"))


def may_write_ects(session: Session, who: Principal, ect_ids: set[Any]) -> bool:
    """Whether all these ECTs are `who`'s to change; one statement, none for those who may change all.

    Nothing is asked of ECTs that were read for writing in this transaction.
    """
    if ect_ids <= session.info.get(READ_FOR_WRITING, frozenset()):
        return True
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


def one_to_write(session: Session, ask: Any) -> Any | None:
    """The row that `ask` finds, where its ECT may be changed; until this transaction ends that is not asked again.

    Args:
        session: somebody's.
        ask: names the ECT and finds at most one row with an `ect_id`; the session adds what may be read.
    """
    allowed = ects_written(principal_of(session), session.info["today"])
    if allowed is not None:  # the rule names tables, to which no criteria are added: it is the criterion
        ask = ask.where(ECT.id.in_(allowed)).execution_options(unscoped=True)
    row = session.scalars(ask).one_or_none()
    if row is not None:
        session.info.setdefault(READ_FOR_WRITING, set()).add(row.ect_id)
    return row


@listens_for(Session, "after_transaction_end")
def forget_what_was_read_for_writing(session: Session, transaction: SessionTransaction) -> None:
    """What may be changed is asked anew in each transaction."""
    if transaction.parent is None:
        session.info.pop(READ_FOR_WRITING, None)


def now_and_before(row: Any, column: str, relation: str) -> set[Any]:
    """The owners that a row has now and had when it was read, by column and by relationship.

    A column that was set before it was read is read now: its owner before the change counts as well.
    """
    state = inspect(row)
    told = state.attrs[column].load_history()
    found = {number for numbers in told if numbers for number in numbers if number is not None}
    if state.persistent and told.added and not told.deleted:
        found.add(stored_value(state, column))
    if relation in state.mapper.relationships:  # what is loaded of it; nothing is loaded for this
        moved = state.attrs[relation].history
        found |= {other.id for others in moved if others for other in others if other is not None}
    return found or {None}


def stored_value(state: Any, column: str) -> Any:
    """What the database holds in a column of this row; None where its walls hide the row."""
    table = state.mapper.local_table
    (key,) = table.primary_key.columns
    ask = select(table.c[column]).where(key == state.identity[0])
    return state.session.connection().execute(ask, execution_options={"unscoped": True}).scalar()


@listens_for(Session, "after_begin")
def second_wall(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """On PostgreSQL each transaction begins by saying whose person may appear at all; a savepoint of it goes on so."""
    if transaction.nested:
        return
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
