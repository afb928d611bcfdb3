"""How a decision is asked for: a form, a page with what follows, then the act of a named person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import current_app, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.access.sessions import principal
from app.errors import ServiceError
from app.extensions import today
from app.fabext.forms import Form
from app.fabext.pages import Fact, FormPage, Link
from app.fabext.saving import Outcome as Refused
from app.fabext.saving import saved
from app.fabext.views import FORM, Answer, show_again
from app.induction import pages, service
from app.induction.form_pages import facts_of, form_page
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import CAUSE_IN_WORDS, RESULT_IN_WORDS, Result
from app.terms.on_screen import on_screen

CHECK: Final = "induction/check.html"
# Two at once: the verb's own rule comes first, this stands behind it.
IN_FORCE: Final = {
    name: (
        "decided_on",
        lazy_gettext("Somebody recorded an outcome meanwhile. Open the record and look at it"),
    )
    for name in ("uq_outcome_in_force", "outcome.ect_id")
}
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
    page: Callable[[Refused | None], FormPage]
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
                    (name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT
                ],
                warning=self.warning,
                unsaid=unsaid,
            ),
        )
        return (drawn, 422) if unsaid else drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePage:
    """Which outcome; where one stands already, that it does."""

    title: str
    caption: str
    crumbs: Sequence[Link]
    back: str
    facts: Sequence[Fact] = ()
    intro: str = ""
    choices: Sequence[tuple[Link, str]] = ()
    stands: str = ""
    replace: Link | None = None


def proposed(period: InductionPeriod) -> dict[str, object]:
    """What a new decision begins with: today, and the end of the period where it has ended."""
    return {"decided_on": today(), "ended_on": period.ended_on, "terms": period.terms}


def choose_page(period: InductionPeriod) -> ChoosePage:
    """Pass or fail, each with a sentence; where an outcome is in force, that it is (refusal 16)."""
    ect = period.ect
    blank = ChoosePage(
        title=_("Record the outcome"),
        caption=ect.name,
        crumbs=pages.crumbs(ect),
        back=pages.at(ect, "/induction"),
        facts=facts_of(period),
    )
    standing = pages.in_force(pages.seen_of(ect)[1])
    if standing is not None:
        words = (
            _("%(name)s passed on %(day)s. Only an appeal decision or a correction can replace it.")
            if standing.result is Result.PASS
            else _("%(name)s failed on %(day)s. Only an appeal decision or a correction can replace it.")
        )
        link = Link(label=_("Replace the outcome"), href=pages.at(ect, f"/outcome/{standing.uid}/replace"))
        stands = words % {"name": ect.name, "day": on_screen(standing.decided_on)}
        return replace(blank, stands=stands, replace=link if pages.may("replace") else None)
    return replace(
        blank,
        intro=_(
            "The appropriate body decides; nobody else may (guidance 5.9). Each outcome has a page of its own."
        ),
        choices=[
            (
                Link(label=_("Record a pass"), href=pages.at(ect, "/outcome/pass")),
                _("The Teachers’ Standards are met. The period ends with the pass."),
            ),
            (
                Link(label=_("Record a fail"), href=pages.at(ect, "/outcome/fail")),
                _("The Teachers’ Standards are not met. There is one chance: only an appeal can change it."),
            ),
        ],
    )


def decision_on(period: InductionPeriod, result: Result, form: Any) -> Decision:
    """The decision of a pass or a fail, from its form to the act."""
    ect, facts = period.ect, facts_of(period)
    fails = result is Result.FAIL
    title = _("Record a fail") if fails else _("Record a pass")

    def page(outcome: Refused | None) -> FormPage:
        fields = ("ended_on", "terms", "decided_on", "reasons")
        return form_page(ect, form, title, _("Check the decision"), outcome, fields=fields, facts=facts)

    def record() -> None:
        service.record_outcome(
            period,
            result=result,
            decided_on=form.decided_on.data,
            ended_on=form.ended_on.data,
            terms=form.terms.data,
            reasons=form.reasons.data or "",
            locked=ect,  # the view locked it with the period
        )

    return Decision(
        form=form,
        verb=record,
        page=page,
        facts=lambda: [
            *facts[:2],
            Fact(label=_("Outcome"), text=RESULT_IN_WORDS[result]),
            Fact(label=_("End date"), text=on_screen(form.ended_on.data)),
            Fact(label=_("Terms"), text=pages.terms_in_words(form.terms.data)),
            Fact(label=_("Decided on"), text=on_screen(form.decided_on.data)),
            Fact(label=_("Reasons"), text=form.reasons.data),
        ],
        follows=follows(result),
        submit=_("Decide: fail") if fails else _("Decide: pass"),
        by_constraint=IN_FORCE,
        warning=fails,
    )


def replacement_of(standing: Outcome, form: Any) -> Decision:
    """The replacement of an outcome, from its form to the act."""
    ect = standing.ect
    facts = [
        Fact(label=_("Outcome in force"), text=RESULT_IN_WORDS[standing.result]),
        Fact(label=_("Decided on"), text=on_screen(standing.decided_on)),
        Fact(label=_("Decided by"), text=standing.decided_by),
    ]

    def page(outcome: Refused | None) -> FormPage:
        fields = ("cause", "result", "decided_on", "reasons")
        title, submit = _("Replace the outcome"), _("Check the decision")
        return form_page(ect, form, title, submit, outcome, fields=fields, facts=facts)

    def put_in_force() -> None:
        service.replace_outcome(
            standing,
            cause=form.cause.data,
            result=form.result.data,
            decided_on=form.decided_on.data,
            reasons=form.reasons.data or "",
        )

    return Decision(
        form=form,
        verb=put_in_force,
        page=page,
        facts=lambda: [
            *facts,
            Fact(label=_("Replaced by"), text=CAUSE_IN_WORDS[form.cause.data]),
            Fact(label=_("New outcome"), text=RESULT_IN_WORDS[form.result.data]),
            Fact(label=_("Decided on"), text=on_screen(form.decided_on.data)),
            Fact(label=_("Reasons"), text=form.reasons.data),
        ],
        follows=follows(Result.PASS if form.result.data is None else form.result.data),
        submit=_("Replace the outcome"),
        by_constraint=IN_FORCE,
        warning=True,
    )


def follows(result: Result) -> list[str]:
    """What comes after the decision, in order."""
    found = [
        _("%(body)s holds the decision, with your name.", body=current_app.config["BODY_NAME"]),
        _("The school and the ECT read nothing of it before the notice is released: within 3 working days "
          "(guidance 2.69)."),
        _("The TRA is told with the next file: TRN, name, date of birth, dates, outcome and number of terms."),
    ]  # fmt: skip
    if result is Result.FAIL:
        found.append(
            _("The ECT may appeal to the TRA within 20 working days of receiving the notice (guidance 2.70).")
        )
    return [*found, _("Only an appeal decision or a correction can replace it.")]
