"""What other features put on an ECT's record page: each registers a function, none imports another's views."""

from collections.abc import Callable, Sequence

from app.ects.models import ECT
from app.fabext.pages import Group, Link, Tag

# Groups in the middle of the page, before the facts; each is asked with the ECT as this person sees it.
record_groups: list[Callable[[ECT], Sequence[Group]]] = []
# Links under "More actions"; what the hat in use may not do is absent.
record_actions: list[Callable[[ECT], Sequence[Link]]] = []
# Tags beside the state.
record_tags: list[Callable[[ECT], Sequence[Tag]]] = []
