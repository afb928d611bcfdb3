"""The seven steps: each is kept when it is saved, and two people who answer one step are both told (S7)."""

from collections.abc import Mapping
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.access.sessions import principal
from app.ects.refusals import ChangedMeanwhile
from app.errors import NotYourRole
from app.fabext.doors import expose, permitted
from app.fabext.pages import Clash, FieldGroup, FormPage, Link
from app.fabext.saving import Outcome, saved
from app.fabext.views import FORM, Answer, show_again
from app.forms.parts import settled, values_of
from app.forms.registrations import STEP_FORMS, STEP_GROUPS, ConfirmationsForSchoolStep
from app.registrations import pages, queries, service
from app.registrations.models import Registration
from app.registrations.rules import (
    FILLED_IN,
    OPEN,
    STEP_IN_WORDS,
    Answers,
    SchoolAtLarge,
    Step,
    Value,
    checks,
    plain,
    proposed_employer,
)
from app.registrations.words import answer_in_words, check_rows, for_form, summary
from app.schools.models import School
from app.terms.stamp import stamp

CHECK = "registrations/check.html"
BY_CONSTRAINT: Final = {
    name: ("trn", lazy_gettext("Somebody at the school already has this TRN. Correct the number"))
    for name in ("uq_registration_live_trn", "registration.school_id, registration.trn")
}


class FillsInRegistrations:
    """What a school, or AB staff for it, does with a registration until it is sent."""

    @expose("/<key>/<step>", methods=["GET", "POST"])
    @permitted
    def step(self: Any, key: str, step: str) -> Answer:
        """One of the six steps that are filled in."""
        if step not in {each.value for each in FILLED_IN}:
            abort(404)
        registration, at = self.record(key), Step(step)
        if registration.state not in OPEN and request.method != "POST":
            return redirect(f"{self.path()}{key}", 303)
        if at is Step.CONFIRMATIONS and not service.may_confirm():
            raise NotYourRole
        answers = queries.answers_of(registration)
        form = form_of_step(registration, at, answers)
        page = StepPage(self, registration, at, form)
        if request.method != "POST":
            return render_template(FORM, page=page())
        seen = form.seen_version()
        outcome = saved(
            form,
            lambda: service.save_step(registration, at, values_of(form), seen=-1 if seen is None else seen),
            by_constraint=BY_CONSTRAINT,
        )
        if outcome.done:
            return redirect(self.after_step(registration, at), 303)
        held = queries.answers_of(registration).of(at)
        if stamp(held) != seen:
            outcome.clashes = clashes(form, held)
            form.version.data = str(stamp(held))
        return show_again(FORM, page(outcome))

    def after_step(self: Any, registration: Registration, step: Step) -> str:
        """The next step that is not filled in; the list of parts, where none is left or the rest is others' to do."""
        at = f"{self.path()}{registration.uid}"
        answers = queries.answers_of(registration)
        missing = [each for each in FILLED_IN if not answers.has(each)]
        later = [each for each in missing if FILLED_IN.index(each) > FILLED_IN.index(step)]
        if not missing:
            return f"{at}/{Step.CHECK.value}" if self.may("check") else at
        following = (later or missing)[0]
        if following is Step.CONFIRMATIONS and not service.may_confirm():
            return at
        return f"{at}/{following.value}"

    @expose("/<key>/check", methods=["GET", "POST"])
    @permitted
    def check(self: Any, key: str) -> Answer:
        """Everything on one page, and the button that sends it."""
        registration = self.record(key)
        back = f"{self.path()}{key}"
        if registration.state not in OPEN and request.method != "POST":
            return redirect(back, 303)
        answers = queries.answers_of(registration)
        kind = STEP_FORMS[Step.CHECK]
        form: Any = (
            kind() if request.method == "POST" else kind(data={"version": str(whole_stamp(registration))})
        )
        page = FormPage(
            title=STEP_IN_WORDS[Step.CHECK],
            caption=pages.name_of(registration),
            form=form,
            submit=_("Send to %(body)s", body=pages.body_name()),
            cancel_href=back,
            groups=(),
            crumbs=self.crumbs_of(registration),
        )
        shown = {"groups": list(summary(answers, back)), "checks": check_rows(checks(answers))}
        if request.method != "POST":
            return render_template(CHECK, page=page, **shown)
        outcome = saved(form, lambda: sent(registration, form.seen_version()), by_constraint={})
        if not outcome.done:
            form.version.data = str(whole_stamp(registration))
            return render_template(CHECK, page=pages.refused(page, outcome), **shown), 422
        flash(_("Sent. We will confirm this registration. There is nothing more for you to do."), "success")
        return redirect(back, 303)

    def crumbs_of(self: Any, registration: Registration) -> list[Link]:
        """ECTs, registrations, this one."""
        return [
            *self.list_crumbs(),
            Link(label=self.list_title, href=self.path()),
            Link(label=pages.name_of(registration), href=f"{self.path()}{registration.uid}"),
        ]


