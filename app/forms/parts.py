"""Parts that several forms are made of: texts, numbers, closed choices, rows; with the sentences of `screens.md` 4."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextArea, GovTextInput
from wtforms import Field, Form, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import (  # type: ignore[attr-defined]  # newer than its types
    Choice,
    SelectChoice,
)
from wtforms.validators import StopValidation, ValidationError

from app.ects import rules
from app.fabext.validators import AtMost, EmailAddress, Keepable, May, Needed, TelephoneNumber
from app.schools.rules import normal_postcode
from app.terms.on_screen import on_screen
from app.terms.stamp import stamp


class NeededWith:
    """The field must be filled in where another holds one of some values."""

    def __init__(self, other: str, values: Iterable[object], sentence: Any) -> None:
        self.other, self.values, self.sentence = other, tuple(values), sentence

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong; an empty field needs no further check.

        Raises:
            StopValidation: it is empty.
        """
        if field.data not in (None, ""):
            return
        if form[self.other].data in self.values and not field.errors:
            raise StopValidation(str(self.sentence))
        raise StopValidation


def presence(needed: Any) -> Any:
    """First check of a field: may be empty (False), must not (True, or the sentence), or as a `NeededWith` says."""
    if needed is False:
        return May()
    return needed if isinstance(needed, NeededWith) else Needed(None if needed is True else needed)


def text(label: Any, most: int, *checks: Any, needed: Any = False, hint: Any = None) -> Any:
    """One line of at most so many characters; `needed` is the sentence where nothing is typed, or True."""
    first = presence(needed)
    return StringField(
        label, [Keepable(), first, AtMost(most), *checks], widget=GovTextInput(), description=hint
    )


def long_text(label: Any, most: int, *, needed: Any = False, hint: Any = None) -> Any:
    """Several lines."""
    checks = [Keepable(), presence(needed), AtMost(most)]
    return TextAreaField(label, checks, filters=[one_line_end], widget=GovTextArea(), description=hint)


def one_line_end(typed: str | None) -> str | None:
    """Lines end in one sign, whatever the browser sends."""
    return typed.replace("\r\n", "\n") if typed else typed


def email(label: Any, *, needed: Any = False, hint: Any = None) -> Any:
    """An email address."""
    return text(label, 320, EmailAddress(), needed=needed, hint=hint)


def phone(label: Any) -> Any:
    """A telephone number."""
    return text(label, 40, TelephoneNumber())


def radio(
    label: Any, kinds: type[StrEnum], words: Mapping[Any, Any], *, needed: Any = False, hint: Any = None
) -> Any:
    """A closed choice of the kinds that have words; `needed` is the sentence where none is made."""
    known = {kind.value for kind in words}
    return RadioField(
        label,
        [presence(needed)],
        choices=[SelectChoice(kind.value, words[kind]) for kind in kinds if kind in words],
        coerce=lambda value: kinds(value) if value in known else None,
        validate_choice=False,  # what is not among them is no choice
        widget=GovRadioInput(),
        description=hint,
    )


class Answer(StrEnum):
    """Yes or no; not answered is neither."""

    YES = "yes"
    NO = "no"


ANSWERS = {Answer.YES: lazy_gettext("Yes"), Answer.NO: lazy_gettext("No")}


def yes_or_no(label: Any, *, needed: Any = False, hint: Any = None) -> Any:
    """A question with two answers."""
    return radio(label, Answer, ANSWERS, needed=needed, hint=hint)


class NumberField(StringField):
    """A number typed as text; `read` gives None for what is no such number, and the sentence says what is."""

    def __init__(
        self, label: Any, validators: Any, *, read: Callable[[str], Any], sentence: Any, **more: Any
    ) -> None:
        super().__init__(label, validators, **more)
        self.read, self.sentence = read, sentence

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The number out of the text.

        Raises:
            ValueError: it is none.
        """
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.read(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(str(self.sentence))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if isinstance(self.data, Decimal):
            return rules.plain_number(self.data)
        return "" if self.data is None else str(self.data)


def number(
    label: Any, read: Callable[[str], Any], sentence: Any, *, needed: Any = False, hint: Any = None
) -> Any:
    """A number in a box."""
    checks = [presence(needed)]
    return NumberField(label, checks, read=read, sentence=sentence, widget=GovTextInput(), description=hint)


def fte_box(*, needed: bool = True) -> Any:
    """Full-time equivalent."""
    sentence = lazy_gettext("FTE must be more than 0 and not more than 1, for example 0.6")
    hint = lazy_gettext("Full-time equivalent: 1 for full time, 0.6 for three days a week.")
    return number(
        lazy_gettext("FTE"), rules.read_fte, sentence, needed=sentence if needed else False, hint=hint
    )


def terms(label: Any) -> Any:
    """A number of terms."""
    sentence = lazy_gettext("Number of terms must be from 0 to 16, with one decimal place at most")
    return number(label, rules.read_terms, sentence)


def read_year(typed: str) -> int | None:
    """A year of four digits."""
    return int(typed) if typed.isascii() and typed.isdecimal() and 1950 <= int(typed) <= 2100 else None


def year(label: Any) -> Any:
    """A year."""
    return number(label, read_year, lazy_gettext("Year must have four digits, such as 2026"))


class Trn:
    """The text is a teacher reference number; written as seven digits."""

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            ValidationError: it is none.
        """
        bare = rules.normal_trn(field.data)
        if rules.is_trn(bare):
            field.data = bare
            return
        digits = rules.digits_in(field.data)
        if digits == rules.TRN_LENGTH:
            raise ValidationError(_("TRN must be 7 digits. You typed other signs as well"))
        raise ValidationError(_("TRN must be 7 digits. You typed %(digits)s", digits=digits))


