"""The database, its migrations, form protection and mail: made here, put together in `create_app`.

The only module (beside `access/`, `retention/` and `migrations/`) that knows which database it speaks to.
"""

import sqlite3
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any, cast

from flask_appbuilder.models.sqla import Model
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import DateTime, Dialect, String
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.event import listen
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from app.terms.on_screen import LONDON

# Before FAB's security models are imported, so that their constraints get names too.
Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Set while a session writes what it was told to write: those statements passed `before_flush`.
FLUSHING: ContextVar[bool] = ContextVar("flushing", default=False)


class HouseSession(Session):
    """The session of the service. Its flushes are known to the guard (`access/guard.py`)."""

    def flush(self, objects: Any = None) -> None:
        """Writes what changed, marked as such for the guard."""
        before = FLUSHING.set(True)
        try:
            super().flush(objects)
        finally:
            FLUSHING.reset(before)


db = SQLAlchemy(model_class=Model, session_options={"class_": HouseSession})
migrate = Migrate()
csrf = CSRFProtect()
mail = Mail()

# Whether the transaction that begins next may write. Commands and workers write; a GET says False.
WRITES: ContextVar[bool] = ContextVar("writes", default=True)

INCREMENTAL = 2  # auto_vacuum frees pages when asked to
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",
)


class Table(DeclarativeBase):
    """Base of our tables: FAB's registry and metadata, with types that mypy can hold us to."""

    __abstract__ = True
    registry = Model.registry
    metadata = Model.metadata


# A folded text to sort by: bytes decide on both databases, so that pages cut at the same rows.
SORTED = String(255).with_variant(String(255, collation="C"), "postgresql")


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, aware on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC to the database; a naive moment is refused.

        Raises:
            ValueError: `value` has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC from the database (SQLite keeps no zone)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def sql(model: type[Any]) -> SqlTable:
    """The table of a model, for statements of Core."""
    return cast("SqlTable", model.__table__)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """This day in Europe/London."""
    return now().astimezone(LONDON).date()


def set_up_sqlite(engine: Engine) -> None:
    """From here on SQLite keeps our rules: WAL, foreign keys, and a writer locks before its first read."""

    def settings(dbapi: sqlite3.Connection, _: object) -> None:
        dbapi.isolation_level = None  # we begin, not the driver: savepoints and DDL work
        # Works only before WAL and the first table; setting it again would take the write lock.
        if dbapi.execute("PRAGMA auto_vacuum").fetchone()[0] != INCREMENTAL:
            dbapi.execute("PRAGMA auto_vacuum=INCREMENTAL")
        for pragma in PRAGMAS:
            dbapi.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if WRITES.get() else "BEGIN")

    listen(engine, "connect", settings)
    listen(engine, "begin", begin)
