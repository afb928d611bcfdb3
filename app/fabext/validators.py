"""Checks that a form makes alone, each with the sentence of `screens.md` 4."""

import re
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    parse,
)
from wtforms import Field, Form
from wtforms.validators import StopValidation, ValidationError

# What no text may hold: NUL and its kin break databases and files; a lone surrogate is half a letter.
# Nor signs that nobody sees and that turn a line round: a name made of them is no name, or somebody else's.
UNKEEPABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


def lower_first(label: object) -> str:
    """A label inside a sentence: "Last name" reads "last name", "TRN" stays."""
    text = str(label)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


class Needed:
    """The field must be filled in."""

    field_flags = {"required": True}

    def __init__(self, message: Any = None) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            StopValidation: nothing was typed.
        """
        data = field.data
        if data is None or (isinstance(data, str) and not data.strip()):
            if field.errors:  # the field itself has said what is wrong
                raise StopValidation
            raise StopValidation(
                str(self.message or _("Enter the %(what)s")) % {"what": lower_first(field.label.text)}
            )


class May:
    """The field may be left empty; nothing further is then checked."""

    field_flags = {"optional": True}

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            StopValidation: empty, and that is well.
        """
        if getattr(field, "words", ""):  # a remote select that was typed into is not empty
            return
        if not field.raw_data or (isinstance(field.raw_data[0], str) and not "".join(field.raw_data).strip()):
            field.errors = []
            raise StopValidation


class AtMost:
    """A text has at most so many characters."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            ValidationError: it is longer.
        """
        length = len(field.data or "")
        if length > self.most:
            raise ValidationError(
                _(
                    "%(what)s must be %(most)s characters or fewer. It has %(length)s",
                    what=field.label.text,
                    most=f"{self.most:,}",
                    length=f"{length:,}",
                )
            )


class Keepable:
    """A text holds only what can be kept."""

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            StopValidation: a control character or half a letter.
        """
        if isinstance(field.data, str) and UNKEEPABLE.search(field.data):
            field.data = UNKEEPABLE.sub("", field.data)
            raise StopValidation(
                _(
                    "%(what)s held signs that cannot be kept. We took them out: look at it and save again",
                    what=field.label.text,
                )
            )


class EmailAddress:
    """The text is an email address; written as its domain writes it."""

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            ValidationError: it is none.
        """
        try:
            field.data = validate_email(
                field.data, check_deliverability=False, test_environment=True
            ).normalized
        except EmailNotValidError as odd:
            raise ValidationError(
                _("Email address must have an @ and a domain, such as name@school.example")
            ) from odd


class TelephoneNumber:
    """The text is a UK number, or one that begins with +; written in the national way."""

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            ValidationError: it is none.
        """
        try:
            number = parse(field.data, "GB")
        except NumberParseException as odd:
            raise ValidationError(self.sentence()) from odd
        if is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
            raise ValidationError(self.sentence())
        home = number.country_code == 44
        field.data = format_number(
            number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
        )

    @staticmethod
    def sentence() -> str:
        """What is wrong with the number."""
        return _("Telephone number must have 10 or 11 digits, or start with +")


class PlainUsername:
    """A username that cannot be mistaken for another: letters a to z, digits, and . _ - + @."""

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            ValidationError: another sign.
        """
        if not re.fullmatch(r"[A-Za-z0-9._@+-]+", field.data or ""):
            raise ValidationError(_("Username may have letters a to z, digits, and . _ - + @"))
