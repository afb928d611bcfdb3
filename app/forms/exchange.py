"""Forms about the eight-field file."""

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput
from wtforms import BooleanField, RadioField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.exchange.rules import KIND_IN_WORDS, FileKind
from app.fabext.fields import DayMonthYear
from app.fabext.forms import Form
from app.fabext.validators import May, Needed

KINDS = {kind.value for kind in FileKind}


class SinceForm(PlainForm):
    """Which notifications: read out of the address, for a preview changes nothing."""

    since = DayMonthYear(
        _("Since"),
        [May()],
        description=_("Only what happened on this day or later. Empty: all that was not sent."),
    )
    again = BooleanField(_("Also what was sent before"), widget=GovCheckboxInput())


class ReleaseForm(Form):
    """In which shape the file goes, and who says so."""

    kind = RadioField(
        _("Kind of file"),
        [Needed(_("Choose the kind of file"))],
        choices=[SelectChoice(kind.value, KIND_IN_WORDS[kind]) for kind in FileKind],
        coerce=lambda value: FileKind(value) if value in KINDS else None,
        validate_choice=False,
        default=FileKind.CSV.value,
        widget=GovRadioInput(),
    )
