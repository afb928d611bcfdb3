"""The second, coarse wall, on PostgreSQL: row level security that says whose *person* may appear (recipe 4).

Roles: `web` signs in and sees no ECT; per transaction it becomes `web_ab`, `web_school`, `web_ect` or `web_system`.
The finer rules are the session's (`access/visibility.py`). Made anew by each `flask release` from whose each table is.
"""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _
from sqlalchemy import text
from sqlalchemy.engine import Connection, make_url

from app.access.ownership import Whose, whose_is
from app.errors import NotReady
from app.extensions import Table


class NoServingRole(NotReady):
    """The database does not know who serves."""

    message = _(
        "The database has no role %(role)s: CREATE ROLE it with LOGIN and NOINHERIT (docs/operations.md)"
    )


ROLES = ("web_ab", "web_school", "web_ect", "web_system")
INSERTED_ONLY = ("audit_note",)
SCHOOLS = "ANY (string_to_array(nullif(current_setting('app.schools', true), ''), ',')::int[])"
OWN_ECT = "nullif(current_setting('app.ect', true), '')::int"


def stand(connection: Connection, serving_as: str) -> None:
    """Roles, grants and policies are there for the role that serves (`serving_as`).

    Nothing happens on SQLite, which has neither.

    Raises:
        NoServingRole: the database does not know the role that serves.
    """
    if connection.dialect.name != "postgresql":
        return
    for role in ROLES:
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
            connection.execute(text(f"CREATE ROLE {role} NOLOGIN"))
    login = quoted(connection, serving_as)
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": serving_as}):
        raise NoServingRole(role=serving_as)
    everybody = ", ".join((*ROLES, login))
    connection.execute(text(f"GRANT {', '.join(ROLES)} TO {login}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {everybody}"))
    connection.execute(
        text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {everybody}")
    )
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {everybody}"))
    for table in INSERTED_ONLY:
        connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {everybody}"))
    for statement in policies():
        connection.execute(text(statement))


def policies() -> Iterator[str]:
    """Statements that put each table of an ECT behind the wall: forced, so that it binds the owner as well."""
    for name in sorted(
        table.name for table in Table.metadata.tables.values() if whose_is(table.name) is Whose.ECT
    ):
        key = "id" if name == "ect" else "ect_id"
        at_school = f"{key} IN (SELECT ect_id FROM placement WHERE school_id = {SCHOOLS})"  # noqa: S608 - names of ours
        if name == "placement":  # own columns only: two policies that ask each other never end
            at_school = f"school_id = {SCHOOLS}"
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
        for role, condition in (
            ("web_ab", "true"),
            ("web_system", "true"),
            ("web_school", at_school),
            ("web_ect", f"{key} = {OWN_ECT}"),
        ):
            yield f"DROP POLICY IF EXISTS {role} ON {name}"
            yield f"CREATE POLICY {role} ON {name} TO {role} USING ({condition})"


def quoted(connection: Connection, name: str) -> str:
    """A role's name, quoted for a statement."""
    return str(connection.dialect.identifier_preparer.quote(name))


def login_in(address: str) -> str:
    """The role that an address signs in as."""
    return str(make_url(address).username or "web")
