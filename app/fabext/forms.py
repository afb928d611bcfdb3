"""Forms out of models: FAB's converter, with our fields, our sentences and no whole table in a select box."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, cast

from flask import current_app, request
from flask_appbuilder.forms import DynamicForm, FieldConverter, GeneralModelConverter
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.fabext.fields import CONVERSION, LookUp, NotCopied, RemoteSelectField
from app.fabext.validators import AtMost, Keepable, May, Needed

FieldConverter.conversion_table = CONVERSION  # type: ignore[assignment]
SEARCH_BUTTON = "_look_up"


def new_token() -> str:
    """A token for one showing of a form: 256 bits."""
    return secrets.token_urlsafe(32)


def mark_of(value: object) -> str:
    """A short keyed mark of a value: equal values have equal marks, and a mark tells nothing else."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, str(value or "").encode("utf-8", "surrogatepass"), sha256).hexdigest()[:12]


class Posted(FlaskForm):
    """A form filled by what a page can send: texts in its fields, files where it takes files, and nothing else."""

    class Meta:
        """How WTForms is told what was posted; Flask-WTF would take files for texts, and JSON."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The posted fields of a form, or what was passed."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if request.method != "POST":
                return None
            taken = {name for name, field in form._fields.items() if isinstance(field, FileField)}
            files = MultiDict([pair for pair in request.files.items(multi=True) if pair[0] in taken])
            return CombinedMultiDict([files, request.form])


class Form(Posted):
    """A form that equal posts send once (`submission`). Everything typed is kept on a refusal."""

    submission = NotCopied(default=new_token)

    def asks_to_search(self) -> RemoteSelectField | None:
        """The remote select whose Search button was pressed: show the form again, save nothing."""
        name = request.form.get(SEARCH_BUTTON, "")
        field = self._fields.get(name)
        return field if isinstance(field, RemoteSelectField) else None

    def refuse(self, name: str, sentence: str) -> bool:
        """Puts a sentence beside the field; False where the form has no such field."""
        field = self._fields.get(name)
        if field is None:
            return False
        field.errors = [*field.errors, sentence]
        return True


class Versioned(Posted):
    """A form on a record that two people may have open: carries the version that this person saw.

    `shown` is a keyed mark of each value as it was shown: it tells what this person changed from what they left.
    """

    version = NotCopied()
    shown = NotCopied()

    def remember(self, item: Any = None) -> None:
        """The values that stand in the record now (or that the form shows) are what it is compared with later."""
        fields = [field for field in self if not isinstance(field, HiddenField)]
        marks = {field.name: mark_of(getattr(item, field.name, field.data)) for field in fields}
        self.shown.data = " ".join(f"{name}={mark}" for name, mark in marks.items())

    def left_as_it_was(self, field: Field) -> bool:
        """Whether the field came back as it was shown; what could not be read was typed by somebody."""
        if field.errors or field.process_errors:
            return False
        marks = dict(pair.partition("=")[::2] for pair in str(self.shown.data or "").split())
        return marks.get(field.name) == mark_of(field.data)

    def seen_version(self) -> int | None:
        """The version shown; None where the field was tampered with."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


class Converter(GeneralModelConverter):
    """FAB's converter of models to forms. A relation needs a look-up that is asked, never loaded whole."""

    def __init__(self, datamodel: Any, remote: Mapping[str, LookUp]) -> None:
        super().__init__(datamodel)
        self.remote = remote

    def _convert_many_to_one(
        self,
        col_name: str,
        label: Any,
        description: Any,
        lst_validators: list[Any],
        filter_rel_fields: Any,
        form_props: dict[str, Any],
    ) -> dict[str, Any]:
        """A remote select.

        Raises:
            TypeError: the view names no look-up for this relation.
        """
        if col_name not in self.remote:
            raise TypeError(f"{col_name}: name its look-up in `remote`; no select box loads a whole table")
        needed = [] if self.datamodel.is_nullable(col_name) else [Needed(_("Choose the %(what)s"))]
        form_props[col_name] = RemoteSelectField(
            label, [*needed, *lst_validators], description=description, look_up=self.remote[col_name]
        )
        return form_props

    def _convert_many_to_many(self, col_name: str, *args: Any) -> dict[str, Any]:
        """Refused: a set of rows has a screen of its own.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"{col_name}: a relation to many has a screen of its own, not a select box")

    def _convert_simple(
        self,
        col_name: str,
        label: Any,
        description: Any,
        lst_validators: list[Any],
        form_props: dict[str, Any],
    ) -> dict[str, Any]:
        """A field with the column's own limits, each with a sentence of ours."""
        most = self.datamodel.get_max_length(col_name)
        empty_is_well = self.datamodel.is_nullable(col_name) or self.datamodel.get_col_default(col_name) == ""
        checks: list[Any] = [Keepable(), May() if empty_is_well else Needed()]
        if most != -1:
            checks.append(AtMost(most))
        checks += lst_validators
        if self.datamodel.is_enum(col_name):
            form_props[col_name] = radios(
                self.datamodel.list_columns[col_name].type, label, description, checks
            )
            return form_props
        form_props[col_name] = FieldConverter(
            self.datamodel,
            col_name,
            label,
            description,
            checks,
            default=self.datamodel.get_col_default(col_name),
        ).convert()
        return form_props


def radios(column_type: Any, label: Any, description: Any, checks: list[Any]) -> RadioField:
    """A closed choice. Its words come from the enum's `in_words`, where it has them."""
    from govuk_frontend_wtf.wtforms_widgets import GovRadioInput

    kinds = column_type.enum_class
    words = getattr(kinds, "in_words", lambda kind: kind.value.replace("_", " ").capitalize())
    return RadioField(
        label,
        checks,
        description=description,
        choices=[SelectChoice(kind.value, words(kind)) for kind in kinds],
        coerce=lambda value: kinds(value) if value in {kind.value for kind in kinds} else None,
        widget=GovRadioInput(),
    )


def form_of(
    datamodel: Any,
    columns: Sequence[str],
    *,
    labels: Mapping[str, Any],
    descriptions: Mapping[str, Any],
    checks: Mapping[str, Any],
    extra: Mapping[str, Any],
    remote: Mapping[str, LookUp],
    versioned: bool,
) -> type[Form]:
    """The class of a form on a model: FAB's fields for `columns`, our token, and a version where there is one."""
    made = Converter(datamodel, remote).create_form(
        dict(labels), list(columns), dict(descriptions), {k: list(v) for k, v in checks.items()}, dict(extra)
    )
    bases: tuple[type, ...] = (made, Form, Versioned) if versioned else (made, Form)
    assert issubclass(made, DynamicForm)
    return cast(type[Form], type(f"{datamodel.model_name}Form", bases, {}))
