"""The steps of registering an ECT (`screens.md` 3.7), and what an AB officer decides."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField

from app.fabext.fields import DayMonthYear, RemoteSelectField
from app.fabext.forms import Form, Versioned
from app.fabext.pages import FieldGroup
from app.fabext.validators import May, Needed
from app.forms.ects import (
    ContactFields,
    ContractFields,
    NameFields,
    QTSFields,
    TrainingFields,
    earlier_columns,
)
from app.forms.parts import (
    Answer,
    NeededWith,
    Trn,
    email,
    long_text,
    radio,
    row_fields,
    text,
    year,
    yes_or_no,
)
from app.registrations.rules import FILLED_IN, STEP_IN_WORDS, Step
from app.schools.look_up import SCHOOLS

EARLIER_ROWS = 3


class ECTFields(NameFields, ContactFields):
    """Who the ECT is, and how to reach them."""

    trn = text(
        _("Teacher reference number (TRN)"),
        20,
        Trn(),
        needed=_("Enter the TRN"),
        hint=_("Seven digits, such as 0041739."),
    )
    born_on = DayMonthYear(
        _("Date of birth"), [Needed(_("Enter the date of birth"))], description=_("For example 17 5 2000")
    )
    previous_first_name = text(_("Previous first name"), 100)
    previous_last_name = text(_("Previous last name"), 100)
    previous_until = DayMonthYear(_("Had that name until"), [May()])


class StartForm(ECTFields, Form):
    """The first step of somebody who registers for the own school."""


class StartAtForm(ECTFields, Form):
    """The first step of AB staff: they say at which school."""

    school = RemoteSelectField(
        _("School"),
        [Needed(_("Choose the school"))],
        look_up=SCHOOLS,
        description=_("Name, town, postcode or URN"),
    )


class StartInTrustForm(ECTFields, Form):
    """The first step of a trust: one of its own schools."""

    school_id = RadioField(
        _("School"),
        [Needed(_("Choose the school"))],
        coerce=lambda value: int(value) if str(value).isdecimal() and len(str(value)) < 10 else None,
        choices=[],
        validate_choice=False,  # the verb looks whether it is one of the trust
        widget=GovRadioInput(),
    )


class ECTStep(ECTFields, Form, Versioned):
    """Step 1."""


class TrainingStep(QTSFields, TrainingFields, Form, Versioned):
    """Step 2."""

    body_recommended_qts = yes_or_no(
        _("Did this appropriate body recommend the award of QTS?"),
        needed=_("Say whether this appropriate body recommended the award of QTS"),
        hint=_("It cannot then act for this ECT (guidance 2.25)."),
    )
    qualification_name = text(_("Qualification"), 200, hint=_("Such as PGCE"))
    qualification_subject = text(_("Subject and age range"), 100)
    qualification_institution = text(_("Where it was gained"), 200)
    qualification_year = year(_("Year"))


class PostStep(ContractFields, Form, Versioned):
    """Step 3."""

    induction_starts_on = DayMonthYear(
        _("Induction starts on"),
        [Needed(_("Enter the day on which induction starts"))],
        description=_("Not before QTS was awarded, and not before the contract starts."),
    )
    employed_by_body = yes_or_no(
        _("Is the ECT employed by this appropriate body?"),
        needed=_("Say whether the ECT is employed by this appropriate body"),
        hint=_("It cannot then act for this ECT (guidance 2.25)."),
    )


class PeopleStep(Form, Versioned):
    """Step 4."""

    tutor_name = text(_("Induction tutor"), 200, needed=_("Enter the name of the induction tutor"))
    tutor_email = email(
        _("Induction tutor's email address"), needed=_("Enter the induction tutor's email address")
    )
    mentor_name = text(_("Mentor"), 200, needed=_("Enter the name of the mentor"))
    mentor_email = email(_("Mentor's email address"), needed=_("Enter the mentor's email address"))
    safeguards = long_text(
        _("Safeguards, if tutor and mentor are one person"),
        1000,
        hint=_("Only in exceptional cases. Say how support and assessment are kept apart (guidance 2.45)."),
    )


class EarlierFields(Form, Versioned):
    """Step 5, less its rows."""

    served_before = yes_or_no(
        _("Has the ECT served induction before?"), needed=_("Say whether the ECT has served induction before")
    )
    ended_before = yes_or_no(
        _("Has induction ended before: passed, failed or exempt?"),
        needed=_("Say whether induction has ended before"),
        hint=_("There is one chance. Who has passed, failed or need not serve it is not registered again."),
    )


EarlierStep: type[Form] = type(
    "EarlierStep",
    (EarlierFields,),
    row_fields(
        {
            **earlier_columns(),
            "school_name": lambda at: text(
                _("School"),
                200,
                needed=NeededWith(
                    "served_before", (Answer.YES,) if at == "1" else (), _("Enter the earlier school")
                ),
            ),
        },
        EARLIER_ROWS,
    ),
)


class ConfirmationsStep(Form, Versioned):
    """Step 6: the headteacher's confirmations."""

    suitable_post = yes_or_no(
        _("Is the post suitable for induction?"),
        needed=_("Say whether the post is suitable"),
        hint=_(
            "Whole-class teaching of the same classes, in the right age range and subject, without undue "
            "discipline or extra duties (guidance 2.18)."
        ),
    )
    reduced_timetable = yes_or_no(
        _("Is the timetable reduced?"),
        needed=_("Say whether the timetable is reduced"),
        hint=_(
            "At most 90% of a main-range teacher's in the first year and 95% in the second, beside PPA time "
            "(guidance 2.20)."
        ),
    )
    mentoring_in_hours = yes_or_no(
        _("Does mentoring take place in timetabled hours?"),
        needed=_("Say whether mentoring takes place in timetabled hours"),
        hint=_("Outside them only in exceptional cases (guidance 2.44)."),
    )
    both_hold_qts = yes_or_no(
        _("Do the tutor and the mentor hold QTS, and have they the time?"),
        needed=_("Say whether tutor and mentor hold QTS and have the time"),
        hint=_("Guidance 2.18."),
    )
    qts_checked = yes_or_no(
        _("Have you checked that the ECT holds QTS?"), needed=_("Say whether you have checked QTS")
    )
    no_special_measures = yes_or_no(
        _("May an ECT start induction at the school?"),
        needed=_("Say whether an ECT may start induction at the school"),
        hint=_("Not in special measures, unless an inspector has given permission (guidance 2.3)."),
    )
    ect_told = yes_or_no(
        _("Does the ECT know that you register them, and who holds the details?"),
        needed=_("Say whether the ECT knows of the registration"),
        hint=_("The privacy notice says what is held, and for how long."),
    )


