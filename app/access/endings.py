"""Access ends at once (S4): a new password, a switched-off account or a changed hat kills the sessions it had.

A listener, so that no screen, command or later feature can forget it.
"""

from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, inspect, update
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session

from app.access.models import Hat, RightsEpoch, StoredSession
from app.extensions import sql

stored = sql(StoredSession)
epoch = sql(RightsEpoch)


@listens_for(Session, "before_flush")
def end_what_lost_its_ground(session: Session, *_: object) -> None:
    """Deletes the sessions of changed accounts and hats, and raises the number of rights."""
    changed = {*session.dirty, *session.deleted}
    users = {row.id for row in changed if isinstance(row, User) and (row in session.deleted or is_shut(row))}
    hats = {row.id for row in changed if isinstance(row, Hat)}
    if users or hats:
        unscoped(session, delete(stored).where(stored.c.user_id.in_(users) | stored.c.hat_id.in_(hats)))
    if hats or any(isinstance(row, Hat) for row in session.new):
        unscoped(session, update(epoch).values(number=epoch.c.number + 1))


def is_shut(user: User) -> bool:
    """Whether password or the account's being active changes with this flush."""
    state: Any = inspect(user)
    return any(state.attrs[name].history.has_changes() for name in ("password", "active"))


def unscoped(session: Session, statement: Any) -> None:
    """Runs a statement of house-keeping inside the change that caused it."""
    session.connection().execute(statement, execution_options={"unscoped": True})
