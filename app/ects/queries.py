"""Named reads of early career teachers."""

from typing import Any

from sqlalchemy import Select, select

from app.ects.models import ECT
from app.fabext.lists import counted, up_to_the_cap


def everyone() -> Select[Any]:
    """The ECTs; the session adds the scope."""
    return select(ECT)


def how_many_seen() -> int:
    """How many ECTs this person may see, up to 10,001; kept for 30 seconds for this person alone."""
    return counted(lambda: up_to_the_cap(everyone(), ECT), ("home", "ects"))
