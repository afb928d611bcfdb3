"""Closed sets as columns: an enum held by a named check on both databases."""

from enum import StrEnum

from sqlalchemy import Enum


def closed_set(values: type[StrEnum], name: str, length: int = 24) -> Enum:
    """A column type that holds one of `values`, by its value."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
        create_constraint=True,
    )
