"""An ECT's induction: periods, leaving, and the outcome from decision to notice."""

from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.attributes import set_committed_value
from werkzeug.wrappers import Response

from app.ects.models import ECT
from app.extensions import db, today
from app.fabext.doors import expose, permitted
from app.fabext.forms import Form
from app.fabext.pages import FieldGroup, Link
from app.fabext.views import SHOW, Answer, BaseView, ModelView, table
from app.forms.induction import CorrectionForm, LeavingForm, OutcomeForm, ReplacementForm, period_form
from app.induction import pages, queries, service
from app.induction.decisions import choose_page, decision_on, proposed, replacement_of
from app.induction.form_pages import asked, facts_of, form_page
from app.induction.models import InductionPeriod, Outcome
from app.induction.rules import Result
from app.schools.look_up import SCHOOLS
from app.schools.models import School

PeriodForm = period_form(SCHOOLS)
OVERLAP: Final = {
    "excl_induction_period_overlap": (
        "started_on",
        lazy_gettext(
            "These dates overlap another period of this ECT. Open the record and look at its periods"
        ),
    )
}
pages.tell_the_record_page()


class InductionView(BaseView):
    """Periods and outcome of one ECT, under the record's own address."""

    route_base = "/ects"
    default_view = "show"
    base_permissions: Any = [
        f"can_{name}" for name in ("show", "open", "leave", "outcome", "decide", "replace", "release")
    ]

    @expose("/<key>/induction")
    @permitted
    def show(self, key: str) -> Answer:
        """Periods, outcome, and what can be done."""
        return render_template(SHOW, page=pages.page_of(ect_or_404(key)))

    @expose("/<key>/induction/new", methods=["GET", "POST"])
    @permitted
    def open(self, key: str) -> Answer:
        """A further period begins."""
        ect = ect_or_404(key)
        form: Any = PeriodForm()

        def open_it() -> None:
            service.open_further_period(
                ect,
                school_id=form.school.data.id,
                started_on=form.started_on.data,
                programme=form.programme.data,
                fte=form.fte.data,
            )

        return asked(
            form,
            open_it,
            lambda outcome: form_page(
                ect, form, _("Open a further period"), _("Open period"), outcome,
                fields=("school", "started_on", "programme", "fte"),
                intro=_("The TRA is told of the start with the next file."),
            ),
            back=pages.at(ect, "/induction"),
            words=_("The period is open. The start is ready for the TRA."),
            by_constraint=OVERLAP,
        )  # fmt: skip

    @expose("/<key>/leave", methods=["GET", "POST"])
    @permitted
    def leave(self, key: str) -> Answer:
        """The ECT has left, or leaves today."""
        period = queries.period_to_leave(key, lock=request.method == "POST")
        if period is None:
            return nothing_to_leave(key)
        ect, facts = period.ect, facts_of(period)
        form = LeavingForm(obj=period) if request.method != "POST" else LeavingForm()

        def leave() -> None:
            set_committed_value(period, "version", form.seen_version() or -1)
            service.close_period(
                period, ended_on=form.ended_on.data or today(), terms=form.terms.data, locked=ect
            )

        return asked(
            form,
            leave,
            lambda outcome: form_page(
                ect, form, _("Leaving"), _("Save last day"), outcome, fields=("ended_on", "terms"), facts=facts,
                intro=_(
                    "An ECT who leaves after a term or more, and before the next formal assessment, needs an interim "
                    "assessment (guidance 2.62). The appropriate body tells the TRA of the last day."
                ),
            ),
            back=pages.at(ect, "/induction"),
            words=_("The last day is saved. The record stays readable here."),
            by_constraint={},
        )  # fmt: skip

    @expose("/<key>/outcome")
    @permitted
    def outcome(self, key: str) -> Answer:
        """Which outcome: each has a page of its own."""
        period = queries.period_to_decide(key)
        if period is None:
            ect = ect_or_404(key)
            flash(_("There is no induction period yet, so there is nothing to decide."), "error")
            return redirect(pages.at(ect, "/induction"), 303)
        return render_template("induction/choose.html", page=choose_page(period))

    @expose("/<key>/outcome/<result>", methods=["GET", "POST"])
    @permitted
    def decide(self, key: str, result: str) -> Answer:
        """A pass or a fail is recorded, in the name of whoever decides it."""
        period = queries.period_to_decide(key, lock=request.method == "POST")
        if period is None or result not in {each.value for each in Result}:
            abort(404)
        back, kind = pages.at(period.ect, "/induction"), Result(result)
        form = OutcomeForm() if request.method == "POST" else OutcomeForm(data=proposed(period))
        answer = decision_on(period, kind, form).answer()
        if answer is None:
            flash(
                _("The outcome is recorded. Next: release the notice to the school and the ECT."), "success"
            )
        return answer or redirect(back, 303)

    @expose("/<key>/outcome/<outcome>/replace", methods=["GET", "POST"])
    @permitted
    def replace(self, key: str, outcome: str) -> Answer:
        """An appeal decision or a correction takes the place of an outcome."""
        standing = outcome_or_404(key, outcome)
        back = pages.at(standing.ect, "/induction")
        form = (
            ReplacementForm() if request.method == "POST" else ReplacementForm(data={"decided_on": today()})
        )
        answer = replacement_of(standing, form).answer()
        if answer is None:
            flash(_("The outcome is replaced. Next: release the new notice."), "success")
        return answer or redirect(back, 303)

    @expose("/<key>/outcome/<outcome>/release", methods=["GET", "POST"])
    @permitted
    def release(self, key: str, outcome: str) -> Answer:
        """The notice goes out: the head and the ECT are told, and read the decision."""
        standing = outcome_or_404(key, outcome)
        ect, facts = standing.ect, pages.outcome_facts(standing)
        form = Form()
        intro = _(
            "The school and the ECT read the outcome and its reasons from this moment on. The headteacher and the ECT "
            "get an email with the address of this record. This cannot be undone."
        )
        return asked(
            form,
            lambda: service.release(standing),
            lambda outcome: form_page(
                ect, form, _("Release the notice"), _("Release 1 notice"), outcome, intro=intro, facts=facts
            ),
            back=pages.at(ect, "/induction"),
            words=_("The notice is released. The headteacher and the ECT are told by email."),
            by_constraint={},
        )


