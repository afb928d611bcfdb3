"""FAB's security manager, answering for the hat in use."""

from collections.abc import Iterable
from typing import Any

from flask import g
from flask_appbuilder.security.sqla.manager import SecurityManager as FabSecurityManager
from flask_appbuilder.security.sqla.models import Role, User
from flask_appbuilder.security.views import AuthDBView

from app.access.rights import rights_of
from app.access.sessions import principal


class SignInDoor(AuthDBView):
    """Base of the sign-in page."""


class SecurityManager(FabSecurityManager):
    """Who is asking was read with the session; rights are kept until their number changes.

    FAB's own security pages, its REST sign-in and its writing of permissions at start are not registered:
    people and roles have screens of ours (`app/people`), rights come from `access/roles.toml`.
    """

    def register_views(self) -> None:
        """The sign-in page, and nothing else of FAB's."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def load_user(self, pk: object) -> User | None:
        """The user of this session, as it was read with it: no further statement."""
        asking = g.get("asking")
        return asking.user if asking and str(asking.user.id) == str(pk) else None

    def get_user_roles(self, user: Any) -> list[object]:
        """The one role of the hat in use, not the sum of all that the person could wear."""
        kind = principal().kind
        return [Role(name=kind.value)] if kind and user.is_authenticated else []

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the hat in use has the right on that screen."""
        who = principal()
        return who.kind is not None and (permission_name, view_name) in rights_of(who.kind, who.epoch)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public by a role: public pages say so at their door."""
        return False

    def get_user_menu_access(self, menu_names: Iterable[str] | None = None) -> set[str]:
        """Unused: the menu follows the rights of the screens (`fabext/menu.py`)."""
        return set()
