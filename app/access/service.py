"""Verbs on people, sign-in and hats."""

from datetime import date
from typing import Any

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.access import limits, refusals
from app.access.hats import AT_A_SCHOOL, HatKind
from app.access.models import Hat, Person
from app.access.passwords import check_password
from app.access.principal import HOUSE
from app.access.scope import acting_as, principal_of, whole_record
from app.audit import service as audit
from app.extensions import WRITES, db, today
from app.schools.rules import folded

_DECOY: dict[str, str] = {}


def sign_in(username: str, password: str, address: str, today: date) -> tuple[User, int]:
    """The user who may sign in, and the hat to begin with (the one that began last).

    An unknown account costs as much time as a wrong password, and writes nothing more.

    Raises:
        TooManyTries: the account or the address has had its tries for now.
        NotRight: account and password do not fit.
        NoHatToday: they do, but no hat is worn today.
    """
    user, hat_id = account_of(username, today)
    # One account has two names, and one count: its username stands for the email address as well.
    counted = limits.count_a_try(user.username if user else username, address)
    fits = check_password_hash(user.password if user and user.password else decoy(), password)
    if user is None or not user.active or not user.password or not fits:
        raise refusals.NotRight
    limits.take_back(counted)
    if hat_id is None:
        raise refusals.NoHatToday
    return user, hat_id


def account_of(username: str, today: date) -> tuple[User | None, int | None]:
    """The user of that name or email address, and the hat to begin with: two statements, known or unknown."""
    writes = WRITES.set(False)
    name = username.strip().casefold()
    try:
        with Session(db.engine, info=acting_as(HOUSE), expire_on_commit=False) as look:
            user = look.scalar(
                select(User)
                .where(or_(func.lower(User.username) == name, func.lower(User.email) == name))
                .limit(1)
            )
            hat_id = look.scalar(hat_to_begin_with(user.id if user else 0, today))
            look.expunge_all()
    finally:
        WRITES.reset(writes)
    return user, hat_id


def hat_to_begin_with(user_id: int, today: date) -> Select[Any]:
    """The statement for the hat of a user that is worn today and began last."""
    return (
        select(Hat.id)
        .join(Person, Person.id == Hat.person_id)
        .where(
            Person.user_id == user_id,
            Hat.starts_on <= today,
            or_(Hat.ends_on.is_(None), Hat.ends_on >= today),
        )
        .order_by(Hat.starts_on.desc(), Hat.id.desc())
        .limit(1)
    )


def decoy() -> str:
    """A hash of the deployment's own cost that no password fits: unknown accounts take as long."""
    method = current_app.config["FAB_PASSWORD_HASH_METHOD"]
    if method not in _DECOY:
        _DECOY[method] = generate_password_hash("nobody has this password", method=method)
    return _DECOY[method]


def hashed(password: str) -> str:
    """The hash that is stored of a password."""
    return generate_password_hash(password, method=current_app.config["FAB_PASSWORD_HASH_METHOD"])


def add_person(
    *,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    password_hash: str | None,
    person: Person | None = None,
) -> Person:
    """Somebody can be given hats; with a password hash (`hashed`) they can also sign in.

    Args:
        person: who is here already without a sign-in, such as the person of an ECT's record; none: somebody new.

    Raises:
        UsernameTaken: somebody signs in under that name.
        EmailTaken: another account has that address.
    """
    with whole_record(db.session()) as everybody:
        name, address = username.strip().casefold(), email.strip().casefold()
        for user in everybody.scalars(
            select(User).where(
                or_(
                    func.lower(User.username).in_((name, address)),
                    func.lower(User.email).in_((name, address)),
                )
            )
        ):
            if name in (user.username.casefold(), user.email.casefold()):
                raise refusals.UsernameTaken(username=username)
            raise refusals.EmailTaken(email=email)
    user = User(
        username=username.strip(),
        first_name=first_name,
        last_name=last_name,
        email=email.strip(),
        password=password_hash,
        active=True,
    )
    person = person or Person()
    person.user, person.sort_name = user, folded(f"{last_name} {first_name}")[:255]
    db.session.add(person)
    audit.record("person added", person, changes={})
    return person


