"""The form of the marketing switch."""

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.fabext.forms import Form
from app.fabext.validators import Needed

YES, NO = "yes", "no"


class MarketingForm(Form):
    """Whether somebody wants marketing from now on."""

    wants = RadioField(
        _("Do you want these emails?"),
        [Needed(_("Say whether you want these emails"))],
        choices=[SelectChoice(YES, _("Yes, send them to me")), SelectChoice(NO, _("No"))],
        widget=GovRadioInput(),
        render_kw={"params": {"classes": "govuk-radios--inline"}},
    )
