"""What is held of an ECT, group by group: how it is read for a form, and changed with a note beside it.

Each group reads as the values of its form and takes them back. The ECT's row is locked before a group is changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import joinedload, undefer

from app.access.scope import whole_record
from app.audit import service as audit
from app.ects import refusals, rules
from app.ects.models import (
    ECT,
    QTS,
    ECTContact,
    ECTIdentity,
    Employment,
    InductionTraining,
    Placement,
    PreviousName,
    PreviousService,
    Qualification,
)
from app.ects.rules import WHOLE_WEEK, QTSStatus
from app.errors import NotYours
from app.extensions import db, today
from app.vault.sealed import sealed_texts

Values = Mapping[str, Any]


def opened(model: type[Any]) -> list[Any]:
    """Options that load the boxes of a table's sealed texts with the row."""
    return [undefer(getattr(model, text.column)) for text in sealed_texts(model)]


def opened_contact() -> list[Any]:
    """Options that load the boxes of the contact with its row."""
    return opened(ECTContact)


def note(what: str, ect: ECT, before: Values, after: Values) -> None:
    """What changed, field by field, sealed under the key of the person."""
    changed = {
        name: (before.get(name), value)
        for name, value in after.items()
        if (before.get(name) or None) != (value or None)
    }
    if changed:
        audit.record(what, ect, changes=changed)


def as_typed(value: Any) -> Any:
    """A value as a form gives it back: a number without trailing zeros."""
    return Decimal(rules.plain_number(value)) if isinstance(value, Decimal) else value


# --- Names ---


def read_names(ect: ECT) -> dict[str, Any]:
    """The name at the TRA, and the one in use."""
    return {"first_name": ect.first_name, "last_name": ect.last_name, "known_as": ect.known_as}


def change_names(ect: ECT, values: Values) -> None:
    """The ECT has the name; the one before is kept as a previous name, until the day given or today."""
    before = read_names(ect)
    ect.first_name, ect.last_name = values["first_name"], values["last_name"]
    ect.known_as = values["known_as"] or ""
    if (before["first_name"], before["last_name"]) != (ect.first_name, ect.last_name):
        ect.sort_name = rules.sort_name(ect.first_name, ect.last_name)
        keep_previous_name(
            ect,
            first_name=before["first_name"],
            last_name=before["last_name"],
            until=values.get("until") or today(),
        )
    note("name changed", ect, before, {name: values[name] for name in before})


def keep_previous_name(ect: ECT, *, first_name: str, last_name: str, until: date | None) -> None:
    """A name that the ECT had. Who brings it may not read it afterwards, so the house writes it down."""
    made = insert(PreviousName).values(
        ect_id=ect.id,
        first_name=first_name,
        last_name=last_name,
        until=until,
        sort_name=rules.sort_name(first_name, last_name),
    )
    with whole_record(db.session()) as house:
        house.execute(made)
        house.commit()


# --- Identity ---


def read_identity(ect: ECT) -> dict[str, Any]:
    """TRN and date of birth."""
    identity = ect.identity
    return {"trn": identity.trn if identity else None, "born_on": identity.born_on if identity else None}


def change_identity(ect: ECT, values: Values) -> None:
    """TRN and date of birth are as the appropriate body corrected them.

    Raises:
        BirthDateImplausible: no teacher has that age.
        TrnTaken: another ECT has the TRN.
    """
    rules.check_birth_date(values["born_on"], today())
    trn = values["trn"] or None
    if trn:
        ask = select(ECT).join(ECT.identity).where(ECTIdentity.trn == trn, ECT.id != ect.id)
        with whole_record(db.session()) as everything:
            other = everything.scalars(ask).first()
            name = other.name if other else ""
        if name:
            raise refusals.TrnTaken(name=name)
    before = read_identity(ect)
    identity = ect.identity or ECTIdentity(ect_id=ect.id)
    identity.trn, identity.born_on = trn, values["born_on"]
    db.session.add(identity)
    note("identity corrected", ect, before, {"trn": trn, "born_on": values["born_on"]})


# --- Contact ---

CONTACT: Final = ("school_email", "personal_email", "telephone", "mobile")


def read_contact(ect: ECT) -> dict[str, Any]:
    """How to reach the ECT."""
    contact = ect.contact
    lines, postcode = rules.split_address((contact.address if contact else "") or "")
    said = {name: getattr(contact, name) if contact else None for name in CONTACT}
    return said | {"address": lines, "postcode": postcode}


