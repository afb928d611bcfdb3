"""What an AB officer does with a registration: authorise or return it, or ask the earlier school for an end date."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from app.access.sessions import principal
from app.fabext.doors import expose, permitted
from app.fabext.pages import Fact, FieldGroup, FormPage
from app.fabext.saving import Outcome, saved
from app.fabext.views import FORM, Answer, show_again
from app.forms.registrations import DecideForm, Decision
from app.registrations import pages, queries, service
from app.registrations.models import Registration
from app.registrations.refusals import WrongState
from app.registrations.rules import STATE_IN_WORDS, RegistrationState, Step, Verdict, checks
from app.terms.on_screen import on_screen

BY_CONSTRAINT = dict.fromkeys(
    ("uq_ect_identity_trn", "ect_identity.trn", "excl_induction_period_overlap"),
    ("decision", pages.SOMEBODY_FASTER),
)


class DecidesRegistrations:
    """The appropriate body's side. It must not delegate these decisions (guidance 5.9)."""

    @expose("/<key>/decide", methods=["GET", "POST"])
    @permitted
    def decide(self: Any, key: str) -> Answer:
        """A named officer authorises or returns it."""
        registration = self.record(key)
        back = f"{self.path()}{key}"
        if registration.state is not RegistrationState.AWAITING_AB and request.method != "POST":
            return redirect(back, 303)
        form: Any = DecideForm() if request.method == "POST" else DecideForm(data=proposed(registration))

        def page(outcome: Outcome | None = None) -> FormPage:
            return FormPage(
                title=_("Decide this registration"),
                caption=pages.name_of(registration),
                intro=in_short(registration),
                form=form,
                submit=_("Decide as %(name)s", name=principal().name),
                cancel_href=back,
                groups=[FieldGroup(fields=("decision", "reason", "part"))],
                crumbs=self.crumbs_of(registration),
                facts=facts_beside(registration),
                problems=outcome.problems if outcome else (),
            )

        if request.method != "POST":
            return render_template(FORM, page=page())
        outcome = saved(form, lambda: decided(registration, form), by_constraint=BY_CONSTRAINT)
        if not outcome.done:
            return show_again(FORM, page(outcome))
        flash(done_words(registration), "success")
        return redirect(back, 303)

    @expose("/<key>/ask", methods=["POST"])
    @permitted
    def ask(self: Any, key: str) -> Answer:
        """The earlier school is asked for the end date by mail."""
        registration = self.record(key)
        asked: list[str] = []

        def words() -> str:
            return _("%(school)s has been asked for the end date.", school=asked[0]) if asked else _("Asked.")

        answer: Answer = self.pressed(
            registration, lambda: asked.append(service.ask_for_end_date(registration)), words
        )
        return answer


def proposed(registration: Registration) -> dict[str, Any]:
    """The form as it opens: the part of the first check that is not met, and the version seen."""
    found = checks(queries.answers_of(registration))
    asked = [check for verdict in (Verdict.NOT, Verdict.ASK) for check in found if check.verdict is verdict]
    return {"version": str(registration.version), "part": asked[0].step.value if asked else None}


def decided(registration: Registration, form: Any) -> None:
    """The verb of the choice, if the registration still is what this person saw.

    Raises:
        WrongState: somebody changed or decided it meanwhile.
    """
    held = service.locked(registration)
    if held.version != form.seen_version():
        raise WrongState(state=str(STATE_IN_WORDS[held.state]))
    reason = form.reason.data or ""
    if form.decision.data is Decision.AUTHORISE:
        service.authorise(held, reason=reason)
    else:
        service.return_to_school(held, reason=reason, part=form.part.data or Step.CHECK)


def done_words(registration: Registration) -> str:
    """What happened, and what comes next."""
    if registration.state is RegistrationState.AUTHORISED:
        return _("Authorised. The school and the ECT have been told; induction is open.")
    return _("Returned to the school, which has been told.")


def in_short(registration: Registration) -> str:
    """How the checks stand, those not met by name."""
    found = checks(queries.answers_of(registration))
    met = sum(check.verdict is Verdict.MET for check in found)
    said = [_("%(met)s of %(all)s checks are met.", met=met, all=len(found))]
    for verdict, words in ((Verdict.NOT, _("Not met")), (Verdict.ASK, _("Needs an answer"))):
        named = [check.words for check in found if check.verdict is verdict]
        said += [f"{words}: {'; '.join(named)}."] if named else []
    return " ".join(said)


def facts_beside(registration: Registration) -> list[Fact]:
    """What the officer decides about."""
    answers = queries.answers_of(registration)
    return [
        Fact(label=_("Name"), text=pages.name_of(registration)),
        Fact(label=_("TRN"), text=registration.trn or _("none")),
        Fact(label=_("School"), text=registration.school.name),
        Fact(label=_("Induction starts"), text=on_screen(registration.starts_on)),
        Fact(label=_("Post"), text=answers.text("post")),
        Fact(label=_("FTE"), text=answers.text("fte")),
        Fact(label=_("Sent"), text=on_screen(registration.sent_at)),
    ]
