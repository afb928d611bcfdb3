"""Schools as GIAS publishes them, what the appropriate body adds, and the imports that brought them."""

import secrets
from datetime import date, datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, CheckConstraint, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.ownership import Books, OfSchool, Reference
from app.extensions import Instant, now
from app.schools.rules import SchoolStatus, Verdict, in_england

# Folded texts that lists are sorted by: byte order, so that both databases agree and a prefix is a range.
SORTED = String(200).with_variant(String(200, collation="C"), "postgresql")
WORD = String(60).with_variant(String(60, collation="C"), "postgresql")


class ImportState(StrEnum):
    """How far a GIAS file has come."""

    UPLOADED = "uploaded"
    READING = "reading"
    READ = "read"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    DROPPED = "dropped"


STATE_IN_WORDS = {
    ImportState.UPLOADED: _("uploaded"),
    ImportState.READING: _("being read"),
    ImportState.READ: _("read"),
    ImportState.APPLYING: _("being applied"),
    ImportState.APPLIED: _("applied"),
    ImportState.FAILED: _("refused"),
    ImportState.DROPPED: _("dropped"),
}


def closed_set(values: type[StrEnum], name: str) -> Enum:
    """A column that holds one of `values`, held to it by a named check on both databases."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
        create_constraint=True,
    )


class School(Reference):
    """An establishment in GIAS. Only an import writes here; nothing here is typed by the body."""

    __tablename__ = "school"
    __table_args__ = (
        UniqueConstraint("urn", name="uq_school_urn"),
        Index("ix_school_sort_name_id", "sort_name", "id"),
        Index("ix_school_la_code", "la_code"),
        Index("ix_school_trust_code", "trust_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    urn: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(SORTED)
    status: Mapped[SchoolStatus] = mapped_column(closed_set(SchoolStatus, "school_status"))
    type_code: Mapped[str] = mapped_column(String(4), default="")
    type_name: Mapped[str] = mapped_column(String(100), default="")
    type_group: Mapped[str] = mapped_column(String(60), default="")
    phase: Mapped[str] = mapped_column(String(60), default="")
    la_code: Mapped[str] = mapped_column(String(3), default="")
    la_name: Mapped[str] = mapped_column(String(100), default="")
    establishment_number: Mapped[str] = mapped_column(String(4), default="")
    street: Mapped[str] = mapped_column(String(150), default="")
    locality: Mapped[str] = mapped_column(String(150), default="")
    address3: Mapped[str] = mapped_column(String(150), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    county: Mapped[str] = mapped_column(String(100), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    telephone: Mapped[str] = mapped_column(String(40), default="")
    website: Mapped[str] = mapped_column(String(400), default="")
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    low_age: Mapped[int | None]
    high_age: Mapped[int | None]
    gender: Mapped[str] = mapped_column(String(30), default="")
    trust_code: Mapped[str] = mapped_column(String(12), default="")
    trust_name: Mapped[str] = mapped_column(String(250), default="")
    ukprn: Mapped[str] = mapped_column(String(12), default="")
    district: Mapped[str] = mapped_column(String(100), default="")
    region: Mapped[str] = mapped_column(String(60), default="")
    section_41: Mapped[str] = mapped_column(String(30), default="")
    # How often an import changed it: 1 since it came.
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime] = mapped_column(Instant, default=now)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now)

    contact: Mapped["SchoolContact | None"] = relationship(back_populates="school", lazy="raise_on_sql")

    @property
    def dfe_number(self) -> str:
        """LA number and establishment number: 202/1045; empty where one is missing."""
        both = self.la_code and self.establishment_number
        return f"{self.la_code}/{self.establishment_number}" if both else ""

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The lines of the postal address that are filled in."""
        lines = (self.street, self.locality, self.address3, self.town, self.county, self.postcode)
        return tuple(line for line in lines if line)

    @property
    def is_in_england(self) -> bool:
        """Whether its type lies in England; British schools overseas and Welsh ones do not."""
        return in_england(self.type_code, self.type_name)


class SchoolWord(Reference):
    """A word, or a closed choice, under which a school is found. Made anew by each import that changes it.

    `sort_name` is the school's own, so that a search finds, orders and pages within one index.
    """

    __tablename__ = "school_word"
    __table_args__ = (Index("ix_school_word_school_id_word", "school_id", "word"),)

    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    sort_name: Mapped[str] = mapped_column(SORTED, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)


class SchoolContact(OfSchool):
    """What the body typed about a school: no import ever writes here (GIAS publishes no email address)."""

    __tablename__ = "school_contact"
    __table_args__ = (UniqueConstraint("school_id", name="uq_school_contact_school_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_telephone: Mapped[str] = mapped_column(String(40), default="")
    # Which part of the body's work the school falls to: a patch, a cluster, an officer's list.
    area: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship(back_populates="contact", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


def short_name() -> str:
    """Eight random letters and digits, none that is read for another."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))


class GiasImport(Books):
    """One file from GIAS: read into lines, looked at, then applied or dropped."""

    __tablename__ = "gias_import"
    __table_args__ = (
        UniqueConstraint("uid", name="uq_gias_import_uid"),
        Index("ix_gias_import_person_id", "person_id"),
        Index("ix_gias_import_state_finished_at", "state", "finished_at"),
        CheckConstraint("done_rows >= 0 AND rows_read >= 0", name="counts_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(8), default=short_name)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]  # bytes as uploaded
    state: Mapped[ImportState] = mapped_column(closed_set(ImportState, "import_state"))
    # Lines of the file read so far, the heading and blank lines not counted; the last line so far.
    rows_read: Mapped[int] = mapped_column(default=0)
    last_line: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    # Lines applied so far, of `to_apply`.
    done_rows: Mapped[int] = mapped_column(default=0)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    actor: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str] = mapped_column(String(500), default="")

    @property
    def number(self) -> int:
        """The number by which people speak of this import."""
        return self.id

    @property
    def to_apply(self) -> int:
        """Lines that change something when applied."""
        return self.new + self.changed + self.closed


class GiasImportLine(Books):
    """A line of an import that would change a school, or that was refused. Unchanged lines leave none."""

    __tablename__ = "gias_import_line"
    __table_args__ = (
        Index("ix_gias_import_line_import_id_kind_id", "import_id", "kind", "id"),
        Index("ix_gias_import_line_import_id_applied_id", "import_id", "applied", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("gias_import.id", ondelete="CASCADE"))
    line: Mapped[int]  # in the file, the heading is 1
    kind: Mapped[Verdict] = mapped_column(closed_set(Verdict, "line_kind"))
    urn: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(200), default="")
    # Fact -> [was, now]; dates in ISO 8601.
    changes: Mapped[dict[str, list[str | int | None]] | None] = mapped_column(JSON(none_as_null=True))
    # Fact -> value, the given ones; emptied once the import is applied.
    facts: Mapped[dict[str, str | int | None] | None] = mapped_column(JSON(none_as_null=True))
    # Of a refused line: the cell that was refused, and why.
    text: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    applied: Mapped[bool] = mapped_column(default=False)
