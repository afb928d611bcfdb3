"""Sign-in sessions in a table, and who is asking in one statement (P-11, S4).

Before sign-in: a signed cookie, for form protection and language. Afterwards the cookie holds a random token
and a row the rest, so that signing out, a new password or a lost role ends access within one request.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Flask, Request, Response, current_app, g, has_request_context, request, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_appbuilder.security.sqla.models import User
from flask_login import user_logged_in, user_logged_out
from sqlalchemy import Row, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session, load_only

from app.access.hats import AB_WORK, HatKind
from app.access.models import Hat, Person, RightsEpoch, StoredSession
from app.access.principal import HOUSE, NOBODY, Principal
from app.access.scope import acting_as, open_for
from app.extensions import WRITES, db, now, sql, today
from app.schools.models import School

PACK = TaggedJSONSerializer()
stored = sql(StoredSession)
# "Last seen" is written when the last one is older than this: a page costs no UPDATE.
SEEN_EVERY = timedelta(seconds=60)


class Kept(SecureCookieSession):
    """A session that is a row. `renew`: a new token with the answer; `hat_id`: the hat it is for."""

    row_hash: str | None = None
    began_at: datetime | None = None
    seen_at: datetime | None = None
    hat_id: int | None = None
    renew = False
    end = False


class Asking(NamedTuple):
    """One sign-in and the hats that its person may use today."""

    kept: Kept
    user: User
    principal: Principal


def hash_of(token: str) -> str:
    """What the table knows of a token: who reads the table cannot sign in."""
    return hashlib.sha256(token.encode()).hexdigest()


class StoredSessions(SecureCookieSessionInterface):
    """Flask's sessions, in our table once somebody has signed in."""

    session_class = Kept

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of this request; from here on `db.session` belongs to whoever is asking."""
        WRITES.set(request.method not in {"GET", "HEAD", "OPTIONS"})
        token = request.cookies.get(self.get_cookie_name(app), "")
        asking = who_is_asking(token) if 40 <= len(token) <= 50 and "." not in token else None
        g.principal = asking.principal if asking else NOBODY
        g.asking = asking
        if asking is None:
            return super().open_session(app, request)
        open_for(asking.principal)
        return asking.kept

    def save_session(self, app: Flask, kept: Any, response: Response) -> None:
        """Keeps what changed, after the answer, in a short transaction of its own."""
        if kept.row_hash is None and is_foreign_post():
            return  # somebody's session is not replaced by a page elsewhere that posts here
        if kept.row_hash is None and not kept.renew:
            super().save_session(app, kept, response)
            return
        name = self.get_cookie_name(app)
        if kept.end:
            forget(kept)
            response.delete_cookie(name, path="/", secure=app.config["SESSION_COOKIE_SECURE"], httponly=True)
        elif kept.renew:
            token = begin(kept)
            response.set_cookie(
                name,
                token,
                path="/",
                httponly=True,
                secure=app.config["SESSION_COOKIE_SECURE"],
                samesite=app.config["SESSION_COOKIE_SAMESITE"],
            )
        elif kept.modified or kept.seen_at is None or now() - kept.seen_at > SEEN_EVERY:
            keep(kept)
        response.vary.add("Cookie")


def is_foreign_post() -> bool:
    """Whether the browser says that another site sent this form: it brought no cookie, and gets none."""
    return request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") in (
        "cross-site",
        "same-site",
    )


def who_is_asking(token: str) -> Asking | None:
    """Session, user, hats and the number of rights, in one statement; None where nobody is signed in."""
    writes = WRITES.set(False)  # reading who asks takes no write lock
    try:
        with Session(db.engine, info={**acting_as(HOUSE), "no_wall": True}, expire_on_commit=False) as ask:
            rows = ask.execute(WHO, asked_with(token)).all()
            ask.expunge_all()
    finally:
        WRITES.reset(writes)
    return asking_from(rows) if rows else None


def asked_with(token: str) -> dict[str, object]:
    """The values of `WHO`: the token's hash, today, and the oldest moments that still count."""
    moment = now()
    return {
        "token_hash": hash_of(token),
        "today": today(),
        "began_after": moment - current_app.config["SESSION_LIMIT"],
        "seen_after": moment - current_app.config["IDLE_LIMIT"],
    }


WHO = (
    select(StoredSession, User, Person.id.label("person_id"), Hat, RightsEpoch.number.label("epoch"))
    .join(User, User.id == StoredSession.user_id)
    .join(Person, Person.user_id == User.id)
    .join(
        Hat,
        and_(
            Hat.person_id == Person.id,
            or_(
                Hat.kind == HatKind.ECT,  # whenever it was worn: the own record stays the own record
                and_(
                    Hat.starts_on <= bindparam("today"),
                    or_(Hat.ends_on.is_(None), Hat.ends_on >= bindparam("today")),
                ),
            ),
        ),
    )
    .join(RightsEpoch, RightsEpoch.id == 1)
    .where(
        StoredSession.token_hash == bindparam("token_hash"),
        StoredSession.began_at > bindparam("began_after"),
        StoredSession.seen_at > bindparam("seen_after"),
        User.active.is_(True),
    )
    .options(load_only(User.id, User.first_name, User.last_name, User.username, User.active))
)


