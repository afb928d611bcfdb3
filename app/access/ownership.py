"""Whose a row is. Every table says so; the guard, row level security and the data map are made from it.

A table that does not say fails the build (`tests/access/test_ownership.py`).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.access.hats import HatKind
from app.extensions import Table


class Whose(StrEnum):
    """Whom a row is about, hence who may see it."""

    ECT = "one ECT"
    SCHOOL = "one school"
    USER = "one user"
    REFERENCE = "reference"  # public: everybody signed in may read it
    OPERATOR = "operator only"  # the service's own books: sessions, limits, audit, roles


class OfECT(Table):
    """The row belongs to one ECT: seen by whoever sees that ECT, less the hats in `__hidden_from__`."""

    __abstract__ = True
    __whose__: ClassVar[Whose] = Whose.ECT
    __hidden_from__: ClassVar[frozenset[HatKind]] = frozenset()
    # The row was made at one school (`school_id`): another school does not read it, before or after a move.
    __at_school__: ClassVar[bool] = False
    # A school that the ECT has left does not read it: it says how things are now, not how they were there.
    __while_placed__: ClassVar[bool] = False
    # Schools and the ECT read it once `released_at` is set: no decision is shown before its notice.
    __once_released__: ClassVar[bool] = False

    @declared_attr
    def ect_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("ect.id"), index=True)


class OfSchool(Table):
    """The row belongs to one school: who works there, what is agreed, what the AB typed."""

    __abstract__ = True
    __whose__: ClassVar[Whose] = Whose.SCHOOL
    # It tells of somebody who may become an ECT: not for mentors nor finance, tutors read their own, and nobody
    # works on one of the own school in an AB hat (`made_by_id` says whose it is).
    __names_an_ect__: ClassVar[bool] = False

    @declared_attr
    def school_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("school.id"), index=True)


class OfPerson(Table):
    """The row belongs to one person who signs in: seen by that person."""

    __abstract__ = True
    __whose__: ClassVar[Whose] = Whose.USER

    @declared_attr
    def person_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("person.id"), index=True)


class Reference(Table):
    """Public facts, such as the schools of England: readable by everybody who is signed in."""

    __abstract__ = True
    __whose__: ClassVar[Whose] = Whose.REFERENCE


# FAB's own tables, which cannot say it themselves.
FAB_TABLES: Mapping[str, Whose] = {
    "ab_user": Whose.USER,
    "ab_user_role": Whose.OPERATOR,
    "ab_user_group": Whose.OPERATOR,
    "ab_group": Whose.OPERATOR,
    "ab_group_role": Whose.OPERATOR,
    "ab_role": Whose.OPERATOR,
    "ab_permission": Whose.OPERATOR,
    "ab_view_menu": Whose.OPERATOR,
    "ab_permission_view": Whose.OPERATOR,
    "ab_permission_view_role": Whose.OPERATOR,
    "ab_register_user": Whose.OPERATOR,
    "ab_api_key": Whose.OPERATOR,
}


class Books(Table):
    """The service's own books: written by the house, read by the operator and by named screens only."""

    __abstract__ = True
    __whose__: ClassVar[Whose] = Whose.OPERATOR


def whose_is(table_name: str) -> Whose | None:
    """Whose the rows of a table are; None where the table does not say (which fails the build)."""
    if table_name in FAB_TABLES:
        return FAB_TABLES[table_name]
    for mapper in Table.registry.mappers:
        if mapper.local_table is not None and getattr(mapper.local_table, "name", "") == table_name:
            said: Whose | None = getattr(mapper.class_, "__whose__", None)
            return said
    return None
