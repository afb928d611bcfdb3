"""Words about an early career teacher (ECT). Pure: no database, request or clock."""

from enum import StrEnum


class AssignedAs(StrEnum):
    """What somebody is to an ECT at a school (guidance 2.38 to 2.47)."""

    TUTOR = "tutor"
    MENTOR = "mentor"
