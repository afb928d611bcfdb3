"""What each hat may do: roles and rights are code (`roles.toml`), written by `flask release`, read here."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from flask_babel import lazy_gettext as _
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from app.access.hats import HatKind
from app.access.models import RightsEpoch
from app.errors import NotReady
from app.extensions import db, sql


class UnknownRights(NotReady):
    """The reviewed file and the screens do not fit."""

    message = _("roles.toml names rights that no screen has: %(rights)s")


Right = tuple[str, str]  # permission, screen: ("can_list", "SchoolView")
ROLES_FILE = Path(__file__).with_name("roles.toml")
_KNOWN: dict[tuple[int, str], frozenset[Right]] = {}


def reviewed_roles() -> Mapping[str, frozenset[Right]]:
    """The roles as the reviewed file says: a name, and what it may do on which screen."""
    said = tomllib.loads(ROLES_FILE.read_text(encoding="utf-8"))
    return {
        kind.value: frozenset(
            (f"can_{permission}", screen)
            for screen, permissions in said.get(kind.value, {}).items()
            for permission in permissions
        )
        for kind in HatKind
    }


def rights_of(kind: HatKind, epoch: int) -> frozenset[Right]:
    """What a hat may do, kept until the number of rights changes. One statement when it is not kept."""
    kept = _KNOWN.get((epoch, kind.value))
    if kept is None:
        if len(_KNOWN) > 4 * len(HatKind):
            _KNOWN.clear()
        kept = _KNOWN[(epoch, kind.value)] = read_rights(kind)
    return kept


def read_rights(kind: HatKind) -> frozenset[Right]:
    """The rights of one role as the database holds them."""
    of_role = (
        select(sql(Permission).c.name, sql(ViewMenu).c.name)
        .select_from(sql(Role))
        .join(LINK, LINK.c.role_id == sql(Role).c.id)
        .join(sql(PermissionView), sql(PermissionView).c.id == LINK.c.permission_view_id)
        .join(sql(Permission), sql(Permission).c.id == sql(PermissionView).c.permission_id)
        .join(sql(ViewMenu), sql(ViewMenu).c.id == sql(PermissionView).c.view_menu_id)
        .where(sql(Role).c.name == kind.value)
    )
    with db.engine.connect().execution_options(unscoped=True) as connection:
        return frozenset((permission, screen) for permission, screen in connection.execute(of_role))


LINK = Role.__mapper__.relationships["permissions"].secondary


def write_roles(connection: Connection, screens: Iterable[Right]) -> bool:
    """Roles and rights in the database are what the reviewed file says; returns whether anything changed.

    Raises:
        UnknownRights: the file names a right that no screen has.
    """
    there, roles = set(screens), reviewed_roles()
    unknown = sorted({right for rights in roles.values() for right in rights} - there)
    if unknown:
        raise UnknownRights(rights=", ".join(" ".join(right) for right in unknown))
    wanted = {(name, *right) for name, rights in roles.items() for right in rights}
    if wanted == rights_written(connection) and names_in(connection, Role) == set(roles):
        return False
    for table in (LINK, sql(PermissionView)):
        connection.execute(delete(table))
    role_ids = keep_names(connection, Role, roles)
    permission_ids = keep_names(connection, Permission, {permission for permission, _ in there})
    screen_ids = keep_names(connection, ViewMenu, {screen for _, screen in there})
    pairs = [{"permission_id": permission_ids[p], "view_menu_id": screen_ids[s]} for p, s in sorted(there)]
    connection.execute(insert(sql(PermissionView)), pairs)
    pair_ids = {
        (permission_id, screen_id): number
        for number, permission_id, screen_id in connection.execute(
            select(*(sql(PermissionView).c[name] for name in ("id", "permission_id", "view_menu_id")))
        )
    }
    connection.execute(
        insert(LINK),
        [
            {"role_id": role_ids[name], "permission_view_id": pair_ids[(permission_ids[p], screen_ids[s])]}
            for name, p, s in sorted(wanted)
        ],
    )
    connection.execute(update(sql(RightsEpoch)).values(number=sql(RightsEpoch).c.number + 1))
    return True


def rights_written(connection: Connection) -> set[tuple[str, str, str]]:
    """Role, permission and screen as they stand in the database."""
    rows = connection.execute(
        select(sql(Role).c.name, sql(Permission).c.name, sql(ViewMenu).c.name)
        .join(LINK, LINK.c.role_id == sql(Role).c.id)
        .join(sql(PermissionView), sql(PermissionView).c.id == LINK.c.permission_view_id)
        .join(sql(Permission), sql(Permission).c.id == sql(PermissionView).c.permission_id)
        .join(sql(ViewMenu), sql(ViewMenu).c.id == sql(PermissionView).c.view_menu_id)
    )
    return {(role, permission, screen) for role, permission, screen in rows}


def names_in(connection: Connection, model: type[Role] | type[Permission] | type[ViewMenu]) -> set[str]:
    """The names that one of FAB's tables holds."""
    return set(connection.scalars(select(sql(model).c.name)))


def keep_names(
    connection: Connection, model: type[Role] | type[Permission] | type[ViewMenu], names: Iterable[str]
) -> dict[str, int]:
    """The table holds exactly `names`; returns their ids."""
    table, wanted = sql(model), set(names)
    there = names_in(connection, model)
    if there - wanted:
        connection.execute(delete(table).where(table.c.name.in_(there - wanted)))
    if wanted - there:
        connection.execute(insert(table), [{"name": name} for name in sorted(wanted - there)])
    return {name: number for number, name in connection.execute(select(table.c.id, table.c.name))}
