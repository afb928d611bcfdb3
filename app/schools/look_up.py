"""Schools in a remote select: found by name, town, postcode or URN; named by their URN."""

from collections.abc import Sequence

from flask import url_for

from app.schools import queries
from app.schools.models import School


class SchoolLookUp:
    """How a form finds one school among 24,000."""

    def find(self, words: str) -> Sequence[tuple[str, str]]:
        """At most 20 (URN, name and town) that fit what was typed."""
        found = queries.schools(queries.SchoolSearch(find=words), size=20)
        return [(self.value(school), self.label(school)) for school in found[:20]]

    def get(self, value: str) -> School | None:
        """The school of a URN."""
        return queries.school(int(value)) if value.isdecimal() and len(value) < 10 else None

    def label(self, row: School) -> str:
        """Name, town and URN: two schools may share a name."""
        return f"{row.name}, {row.town} ({row.urn})" if row.town else f"{row.name} ({row.urn})"

    def value(self, row: School) -> str:
        """The URN."""
        return str(row.urn)

    @property
    def url(self) -> str:
        """Where a script asks."""
        return url_for("SchoolView.look_up")


SCHOOLS = SchoolLookUp()
