"""People, their hats, sign-in sessions and what an assessor or auditor was given to see."""

from datetime import date, datetime

from flask_appbuilder.security.sqla.models import User, assoc_user_role
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.hats import HatKind
from app.access.ownership import Books, OfPerson, Whose
from app.extensions import SORTED, Instant, Table, now
from app.schools.models import School, closed_set
from app.vault.keys import StorageClass
from app.vault.sealed import HasUid, Sealed, sealed_column

__all__ = [
    "Caseload",
    "DeclaredInterest",
    "DrawnRecord",
    "Hat",
    "KeptSearch",
    "Person",
    "RightsEpoch",
    "StoredSession",
    "Submission",
    "User",
    "WrongTry",
]

HAT_KINDS = closed_set(HatKind, "hat_kind")

# FAB leaves these foreign keys without an index; a delete of a user would read the whole table.
Index("ix_ab_user_created_by_fk", User.__table__.c.created_by_fk)
Index("ix_ab_user_changed_by_fk", User.__table__.c.changed_by_fk)
Index("ix_ab_user_role_user_id", assoc_user_role.c.user_id)
Index("ix_ab_user_role_role_id", assoc_user_role.c.role_id)


class Person(HasUid, Table):
    """Somebody who signs in, or whose key the vault keeps. One person, one sign-in, several hats."""

    __tablename__ = "person"
    __whose__ = Whose.USER
    __table_args__ = (
        UniqueConstraint("user_id", name="uq_person_user_id"),
        Index("ix_person_sort_name_id", "sort_name", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Folded last and first name: the order of every list, the same on both databases.
    sort_name: Mapped[str] = mapped_column(SORTED, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")
    hats: Mapped[list["Hat"]] = relationship(back_populates="person", lazy="raise_on_sql")

    @property
    def key_owner(self) -> str:
        """Whose key seals what is kept about this person."""
        return f"person:{self.id}"


class Hat(HasUid, OfPerson):
    """A role and the place where it applies, from a first to a last day (inclusive; none: still worn)."""

    __tablename__ = "hat"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        # The place fits the role: a school role has a school, a trust role a trust, an ECT a record.
        CheckConstraint(
            "(kind IN ('headteacher','induction_lead','induction_tutor','mentor','school_administrator'))"
            " = (school_id IS NOT NULL)",
            name="school_fits",
        ),
        CheckConstraint("(kind = 'trust_administrator') = (trust_code IS NOT NULL)", name="trust_fits"),
        CheckConstraint("(kind = 'ect') = (ect_id IS NOT NULL)", name="ect_fits"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HatKind] = mapped_column(HAT_KINDS)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    trust_code: Mapped[str | None] = mapped_column(String(12))
    ect_id: Mapped[int | None] = mapped_column(ForeignKey("ect.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="hats", lazy="raise_on_sql")
    school: Mapped[School | None] = relationship(lazy="raise_on_sql")

    def worn_on(self, day: date) -> bool:
        """Whether the hat may be used on `day`."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class StoredSession(Books):
    """One sign-in: the cookie holds a random token, this row all the rest."""

    __tablename__ = "stored_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    hat_id: Mapped[int | None] = mapped_column(ForeignKey("hat.id", ondelete="CASCADE"), index=True)
    contents: Mapped[str] = mapped_column(Text, default="{}")
    began_at: Mapped[datetime] = mapped_column(Instant, default=now)
    seen_at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class WrongTry(Books):
    """A wrong password, counted by account and by address (both as keyed hashes: no name, no address)."""

    __tablename__ = "wrong_try"
    __table_args__ = (Index("ix_wrong_try_about_at", "about", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class RightsEpoch(Books):
    """A number that every change of roles, hats or rights raises; read with who is asking."""

    __tablename__ = "rights_epoch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=1)


class Submission(Books):
    """A form that was taken: its token is claimed before anything else, so equal posts have one effect.

    `digest` is a keyed hash of what was sent: a second post of the same form with other values is no equal one.
    """

    __tablename__ = "submission"

    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)


class KeptSearch(HasUid, OfPerson):
    """What somebody typed to find rows by, kept under a random name: it never stands in an address."""

    __tablename__ = "kept_search"
    __own_to_write__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    term_sealed: Mapped[bytes | None] = sealed_column()
    at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)

    term = Sealed(StorageClass.DRAFTS)

    @property
    def key_owner(self) -> str:
        """Under whose key the words are sealed."""
        return f"person:{self.person_id}"


class Caseload(OfPerson):
    """What an assessor reads: a local authority, a school or one ECT (the person's AB assessor hat)."""

    __tablename__ = "caseload"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN la_code IS NULL THEN 0 ELSE 1 END) + (CASE WHEN school_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN ect_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_kind",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    la_code: Mapped[str | None] = mapped_column(String(3))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    ect_id: Mapped[int | None] = mapped_column(ForeignKey("ect.id"), index=True)


class DeclaredInterest(OfPerson):
    """A school or an ECT on which this person does not work for the AB, by own declaration."""

    __tablename__ = "declared_interest"
    __table_args__ = (CheckConstraint("(school_id IS NULL) <> (ect_id IS NULL)", name="one_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    ect_id: Mapped[int | None] = mapped_column(ForeignKey("ect.id"), index=True)


class DrawnRecord(OfPerson):
    """One record of the sample drawn for an auditor's visit."""

    __tablename__ = "drawn_record"
    __table_args__ = (
        UniqueConstraint("hat_id", "ect_id", name="uq_drawn_record_hat_ect"),
        Index("ix_drawn_record_ect_id", "ect_id"),
        Index("ix_drawn_record_hat_id", "hat_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hat_id: Mapped[int] = mapped_column(ForeignKey("hat.id"))
    ect_id: Mapped[int] = mapped_column(ForeignKey("ect.id"))
