"""Columns of a GIAS file by name, and a school out of the cells of one line. Pure.

Source: GIAS headings of 2017 (120 columns), 2018 (133), February 2024 (140) and 2025/26 (135).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from app.schools import refusals
from app.schools.rules import SchoolFacts, SchoolStatus, folded, normal_postcode

COLUMN_LIMIT: Final = 1000
# Fact -> column and the most characters it may have.
TEXTS: Final = MappingProxyType(
    {
        "name": ("EstablishmentName", 200),
        "type_code": ("TypeOfEstablishment (code)", 4),
        "type_name": ("TypeOfEstablishment (name)", 100),
        "type_group": ("EstablishmentTypeGroup (name)", 60),
        "phase": ("PhaseOfEducation (name)", 60),
        "la_code": ("LA (code)", 3),
        "la_name": ("LA (name)", 100),
        "establishment_number": ("EstablishmentNumber", 4),
        "street": ("Street", 150),
        "locality": ("Locality", 150),
        "address3": ("Address3", 150),
        "town": ("Town", 100),
        "county": ("County (name)", 100),
        "postcode": ("Postcode", 12),
        "telephone": ("TelephoneNum", 40),
        "website": ("SchoolWebsite", 400),
        "gender": ("Gender (name)", 30),
        "trust_code": ("Trusts (code)", 12),
        "trust_name": ("Trusts (name)", 250),
        "ukprn": ("UKPRN", 12),
        "district": ("DistrictAdministrative (name)", 100),
        "region": ("GOR (name)", 60),
        "section_41": ("Section41Approved (name)", 30),
    }
)
DAYS: Final = MappingProxyType({"opened_on": "OpenDate", "closed_on": "CloseDate"})
AGES: Final = MappingProxyType({"low_age": "StatutoryLowAge", "high_age": "StatutoryHighAge"})
URN: Final = "URN"
STATUS_NAME: Final = "EstablishmentStatus (name)"
STATUS_CODE: Final = "EstablishmentStatus (code)"
# Each needs one of its columns.
NEEDED: Final = MappingProxyType(
    {
        URN: (URN,),
        "EstablishmentName": ("EstablishmentName",),
        "EstablishmentStatus": (STATUS_NAME, STATUS_CODE, "EstablishmentStatus"),
        "TypeOfEstablishment": (
            "TypeOfEstablishment (name)",
            "TypeOfEstablishment (code)",
            "TypeOfEstablishment",
        ),
    }
)
STATUS: Final = MappingProxyType(
    {
        "1": SchoolStatus.OPEN,
        "open": SchoolStatus.OPEN,
        "2": SchoolStatus.CLOSED,
        "closed": SchoolStatus.CLOSED,
        "3": SchoolStatus.PROPOSED_TO_CLOSE,
        "open but proposed to close": SchoolStatus.PROPOSED_TO_CLOSE,
        "4": SchoolStatus.PROPOSED_TO_OPEN,
        "proposed to open": SchoolStatus.PROPOSED_TO_OPEN,
    }
)
SPELT_ANEW: Final = MappingProxyType(
    {"All through": "All-through", "LA maintained schools": "Local authority maintained schools"}
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands: name in small letters -> place from 0. `given` are the facts it tells."""

    width: int
    places: dict[str, int]
    given: frozenset[str]

    def cell(self, cells: Sequence[str], *columns: str) -> str:
        """The first filled cell of `columns`, cleaned; empty where none is."""
        for column in columns:
            place = self.places.get(column.lower())
            if place is not None and (text := clean(cells[place])):
                return text
        return ""


def layout_of(heading: Sequence[str]) -> Layout:
    """Where the columns of this heading stand. Columns that we do not know are left alone.

    Raises:
        FileRefused: a needed column is missing or stands twice, or there are more than 1,000.
    """
    names = [clean(cell) for cell in heading]
    if len(names) > COLUMN_LIMIT:
        raise refusals.HeadingTooLong(columns=len(names), limit=COLUMN_LIMIT)
    small = [name.lower() for name in names]
    for column, spellings in NEEDED.items():
        there = [small.count(each.lower()) for each in spellings]
        if not any(there):
            raise refusals.ColumnMissing(column=column, found=in_short(names))
        if max(there) > 1:
            raise refusals.ColumnTwice(column=column)
    places = {name: small.index(name) for name in small if name}
    columns = {fact: column for fact, (column, _limit) in TEXTS.items()} | dict(DAYS) | dict(AGES)
    given = {fact for fact, column in columns.items() if column.lower() in places}
    if "typeofestablishment" in places:
        given.add("type_name")
    return Layout(len(names), places, frozenset(given | {"status"}))