def give_hat(
    person: Person,
    kind: HatKind,
    starts_on: date,
    *,
    ends_on: date | None = None,
    school_id: int | None = None,
    trust_code: str | None = None,
    ect_id: int | None = None,
) -> Hat:
    """The person may use the hat from `starts_on` on.

    Raises:
        HatNeedsPlace: a school role without a school.
        HatNeedsTrust: a trust role without a trust.
        HatEndsTooEarly: the last day is before the first.
        NotOwnHat: somebody gives a hat to themselves.
    """
    refuse_own(person.id)
    if kind in AT_A_SCHOOL and school_id is None:
        raise refusals.HatNeedsPlace
    if kind is HatKind.TRUST_ADMINISTRATOR and not trust_code:
        raise refusals.HatNeedsTrust
    if ends_on and ends_on < starts_on:
        raise refusals.HatEndsTooEarly(starts_on=starts_on)
    hat = Hat(
        person=person,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        school_id=school_id if kind in AT_A_SCHOOL else None,
        trust_code=trust_code if kind is HatKind.TRUST_ADMINISTRATOR else None,
        ect_id=ect_id if kind is HatKind.ECT else None,
    )
    db.session.add(hat)
    audit.record("hat given", hat, changes={"kind": (None, kind), "starts_on": (None, starts_on)})
    return hat


def end_hat(hat: Hat, on: date) -> None:
    """The hat is worn for the last time on `on`; sessions in it end at once.

    Raises:
        HatEndsTooEarly: `on` is before the first day.
        LastAdministrator: nobody would be left who can give hats.
        NotOwnHat: somebody takes a hat from themselves.
    """
    refuse_own(hat.person_id)
    if on < hat.starts_on:
        raise refusals.HatEndsTooEarly(starts_on=hat.starts_on)
    if hat.kind is HatKind.AB_ADMINISTRATOR:
        refuse_to_lose_the_last(hat, on)
    hat.ends_on = on
    audit.record("hat ended", hat)


def refuse_own(person_id: int | None) -> None:
    """Nobody changes the own hats.

    Raises:
        NotOwnHat: the person in this session is the one whose hat changes.
    """
    who = principal_of(db.session())
    if who.person_id is not None and who.person_id == person_id:
        raise refusals.NotOwnHat


def refuse_to_lose_the_last(hat: Hat, on: date) -> None:
    """An appropriate body always has an administrator who can sign in.

    Raises:
        LastAdministrator: no other one is there after `on`.
    """
    refuse_without_another(on, Hat.id != hat.id)


def refuse_to_switch_off_the_last(user: User) -> None:
    """The same where an account goes off.

    Raises:
        LastAdministrator: this one is an administrator, and no other can sign in.
    """
    mine = (
        select(Hat.id).join(Hat.person).where(Person.user_id == user.id, Hat.kind == HatKind.AB_ADMINISTRATOR)
    )
    with whole_record(db.session()) as everybody:
        is_one = everybody.scalars(mine.limit(1)).first() is not None
    if is_one:
        refuse_without_another(today(), Person.user_id != user.id)


def refuse_without_another(on: date, who_counts: ColumnElement[bool]) -> None:
    """Passes where some other AB administrator can sign in after `on`.

    Raises:
        LastAdministrator: none can.
    """
    ask = (
        select(Hat.id)
        .join(Hat.person)
        .join(Person.user)
        .where(
            Hat.kind == HatKind.AB_ADMINISTRATOR,
            User.active.is_(True),
            Hat.starts_on <= on,
            or_(Hat.ends_on.is_(None), Hat.ends_on > on),
            who_counts,
        )
    )
    with whole_record(db.session()) as everybody:
        if everybody.scalars(ask.limit(1)).first() is None:
            raise refusals.LastAdministrator


def switch(user: User, *, active: bool) -> None:
    """The account is on, or off: off ends its sessions at once.

    Raises:
        NotOwnHat: nobody switches the own account.
        LastAdministrator: nobody would be left who can give hats.
    """
    person_id = db.session.scalar(select(Person.id).where(Person.user_id == user.id))
    refuse_own(person_id)
    if not active:
        refuse_to_switch_off_the_last(user)
    user.active = active
    audit.record(
        "account switched on" if active else "account switched off",
        user,
        changes={"active": (not active, active)},
    )


def change_password(user: User, *, current: str, new: str) -> None:
    """The own password is the new one; every session of the account ends.

    Raises:
        WrongOldPassword: `current` does not fit.
        FieldRefused: the new one is too short, too long or easy to guess (`access/passwords.py`).
    """
    if not check_password_hash(user.password or decoy(), current):
        raise refusals.WrongOldPassword
    check_password(new, about=(user.username, user.first_name, user.last_name, user.email))
    user.password = hashed(new)
    audit.record("password changed", user, changes={})


def set_password(user: User, new: str) -> None:
    """Who looks after people sets a first password for somebody; every session of the account ends.

    Raises:
        FieldRefused: the new one is too short, too long or easy to guess (`access/passwords.py`).
    """
    check_password(new, about=(user.username, user.first_name, user.last_name, user.email))
    user.password = hashed(new)
    audit.record("password set", user, changes={})
