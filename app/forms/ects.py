"""Forms about an ECT's facts, one a group of the record. Registration asks for the same fields (`registrations.py`)."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.ects.rules import (
    CONTRACT_IN_WORDS,
    PROGRAMME_IN_WORDS,
    QTS_IN_WORDS,
    ContractKind,
    Programme,
    QTSStatus,
)
from app.fabext.fields import DayMonthYear
from app.fabext.forms import Form, Versioned
from app.fabext.validators import May, Needed
from app.forms.parts import (
    NeededWith,
    NotBeforeField,
    Postcode,
    Trn,
    email,
    fte_box,
    half_days,
    long_text,
    phone,
    radio,
    row_fields,
    terms,
    text,
    year,
)


class NameFields:
    """The name that the Teaching Regulation Agency (TRA) holds, and the one that the person goes by."""

    first_name = text(
        _("First name"),
        100,
        needed=_("Enter the ECT's first name"),
        hint=_("As on the teacher's record at the TRA."),
    )
    last_name = text(_("Last name"), 100, needed=_("Enter the ECT's last name"))
    known_as = text(_("Known as"), 100, hint=_("A first name that they go by, if it is another one."))


class ContactFields:
    """How to reach the ECT."""

    school_email = email(_("School email address"), hint=_("Such as name@school.example"))
    personal_email = email(_("Personal email address"), hint=_("For after they leave the school."))
    telephone = phone(_("Telephone number"))
    mobile = phone(_("Mobile number"))
    address = long_text(_("Home address"), 400, hint=_("Without the postcode, a line each."))
    postcode = text(_("Postcode"), 10, Postcode())


class QTSFields:
    """Qualified teacher status (QTS)."""

    qts_status = radio(
        _("Qualified teacher status (QTS)"), QTSStatus, QTS_IN_WORDS, needed=_("Say whether QTS is held")
    )
    qts_awarded_on = DayMonthYear(
        _("QTS awarded on"),
        [NeededWith("qts_status", (QTSStatus.HELD,), _("Enter the day on which QTS was awarded"))],
        description=_("For example 1 7 2026"),
    )
    qts_route = text(
        _("Route to QTS"),
        100,
        hint=_("Such as university-led postgraduate, School Direct or assessment only."),
    )


class TrainingFields:
    """The ECT's own training."""

    programme = radio(
        _("Training programme"), Programme, PROGRAMME_IN_WORDS, needed=_("Choose the training programme")
    )
    lead_provider = text(_("Lead provider"), 200, hint=_("For a provider-led programme."))
    delivery_partner = text(_("Delivery partner"), 200)
    training_began_on = DayMonthYear(_("Training began on"), [May()])
    training_completed_on = DayMonthYear(
        _("Training completed on"),
        [May(), NotBeforeField("training_began_on", _("Training must end on or after its start, %(other)s"))],
    )


class ContractFields:
    """Who employs, on what contract, for how much of the week."""

    employer_name = text(_("Employer"), 250, needed=_("Enter the name of the employer"))
    employer_address = long_text(_("Employer's address"), 400)
    employer_email = email(_("Employer's email address"), hint=_("Notices of a decision go there too."))
    post = text(
        _("Post"),
        150,
        needed=_("Enter the post, such as class teacher, year 4"),
        hint=_("Title and subject or year."),
    )
    contract = radio(
        _("Nature of the contract"),
        ContractKind,
        CONTRACT_IN_WORDS,
        needed=_("Choose the nature of the contract"),
    )
    starts_on = DayMonthYear(
        _("Contract starts on"), [Needed(_("Enter the day on which the contract starts"))]
    )
    ends_on = DayMonthYear(
        _("Contract ends on"),
        [
            NeededWith(
                "contract",
                (ContractKind.FIXED_TERM, ContractKind.SUPPLY),
                _("Enter the day on which the contract ends"),
            ),
            NotBeforeField("starts_on", _("Contract must end after its start, %(other)s"), same_day=False),
        ],
        description=_("Leave empty for a permanent contract."),
    )
    fte = fte_box()
    pattern = half_days()
    fte_reason = text(
        _("Why the days and the FTE differ"), 200, hint=_("Only if they do: two half days are 0.2 FTE.")
    )


class NamesForm(NameFields, Form, Versioned):
    """The name; the one before is kept."""

    until = DayMonthYear(
        _("Last day of the name until now"),
        [May()],
        description=_("If the first or last name changes. The name until now is kept as a previous name."),
    )


class IdentityForm(Form, Versioned):
    """Teacher reference number (TRN) and date of birth, corrected by the appropriate body."""

    trn = text(_("TRN"), 20, Trn(), hint=_("Seven digits. Leave empty where there is none yet."))
    born_on = DayMonthYear(_("Date of birth"), [Needed(_("Enter the date of birth"))])


class ContactForm(ContactFields, Form, Versioned):
    """How to reach the ECT."""


class QTSForm(QTSFields, Form, Versioned):
    """Qualified teacher status."""


class TrainingForm(TrainingFields, Form, Versioned):
    """The ECT's own training."""


class EmploymentForm(ContractFields, Form, Versioned):
    """The post at the present school."""


def qualification_columns() -> dict[str, Any]:
    """What was gained, in what, where, when."""
    return {
        "name": lambda _at: text(_("Qualification"), 200, hint=_("Such as PGCE")),
        "subject": lambda _at: text(_("Subject and age range"), 100),
        "institution": lambda _at: text(_("Where"), 200),
        "year": lambda _at: year(_("Year")),
    }


def earlier_columns() -> dict[str, Any]:
    """Induction served before: where, under whom, from, to, terms."""
    return {
        "school_name": lambda _at: text(_("School"), 200),
        "appropriate_body": lambda _at: text(_("Appropriate body"), 200),
        "started_on": lambda _at: DayMonthYear(_("First day"), [May()]),
        "ended_on": lambda at: DayMonthYear(
            _("Last day"),
            [
                May(),
                NotBeforeField(f"started_on_{at}", _("Last day must be on or after the first, %(other)s")),
            ],
        ),
        "terms": lambda _at: terms(_("Terms served")),
    }


def previous_name_columns() -> dict[str, Any]:
    """A name that somebody had, until when."""
    return {
        "first_name": lambda _at: text(_("First name"), 100),
        "last_name": lambda _at: text(_("Last name"), 100),
        "until": lambda _at: DayMonthYear(_("Until"), [May()]),
    }


COLUMNS = {
    "qualifications": qualification_columns,
    "earlier": earlier_columns,
    "previous-names": previous_name_columns,
}
MOST_ROWS = 20


def rows_form(which: str, count: int) -> type[Form]:
    """A form of so many rows of one kind, for a record that has several: an emptied row is taken away."""
    fields = row_fields(COLUMNS[which](), min(count, MOST_ROWS))
    return type("RowsForm", (Form, Versioned), fields)