def in_short(names: Sequence[str]) -> str:
    """The first two names and how many more: `Name, Town and 12 more`."""
    filled = [name[:40] for name in names if name]
    if len(filled) <= 3:
        return ", ".join(filled) or "none"
    return f"{filled[0]}, {filled[1]} and {len(filled) - 2:,} more"


def facts_in(cells: Sequence[str], layout: Layout) -> SchoolFacts:
    """The school that a line tells of.

    Raises:
        LineRefused: a value that a school cannot have; says which and why.
    """
    urn = layout.cell(cells, URN)
    if not re.fullmatch(r"[0-9]{5,6}", urn):
        raise refusals.UrnRefused(urn)
    texts = {
        fact: text_in(layout.cell(cells, column), column, most) for fact, (column, most) in TEXTS.items()
    }
    if not texts["name"]:
        raise refusals.NameMissing(urn)
    if not texts["type_name"]:
        texts["type_name"] = text_in(layout.cell(cells, "TypeOfEstablishment"), "TypeOfEstablishment", 100)
    days = {fact: day_in(layout.cell(cells, column), column) for fact, column in DAYS.items()}
    ages = {fact: age_in(layout.cell(cells, column)) for fact, column in AGES.items()}
    facts: dict[str, Any] = {**neat(texts), **days, **ages}
    return SchoolFacts(urn=int(urn), status=status_in(layout, cells), given=layout.given, **facts)


def clean(text: str) -> str:
    """`text` composed (NFC), on one line, with single spaces and without control characters."""
    spaced = " ".join(text.replace("\ufeff", "").split())
    shown = "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", shown).strip()


def text_in(text: str, column: str, most: int) -> str:
    """`text` as it is.

    Raises:
        TooLong: it has more than `most` characters.
    """
    if len(text) > most:
        raise refusals.TooLong(text, column=column, limit=most, length=len(text))
    return text


def neat(texts: dict[str, str]) -> dict[str, str]:
    """The same texts, each spelt in the one way that we keep."""
    padded = {
        fact: texts[fact].zfill(size) for fact, size in (("la_code", 3), ("type_code", 2)) if texts[fact]
    }
    number = texts["establishment_number"]
    return (
        texts
        | padded
        | {
            "establishment_number": number.zfill(4) if number else "",
            "phase": SPELT_ANEW.get(texts["phase"], texts["phase"]),
            "type_group": SPELT_ANEW.get(texts["type_group"], texts["type_group"]),
            "postcode": normal_postcode(texts["postcode"]),
            # GIAS drops the first 0 of some numbers.
            "telephone": re.sub(r"^(?=[1-9][0-9]{9}$)", "0", texts["telephone"]),
        }
    )


def status_in(layout: Layout, cells: Sequence[str]) -> SchoolStatus:
    """The status, by name or by code.

    Raises:
        StatusUnknown: GIAS publishes no such status.
    """
    name = layout.cell(cells, STATUS_NAME, "EstablishmentStatus")
    code = layout.cell(cells, STATUS_CODE)
    status = STATUS.get(folded(name)) or STATUS.get(code)
    if status is None:
        raise refusals.StatusUnknown(name or code)
    return status


def day_in(text: str, column: str) -> date | None:
    """The day of DD-MM-YYYY, DD/MM/YYYY or ISO 8601; None of an empty cell.

    Raises:
        NoSuchDay: there is no such day.
    """
    if not text:
        return None
    parts = re.split(r"[-/]", text)
    if len(parts) == 3 and all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
        day, month, year = parts if len(parts[2]) == 4 else reversed(parts)
        try:
            if len(year) == 4:
                return date(int(year), int(month), int(day))
        except ValueError:
            pass
    raise refusals.NoSuchDay(text, column=column)


def age_in(text: str) -> int | None:
    """A whole number of years; None of anything else, since no school is refused for its ages."""
    return int(text) if re.fullmatch(r"[0-9]{1,2}", text) else None
