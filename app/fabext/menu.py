"""The service navigation: FAB's menu, less what the hat in use has no right to."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import get_locale

from app.access.sessions import principal


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuLink:
    """One word of a navigation; `path` is its address without the query."""

    label: str
    path: str
    active: bool = False

    @property
    def href(self) -> str:
        """The address."""
        return self.path


_BUILT: dict[tuple[object, ...], list[tuple[MenuLink, list[MenuLink]]]] = {}


def navigation() -> tuple[list[MenuLink], list[MenuLink]]:
    """The menu of the hat in use, and the pages of the item that is open (its section navigation)."""
    built = built_menu()
    at = request.path
    open_item = max(
        (item for item in built for page in item[1] if is_at(page.path, at)),
        key=lambda item: max(len(page.path) for page in item[1] if is_at(page.path, at)),
        default=None,
    )
    menu = [
        MenuLink(label=top.label, path=top.path, active=(top, pages) == open_item) for top, pages in built
    ]
    if open_item is None or len(open_item[1]) < 2:
        return menu, []
    best = max((page.path for page in open_item[1] if is_at(page.path, at)), key=len)
    return menu, [MenuLink(label=p.label, path=p.path, active=p.path == best) for p in open_item[1]]


def is_at(path: str, at: str) -> bool:
    """Whether the address `at` lies at or under `path`."""
    return at == path or (path != "/" and at.startswith(path))


def built_menu() -> list[tuple[MenuLink, list[MenuLink]]]:
    """Items with their pages, built once for each hat, number of rights and language."""
    who = principal()
    if who.kind is None:
        return []
    key = (id(current_app._get_current_object()), who.kind, who.epoch, str(get_locale()))  # type: ignore[attr-defined]
    if key not in _BUILT:
        if len(_BUILT) > 200:
            _BUILT.clear()
        items = [(item, [page for page in item.childs or [item] if may_open(page)]) for item in menu_items()]
        _BUILT[key] = [
            (
                MenuLink(label=str(item.label), path=pages[0].get_url()),
                [MenuLink(label=str(page.label), path=page.get_url()) for page in pages],
            )
            for item, pages in items
            if pages
        ]
    return _BUILT[key]


def menu_items() -> list[Any]:
    """FAB's menu, in the order of `app/views.py`."""
    items: list[Any] = current_app.appbuilder.menu.menu  # type: ignore[attr-defined]
    return items


def may_open(page: Any) -> bool:
    """Whether the hat in use may open the page that a menu entry leads to."""
    view = page.baseview
    if view is None:
        return True  # a link that stands in the menu for everybody
    handler = getattr(view, view.default_view)
    name = getattr(handler, "_permission_name", None)
    if name is None:
        return True  # open to whoever is signed in
    return bool(view.appbuilder.sm.has_access(f"can_{name}", view.class_permission_name))