def asking_from(rows: list[Row[Any]] | Any) -> Asking | None:
    """Who is asking, out of one row for each hat; None where the session's hat is worn no more."""
    row, user = rows[0].StoredSession, rows[0].User
    hats = [each.Hat for each in rows]
    worn = next((hat for hat in hats if hat.id == row.hat_id), None)
    if worn is None or not worn.worn_on(today()):
        return None
    kept = Kept(PACK.loads(row.contents))
    kept.row_hash, kept.began_at, kept.seen_at = row.token_hash, row.began_at, row.seen_at
    kept.hat_id, kept.modified = row.hat_id, False
    return Asking(kept, user, principal_in(worn, hats, user, rows[0].person_id, rows[0].epoch))


def principal_in(worn: Hat, hats: list[Hat], user: User, person_id: int, epoch: int) -> Principal:
    """The person in the hat `worn`; the other hats only say where the person may not act for the AB.

    Args:
        hats: those of today, and the ECT's hat whenever it was worn.
    """
    worn_today = [hat for hat in hats if hat.worn_on(today())]
    schools: tuple[int, ...] = (worn.school_id,) if worn.school_id else ()
    if worn.kind is HatKind.TRUST_ADMINISTRATOR:
        schools = schools_of_trust(str(worn.trust_code))
    return Principal(
        name=f"{user.first_name} {user.last_name}",
        person_id=person_id,
        user_id=user.id,
        hat_id=worn.id,
        kind=worn.kind,
        school_ids=schools,
        trust_code=worn.trust_code or "",
        ect_id=worn.ect_id,
        own_school_ids=schools_of(worn_today) if worn.kind in AB_WORK else (),
        own_ect_id=next((hat.ect_id for hat in hats if hat.kind is HatKind.ECT), None),
        hats=len(worn_today),
        epoch=epoch,
    )


def schools_of(hats: list[Hat]) -> tuple[int, ...]:
    """Where these hats belong: their schools, and those of their trusts."""
    found = {hat.school_id for hat in hats if hat.school_id}
    for hat in hats:
        found.update(schools_of_trust(hat.trust_code) if hat.trust_code else ())
    return tuple(sorted(found))


def schools_of_trust(code: str) -> tuple[int, ...]:
    """The schools that belong to a trust now: present and future ones, as GIAS says today."""
    writes = WRITES.set(False)  # nor does this
    try:
        with db.engine.connect() as connection:
            ask = select(sql(School).c.id).where(sql(School).c.trust_code == code)
            return tuple(connection.scalars(ask.order_by(sql(School).c.id)))
    finally:
        WRITES.reset(writes)


def begin(kept: Kept) -> str:
    """A new row and token for this session; the old row is gone. Returns the token."""
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": hash_of(token),
        "user_id": int(kept["_user_id"]),
        "hat_id": kept.hat_id,
        "contents": PACK.dumps(dict(kept)),
        "began_at": kept.began_at or now(),  # another hat begins no further 12 hours
        "seen_at": now(),
    }
    in_short_transaction(
        delete(stored).where(stored.c.token_hash == (kept.row_hash or "")), insert(stored).values(values)
    )
    return token


def keep(kept: Kept) -> None:
    """The contents and "last seen" of a session that goes on."""
    in_short_transaction(
        update(stored)
        .where(stored.c.token_hash == kept.row_hash)
        .values(contents=PACK.dumps(dict(kept)), seen_at=now())
    )


def forget(kept: Kept) -> None:
    """The row of a session that ended."""
    in_short_transaction(delete(stored).where(stored.c.token_hash == (kept.row_hash or "")))


def in_short_transaction(*statements: Any) -> None:
    """Runs house-keeping after the answer, in a transaction of its own.

    A refused request may still hold SQLite's write lock, so the request's own transaction ends first.
    """
    db.session.rollback()
    writes = WRITES.set(True)
    try:
        with db.engine.connect().execution_options(unscoped=True) as connection, connection.begin():
            for statement in statements:
                connection.execute(statement)
    finally:
        WRITES.reset(writes)


def principal() -> Principal:
    """Who is asking in this request; nobody outside one."""
    who: Principal = g.get("principal", NOBODY) if has_request_context() else NOBODY
    return who


@user_logged_in.connect
def renew_at_sign_in(_: Flask, user: User, **__: object) -> None:
    """A new token at sign-in: one that somebody planted before is worth nothing."""
    session.renew = True  # type: ignore[attr-defined]


@user_logged_out.connect
def end_at_sign_out(_: Flask, user: User, **__: object) -> None:
    """Signing out ends the row, not only the cookie."""
    session.end = True  # type: ignore[attr-defined]