class InductionPeriodView(ModelView):
    """One period, put right by the AB with a reason."""

    datamodel = table(InductionPeriod)
    route_base = "/ects"
    key = "uid"
    class_permission_name = "InductionPeriodView"
    base_permissions: Any = ["can_edit"]
    edit_title = lazy_gettext("Correct a period")
    submit_label = lazy_gettext("Save correction")
    edit_form = CorrectionForm
    edit_columns = ["started_on", "ended_on", "terms", "programme", "fte"]
    form_groups = [FieldGroup(fields=("started_on", "ended_on", "terms", "programme", "fte", "reason"))]
    label_columns = {
        "started_on": lazy_gettext("Start date"),
        "ended_on": lazy_gettext("End date"),
        "terms": lazy_gettext("Number of terms"),
        "programme": lazy_gettext("Training programme"),
        "fte": lazy_gettext("FTE"),
    }
    by_constraint = OVERLAP

    @expose("/<key>/induction/<period>", methods=["GET", "POST"])
    @permitted
    def edit(self, key: str, period: str) -> Answer:
        """The form of a period, with the reason for its correction."""
        g.of_ect = key
        answer: Answer = super().edit(period)
        return answer

    def record(self, key: str) -> InductionPeriod:
        """The period of that random name, of the ECT in the address.

        Raises:
            NotFound: it is not there, not this ECT's, or not for this person.
        """
        ask = (
            self.record_statement()
            .join(InductionPeriod.ect)
            .options(
                contains_eager(InductionPeriod.ect), joinedload(InductionPeriod.school).load_only(School.name)
            )
            .where(InductionPeriod.uid == key, ECT.uid == g.of_ect)
        )
        found: InductionPeriod | None = db.session.scalars(ask).one_or_none()
        if found is None:
            abort(404)
        g.ect = (
            found.ect
        )  # kept beside it: a refused or saved period has to be read anew, its ECT is not asked again
        return found

    def change(self, form: Any, item: InductionPeriod, seen: int | None) -> None:
        """The period holds what was typed, with the reason in the audit trail."""
        set_committed_value(item, "version", seen if seen is not None else -1)
        service.correct_period(
            item,
            started_on=form.started_on.data,
            ended_on=form.ended_on.data,
            terms=form.terms.data,
            programme=form.programme.data,
            fte=form.fte.data,
            reason=form.reason.data,
        )

    def form_caption(self, item: Any | None) -> str:
        """Whose period."""
        return str(g.ect.name)

    def form_crumbs(self, item: Any | None) -> list[Link]:
        """Where the form stands."""
        return pages.crumbs(g.ect)

    def after_edit(self, item: Any) -> str:
        """Back to the induction."""
        return f"/ects/{g.of_ect}/induction"

    def edited_words(self, item: Any) -> str:
        """What was done."""
        return _("The period is corrected. What the TRA must know of it is ready for the next file.")


def ect_or_404(key: str) -> ECT:
    """The ECT of the address.

    Raises:
        NotFound: not there, or not for this person.
    """
    ect = queries.ect_named(key)
    return ect if ect is not None else abort(404)


def outcome_or_404(key: str, uid: str) -> Outcome:
    """The outcome of the address.

    Raises:
        NotFound: not there, or not for this person.
    """
    outcome = queries.outcome_of(key, uid)
    return outcome if outcome is not None else abort(404)


def nothing_to_leave(key: str) -> Response:
    """Back to the induction, with the reason."""
    ect = ect_or_404(key)
    flash(_("There is no open period, so there is no last day to enter."), "error")
    return redirect(pages.at(ect, "/induction"), 303)
