"""Mails about a registration. Subjects name nobody; who reads one opens the page to see whom it is about."""

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app.access.hats import HatKind
from app.access.models import Person, User
from app.access.scope import whole_record
from app.ects.facts import opened
from app.ects.models import ECT, ECTContact
from app.extensions import db
from app.messages import service as messages
from app.messages.rules import Purpose
from app.registrations.models import Registration

OF_THE_SCHOOL = (HatKind.HEADTEACHER, HatKind.INDUCTION_LEAD)
ASKED_FOR_AN_END = (HatKind.HEADTEACHER, HatKind.INDUCTION_LEAD, HatKind.SCHOOL_ADMINISTRATOR)
Recipient = tuple[int, str, str]


def about(registration: Registration) -> str:
    """Which registration, and which round of it: one that is sent twice is received twice."""
    return f"registration:{registration.uid}:{registration.version}"


def page_of(registration: Registration) -> str:
    """The address of the registration for a mail."""
    return messages.link_to(f"/registrations/{registration.uid}")


def received(registration: Registration) -> None:
    """The officers of the appropriate body know that a registration waits."""
    people = messages.people_of_the_body((HatKind.AB_OFFICER,)) or messages.people_of_the_body(
        (HatKind.AB_ADMINISTRATOR,)
    )
    body = _(
        "A registration from %(school)s waits for you.\n\n%(link)s",
        school=registration.school.name,
        link=page_of(registration),
    )
    to_all(people, registration, Purpose.REGISTRATION_RECEIVED, _("A registration waits for you"), body)


def authorised(registration: Registration, ect: ECT) -> None:
    """Sender, headteacher and induction leads know; the ECT as well, where there is an address."""
    body = _(
        "%(body)s has authorised the registration. The ECT's record is here:\n\n%(link)s",
        body=current_app.config["BODY_NAME"],
        link=messages.link_to(f"/ects/{ect.uid}"),
    )
    subject = _("A registration is authorised")
    to_all(of_the_school(registration), registration, Purpose.REGISTRATION_AUTHORISED, subject, body, ect.id)
    to_the_ect(registration, ect)


def to_the_ect(registration: Registration, ect: ECT) -> None:
    """The ECT is told who holds what, at first contact.

    Source: UK GDPR, Article 14; P-8.
    """
    ask = select(ECTContact).where(ECTContact.ect_id == ect.id).options(*opened(ECTContact))
    contact = db.session.scalar(ask)
    address = (contact.school_email or contact.personal_email) if contact else None
    if not address:
        return
    messages.send(
        Purpose.REGISTRATION_AUTHORISED,
        about=about(registration),
        to_person_id=ect.person_id,
        to_address=address,
        subject=_("Your induction is registered"),
        body=_(
            "%(body)s is the appropriate body for your induction at %(school)s. Your school gave us your details. "
            "What we hold, why, for how long, and your rights:\n\n%(link)s",
            body=current_app.config["BODY_NAME"],
            school=registration.school.name,
            link=messages.link_to("/privacy"),
        ),
        ect_id=ect.id,
    )


def returned(registration: Registration) -> None:
    """Sender, headteacher and induction leads know that it came back; the reason stands on the page."""
    body = _(
        "%(body)s has returned a registration with a question. Open it to read the reason and to answer:\n\n%(link)s",
        body=current_app.config["BODY_NAME"],
        link=page_of(registration),
    )
    to_all(
        of_the_school(registration),
        registration,
        Purpose.REGISTRATION_RETURNED,
        _("A registration has come back to you"),
        body,
    )


def end_date_asked(registration: Registration, ect: ECT, people: list[Recipient]) -> None:
    """The earlier school is asked for the last day. The mail says nothing of where the ECT is now."""
    body = _(
        "%(body)s needs the last day of an ECT at your school, and the terms served. Report them here:\n\n%(link)s",
        body=current_app.config["BODY_NAME"],
        link=messages.link_to(f"/ects/{ect.uid}/leave"),
    )
    subject = _("We need an ECT's last day at your school")
    for person_id, address, _name in people:
        messages.send(
            Purpose.END_DATE_ASKED,
            about=f"registration:{registration.uid}",
            to_person_id=person_id,
            to_address=address,
            subject=subject,
            body=body,
            ect_id=ect.id,
        )


def of_the_school(registration: Registration) -> list[Recipient]:
    """Headteacher and induction leads of the school, and who sent the registration."""
    people = messages.people_at(registration.school_id, OF_THE_SCHOOL)
    if registration.sent_by_id is None or registration.sent_by_id in {person_id for person_id, *_ in people}:
        return people
    ask = (
        select(Person.id, User.email, User.first_name, User.last_name)
        .join(User, User.id == Person.user_id)
        .where(Person.id == registration.sent_by_id, User.active.is_(True))
    )
    with whole_record(db.session()) as everybody:
        found = everybody.execute(ask).first()
    return [*people, (found[0], found[1], f"{found[2]} {found[3]}")] if found else people


def to_all(
    people: list[Recipient],
    registration: Registration,
    purpose: Purpose,
    subject: str,
    body: str,
    ect_id: int | None = None,
) -> None:
    """One mail to each."""
    for person_id, address, _name in people:
        messages.send(
            purpose,
            about=about(registration),
            to_person_id=person_id,
            to_address=address,
            subject=subject,
            body=body,
            ect_id=ect_id,
        )
