"""No way round the scope: a statement on a scoped table that did not pass the session's listener is refused.

Core selects, `text()`, `connection()`, driver SQL and COPY are not filtered by the session; an export that is
written that way would give everybody's rows. What the house must do so says `unscoped` where it is reviewed.
"""

from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Cursor
from sqlalchemy import Table as SqlTable
from sqlalchemy import TextClause, event
from sqlalchemy.engine import Compiled, Connection, Engine
from sqlalchemy.sql import visitors

from app.access.ownership import Whose, whose_is
from app.errors import NotYours
from app.extensions import FLUSHING, Table

# SQL that the driver gets as text and that touches no table.
HARMLESS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "SELECT PG_CATALOG", "SHOW ", "SET ")
TOUCHES: "WeakKeyDictionary[Compiled, bool]" = WeakKeyDictionary()


def is_scoped(table: SqlTable) -> bool:
    """Whether rows of this table belong to somebody."""
    return table.metadata is Table.metadata and whose_is(table.name) is not Whose.REFERENCE


def touches_scoped_rows(compiled: Compiled) -> bool:
    """Whether a statement reads or writes a scoped table; compiled statements are looked at once."""
    if compiled not in TOUCHES:
        parts = visitors.iterate(compiled.statement) if compiled.statement is not None else ()
        TOUCHES[compiled] = any(isinstance(part, SqlTable) and is_scoped(part) for part in parts)
    return TOUCHES[compiled]


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
    if FLUSHING.get() or (context is not None and context.execution_options.get("scope_applied")):
        return
    compiled = getattr(context, "compiled", None)
    if compiled is None:
        if not sql.lstrip().upper().startswith(HARMLESS):
            raise NotYours
    elif isinstance(compiled.statement, TextClause) or touches_scoped_rows(compiled):
        raise NotYours


class CursorWithoutCopy(Cursor[Any]):
    """COPY is a statement that the engine's events never see; nobody here needs it."""

    def copy(self, *args: object, **kwargs: object) -> Any:
        """Refused.

        Raises:
            NotYours: always.
        """
        raise NotYours


def guarded(engine: Engine) -> None:
    """From here on this engine refuses what goes round the scope."""
    event.listen(engine, "before_cursor_execute", no_way_round)
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def no_copy(dbapi: Any, _: object) -> None:
            dbapi.cursor_factory = CursorWithoutCopy
