"""The audit trail: rows are only ever inserted (P-11, S11)."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.access.ownership import Books
from app.extensions import Instant, now
from app.vault.keys import StorageClass
from app.vault.sealed import HasUid, Sealed, sealed_column


class AuditNote(HasUid, Books):
    """Who did what, in which hat, on whose record, with the values before and after.

    The values are sealed under the key of the person or school they are about: when that key is gone,
    the note still says that something happened, and no longer what.
    """

    __tablename__ = "audit_note"
    __table_args__ = (
        Index("ix_audit_note_about", "about_table", "about_id"),
        Index("ix_audit_note_ect_id", "ect_id"),
        Index("ix_audit_note_school_id", "school_id"),
        Index("ix_audit_note_person_id", "person_id"),
        Index("ix_audit_note_at_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    # Who: no foreign key, so that the note outlives the account. None: the house or the console.
    person_id: Mapped[int | None]
    hat: Mapped[str] = mapped_column(String(24), default="")
    by: Mapped[str] = mapped_column(String(80), default="")
    # What, in the words of the verb: "school contact changed".
    what: Mapped[str] = mapped_column(String(80))
    about_table: Mapped[str] = mapped_column(String(40), default="")
    about_id: Mapped[int | None]
    ect_id: Mapped[int | None]
    school_id: Mapped[int | None]
    owner: Mapped[str] = mapped_column(String(40), default="house")
    changes_sealed: Mapped[bytes | None] = sealed_column()

    changes = Sealed(StorageClass.STATUTORY)

    @property
    def key_owner(self) -> str:
        """Under whose key the values are sealed."""
        return self.owner
