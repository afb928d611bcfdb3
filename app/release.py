"""One step between versions: tables by Alembic, walls, roles and rights from the reviewed file, the key store."""

from collections.abc import Iterator

from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.access import walls
from app.access.rights import Right, write_roles
from app.extensions import set_up_sqlite
from app.vault.extension import vault
from config import ROOT


def release(app: Flask) -> Iterator[str]:
    """Everything is as this version needs it; says what it does, line by line. Run twice, it changes nothing more.

    Runs as the owner of the tables (`OWNER_DATABASE_URL`); on PostgreSQL that role may make roles and bypasses
    row level security.

    Raises:
        NotReady: the reviewed file of roles names what no screen has, or the database lacks the serving role.
    """
    serving = app.config["SQLALCHEMY_DATABASE_URI"]
    engine = create_engine(
        app.config["OWNER_DATABASE_URI"] or serving, hide_parameters=True, poolclass=NullPool
    )
    if engine.dialect.name == "sqlite":
        set_up_sqlite(engine)
    yield "Tables ..."
    with engine.connect() as connection:
        upgrade(connection)
    with engine.begin() as connection:
        yield "Roles and rights ..."
        walls.stand(connection, walls.login_in(serving))
        changed = write_roles(connection, screens(app))
    vault.keys.prepare()
    yield "Done: rights changed." if changed else "Done."


def upgrade(connection: object, revision: str = "head") -> None:
    """The tables stand at `revision`."""
    command.upgrade(alembic_config(connection), revision)


def downgrade(connection: object, revision: str) -> None:
    """The tables stand at an earlier `revision`."""
    command.downgrade(alembic_config(connection), revision)


def alembic_config(connection: object) -> Config:
    """Alembic told where the migrations are, and to use this connection."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def screens(app: Flask) -> set[Right]:
    """Every right that a screen knows, as FAB collected them from its doors."""
    views = app.appbuilder.baseviews  # type: ignore[attr-defined]
    return {
        (permission, view.class_permission_name) for view in views for permission in view.base_permissions
    }