class ConfirmationsForSchoolStep(ConfirmationsStep):
    """Step 6 as AB staff fill it in for a school."""

    confirmed_by = text(
        _("Who confirmed this at the school"),
        200,
        needed=_("Enter who confirmed this at the school"),
        hint=_("Name and role, and how you know: by email, letter or telephone."),
    )


class CheckStep(Form, Versioned):
    """Step 7: nothing more to type."""


class Decision(StrEnum):
    """What an AB officer does with a registration."""

    AUTHORISE = "authorise"
    RETURN = "return"


class DecideForm(Form, Versioned):
    """Authorise, or return with a reason."""

    decision = radio(
        _("Your decision"),
        Decision,
        {Decision.AUTHORISE: _("Authorise"), Decision.RETURN: _("Return to the school")},
        needed=_("Choose whether to authorise or return it"),
    )
    part = radio(
        _("Which part must the school look at?"),
        Step,
        {step: STEP_IN_WORDS[step] for step in FILLED_IN},
        needed=NeededWith("decision", (Decision.RETURN,), _("Choose the part that the school must look at")),
        hint=_("If you return it: their form opens there."),
    )
    reason = long_text(
        _("Reason"),
        2000,
        needed=NeededWith(
            "decision", (Decision.RETURN,), _("Give the reason. The school reads it, word for word")
        ),
        hint=_(
            "The school reads it, word for word. Needed if you return it, or authorise it against a check."
        ),
    )


