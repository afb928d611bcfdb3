"""The early career teacher (ECT): name, identity at the TRA, and where placed."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.hats import HatKind
from app.access.models import Person
from app.access.ownership import OfECT, Whose
from app.ects.rules import AssignedAs, ContractKind, ECTState, Programme, QTSStatus
from app.extensions import SORTED, Table
from app.schools.models import School
from app.terms.closed_set import closed_set
from app.vault.keys import StorageClass
from app.vault.sealed import HasUid, Sealed, sealed_column


class ECT(HasUid, Table):
    """A person in statutory induction. What a mentor may not see stands in `ECTIdentity`."""

    __tablename__ = "ect"
    __whose__ = Whose.ECT
    __table_args__ = (
        Index("ix_ect_sort_name_id", "sort_name", "id"),
        Index("ix_ect_state_sort_name_id", "state", "sort_name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    # Folded last and first name: the order of every list, the same on both databases.
    sort_name: Mapped[str] = mapped_column(SORTED)
    # First name that the person goes by, where it is another than the one held at the TRA.
    known_as: Mapped[str] = mapped_column(String(100), default="", server_default="")
    state: Mapped[ECTState] = mapped_column(
        closed_set(ECTState, "ect_state"),
        default=ECTState.AUTHORISED,
        server_default=ECTState.AUTHORISED.value,
    )
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    identity: Mapped["ECTIdentity | None"] = relationship(back_populates="ect", lazy="raise_on_sql")
    placements: Mapped[list["Placement"]] = relationship(back_populates="ect", lazy="raise_on_sql")
    contact: Mapped["ECTContact | None"] = relationship(back_populates="ect", lazy="raise_on_sql")
    qts: Mapped["QTS | None"] = relationship(back_populates="ect", lazy="raise_on_sql")
    training: Mapped["InductionTraining | None"] = relationship(back_populates="ect", lazy="raise_on_sql")
    employments: Mapped[list["Employment"]] = relationship(back_populates="ect", lazy="raise_on_sql")
    qualifications: Mapped[list["Qualification"]] = relationship(back_populates="ect", lazy="raise_on_sql")
    previous_names: Mapped[list["PreviousName"]] = relationship(back_populates="ect", lazy="raise_on_sql")
    previous_service: Mapped[list["PreviousService"]] = relationship(
        back_populates="ect", lazy="raise_on_sql"
    )

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
    __at_school__ = True
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
    __at_school__ = True
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        Index("ix_assignment_person_id_school_id", "person_id", "school_id"),
        Index("ix_assignment_school_id", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    as_: Mapped[AssignedAs] = mapped_column("assigned_as", closed_set(AssignedAs, "assigned_as", 16))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]

    ect: Mapped[ECT] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


# Names that somebody had before are for the AB's officers and the ECT alone (P-1).
NOT_FOR_PREVIOUS_NAMES = frozenset(HatKind) - {HatKind.AB_ADMINISTRATOR, HatKind.AB_OFFICER, HatKind.ECT}
NOT_FOR_MENTORS = frozenset({HatKind.MENTOR})


class PreviousName(OfECT):
    """A name that the ECT had until a day. Never in a list or a look-up."""

    __tablename__ = "previous_name"
    __hidden_from__ = NOT_FOR_PREVIOUS_NAMES

    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    until: Mapped[date | None]
    # Folded last and first name: how AB officers find somebody by an earlier name.
    sort_name: Mapped[str] = mapped_column(SORTED, default="", index=True)

    ect: Mapped[ECT] = relationship(back_populates="previous_names", lazy="raise_on_sql")


class ECTContact(HasUid, OfECT):
    """How to reach the ECT: sealed under the person's contact key."""

    __tablename__ = "ect_contact"
    __hidden_from__ = NOT_FOR_MENTORS
    __while_placed__ = True
    __table_args__ = (UniqueConstraint("ect_id", name="uq_ect_contact_ect_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Whose key: copied from the ECT, so that opening a box needs no further statement.
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    school_email_sealed: Mapped[bytes | None] = sealed_column()
    personal_email_sealed: Mapped[bytes | None] = sealed_column()
    telephone_sealed: Mapped[bytes | None] = sealed_column()
    mobile_sealed: Mapped[bytes | None] = sealed_column()
    address_sealed: Mapped[bytes | None] = sealed_column()
    version: Mapped[int] = mapped_column(default=1)

    school_email = Sealed(StorageClass.CONTACT)
    personal_email = Sealed(StorageClass.CONTACT)
    telephone = Sealed(StorageClass.CONTACT)
    mobile = Sealed(StorageClass.CONTACT)
    address = Sealed(StorageClass.CONTACT)

    ect: Mapped[ECT] = relationship(back_populates="contact", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}

    @property
    def key_owner(self) -> str:
        """Whose key."""
        return f"person:{self.person_id}"


class QTS(OfECT):
    """Qualified teacher status: held or not, since when, by which route."""

    __tablename__ = "qts"
    __hidden_from__ = NOT_FOR_MENTORS
    __while_placed__ = True
    __table_args__ = (UniqueConstraint("ect_id", name="uq_qts_ect_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[QTSStatus] = mapped_column(closed_set(QTSStatus, "qts_status"))
    awarded_on: Mapped[date | None]
    route: Mapped[str] = mapped_column(String(100), default="")

    ect: Mapped[ECT] = relationship(back_populates="qts", lazy="raise_on_sql")


class Qualification(OfECT):
    """Training information (P-1): what was gained, in what, where, when."""

    __tablename__ = "qualification"
    __hidden_from__ = NOT_FOR_MENTORS
    __while_placed__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(100), default="")
    institution: Mapped[str] = mapped_column(String(200), default="")
    year: Mapped[int | None]

    ect: Mapped[ECT] = relationship(back_populates="qualifications", lazy="raise_on_sql")


class InductionTraining(OfECT):
    """The ECT's training: programme, who leads and delivers it, begun, completed."""

    __tablename__ = "induction_training"
    __hidden_from__ = NOT_FOR_MENTORS
    __while_placed__ = True
    __table_args__ = (UniqueConstraint("ect_id", name="uq_induction_training_ect_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[Programme] = mapped_column(closed_set(Programme, "training_programme"))
    lead_provider: Mapped[str] = mapped_column(String(200), default="")
    delivery_partner: Mapped[str] = mapped_column(String(200), default="")
    began_on: Mapped[date | None]
    completed_on: Mapped[date | None]

    ect: Mapped[ECT] = relationship(back_populates="training", lazy="raise_on_sql")


class Employment(OfECT):
    """The post at a school: who employs, on what contract, for how much of the week."""

    __tablename__ = "employment"
    __hidden_from__ = NOT_FOR_MENTORS
    __at_school__ = True
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("fte > 0 AND fte <= 1", name="fte_in_bounds"),
        Index("ix_employment_school_id_ect_id", "school_id", "ect_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    employer_name: Mapped[str] = mapped_column(String(250))
    employer_address: Mapped[str] = mapped_column(String(400), default="")
    employer_email: Mapped[str] = mapped_column(String(320), default="")
    post: Mapped[str] = mapped_column(String(150), default="")
    contract: Mapped[ContractKind] = mapped_column(closed_set(ContractKind, "contract_kind"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    fte: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    # Ten half days, Monday morning first: "1" worked, "0" not.
    pattern: Mapped[str] = mapped_column(String(10), default="1111111111")

    ect: Mapped[ECT] = relationship(back_populates="employments", lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")


class PreviousService(OfECT):
    """Induction served before, at another school or under another body (P-1)."""

    __tablename__ = "previous_service"
    __hidden_from__ = NOT_FOR_MENTORS
    __while_placed__ = True
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_name: Mapped[str] = mapped_column(String(200))
    appropriate_body: Mapped[str] = mapped_column(String(200), default="")
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    terms: Mapped[Decimal | None] = mapped_column(Numeric(3, 1))

    ect: Mapped[ECT] = relationship(back_populates="previous_service", lazy="raise_on_sql")