def change_contact(ect: ECT, values: Values) -> None:
    """The ECT is reached so from now on."""
    before = read_contact(ect)
    contact = ect.contact or ECTContact(ect_id=ect.id, person_id=ect.person_id)
    for name in CONTACT:
        setattr(contact, name, values[name] or None)
    contact.address = rules.joined_address(values["address"] or "", values["postcode"] or "") or None
    db.session.add(contact)
    note("contact changed", ect, before, {name: values[name] for name in before})


# --- QTS ---


def read_qts(ect: ECT) -> dict[str, Any]:
    """Qualified teacher status."""
    qts = ect.qts
    return {
        "qts_status": qts.status if qts else None,
        "qts_awarded_on": qts.awarded_on if qts else None,
        "qts_route": qts.route if qts else "",
    }


def change_qts(ect: ECT, values: Values) -> None:
    """Qualified teacher status is as reported.

    Raises:
        StartsBeforeQTS: a period started before that day.
    """
    from app.induction.models import InductionPeriod  # its models stand on ours

    with whole_record(db.session()) as everything:
        ask = select(func.min(InductionPeriod.started_on)).where(InductionPeriod.ect_id == ect.id)
        first = everything.scalar(ask)
    rules.check_start_after_qts(first, values["qts_awarded_on"], field="qts_awarded_on")
    before = read_qts(ect)
    qts = ect.qts or QTS(ect_id=ect.id)
    qts.status, qts.awarded_on = QTSStatus(values["qts_status"]), values["qts_awarded_on"]
    qts.route = values["qts_route"] or ""
    db.session.add(qts)
    note("QTS changed", ect, before, {name: values[name] for name in before})


# --- Training ---


def read_training(ect: ECT) -> dict[str, Any]:
    """The ECT's own training."""
    training = ect.training
    return {
        "programme": training.programme if training else None,
        "lead_provider": training.lead_provider if training else "",
        "delivery_partner": training.delivery_partner if training else "",
        "training_began_on": training.began_on if training else None,
        "training_completed_on": training.completed_on if training else None,
    }


def change_training(ect: ECT, values: Values) -> None:
    """The training is as reported: begun, completed."""
    before = read_training(ect)
    training = ect.training or InductionTraining(ect_id=ect.id)
    training.programme = values["programme"]
    training.lead_provider = values["lead_provider"] or ""
    training.delivery_partner = values["delivery_partner"] or ""
    training.began_on, training.completed_on = values["training_began_on"], values["training_completed_on"]
    db.session.add(training)
    note("training changed", ect, before, {name: values[name] for name in before})


# --- Employment ---

TEXTS_OF_EMPLOYMENT: Final = ("employer_name", "employer_address", "employer_email", "post")


def newest_employment(ect: ECT) -> Employment | None:
    """The post that began last, of those in sight."""
    return max(ect.employments, key=lambda post: (post.starts_on, post.id), default=None)


def read_employment(ect: ECT) -> dict[str, Any]:
    """The post, the contract and the working pattern."""
    post = newest_employment(ect)
    said: dict[str, Any] = {name: getattr(post, name) if post else "" for name in TEXTS_OF_EMPLOYMENT}
    for name in ("contract", "starts_on", "ends_on", "fte"):
        said[name] = as_typed(getattr(post, name)) if post else None
    return said | {"pattern": post.pattern if post else WHOLE_WEEK}


def change_employment(ect: ECT, values: Values) -> None:
    """The post is as reported; where none was, it is one at the school where the ECT is now.

    Raises:
        DaysDiffer: half days and FTE say two things, and nobody says why.
        NotYours: the ECT is at no school in sight.
    """
    rules.check_days(values["fte"], values["pattern"], values.get("fte_reason") or "")
    before = read_employment(ect)
    post = newest_employment(ect) or Employment(ect_id=ect.id, school_id=school_now(ect))
    for name in TEXTS_OF_EMPLOYMENT:
        setattr(post, name, values[name] or "")
    for name in ("contract", "starts_on", "ends_on", "fte", "pattern"):
        setattr(post, name, values[name])
    db.session.add(post)
    after = {name: values[name] for name in before} | {"fte_reason": values.get("fte_reason")}
    note("employment changed", ect, before, after)


