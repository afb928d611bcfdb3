"""Fields of our forms: GOV.UK's widgets, dates as people write them, and relations that load no whole table."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Protocol

from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovDateInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, DateField, Field, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.widgets import TextInput

from app.fabext.validators import UNKEEPABLE
from app.terms.on_screen import MONTHS

# Whole or from the third letter on: September, Sept, Sep.
NAMES_OF_MONTHS = {
    name[:length].casefold(): number
    for number, name in enumerate(MONTHS, 1)
    for length in range(3, len(name) + 1)
}


class NotCopied(HiddenField):
    """Stands in the form and not in the record: the version seen, and the token of the form."""

    def populate_obj(self, obj: object, name: str) -> None:
        """Nothing is copied."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What was posted; a form that came without it did not bring the record's own value."""
        self.data = str(valuelist[0]) if valuelist else ""


class DayMonthYear(DateField):
    """Three boxes of one name: day, month (a number or a name), year with four digits."""

    widget = GovDateInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"format": "%d %m %Y", **kwargs})

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The date out of the boxes.

        Raises:
            ValueError: a part is missing, or there is no such day; the sentence says which.
        """
        boxes = [UNKEEPABLE.sub("", str(part)) for part in [*valuelist, "", "", ""][:3]]
        self.raw_data, self.data = boxes, None  # the widget draws three boxes, however many were sent
        parts = [box.strip() for box in boxes]
        if not any(parts):
            return
        names = (_("day"), _("month"), _("year"))
        missing = [name for name, part in zip(names, parts, strict=True) if not part]
        if missing:
            raise ValueError(
                _("%(what)s must include a %(part)s", what=self.label.text, part=_(" and a ").join(missing))
            )
        self.data = self.day(*parts)

    def day(self, day: str, month: str, year: str) -> date:
        """The day that three texts name.

        Raises:
            ValueError: there is no such day.
        """
        number = NAMES_OF_MONTHS.get(
            month.casefold(), int(month) if month.isdecimal() and len(month) < 3 else 0
        )
        whole = day.isdecimal() and year.isdecimal() and len(year) == 4 and len(day) < 3
        if whole and 1 <= number <= 12 and int(year) >= 1:
            days = monthrange(int(year), number)[1]
            if 1 <= int(day) <= days:
                return date(int(year), number, int(day))
            raise ValueError(
                _(
                    "%(what)s must be a real date. %(month)s has %(days)s days",
                    what=self.label.text,
                    month=_(MONTHS[number - 1]),
                    days=days,
                )
            )
        raise ValueError(_("%(what)s must be a real date, such as 1 9 2026", what=self.label.text))


class LookUp(Protocol):
    """Where a remote select finds its rows. All of it runs in the session's scope."""

    def find(self, words: str) -> Sequence[tuple[str, str]]:
        """At most 20 (value, label) for what was typed."""

    def get(self, value: str) -> Any | None:
        """The row of a value; None where it is not there for this person."""

    def label(self, row: Any) -> str:
        """How a row is called."""

    def value(self, row: Any) -> str:
        """The value of a row: a public one, such as the URN."""

    @property
    def url(self) -> str:
        """Where a script asks, with `q` posted."""


class RemoteSelectWidget(TextInput):
    """Drawn by `parts/remote_select.html`; this is what stands there when a template forgets."""


class RemoteSelectField(Field):
    """One row of another table, found by typing: a Search button and radios, or a listbox with script.

    Posted are `<name>` (the value chosen) and `<name>_words` (what was typed). `data` is the row.
    """

    widget = RemoteSelectWidget()
    is_remote: ClassVar[bool] = True

    def __init__(self, label: Any = None, validators: Any = None, *, look_up: LookUp, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.look_up = look_up
        self.words = ""
        self.found = ""  # the words that the radios on the page answer
        self.results: Sequence[tuple[str, str]] = ()
        self.searched = False

    @property
    def remote(self) -> dict[str, Any]:
        """What the template draws: results, the chosen one and the address for the script."""
        chosen = (
            (self.look_up.value(self.data), self.look_up.label(self.data)) if self.data is not None else None
        )
        return {
            "results": self.results,
            "chosen": chosen,
            "look_up": self.look_up.url,
            "words": self.words or (chosen[1] if chosen else ""),
            "searched": self.searched,
        }

    def process(  # type: ignore[override]  # passed on as it came
        self, formdata: Any, data: Any = None, **kwargs: Any
    ) -> None:
        """The row from the record, or from what was posted."""
        if formdata is not None:
            self.words = UNKEEPABLE.sub("", formdata.get(f"{self.name}_words", ""))[:200]
            self.found = UNKEEPABLE.sub("", formdata.get(f"{self.name}_found", ""))[:200]
        super().process(formdata, **({"data": data} if data is not None else {}), **kwargs)

    def _value(self) -> str:
        return self.words

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The chosen row. Words without a choice are searched for; one hit is the choice.

        Raises:
            ValueError: nothing matches, several do, or the value is not there for this person.
        """
        value = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.look_up.get(value) if value else None
        if value and self.data is None:
            raise ValueError(_("Choose one of the list"))
        if (
            self.data is not None
            and self.words
            and self.words not in (self.look_up.label(self.data), self.found)
        ):
            self.data = None  # typed on after a choice: the words count
        if self.data is None and self.words:
            self.search()
            if len(self.results) == 1:
                self.data = self.look_up.get(self.results[0][0])
            elif self.results:
                raise ValueError(_("Choose one of the %(number)s that match", number=len(self.results)))
            else:
                raise ValueError(self.nothing_matches())

    def search(self) -> None:
        """The rows that match the words are offered as radios."""
        self.searched = True
        self.results = self.look_up.find(self.words)

    def nothing_matches(self) -> str:
        """`screens.md`, refusal 17."""
        return _(
            'No %(what)s matches "%(words)s". Try part of the name, the postcode or the URN',
            what=self.label.text[:1].lower() + self.label.text[1:],
            words=self.words,
        )


# How columns become fields (FAB's own table shows Bootstrap widgets).
CONVERSION = (
    ("is_text", TextAreaField, GovTextArea),
    ("is_string", StringField, GovTextInput),
    ("is_integer", IntegerField, GovTextInput),
    ("is_boolean", BooleanField, GovCheckboxInput),
    ("is_date", DayMonthYear, GovDateInput),
)