def whole_stamp(registration: Registration) -> int:
    """A number that changes with any answer."""
    answers = queries.answers_of(registration)
    return stamp({step.value: str(stamp(answers.of(step))) for step in FILLED_IN})


def sent(registration: Registration, seen: int | None) -> None:
    """The verb, if the answers still are those that this person saw.

    Raises:
        ChangedMeanwhile: somebody changed one.
    """
    held = service.locked(registration)
    if held.state in OPEN and whole_stamp(held) != seen:
        raise ChangedMeanwhile
    service.send(held)


class StepPage:
    """What the template draws of a step."""

    def __init__(self, view: Any, registration: Registration, step: Step, form: Any) -> None:
        self.view, self.step, self.form = view, step, form
        self.back = f"{view.path()}{registration.uid}"
        self.crumbs = view.crumbs_of(registration)
        self.caption = f"{pages.name_of(registration)}, {registration.school.name}"
        self.reason = registration.reason if queries.returned_to(registration) is step else ""

    def __call__(self, outcome: Outcome | None = None) -> FormPage:
        """The page, after a refusal with its reasons."""
        groups = list(STEP_GROUPS[self.step])
        if "confirmed_by" in self.form:
            groups.append(FieldGroup(fields=("confirmed_by",)))
        asked = (
            _("%(body)s asks: %(reason)s", body=pages.body_name(), reason=self.reason) if self.reason else ""
        )
        return FormPage(
            title=STEP_IN_WORDS[self.step],
            caption=self.caption,
            intro=asked,
            form=self.form,
            submit=_("Save and continue"),
            cancel_href=self.back,
            groups=groups,
            crumbs=self.crumbs,
            problems=outcome.problems if outcome else (),
            clashes=outcome.clashes if outcome else (),
        )


def form_of_step(registration: Registration, step: Step, answers: Answers) -> Any:
    """The form: as posted, or with the answers so far; the employer is proposed."""
    kind: type[Any] = STEP_FORMS[step]
    if step is Step.CONFIRMATIONS and principal().is_ab:
        kind = ConfirmationsForSchoolStep
    if request.method == "POST":
        return kind()
    said = answers.of(step)
    known = for_form(said) | {"version": str(stamp(said))}
    if step is Step.POST and not said:
        known |= dict(
            zip(("employer_name", "employer_address"), employer_at(registration.school), strict=True)
        )
    form = kind(data=known)
    form.remember()
    return form


def employer_at(school: School) -> tuple[str, str]:
    """Who probably employs there, and the address."""
    return proposed_employer(
        SchoolAtLarge(
            name=school.name,
            type_name=school.type_name,
            type_group=school.type_group,
            la_name=school.la_name,
            trust_name=school.trust_name,
            address="\n".join(school.address_lines),
        )
    )


def clashes(form: Any, held: Mapping[str, Value]) -> list[Clash]:
    """Where the answers as they are now differ from what was typed, in words."""
    return [
        Clash(
            label=form[name].label.text,
            theirs=answer_in_words(name, plain(theirs)) or _("nothing"),
            yours=answer_in_words(name, plain(yours)) or _("nothing"),
        )
        for name, theirs, yours in settled(form, for_form(held))
    ]
