"""Two made-up tables with sealed texts, outside the service's own metadata."""

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship

from app.extensions import Table
from app.vault.keys import StorageClass
from app.vault.sealed import HasUid, Sealed, sealed_column

OWN = MetaData()
PLAN = "Observe two lessons in Year 4; agree a target on questioning."


class OwnTable(Table):
    """Registered apart, so that the schema of the service stays what it is; the events are the same."""

    __abstract__ = True
    metadata = OWN
    registry = registry(metadata=OWN)
    _sa_registry = registry


class Teacher(OwnTable):
    __tablename__ = "a_teacher"

    id: Mapped[int] = mapped_column(primary_key=True)


class Note(HasUid, OwnTable):
    __tablename__ = "a_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    teacher_id: Mapped[int] = mapped_column(ForeignKey("a_teacher.id"))
    version: Mapped[int] = mapped_column(default=1)
    teacher: Mapped[Teacher] = relationship()

    plan = Sealed(StorageClass.STATUTORY)
    plan_sealed = sealed_column()
    target = Sealed(StorageClass.STATUTORY)
    target_sealed = sealed_column()
    telephone = Sealed(StorageClass.CONTACT)
    telephone_sealed = sealed_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def key_owner(self):
        return f"person:{self.teacher_id}"


class Plain(HasUid, OwnTable):
    """No sealed text."""

    __tablename__ = "a_plain"

    id: Mapped[int] = mapped_column(primary_key=True)


class OwnedByItself(HasUid, OwnTable):
    __tablename__ = "owned_by_itself"

    id: Mapped[int] = mapped_column(primary_key=True)
    remark = Sealed(StorageClass.STATUTORY)
    remark_sealed = sealed_column()

    @property
    def key_owner(self):
        return f"school:{self.id}"
