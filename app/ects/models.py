"""The early career teacher (ECT): name, identity at the TRA, and where placed."""

from datetime import date

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.hats import HatKind
from app.access.models import Person
from app.access.ownership import OfECT, Whose
from app.ects.rules import AssignedAs
from app.extensions import SORTED, Table
from app.schools.models import School
from app.vault.sealed import HasUid


class ECT(HasUid, Table):
    """A person in statutory induction. What a mentor may not see stands in `ECTIdentity`."""

    __tablename__ = "ect"
    __whose__ = Whose.ECT
    __table_args__ = (Index("ix_ect_sort_name_id", "sort_name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    # Folded last and first name: the order of every list, the same on both databases.
    sort_name: Mapped[str] = mapped_column(SORTED)
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    identity: Mapped["ECTIdentity | None"] = relationship(back_populates="ect", lazy="raise_on_sql")
    placements: Mapped[list["Placement"]] = relationship(back_populates="ect", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        """The name in text and headings: Miriam Osei."""
        return f"{self.first_name} {self.last_name}"

    @property
    def listed_name(self) -> str:
        """The name in lists: Osei, Miriam."""
        return f"{self.last_name}, {self.first_name}"


class ECTIdentity(OfECT):
    """Teacher reference number (TRN) and date of birth: never shown to a mentor."""

    __tablename__ = "ect_identity"
    __hidden_from__ = frozenset({HatKind.MENTOR})
    __table_args__ = (CheckConstraint("length(trn) = 7", name="trn_has_seven_digits"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trn: Mapped[str | None] = mapped_column(String(7), unique=True)
    born_on: Mapped[date | None]

    ect: Mapped[ECT] = relationship(back_populates="identity", lazy="raise_on_sql")


class Placement(OfECT):
    """An ECT at a school, from a first to a last day (inclusive; none: placed there now)."""

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        Index("ix_placement_school_id_ect_id", "school_id", "ect_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]

    ect: Mapped[ECT] = relationship(back_populates="placements", lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")


class Assignment(OfECT):
    """Who looks after an ECT at a school: the induction tutor or a mentor, from day to day."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        Index("ix_assignment_person_id_school_id", "person_id", "school_id"),
        Index("ix_assignment_school_id", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    as_: Mapped[AssignedAs] = mapped_column(
        "assigned_as",
        Enum(
            AssignedAs,
            name="assigned_as",
            native_enum=False,
            length=16,
            values_callable=lambda kinds: [kind.value for kind in kinds],
            create_constraint=True,
        ),
    )
    started_on: Mapped[date]
    ended_on: Mapped[date | None]

    ect: Mapped[ECT] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
