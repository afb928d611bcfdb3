"""How a migration runs: one transaction, foreign keys off before it on SQLite and checked at its end (recipe 8)."""

from collections.abc import Iterator

from alembic import context
from sqlalchemy.engine import Connection

from app import models
from app.extensions import Table, db

assert models  # the tables are known


def run(connection: Connection) -> None:
    """Runs the migrations on `connection`, all or none.

    Raises:
        RuntimeError: rows would point nowhere; nothing was changed.
    """
    raw = connection.connection.dbapi_connection
    assert raw is not None
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        raw.cursor().execute("PRAGMA foreign_keys=OFF")  # no effect inside a transaction, so before it
    try:
        with connection.begin():
            context.configure(
                connection=connection,
                target_metadata=Table.metadata,
                render_as_batch=True,
                transactional_ddl=True,
                compare_type=True,
            )
            context.run_migrations()
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("rows point nowhere; nothing was changed")
    finally:
        if sqlite:
            raw.cursor().execute("PRAGMA foreign_keys=ON")


def connections() -> Iterator[Connection]:
    """The connection that the release brought, or one of the application's own (`flask db check`)."""
    brought = context.config.attributes.get("connection")
    if brought is not None:
        yield brought
        return
    with db.engine.connect().execution_options(unscoped=True) as own:
        yield own


for connection in connections():
    run(connection)
