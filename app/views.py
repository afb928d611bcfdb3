"""The menu on one page: every screen, in the user's order. `register()` and nothing else."""

from typing import Any

from flask_appbuilder.base import AppBuilder
from flask_babel import lazy_gettext as _

from app.ects.views import ECTView
from app.home.public import PublicView
from app.messages.views import MailFolderView, MarketingView, OutboxView
from app.people.account import LanguageView, MeView, PasswordView
from app.people.views import PeopleView, RolesView
from app.schools.views import SchoolContactView, SchoolImportView, SchoolView


def register(appbuilder: AppBuilder) -> None:
    """Every screen has its place. A menu item is a FAB category; items without permission are absent."""
    appbuilder.add_link("Today", href="TodayView.show", label=_("Today"))
    appbuilder.add_view(ECTView, "ECTs", label=_("ECTs"))
    schools: Any = {"category": "Schools", "category_label": _("Schools")}
    appbuilder.add_view(SchoolView, "List of schools", label=_("List"), **schools)
    appbuilder.add_view(SchoolImportView, "Import", label=_("Import"), **schools)
    appbuilder.add_view(
        OutboxView, "Outbox", label=_("Outbox"), category="Messages", category_label=_("Messages")
    )
    settings: Any = {"category": "Settings", "category_label": _("Settings")}
    appbuilder.add_view(PeopleView, "Users", label=_("Users"), **settings)
    appbuilder.add_view(RolesView, "Roles", label=_("Roles"), **settings)
    for screen in (
        MailFolderView,
        MarketingView,
        SchoolContactView,
        MeView,
        PasswordView,
        LanguageView,
        PublicView,
    ):
        appbuilder.add_view_no_menu(screen)
