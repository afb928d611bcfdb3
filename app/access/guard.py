"""No way round the scope: a statement on a scoped table that did not pass the session's listener is refused.

Core selects, `text()`, `connection()`, driver SQL and COPY are not filtered by the session; an export that is
written that way would give everybody's rows. What the house must do so says `unscoped` where it is reviewed.
"""

from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Cursor, ServerCursor
from sqlalchemy import Table as SqlTable
from sqlalchemy import TableClause, TextClause, event
from sqlalchemy.engine import Compiled, Connection, Engine
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.selectable import Alias

from app.access.ownership import Whose, whose_is
from app.errors import NotYours
from app.extensions import FLUSHING, Table


class Scoped(StrEnum):
    """What the session's listener did to a statement."""

    NOT = "not"
    BY_ENTITY = "by entity"  # criteria stand at each entity that it names
    WHOLLY = "wholly"  # the ORM wrote it (relationships, refreshes), or the house asks


# SQL that the driver gets as text and that touches no table.
HARMLESS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "SELECT PG_CATALOG", "SHOW ", "SET ")
WORDLESS = ("*", "1")  # `count(*)`, `EXISTS (SELECT 1 ...)`: text that names nothing
# Compiled statements are looked at once, by Core and by the ORM: whether one goes past the session's listener.
GOES_ROUND: dict[bool, "WeakKeyDictionary[Compiled, bool]"] = {
    False: WeakKeyDictionary(),
    True: WeakKeyDictionary(),
}


def is_scoped(table: object) -> bool:
    """Whether rows of this table belong to somebody; a table that is only a name may be anyone's."""
    if not isinstance(table, SqlTable):
        return isinstance(table, TableClause)
    return table.metadata is Table.metadata and whose_is(table.name) is not Whose.REFERENCE


def goes_round(compiled: Compiled, *, by_orm: bool) -> bool:
    """Whether a statement reads or writes scoped rows without the session's criteria."""
    known = GOES_ROUND[by_orm]
    if compiled not in known:
        statement = compiled.statement
        parts = list(visitors.iterate(statement)) if statement is not None else []
        known[compiled] = (
            isinstance(statement, ExecutableDDLElement)
            or any(is_text(part) for part in parts)
            or (
                has_core_inside(parts) and not is_by_key(statement)
                if by_orm
                else any(is_scoped(part) for part in parts)
            )
        )
    return known[compiled]


def is_text(part: object) -> bool:
    """Whether this part of a statement is written as text, which may name any table."""
    if isinstance(part, ColumnClause) and part.is_literal:
        return part.name not in WORDLESS
    return isinstance(part, TextClause)


def has_core_inside(parts: list[Any]) -> bool:
    """Whether a statement of the ORM also names a scoped table itself: entities get criteria, tables do not."""
    by_orm = [part for part in parts if "parentmapper" in part._annotations]
    entities = {table_of(part) for part in by_orm}
    aliases = {part.table for part in by_orm if isinstance(getattr(part, "table", None), Alias)}
    for part in parts:
        if "parentmapper" in part._annotations:
            continue
        if isinstance(part, ColumnClause) and part.table not in aliases and is_scoped(bare(part.table)):
            return True
        if isinstance(part, TableClause) and is_scoped(part) and part.name not in entities:
            return True
    return False


def is_by_key(statement: Any) -> bool:
    """Whether this is the ORM's own `session.get`, which compares the bare key of its one entity."""
    mapper: Any = statement._propagate_attrs.get("plugin_subject")
    clause = next(iter(getattr(mapper, "_get_clause", ())), None)
    said: tuple[Any, ...] = getattr(statement, "_where_criteria", ())
    return len(said) == 1 and said[0] is clause


def table_of(part: Any) -> str:
    """The name of the table that a table or column of an entity stands for."""
    return str(getattr(bare(getattr(part, "table", part)), "name", ""))


def bare(table: Any) -> object:
    """The table under its aliases."""
    while isinstance(table, Alias):
        table = table.element
    return table


def no_way_round(
    connection: Connection, cursor: object, sql: str, parameters: object, context: Any, many: bool
) -> None:
    """Refuses a statement that the session's listener has not seen.

    Raises:
        NotYours: the statement would read or write rows without a principal's criteria.
    """
    told = connection.get_execution_options()
    if told.get("unscoped") or (context is not None and context.execution_options.get("unscoped")):
        return
    if FLUSHING.get():
        return
    compiled = getattr(context, "compiled", None)
    scope = Scoped.NOT if context is None else context.execution_options.get("scope_applied", Scoped.NOT)
    if compiled is None:
        if ";" in sql or not sql.lstrip().upper().startswith(HARMLESS):
            raise NotYours
    elif scope is not Scoped.WHOLLY and goes_round(compiled, by_orm=scope is Scoped.BY_ENTITY):
        raise NotYours


class WithoutCopy:
    """COPY is a statement that the engine's events never see; nobody here needs it."""

    def copy(self, *args: object, **kwargs: object) -> Any:
        """Refused.

        Raises:
            NotYours: always.
        """
        raise NotYours


class CursorWithoutCopy(WithoutCopy, Cursor[Any]):
    """A cursor that refuses COPY."""


class StreamWithoutCopy(WithoutCopy, ServerCursor[Any]):
    """A cursor on the server, for long answers, that refuses COPY."""


def guarded(engine: Engine) -> None:
    """From here on this engine refuses what goes round the scope."""
    event.listen(engine, "before_cursor_execute", no_way_round)
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def no_copy(dbapi: Any, _: object) -> None:
            dbapi.cursor_factory = CursorWithoutCopy
            dbapi.server_cursor_factory = StreamWithoutCopy
