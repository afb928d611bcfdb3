"""What the Teaching Regulation Agency (TRA) gets: eight fields, no ninth (P-3). Pure: no database or clock."""

from enum import StrEnum

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


class Event(StrEnum):
    """What the TRA is told of."""

    START = "start"
    LEAVING = "leaving"
    OUTCOME = "outcome"


class FileKind(StrEnum):
    """How the eight fields are written."""

    CSV = "csv"
    XLSX = "xlsx"
