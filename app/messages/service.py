"""Verbs on mail and marketing. Nothing goes out but by here (design.md 3, rule 6)."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin

from flask import current_app
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from app.access.hats import HatKind
from app.access.models import Hat, Person, User
from app.access.scope import whole_record
from app.audit import service as audit
from app.extensions import db, now, today
from app.messages.models import MarketingChoice, OutgoingMail
from app.messages.rules import ChosenBy, MailState, Purpose, key_of

# Set in `session.info` by a new mail; the commit then wakes the worker (`app/jobs.py`).
MAIL_WAITS: Final = "mail_waits"
ONE_KEY: Final = ("uq_outgoing_mail_key", "outgoing_mail.key")  # PostgreSQL names it, SQLite its column


def send(
    purpose: Purpose,
    *,
    about: str,
    to_person_id: int | None,
    to_address: str,
    subject: str,
    body: str,
    ect_id: int | None = None,
) -> OutgoingMail | None:
    """A mail stands in the outbox, in the transaction of its cause; None where it was queued before.

    The worker is woken after the commit. One statement, whoever acts.

    Args:
        purpose: why it is sent.
        about: what it is about, by a random name: `registration:b7k2m9x4c3dz`. At most 60 characters.
        to_person_id: the recipient where they have a sign-in: their key seals the text.
        to_address: where it goes; one recipient a mail.
        subject: names nobody: it travels open and is shown in lists.
        body: plain text; sealed.
        ect_id: about which ECT, for the record of what was sent.

    Raises:
        IntegrityError: there is no such recipient.
    """
    mail = OutgoingMail(
        key=key_of(purpose, about, to_person_id, to_address),
        purpose=purpose,
        to_person_id=to_person_id,
        to_address=to_address.strip(),
        subject=" ".join(subject.split()),
        ect_id=ect_id,
    )
    mail.message_id = message_id(mail.uid)
    mail.body = body
    try:
        with db.session.begin_nested():
            db.session.add(mail)
            db.session.flush()
    except IntegrityError as refusal:
        if not any(name in said(refusal) for name in ONE_KEY):
            raise
        return None
    db.session().info[MAIL_WAITS] = True
    return mail


def said(refusal: IntegrityError) -> str:
    """The broken constraint's name on PostgreSQL; on SQLite the message, which names its columns."""
    named = getattr(getattr(refusal.orig, "diag", None), "constraint_name", None)
    return str(named or refusal.orig)


def message_id(uid: str) -> str:
    """The Message-ID of a mail: from its random name and our own domain, fixed before it is first sent."""
    domain = str(current_app.config["MAIL_DEFAULT_SENDER"]).rpartition("@")[2].rstrip("> ")
    return f"<{uid}@{domain}>"


def link_to(path: str) -> str:
    """The whole address of a page for a mail: from the configuration, never from the request's Host."""
    return urljoin(str(current_app.config["SERVICE_URL"]), path)


def people_at(school_id: int, kinds: Iterable[HatKind]) -> list[tuple[int, str, str]]:
    """Who wears one of these hats at the school today and can sign in: (person id, address, name), by name.

    For mail only: the caller may not be somebody who sees these people.
    """
    return people_in(kinds, school_id)


def people_of_the_body(kinds: Iterable[HatKind]) -> list[tuple[int, str, str]]:
    """Who wears one of these hats of the appropriate body today and can sign in: as `people_at`."""
    return people_in(kinds, None)


def people_in(kinds: Iterable[HatKind], school_id: int | None) -> list[tuple[int, str, str]]:
    """Recipients by hat; with a school, only there."""
    day = today()
    ask = (
        select(Person.id, User.email, User.first_name, User.last_name, Person.sort_name)
        .join(User, User.id == Person.user_id)
        .join(Hat, Hat.person_id == Person.id)
        .where(
            Hat.kind.in_(list(kinds)),
            Hat.starts_on <= day,
            or_(Hat.ends_on.is_(None), Hat.ends_on >= day),
            User.active.is_(True),
            func.length(User.email) > 0,
        )
        .order_by(Person.sort_name, Person.id)
        .distinct()
    )
    if school_id is not None:
        ask = ask.where(Hat.school_id == school_id)
    with whole_record(db.session()) as everybody:
        found = everybody.execute(ask).all()
    return [(person_id, email, f"{first} {last}") for person_id, email, first, last, _sort in found]


def try_again(mail: OutgoingMail) -> None:
    """A delayed or failed mail is due now, from its first try on, with the Message-ID that it has.

    One that was sent, or waits its turn, stays as it is.
    """
    if mail.state not in {MailState.DELAYED, MailState.FAILED}:
        return
    mail.state, mail.due_at, mail.tries, mail.problem = MailState.QUEUED, now(), 0, ""
    audit.record("mail sent again", mail, changes={})
    db.session().info[MAIL_WAITS] = True


# --- Marketing (P-12) ---


def wants_marketing(person_id: int) -> bool:
    """Whether this person wants marketing now: what they said last; no, where they never said anything."""
    ask = (
        select(MarketingChoice.wants)
        .where(MarketingChoice.person_id == person_id)
        .order_by(MarketingChoice.id.desc())
        .limit(1)
    )
    with whole_record(db.session()) as everybody:
        return bool(everybody.scalar(ask))


def choose_marketing(person_id: int, *, wants: bool, by: ChosenBy, wording: str) -> MarketingChoice | None:
    """From this moment on the person wants marketing, or does not; None where that stands already.

    Source: P-12; Privacy and Electronic Communications Regulations 2003, regulation 22.
    """
    if wants_marketing(person_id) is wants:
        return None
    choice = MarketingChoice(person_id=person_id, wants=wants, by=by, wording=wording)
    audit.record(
        "marketing chosen" if wants else "marketing stopped", choice, changes={"wants": (not wants, wants)}
    )
    return choice
