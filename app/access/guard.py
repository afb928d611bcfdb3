"""No way round the scope: a statement on a scoped table that did not pass the session's listener is refused.

Core selects, `text()`, `connection()`, driver SQL and COPY are not filtered by the session; an export that is
written that way would give everybody's rows. What the house must do so says `unscoped` where it is reviewed.
"""

from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Cursor
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
# Compiled statements are looked at once: whether one reads or writes rows past the session's listener.
GOES_ROUND: "WeakKeyDictionary[Compiled, bool]" = WeakKeyDictionary()


def is_scoped(table: object) -> bool:
    """Whether rows of this table belong to somebody; a table that is only a name may be anyone's."""
    if not isinstance(table, SqlTable):
        return isinstance(table, TableClause)
    return table.metadata is Table.metadata and whose_is(table.name) is not Whose.REFERENCE


def goes_round(compiled: Compiled, *, by_orm: bool) -> bool:
    """Whether a statement reads or writes scoped rows without the session's criteria."""
    if compiled not in GOES_ROUND:
        statement = compiled.statement
        parts = list(visitors.iterate(statement)) if statement is not None else []
        GOES_ROUND[compiled] = (
            isinstance(statement, ExecutableDDLElement)
            or any(is_text(part) for part in parts)
            or (
                has_core_inside(parts) and not is_by_key(statement)
                if by_orm
                else any(is_scoped(part) for part in parts)
            )
        )
    return GOES_ROUND[compiled]


def is_text(part: object) -> bool:
    """Whether this part of a statement is written as text, which may name any table."""
    if isinstance(part, ColumnClause) and part.is_literal:
        return part.name not in WORDLESS
    return isinstance(part, TextClause)


def has_core_inside(parts: list[Any]) -> bool:
    """Whether a statement of the ORM also names a scoped table itself: entities get criteria, tables do not."""
    entities = {mapped_table(part) for part in parts if "parententity" in part._annotations}
    for part in parts:
        if "parententity" in part._annotations:
            continue
        if isinstance(part, ColumnClause) and is_scoped(bare(part.table)):
            return True
        if isinstance(part, TableClause) and is_scoped(part) and part not in entities:
            return True
    return False


def is_by_key(statement: Any) -> bool:
    """Whether this is the ORM's own `session.get`, which compares the bare key of its one entity."""
    mapper: Any = statement._propagate_attrs.get("plugin_subject")
    clause = next(iter(getattr(mapper, "_get_clause", ())), None)
    said: tuple[Any, ...] = getattr(statement, "_where_criteria", ())
    return len(said) == 1 and said[0] is clause


def mapped_table(part: Any) -> object:
    """The table of the entity that a part of a statement belongs to."""
    return part._annotations["parententity"].mapper.local_table


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
