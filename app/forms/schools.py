"""Forms about schools: the GIAS file, and what the body types about a school."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import StopValidation

from app.fabext.forms import Form


class Chosen:
    """A file was chosen."""

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            StopValidation: none was.
        """
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise StopValidation(str(_("Choose a file")))


class GiasFileForm(Form):
    """The file that Get Information About Schools publishes."""

    file = FileField(
        _("File from Get Information About Schools"),
        [Chosen()],
        widget=GovFileInput(),
        description=_(
            "The file edubasealldata with today's date, as you downloaded it: .csv, or .zip with it inside."
        ),
    )
