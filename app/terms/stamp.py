"""Whether values are still what somebody saw."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256


def stamp(values: Mapping[str, object]) -> int:
    """A number of at most nine digits that changes with the values: what a form carries as its version.

    Empty and missing count as the same, so that a form may ask for more than a record holds.
    """
    said = {name: plain(value) for name, value in values.items() if value not in (None, "")}
    digest = sha256(json.dumps(said, sort_keys=True).encode()).digest()
    return int.from_bytes(digest[:8], "big") % 10**9


def plain(value: object) -> str:
    """A value as text, the same however it is kept: a date in ISO 8601, a number without trailing zeros."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
