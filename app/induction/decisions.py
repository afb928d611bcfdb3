"""How a decision is asked for: a form, a page with what follows, then the act of a named person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app.access.sessions import principal
from app.errors import ServiceError
from app.fabext.forms import Form
from app.fabext.pages import Fact, FormPage, Link
from app.fabext.saving import Outcome, saved
from app.fabext.views import FORM, Answer, show_again

CHECK: Final = "induction/check.html"
NOT_KEPT: Final = frozenset({"csrf_token", "submission", "confirm", "said", "change"})


class OnlyLooked(ServiceError):
    """The verb went through, and is undone: somebody looks at what would follow first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """What is about to be done, what follows, and who says so."""

    title: str
    caption: str
    form: Form
    facts: Sequence[Fact]
    follows: Sequence[str]
    statement: str
    submit: str
    cancel_href: str
    crumbs: Sequence[Link]
    kept: Sequence[tuple[str, str]]
    warning: bool = False
    unsaid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision: the form's page, what the check page says, and the verb."""

    form: Any
    verb: Callable[[], object]
    page: Callable[[Outcome | None], FormPage]
    facts: Callable[[], Sequence[Fact]]
    follows: Sequence[str]
    submit: str
    by_constraint: Mapping[str, tuple[str, Any]]
    warning: bool = False

    def answer(self) -> Answer | None:
        """None when it is done; otherwise the form, the form refused, or the check page."""
        form = self.form
        if request.method != "POST" or request.form.get("change"):
            return render_template(FORM, page=self.page(None))
        said = form.confirm.data == "yes" and form.said.data
        looked: list[bool] = []

        def decide() -> None:
            self.verb()
            if not said:
                looked.append(True)
                raise OnlyLooked

        outcome = saved(form, decide, by_constraint=self.by_constraint)
        if outcome.done:
            return None
        if looked:
            return self.check()
        return show_again(FORM, self.page(outcome))

    def check(self) -> Answer:
        """What is about to be done, with what was typed kept on the page."""
        page, unsaid = self.page(None), self.form.confirm.data == "yes"
        drawn = render_template(
            CHECK,
            page=CheckPage(
                title=str(page.title),
                caption=str(page.caption),
                form=self.form,
                facts=self.facts(),
                follows=self.follows,
                statement=_("I, %(name)s, have looked at this and decide it.", name=principal().name),
                submit=self.submit,
                cancel_href=page.cancel_href,
                crumbs=page.crumbs,
                kept=[
                    (name, value)
                    for name, value in request.form.items(multi=True)
                    if name not in NOT_KEPT
                ],
                warning=self.warning,
                unsaid=unsaid,
            ),
        )
        return (drawn, 422) if unsaid else drawn
