"""Texts about a person that stand in their table only as boxes, under that person's key.

    class Note(HasUid, OfECT):
        __tablename__ = "note"
        text = Sealed(StorageClass.STATUTORY)
        text_sealed = sealed_column()

        @property
        def key_owner(self) -> str: ...

`note.text` reads and writes like a column. It is never sorted, filtered or searched by.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol, cast, overload
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, LargeBinary, String, inspect
from sqlalchemy.event import listen
from sqlalchemy.orm import Mapped, Mapper, mapped_column
from sqlalchemy.sql.operators import ColumnOperators, OperatorType, is_, is_not
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.extensions import Table
from app.vault.boxes import Place, close_box, is_box, open_box
from app.vault.errors import DoesNotOpen, KeyGone
from app.vault.extension import vault
from app.vault.keys import StorageClass

UID_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowels: no words; no l, 0, 1: nothing to mistake
UID_LENGTH = 12


def new_uid() -> str:
    """12 random letters and digits: 57 bits."""
    return "".join(secrets.choice(UID_LETTERS) for _ in range(UID_LENGTH))


class HasUid:
    """A random name that the row has from its making on, when the database has not numbered it yet."""

    uid: Mapped[str] = mapped_column(String(UID_LENGTH), unique=True, default=new_uid)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"uid": new_uid()} | values)


class HasSealed(Protocol):
    """What a row with sealed texts provides."""

    uid: Mapped[str]

    @property
    def key_owner(self) -> str:
        """Whose key: `person:17`, `school:4`, `house`."""


@dataclass(frozen=True, slots=True)
class ToBeSealed:
    """A text between the form and the flush, held by the column itself: a rollback drops it with the rest."""

    text: str = field(repr=False)


class BoxComparator(TypeEngine.Comparator[bytes]):
    """Of a box one may ask only whether there is one."""

    def operate(self, op: OperatorType, *other: Any, **named: Any) -> Any:
        """`IS NULL` and `IS NOT NULL`.

        Raises:
            TypeError: any other question.
        """
        if op not in (is_, is_not):
            raise TypeError("a sealed text is never sorted, filtered or searched by")
        return super().operate(op, *other, **named)


class Box(TypeDecorator[bytes]):
    """A column that takes boxes and nothing else: a plain text cannot get in, whichever way it comes."""

    impl = LargeBinary
    cache_ok = True
    comparator_factory = BoxComparator

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """The box to the database.

        Raises:
            TypeError: the value is not a box; it passed no flush (bulk insert, Core).
        """
        if value is None or (isinstance(value, bytes) and is_box(value)):
            return value
        raise TypeError("only what a flush has sealed may stand in a sealed column")


def sealed_column() -> Mapped[bytes | None]:
    """The column of a sealed text, to be named `<name>_sealed`. Deferred: a list loads no box."""
    return mapped_column(Box, deferred=True, nullable=True)


class NotAsked:
    """A sealed text where a query wants a column: refuses every question."""

    __slots__ = ("name",)
    __hash__ = object.__hash__

    def __init__(self, name: str) -> None:
        self.name = name

    def refuse(self, *_: object, **__: object) -> NoReturn:
        """Never anything.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"{self.name} is sealed: it is never selected, sorted, filtered or searched by")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = refuse
    __add__ = __radd__ = __contains__ = __getitem__ = __invert__ = __clause_element__ = refuse

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        """What columns have (`ilike`, `in_`, `desc`) refuses; for the rest there is no such attribute.

        Raises:
            AttributeError: columns have no such thing either.
        """
        if name.startswith("__") or not hasattr(ColumnOperators, name):
            raise AttributeError(name)
        return self.refuse


