"""Forms about one ECT's induction: the page of each, and how it is answered."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from app.ects.models import ECT
from app.fabext.forms import Form
from app.fabext.pages import Fact, FieldGroup, FormPage
from app.fabext.saving import Outcome, saved
from app.fabext.views import FORM, Answer, show_again
from app.induction import pages
from app.induction.models import InductionPeriod
from app.terms.on_screen import on_screen


def asked(
    form: Form,
    verb: Callable[[], None],
    page: Callable[[Outcome | None], FormPage],
    *,
    back: str,
    words: str,
    by_constraint: Any,
) -> Answer:
    """A form: shown, refused with the input kept, or done and back on the induction."""
    search = form.asks_to_search() if request.method == "POST" else None
    if request.method != "POST" or search:
        if search:
            search.search()
        return render_template(FORM, page=page(None))
    outcome = saved(form, verb, by_constraint=by_constraint)
    if not outcome.done:
        return show_again(FORM, page(outcome))
    flash(words, "success")
    return redirect(back, 303)


def form_page(
    ect: ECT,
    form: Form,
    title: str,
    submit: str,
    outcome: Outcome | None,
    *,
    fields: Sequence[str] = (),
    intro: str = "",
    facts: Sequence[Fact] = (),
    warning: bool = False,
) -> FormPage:
    """A form about one ECT's induction."""
    return FormPage(
        title=title,
        caption=ect.name,
        form=form,
        submit=submit,
        cancel_href=pages.at(ect, "/induction"),
        groups=[FieldGroup(fields=fields)],
        intro=intro,
        crumbs=pages.crumbs(ect),
        problems=outcome.problems if outcome else (),
        facts=facts,
        warning=warning,
    )


def facts_of(period: InductionPeriod) -> list[Fact]:
    """The period, beside a form about it."""
    return [
        Fact(label=_("School"), text=period.school.name),
        Fact(label=_("Start date"), text=on_screen(period.started_on)),
        Fact(label=_("End date"), text=on_screen(period.ended_on) or _("none yet")),
    ]
