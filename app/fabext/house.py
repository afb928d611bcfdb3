"""FAB's AppBuilder without what it would serve besides our screens."""

from typing import Any, cast

from flask import Blueprint, current_app, has_request_context, session
from flask_appbuilder.base import AppBuilder as FabAppBuilder

__all__ = ["AppBuilder"]


class AppBuilder(FabAppBuilder):
    """No FAB templates, no static files (Bootstrap, jQuery, Select2), no `/back`, `/lang` or menu API."""

    def _add_global_static(self) -> None:
        """FAB's own blueprint, with neither its templates nor its files."""
        current_app.register_blueprint(Blueprint("appbuilder", __name__))

    def _add_admin_views(self) -> None:
        """The first page and the sign-in page."""
        current_app.extensions["babel"].locale_selector = chosen_language
        self._indexview = self.add_view_no_menu(cast("Any", self.indexview))
        self.sm.register_views()


def chosen_language() -> str:
    """The language of this session; English until somebody chose."""
    languages = current_app.config["LANGUAGES"]
    chosen = session.get("locale", "en") if has_request_context() else "en"
    return chosen if chosen in languages else "en"
