"""Forms as the service makes them: GOV.UK widgets, a remote select, hidden fields."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovDateInput,
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired


class RemoteField(StringField):
    """What a remote select looks like to the template: `remote` beside an ordinary field."""

    remote: dict[str, Any]


class SampleForm(FlaskForm):
    version = HiddenField(default="3")
    submission = HiddenField(default="c0ffee")
    school = RemoteField(
        "School", description="Name, town, postcode or URN", validators=[DataRequired("Choose a school")]
    )
    contact_name = StringField(
        "Name of the contact",
        widget=GovTextInput(),
        validators=[DataRequired("Enter the name of the contact")],
    )
    contact_email = StringField(
        "Email address", widget=GovTextInput(), description="Such as name@school.example"
    )
    starts_on = DateField(
        "First day", format="%d %m %Y", widget=GovDateInput(), description="For example, 1 9 2026"
    )
    area = SelectField(
        "Area", widget=GovSelect(), choices=[SelectChoice("n", "North"), SelectChoice("s", "South")]
    )
    way = RadioField(
        "How to reach them",
        widget=GovRadioInput(),
        choices=[SelectChoice("e", "Email"), SelectChoice("t", "Telephone")],
    )
    agreed = BooleanField("The headteacher knows about this", widget=GovCheckboxInput())
    note = TextAreaField("Note", widget=GovTextArea(), description="Everyone at the school can read it")


class FileForm(FlaskForm):
    file = FileField(
        "File of schools",
        widget=GovFileInput(),
        description="All establishment data as CSV, or the .zip that holds it. At most 200 MB",
    )


class SignInForm(FlaskForm):
    username = StringField("Username", validators=[DataRequired("Enter your username or email address")])
    password = PasswordField("Password", validators=[DataRequired("Enter your password")])
