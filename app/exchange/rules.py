"""What the Teaching Regulation Agency (TRA) gets: eight fields, no ninth (P-3). Pure: no database or clock."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

# P-3, in this order. The file is made from nothing else.
HEADER = (
    "Teacher Reference Number",
    "Surname",
    "First Name",
    "Date of Birth",
    "Induction Period Start Date",
    "Induction Period End Date",
    "Induction Outcome",
    "Induction Period Number of Terms",
)
Cells = tuple[str, str, str, str, str, str, str, str]


class Event(StrEnum):
    """What the TRA is told of."""

    START = "start"
    LEAVING = "leaving"
    OUTCOME = "outcome"


class FileKind(StrEnum):
    """How the eight fields are written."""

    CSV = "csv"
    XLSX = "xlsx"


class Why(StrEnum):
    """Why a notification may not go now; `READY`: it may."""

    READY = "ready"
    NO_TRN = "no_trn"
    NO_BIRTH_DATE = "no_birth_date"
    WAITS = "waits"


EVENT_IN_WORDS: Final = MappingProxyType(
    {Event.START: _("Start"), Event.LEAVING: _("Leaving"), Event.OUTCOME: _("Outcome")}
)
KIND_IN_WORDS: Final = MappingProxyType(
    {FileKind.CSV: _("CSV, for uploading and for any program"), FileKind.XLSX: _("Excel sheet")}
)
WHY_IN_WORDS: Final = MappingProxyType(
    {
        Why.READY: _("Ready"),
        Why.NO_TRN: _("No TRN yet. Add it to the record"),
        Why.NO_BIRTH_DATE: _("No date of birth yet. Add it to the record"),
        Why.WAITS: _("Waits for its date"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EightFields:
    """One event as the TRA is told of it: these eight values and nothing beside them (P-3)."""

    trn: str
    surname: str
    first_name: str
    born_on: date
    started_on: date
    ended_on: date | None
    outcome: str | None
    terms: Decimal | None

    def cells(self) -> Cells:
        """The eight texts, in the order of `HEADER`: ISO dates, terms with one decimal, nothing where nothing is."""
        return (
            self.trn,
            self.surname,
            self.first_name,
            self.born_on.isoformat(),
            self.started_on.isoformat(),
            self.ended_on.isoformat() if self.ended_on else "",
            self.outcome or "",
            f"{self.terms:.1f}" if self.terms is not None else "",
        )


def as_told(event: Event, fields: EightFields) -> EightFields:
    """What of the eight belongs to this event: a start has no end, outcome or terms, a leaving no outcome.

    Source: P-3; DfE, Record inductions as an appropriate body: an outcome comes with an end.
    """
    decided = event is Event.OUTCOME
    ended = event is not Event.START
    return EightFields(
        trn=fields.trn,
        surname=fields.surname,
        first_name=fields.first_name,
        born_on=fields.born_on,
        started_on=fields.started_on,
        ended_on=fields.ended_on if ended else None,
        outcome=fields.outcome if decided else None,
        terms=fields.terms if ended else None,
    )


# What makes a spreadsheet run a cell; the wide forms are taken for the plain ones by some.
RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BREAKS: Final = re.compile("[\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def harmless(text: str) -> str:
    """`text` as no spreadsheet runs it, on one line: with an apostrophe in front where it begins like a formula.

    A lone sign, such as the "-" of somebody without a first name, runs nothing and stays as it is.

    Source: OWASP, CSV injection; ASVS 1.2.10 (S15).
    """
    if text[:1].isalnum() and text.isprintable():  # nearly all of 300,000 rows
        return text
    bare = text.lstrip(" \u00a0\ufeff")
    one_line = BREAKS.sub(" ", text)
    return f"'{one_line}" if len(bare.strip()) > 1 and bare.startswith(RUNS) else one_line