class Postcode:
    """The text is a whole postcode; written in capitals with its one space."""

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            ValidationError: it is none.
        """
        if not rules.is_postcode(field.data):
            raise ValidationError(_("Postcode must be complete"))
        field.data = normal_postcode(field.data)


class NotBeforeField:
    """A date is on or after the one in another field of the form."""

    def __init__(self, other: str, sentence: Any, *, same_day: bool = True) -> None:
        self.other, self.sentence, self.same_day = other, sentence, same_day

    def __call__(self, form: Form, field: Field) -> None:
        """Passes, or says what is wrong.

        Raises:
            ValidationError: it is before; the sentence names the other date.
        """
        first = form[self.other].data
        if field.data and first and (field.data < first or (field.data == first and not self.same_day)):
            raise ValidationError(str(self.sentence) % {"other": on_screen(first)})


HALF_DAYS = tuple(
    (str(at), lazy_gettext("%(day)s %(half)s", day=day, half=half))
    for at, (day, half) in enumerate(
        (day, half)
        for day in (
            lazy_gettext("Monday"),
            lazy_gettext("Tuesday"),
            lazy_gettext("Wednesday"),
            lazy_gettext("Thursday"),
            lazy_gettext("Friday"),
        )
        for half in (lazy_gettext("morning"), lazy_gettext("afternoon"))
    )
)


class PatternField(SelectMultipleField):
    """Ten half days, ticked where worked. `data` is a text of ten signs, 1 worked and 0 not, or empty."""

    widget = GovCheckboxesInput()
    data: Any

    def process_data(self, value: Any) -> None:
        """The ticks of a pattern."""
        self.data = str(value or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The pattern of what was ticked; unknown values count for nothing."""
        ticked = set(valuelist)
        signs = "".join("1" if value in ticked else "0" for value, _words in HALF_DAYS)
        self.data = signs if "1" in signs else ""

    def iter_choices(self) -> Any:
        """Value, words and whether it is ticked."""
        for at, (value, words) in enumerate(HALF_DAYS):
            yield Choice(value, words, self.data[at : at + 1] == "1", {})

    def pre_validate(self, form: Any) -> None:
        """Nothing: what was not offered was dropped."""


def half_days() -> Any:
    """Which half days are worked."""
    return PatternField(
        lazy_gettext("Half days worked each week"),
        [Needed(lazy_gettext("Tick the half days worked each week"))],
        description=lazy_gettext("Tick each half day. Full time is all ten."),
    )


def row_fields(columns: Mapping[str, Callable[[str], Any]], count: int) -> dict[str, Any]:
    """Fields of `count` rows: `name_1`, `subject_1`, `name_2` …; each column makes its field from the row's number."""
    return {f"{name}_{at}": make(str(at)) for at in range(1, count + 1) for name, make in columns.items()}


def rows_in(values: Mapping[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """The rows that are not empty, in their order, out of values named `name_1` …"""
    named = tuple(names)
    numbers = sorted({int(key.rpartition("_")[2]) for key in values if key.rpartition("_")[0] in named})
    rows = [{name: values.get(f"{name}_{at}") for name in named} for at in numbers]
    return [row for row in rows if any(value not in (None, "") for value in row.values())]


def as_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The values of a form of rows: the opposite of `rows_in`."""
    return {f"{name}_{at}": value for at, row in enumerate(rows, 1) for name, value in row.items()}


def values_of(form: Any, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """What a form holds, less its own hidden fields."""
    hidden = {"csrf_token", "submission", "version", "shown", *without}
    return {name: value for name, value in cast("dict[str, Any]", form.data).items() if name not in hidden}


def settled(form: Any, held: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Where somebody else saved first: name, held and typed value of what both changed.

    A field that this person left as it was shows what is held now. The next save is on top of it.
    """
    found = []
    for name, typed in values_of(form).items():
        theirs, field = held.get(name), form[name]
        if form.left_as_it_was(field):
            field.process_data(theirs)
            field.raw_data = None
        elif stamp({"value": theirs}) != stamp({"value": typed}):
            found.append((name, theirs, typed))
    form.remember(SimpleNamespace(**{name: held.get(name) for name in values_of(form)}))
    return found
