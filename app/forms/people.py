"""Forms for signing in, the own account, and who wears which hat."""

from typing import Any

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovRadioInput, GovTextInput
from wtforms import PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.access.hats import IN_WORDS, HatKind
from app.fabext.fields import DayMonthYear, LookUp, RemoteSelectField
from app.fabext.forms import Form, Posted
from app.fabext.validators import AtMost, EmailAddress, Keepable, May, Needed, PlainUsername


class SignInForm(Posted):
    """Username or email address, and password."""

    username = StringField(
        _("Username or email address"),
        [Keepable(), Needed(_("Enter your username or email address")), AtMost(320)],
        widget=GovTextInput(),
    )
    password = PasswordField(_("Password"), [Needed(_("Enter your password"))], widget=GovPasswordInput())


class PasswordForm(Form):
    """A new password for oneself."""

    current = PasswordField(
        _("Current password"), [Needed(_("Enter your current password"))], widget=GovPasswordInput()
    )
    new = PasswordField(
        _("New password"),
        [Needed(_("Enter a new password"))],
        widget=GovPasswordInput(),
        description=_("12 characters or more. Three or four words that have nothing to do with you do well."),
    )


class PersonForm(Form):
    """Somebody new, with a first password that they change."""

    first_name = StringField(_("First name"), [Keepable(), Needed(), AtMost(64)], widget=GovTextInput())
    last_name = StringField(_("Last name"), [Keepable(), Needed(), AtMost(64)], widget=GovTextInput())
    email = StringField(
        _("Email address"), [Keepable(), Needed(), AtMost(320), EmailAddress()], widget=GovTextInput()
    )
    username = StringField(
        _("Username"),
        [Keepable(), Needed(), AtMost(128), PlainUsername()],
        widget=GovTextInput(),
        description=_("What they sign in with. Their email address works as well."),
    )
    new = PasswordField(
        _("First password"),
        [Needed(_("Enter a first password"))],
        widget=GovPasswordInput(),
        description=_("12 characters or more. Tell them by telephone, not by email."),
    )


class NewPasswordForm(Form):
    """A new password for somebody who lost theirs."""

    new = PasswordField(
        _("New password"),
        [Needed(_("Enter a new password"))],
        widget=GovPasswordInput(),
        description=_("12 characters or more. Tell them by telephone, not by email."),
    )


def hat_kind(value: Any) -> HatKind | None:
    """A kind of hat out of its value; None for anything else."""
    return HatKind(value) if value in {kind.value for kind in HatKind} else None


def hat_form(look_up: LookUp, kinds: tuple[HatKind, ...]) -> type[Form]:
    """The form that gives somebody a hat of one of `kinds`."""

    class HatForm(Form):
        kind = RadioField(
            _("Role"),
            [Needed(_("Choose the role"))],
            choices=[SelectChoice(kind.value, IN_WORDS[kind]) for kind in kinds],
            coerce=hat_kind,
            widget=GovRadioInput(),
        )
        school = RemoteSelectField(
            _("School"),
            [May()],
            look_up=look_up,
            description=_("For a role at a school: name, town, postcode or URN."),
        )
        trust_code = StringField(
            _("Trust"),
            [Keepable(), May(), AtMost(12)],
            widget=GovTextInput(),
            description=_("For a trust administrator: the trust's code in Get Information About Schools."),
        )
        starts_on = DayMonthYear(_("First day"), [Needed(_("Enter the first day"))])

    return HatForm


class EndHatForm(Form):
    """The last day on which a hat is worn."""

    ends_on = DayMonthYear(
        _("Last day"),
        [Needed(_("Enter the last day"))],
        description=_("The role can be used up to and on this day. A day before today ends it at once."),
    )
