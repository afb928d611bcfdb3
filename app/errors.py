"""All that the service can refuse, as one tree.

    ServiceError
    ├── NotYours            the row is not there for this person (404)
    ├── NotYourRole         the hat in use may not do this (403)
    ├── RuleBroken          a rule said no; `source` names where it is written
    ├── FieldRefused        one field cannot be taken; `field` names it
    ├── SentBefore          an equal form was taken before
    ├── FileRefused         a file that cannot be taken, with the reason
    ├── TooManyTries        a limit was reached; says how long to wait
    └── NotReady            the house is not set up for this yet (keys, settings)

`str(error)` is the sentence that the user reads.
"""

from typing import ClassVar

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.terms.on_screen import on_screen


class ServiceError(Exception):
    """Base of the family. `str(error)` is the sentence the user reads."""

    message: ClassVar[LazyString] = _("That cannot be done.")

    def __init__(self, **values: object) -> None:
        super().__init__(values)
        self.values = values

    def __str__(self) -> str:
        return str(self.message) % {name: on_screen(value) for name, value in self.values.items()}


class NotYours(ServiceError):
    """The row is out of scope for this person: answered as if it were not there."""

    message = _("We cannot find this page")


class NotYourRole(ServiceError):
    """The hat in use may not do this."""

    message = _("You cannot do this")


class RuleBroken(ServiceError):
    """A rule said no. `source` names where the rule is written down."""

    source: ClassVar[str]


class FieldRefused(ServiceError):
    """One field of a form cannot be taken. `field` names it; the sentence stands beside it."""

    field: ClassVar[str]


class SentBefore(ServiceError):
    """An equal form was taken before; the first one did the work."""

    message = _("You have already sent this.")


class FileRefused(ServiceError):
    """A file that cannot be taken, with the reason."""

    message = _("We could not read that file.")


class TooManyTries(ServiceError):
    """A limit was reached."""

    message = _("Too many tries. Wait %(minutes)s minutes: your account stays open")


class NotReady(ServiceError):
    """The house is not set up for this yet."""

    message = _("The service is not ready for this.")
