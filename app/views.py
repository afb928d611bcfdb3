"""The menu on one page: every screen, in the user's order. `register()` and nothing else."""

from collections.abc import Mapping
from typing import Any

from flask_appbuilder.base import AppBuilder
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.access.hats import HatKind
from app.access.sessions import principal
from app.ects.views import ECTFactsView, ECTView
from app.exchange.views import LedgerPeopleView, LedgerView, TraView
from app.home.public import PublicView
from app.induction.views import InductionPeriodView, InductionView
from app.messages.views import MailFolderView, MarketingView, OutboxView
from app.people.account import LanguageView, MeView, PasswordView
from app.people.views import PeopleView, RolesView
from app.registrations.views import RegistrationView
from app.retention.views import RetentionView
from app.schools.views import SchoolContactView, SchoolImportView, SchoolView

# What the hats of schools and the ECT read in the menu (screens: navigation); the AB reads the plain word.
OF_ECTS = {
    HatKind.HEADTEACHER: _("Our ECTs"),
    HatKind.INDUCTION_LEAD: _("Our ECTs"),
    HatKind.SCHOOL_ADMINISTRATOR: _("Our ECTs"),
    HatKind.TRUST_ADMINISTRATOR: _("Our ECTs"),
    HatKind.INDUCTION_TUTOR: _("My ECTs"),
    HatKind.MENTOR: _("My ECTs"),
    HatKind.ECT: _("My induction"),
}
OF_SCHOOLS = {
    HatKind.HEADTEACHER: _("Our school"),
    HatKind.INDUCTION_LEAD: _("Our school"),
    HatKind.SCHOOL_ADMINISTRATOR: _("Our school"),
    HatKind.TRUST_ADMINISTRATOR: _("Our schools"),
}


def said(words: Mapping[HatKind, LazyString], plain: LazyString) -> LazyString:
    """A menu word that follows the hat in use."""

    def word() -> str:
        kind = principal().kind
        return str(words.get(kind, plain) if kind else plain)

    return LazyString(word)


def register(appbuilder: AppBuilder) -> None:
    """Every screen has its place. A menu item is a FAB category; items without permission are absent."""
    appbuilder.add_link("Today", href="TodayView.show", label=_("Today"))
    ects: Any = {"category": "ECTs", "category_label": said(OF_ECTS, _("ECTs"))}
    appbuilder.add_view(ECTView, "List of ECTs", label=_("List"), **ects)
    appbuilder.add_view(RegistrationView, "Registrations", label=_("Registrations"), **ects)
    schools: Any = {"category": "Schools", "category_label": said(OF_SCHOOLS, _("Schools"))}
    appbuilder.add_view(SchoolView, "List of schools", label=_("List"), **schools)
    appbuilder.add_view(SchoolImportView, "Import", label=_("Import"), **schools)
    exchange: Any = {
        "category": "Exchange",
        "category_label": said({HatKind.DPO: _("Ledger")}, _("Exchange")),
    }
    appbuilder.add_view(TraView, "TRA file", label=_("TRA file"), **exchange)
    appbuilder.add_view(LedgerView, "Ledger", label=_("Ledger"), **exchange)
    appbuilder.add_view(
        OutboxView, "Outbox", label=_("Outbox"), category="Messages", category_label=_("Messages")
    )
    privacy = said({HatKind.AB_ADMINISTRATOR: _("Privacy")}, _("Retention"))
    appbuilder.add_view(RetentionView, "Retention", label=privacy)
    settings: Any = {"category": "Settings", "category_label": _("Settings")}
    appbuilder.add_view(PeopleView, "Users", label=_("Users"), **settings)
    appbuilder.add_view(RolesView, "Roles", label=_("Roles"), **settings)
    for screen in (
        ECTFactsView,
        InductionPeriodView,
        InductionView,
        LedgerPeopleView,
        MailFolderView,
        MarketingView,
        SchoolContactView,
        MeView,
        PasswordView,
        LanguageView,
        PublicView,
    ):
        appbuilder.add_view_no_menu(screen)
