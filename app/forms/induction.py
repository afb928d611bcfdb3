"""Forms about induction periods and outcomes."""

from typing import Any

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms import BooleanField

from app.ects import rules as ect_rules
from app.ects.rules import PROGRAMME_IN_WORDS, Programme
from app.fabext.fields import DayMonthYear, LookUp, NotCopied, RemoteSelectField
from app.fabext.forms import Form, Versioned
from app.fabext.validators import May, Needed
from app.forms.parts import fte_box, long_text, number, radio
from app.induction.rules import CAUSE_IN_WORDS, REPLACING, RESULT_IN_WORDS, Cause, Result

LONGEST_REASONS = 4000
LONGEST_REASON = 400
TERMS_BOUNDS = _("Number of terms must be from 0 to 16, with one decimal place at most")


TERMS_NEEDED = _("Enter the number of terms that were served")


def terms_box(*, needed: Any = TERMS_NEEDED) -> Any:
    """Terms served."""
    hint = _(
        "Full-time equivalent terms in this period, such as 3 or 1.5. Six terms full time are a whole induction."
    )
    return number(_("Number of terms"), ect_rules.read_terms, TERMS_BOUNDS, needed=needed, hint=hint)


def programme_radios() -> Any:
    """Training programme."""
    return radio(
        _("Training programme"), Programme, PROGRAMME_IN_WORDS, needed=_("Choose the training programme")
    )


def period_form(schools: LookUp) -> type[Form]:
    """The form of a further period, at one of `schools`."""

    class PeriodForm(Form):
        school = RemoteSelectField(
            _("School"),
            [Needed(_("Choose the school"))],
            look_up=schools,
            description=_("Name, town, postcode or URN."),
        )
        started_on = DayMonthYear(
            _("Start date"), [Needed(_("Enter the start date"))], description=_("For example, 1 9 2026")
        )
        programme = programme_radios()
        fte = fte_box()

    return PeriodForm


class CorrectionForm(Form, Versioned):
    """A period, put right. `reason` goes into the audit trail, not into the period."""

    started_on = DayMonthYear(_("Start date"), [Needed(_("Enter the start date"))])
    ended_on = DayMonthYear(
        _("End date"), [May()], description=_("The last day that counted. Empty for a period that goes on.")
    )
    terms = terms_box(needed=False)
    programme = programme_radios()
    fte = fte_box()
    reason = long_text(
        _("Why it is corrected"),
        LONGEST_REASON,
        needed=_("Say why the period is corrected"),
        hint=_("Kept in the history of the record, with your name."),
    )


class LeavingForm(Form, Versioned):
    """Last day and terms served of an ECT who leaves."""

    ended_on = DayMonthYear(
        _("Last day"),
        [Needed(_("Enter the last day"))],
        description=_("The last day on which the ECT worked here. Today at the latest."),
    )
    terms = terms_box()


class Asked:
    """What a decision asks for; `confirm` says that the check page was seen, `said` who decides."""

    decided_on = DayMonthYear(
        _("Date of the decision"),
        [Needed(_("Enter the date of the decision"))],
        description=_("The day on which the appropriate body decided."),
    )
    reasons = long_text(
        _("Reasons"),
        LONGEST_REASONS,
        needed=_("Give the reasons. They go into the letter, word for word"),
        hint=_("The ECT and the headteacher read them, word for word, once the notice is released."),
    )
    confirm = NotCopied()
    said = BooleanField(_("I decide this"), widget=GovCheckboxInput())


class OutcomeForm(Asked, Form):
    """A pass or a fail: which of them, the address says."""

    ended_on = DayMonthYear(
        _("End date"),
        [Needed(_("Enter the end date"))],
        description=_("The last day of the induction period. Today at the latest."),
    )
    terms = terms_box()


class ReplacementForm(Asked, Form):
    """An outcome that an appeal decision or a correction puts in force."""

    cause = radio(
        _("What replaces the outcome"),
        Cause,
        {cause: CAUSE_IN_WORDS[cause] for cause in Cause},
        needed=_("Say whether an appeal decision or a correction replaces the outcome"),
    )
    result = radio(_("Outcome"), Result, RESULT_IN_WORDS, needed=_("Choose the outcome"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.cause.choices = [choice for choice in self.cause.choices if choice.value in REPLACING]