def school_now(ect: ECT) -> int:
    """The id of the school where the ECT is now, in sight.

    Raises:
        NotYours: there is none.
    """
    ask = select(Placement.school_id).where(Placement.ect_id == ect.id, Placement.ended_on.is_(None))
    found = db.session.scalars(ask.order_by(Placement.started_on.desc()).limit(1)).first()
    if found is None:
        raise NotYours
    return found


# --- Rows: several of a kind ---


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of which an ECT has several rows: its columns in a form, and the one that must not be empty."""

    model: type[Any]
    relation: Any
    columns: tuple[str, ...]
    needed: str
    label: Any
    what: str

    def stored(self, ect: ECT) -> list[Any]:
        """The rows in the order in which they came."""
        return sorted(getattr(ect, self.relation.key), key=lambda row: int(row.id))

    @property
    def loading(self) -> list[Any]:
        """Options that load the rows with the ECT."""
        return [joinedload(self.relation)]

    def read(self, ect: ECT) -> list[dict[str, Any]]:
        """The rows as values."""
        return [{name: as_typed(getattr(row, name)) for name in self.columns} for row in self.stored(ect)]

    def change(self, ect: ECT, wanted: list[dict[str, Any]]) -> None:
        """The ECT has these rows and no others.

        Raises:
            EmptyRow: a row says something, and not the most needed.
        """
        for at, row in enumerate(wanted, 1):
            if not row[self.needed]:
                refusal = refusals.EmptyRow(what=self.label)
                refusal.field = f"{self.needed}_{at}"  # type: ignore[misc]  # one of several
                raise refusal
        there = self.stored(ect)
        before = [{name: getattr(row, name) for name in self.columns} for row in there]
        for row in there[len(wanted) :]:
            db.session.delete(row)
        for at, values in enumerate(wanted):
            row = there[at] if at < len(there) else self.model(ect_id=ect.id)
            for name, value in self.kept(values).items():
                setattr(row, name, value)
            db.session.add(row)
        note(self.what, ect, {"rows": in_words(before)}, {"rows": in_words(wanted)})

    def kept(self, values: Values) -> dict[str, Any]:
        """The values as the columns hold them: no text is None."""
        columns = self.model.__table__.c
        said = {n: v if v is not None or columns[n].nullable else "" for n, v in values.items()}
        if self.model is PreviousName:
            said["sort_name"] = rules.sort_name(said["first_name"], said["last_name"])
        return said


def in_words(rows: list[dict[str, Any]]) -> str:
    """Rows as one text for the book."""
    return "; ".join(
        ", ".join(str(value) for value in row.values() if value not in (None, "")) for row in rows
    )


QUALIFICATIONS: Final = Rows(
    Qualification,
    ECT.qualifications,
    ("name", "subject", "institution", "year"),
    "name",
    "qualification",
    "qualifications changed",
)
EARLIER: Final = Rows(
    PreviousService,
    ECT.previous_service,
    ("school_name", "appropriate_body", "started_on", "ended_on", "terms"),
    "school_name",
    "school",
    "earlier induction changed",
)
PREVIOUS_NAMES: Final = Rows(
    PreviousName,
    ECT.previous_names,
    ("first_name", "last_name", "until"),
    "last_name",
    "last name",
    "previous names changed",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One group of facts with a form of its own; `loading` are the options that load it with the ECT."""

    read: Callable[[ECT], dict[str, Any]]
    change: Callable[[ECT, Values], None]
    loading: tuple[Any, ...] = ()


FACTS: Final[Mapping[str, Fact]] = {
    "names": Fact(read_names, change_names),
    "identity": Fact(read_identity, change_identity, (joinedload(ECT.identity),)),
    "contact": Fact(read_contact, change_contact, (joinedload(ECT.contact).options(*opened(ECTContact)),)),
    "qts": Fact(read_qts, change_qts, (joinedload(ECT.qts),)),
    "training": Fact(read_training, change_training, (joinedload(ECT.training),)),
    "employment": Fact(read_employment, change_employment, (joinedload(ECT.employments),)),
}
ROWS: Final[Mapping[str, Rows]] = {
    "qualifications": QUALIFICATIONS,
    "earlier": EARLIER,
    "previous-names": PREVIOUS_NAMES,
}