STEP_FORMS: dict[Step, type[Form]] = {
    Step.ECT: ECTStep,
    Step.TRAINING: TrainingStep,
    Step.POST: PostStep,
    Step.PEOPLE: PeopleStep,
    Step.EARLIER: EarlierStep,
    Step.CONFIRMATIONS: ConfirmationsStep,
    Step.CHECK: CheckStep,
}
ECT_GROUPS = (
    FieldGroup(legend=_("Name"), fields=("first_name", "last_name", "known_as")),
    FieldGroup(legend=_("Identity"), fields=("trn", "born_on")),
    FieldGroup(
        legend=_("Previous name"),
        intro=_("If they had another one before. Only the appropriate body's officers and the ECT see it."),
        fields=("previous_first_name", "previous_last_name", "previous_until"),
    ),
    FieldGroup(
        legend=_("Contact"),
        fields=("school_email", "personal_email", "telephone", "mobile", "address", "postcode"),
    ),
)
EARLIER_LEGENDS = (_("Earlier school"), _("Second earlier school"), _("Third earlier school"))
STEP_GROUPS: dict[Step, tuple[FieldGroup, ...]] = {
    Step.ECT: ECT_GROUPS,
    Step.TRAINING: (
        FieldGroup(
            legend=_("QTS"), fields=("qts_status", "qts_awarded_on", "qts_route", "body_recommended_qts")
        ),
        FieldGroup(
            legend=_("Qualification"),
            fields=(
                "qualification_name",
                "qualification_subject",
                "qualification_institution",
                "qualification_year",
            ),
        ),
        FieldGroup(
            legend=_("Induction training"),
            fields=(
                "programme",
                "lead_provider",
                "delivery_partner",
                "training_began_on",
                "training_completed_on",
            ),
        ),
    ),
    Step.POST: (
        FieldGroup(
            legend=_("Employer"),
            fields=("employer_name", "employer_address", "employer_email", "employed_by_body"),
        ),
        FieldGroup(
            legend=_("Post and contract"),
            fields=("post", "contract", "starts_on", "ends_on", "induction_starts_on"),
        ),
        FieldGroup(legend=_("Working pattern"), fields=("fte", "pattern", "fte_reason")),
    ),
    Step.PEOPLE: (
        FieldGroup(fields=("tutor_name", "tutor_email", "mentor_name", "mentor_email", "safeguards")),
    ),
    Step.EARLIER: (
        FieldGroup(fields=("served_before", "ended_before")),
        *(
            FieldGroup(
                legend=legend,
                fields=tuple(
                    f"{name}_{at}"
                    for name in ("school_name", "appropriate_body", "started_on", "ended_on", "terms")
                ),
            )
            for at, legend in enumerate(EARLIER_LEGENDS, 1)
        ),
    ),
    Step.CONFIRMATIONS: (
        FieldGroup(
            fields=(
                "suitable_post",
                "reduced_timetable",
                "mentoring_in_hours",
                "both_hold_qts",
                "qts_checked",
                "no_special_measures",
                "ect_told",
            )
        ),
    ),
    Step.CHECK: (),
}


def step_fields() -> dict[str, Any]:
    """Field → how it was declared, of every step."""
    return {
        name: getattr(step, name)
        for step in (*STEP_FORMS.values(), ConfirmationsForSchoolStep)
        for name in dir(step)
        if hasattr(getattr(step, name), "field_class")
    }


def labels() -> dict[str, Any]:
    """Field → its label, of every step: how answers are listed."""
    return {name: made.args[0] if made.args else "" for name, made in step_fields().items()}
