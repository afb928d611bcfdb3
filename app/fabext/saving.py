"""A form is saved, or shown again with all that was typed and a sentence beside the field.

Equal posts have one effect (S8), the later of two editors is told and shown both values (S7).
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from app.access.models import Submission
from app.errors import FieldRefused, SentBefore, ServiceError
from app.extensions import db, sql
from app.fabext.fields import NotCopied
from app.fabext.forms import Form, Versioned, new_token
from app.fabext.pages import Clash
from app.terms.on_screen import on_screen


class NotValid(ServiceError):
    """The form's own checks said no; the sentences stand beside its fields."""


class SentOtherwise(ServiceError):
    """The form was sent before with other values: doing it twice may be one too many."""

    message = lazy_gettext(
        "This form was sent before, with other values. Look at what is there, then send it again"
    )


class TokenForged(ServiceError):
    """The form's own token is none of ours, or did not come."""

    message = lazy_gettext("This page was open for too long. Your text is kept: save it again")


@dataclass
class Outcome:
    """What became of a post: `done`, or why not (`problems` belong to no field)."""

    done: bool = False
    problems: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)


def saved(form: Form, verb: Callable[[], None], *, by_constraint: Mapping[str, tuple[str, Any]]) -> Outcome:
    """Runs `verb` once for this form and commits, or says why not.

    The token is claimed before the form is checked: of two equal posts the second waits for the first here,
    and gets the same answer. A refusal undoes this much and expires nothing else.

    Args:
        form: the posted form.
        verb: fills the record and calls the feature's service.
        by_constraint: name of a database constraint → (field, sentence), for what two people do at once.
    """
    try:
        with db.session.begin_nested():
            claim(form)
            check(form)
            verb()
            db.session.flush()
        db.session.commit()
    except SentBefore:
        db.session.rollback()
        return Outcome(done=True)
    except NotValid:
        return Outcome(problems=hidden_problems(form))
    except FieldRefused as refusal:
        beside = form.refuse(refusal.field, str(refusal))
        return Outcome(problems=[] if beside else [str(refusal)])
    except StaleDataError:
        return Outcome(problems=[_("Somebody saved this after you opened it. Choose which values to keep")])
    except IntegrityError as refusal:
        return explained(form, refusal, by_constraint)
    except ServiceError as refusal:
        return Outcome(problems=[str(refusal)])
    return Outcome(done=True)


def check(form: Form) -> None:
    """Passes where the form's own checks do.

    Raises:
        NotValid: they do not; the sentences stand beside the fields.
    """
    if not form.validate():
        raise NotValid


def claim(form: Form) -> None:
    """The form's token is taken.

    Raises:
        SentBefore: an equal post took it.
        SentOtherwise: a post with other values took it, and the form has no version that would tell them apart.
        TokenForged: the token is not one of ours; the form has a new one, so that it can be saved.
    """
    token = str(form.submission.data or "")
    if not 40 <= len(token) <= 43 or not token.isascii():
        form.submission.data = new_token()
        raise TokenForged
    digest = digest_of(request.form)
    try:
        with db.session.begin_nested():
            db.session.add(Submission(token=token, digest=digest))
            db.session.flush()
    except IntegrityError:
        form.submission.data = new_token()
        if hmac.compare_digest(digest_taken(token), digest):
            raise SentBefore from None
        if not isinstance(form, Versioned):
            raise SentOtherwise from None


def digest_of(posted: MultiDict[str, str]) -> str:
    """A keyed hash of everything sent but the session's own token."""
    sent = sorted((name, value) for name, value in posted.items(multi=True) if name != "csrf_token")
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, json.dumps(sent).encode("utf-8", "surrogatepass"), sha256).hexdigest()


def digest_taken(token: str) -> str:
    """What was sent with the token the first time. House-keeping: nobody may read the books otherwise."""
    ask = select(sql(Submission).c.digest).where(sql(Submission).c.token == token)
    return str(db.session.connection().execute(ask, execution_options={"unscoped": True}).scalar() or "")


def hidden_problems(form: Form) -> list[str]:
    """Sentences of fields that nobody sees, such as an expired token."""
    hidden = [name for name in ("csrf_token", "version", "submission") if name in form.errors]
    return [_("This page was open for too long. Your text is kept: save it again")] if hidden else []


def explained(form: Form, refusal: IntegrityError, by_constraint: Mapping[str, tuple[str, Any]]) -> Outcome:
    """What the database refused, in our words; never in its own, which name tables and values."""
    told = name_of_constraint(refusal)
    for name, (where, sentence) in by_constraint.items():
        if name in told and form.refuse(where, str(sentence)):
            return Outcome()
    return Outcome(
        problems=[_("This does not fit with what is already there. Look at the record and try again")]
    )


def name_of_constraint(refusal: IntegrityError) -> str:
    """The constraint's name on PostgreSQL; on SQLite the columns or the name that its message ends with."""
    named = getattr(getattr(refusal.orig, "diag", None), "constraint_name", None)
    return str(named) if named else str(refusal.orig).rpartition(": ")[2]


def differences(form: Form, item: Any, labels: Mapping[str, Any]) -> list[Clash]:
    """Where the record as it is now differs from what was typed.

    A field that this person left as it was shows the other's value and is no clash: the next save keeps it.
    """
    columns = inspect(item).mapper.column_attrs
    found = []
    for each in form:
        if each.name not in columns or isinstance(each, NotCopied):
            continue
        if isinstance(form, Versioned) and form.left_as_it_was(each):
            each.data, each.raw_data = getattr(item, each.name), None
        elif not same(getattr(item, each.name), each.data):
            theirs, yours = getattr(item, each.name), each.data
            found.append(
                Clash(
                    label=labels.get(each.name, each.label.text),
                    theirs=on_screen(theirs) or _("nothing"),
                    yours=on_screen(yours) or _("nothing"),
                )
            )
    return found


def same(stored: object, typed: object) -> bool:
    """Whether a stored value and a typed one say the same; nothing and an empty text do."""
    return (stored or "") == (typed or "")