class Sealed:
    """A text that stands in its table only as `<name>_sealed`, under the key of `row.key_owner`.

    None: there is no text. It is sealed at flush, when foreign keys are known whatever the order of the
    form's fields; the key is made and committed before the row.
    """

    def __init__(self, storage_class: StorageClass) -> None:
        self.storage_class = storage_class
        self.name = self.column = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.column = name, f"{name}_sealed"

    @overload
    def __get__(self, row: None, owner: type | None = None) -> NotAsked: ...
    @overload
    def __get__(self, row: object, owner: type | None = None) -> str | None: ...
    def __get__(self, row: object | None, owner: type | None = None) -> str | NotAsked | None:
        """The text, or None.

        Raises:
            KeyGone: the key was destroyed, and with it the text.
            DoesNotOpen: the box comes from another row, column or owner, or was changed.
        """
        if row is None:
            return NotAsked(self.name)
        held = getattr(row, self.column)
        if isinstance(held, ToBeSealed):
            return held.text
        return None if held is None else self.opened(row, held)

    def __set__(self, row: object, text: str | None) -> None:
        """The row has this text from the next flush on; an equal text changes nothing.

        Raises:
            TypeError: neither a text nor None.
            UnicodeEncodeError: half a character, which no file or page could show.
        """
        if text is None:
            held = None
        elif isinstance(text, str):
            text.encode()
            held = ToBeSealed(text)
        else:
            raise TypeError(f"{self.name} is a text")
        if not (inspect(row, raiseerr=True).persistent and self.says_already(row, text)):
            setattr(row, self.column, held)

    def says_already(self, row: object, text: str | None) -> bool:
        """Whether `text` stands there already. What cannot be opened may be written anew."""
        try:
            return self.__get__(row) == text
        except (DoesNotOpen, KeyGone):
            return False

    def opened(self, row: object, box: bytes) -> str:
        """The text in `box`, as one of this row."""
        key = vault.keys.of(cast("HasSealed", row).key_owner, self.storage_class)
        return open_box(key, box, self.place(row)).decode()

    def closed(self, row: object, text: str) -> bytes:
        """`text` in a box that opens in this row only; its key is committed when this returns."""
        key = vault.keys.of(cast("HasSealed", row).key_owner, self.storage_class, make=True)
        return close_box(key, text.encode(), self.place(row))

    def place(self, row: object) -> bytes:
        """Table, column, random name of the row, and whose it is."""
        of_row = cast("HasSealed", row)
        table = str(inspect(row, raiseerr=True).mapper.columns[self.column].table.name)
        return Place(table=table, column=self.column, uid=str(of_row.uid), owner=of_row.key_owner).in_bytes()


TEXTS: WeakKeyDictionary[type, tuple[Sealed, ...]] = WeakKeyDictionary()


def sealed_texts(model: type) -> tuple[Sealed, ...]:
    """The sealed texts that `model` declares or inherits; the data map asks too."""
    if model not in TEXTS:
        found = {name: value for base in reversed(model.__mro__) for name, value in vars(base).items()}
        TEXTS[model] = tuple(value for value in found.values() if isinstance(value, Sealed))
    return TEXTS[model]


def seal_what_was_typed(mapper: Mapper[Any], _: object, row: Any) -> None:
    """Before INSERT and UPDATE: typed texts become boxes, and no box is left behind under another owner.

    Raises:
        DoesNotOpen: the row was given to another owner, and a text not written anew would be lost.
    """
    moved: bool | None = None
    for text in sealed_texts(type(row)):
        held = row.__dict__.get(text.column)
        if isinstance(held, ToBeSealed):
            setattr(row, text.column, text.closed(row, held.text))
            continue
        moved = has_moved(mapper, row) if moved is None else moved
        if moved or inspect(row).attrs[text.column].history.added:
            box = getattr(row, text.column)
            if box is not None:
                text.opened(row, box)


def has_moved(mapper: Mapper[Any], row: Any) -> bool:
    """Whether a foreign key or the random name of a stored row is about to change."""
    state = inspect(row)
    if not state.persistent:
        return False
    bound = (attr.key for attr in mapper.column_attrs if attr.key == "uid" or attr.columns[0].foreign_keys)
    return any(state.attrs[key].history.has_changes() for key in bound)


listen(Table, "before_insert", seal_what_was_typed, propagate=True)
listen(Table, "before_update", seal_what_was_typed, propagate=True)
