"""Purposes and states of mail, and when a failed one is tried again. Pure: no database, request or clock."""

from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _


class Purpose(StrEnum):
    """Why a mail is sent. All of these are service messages: the law or the service needs them (P-12)."""

    REGISTRATION_RECEIVED = "registration_received"
    REGISTRATION_AUTHORISED = "registration_authorised"
    REGISTRATION_RETURNED = "registration_returned"
    END_DATE_ASKED = "end_date_asked"
    OUTCOME_RELEASED = "outcome_released"


PURPOSE_IN_WORDS: Final = MappingProxyType(
    {
        Purpose.REGISTRATION_RECEIVED: _("Registration received"),
        Purpose.REGISTRATION_AUTHORISED: _("Registration authorised"),
        Purpose.REGISTRATION_RETURNED: _("Registration returned"),
        Purpose.END_DATE_ASKED: _("End date asked for"),
        Purpose.OUTCOME_RELEASED: _("Notice of an outcome"),
    }
)


class MailState(StrEnum):
    """How far a mail has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELAYED = "delayed"
    FAILED = "failed"


STATE_IN_WORDS: Final = MappingProxyType(
    {
        MailState.QUEUED: _("Queued"),
        MailState.SENDING: _("Sending"),
        MailState.SENT: _("Sent"),
        MailState.DELAYED: _("Delayed"),
        MailState.FAILED: _("Failed"),
    }
)
WAITING: Final = (MailState.QUEUED, MailState.DELAYED, MailState.SENDING)


class ChosenBy(StrEnum):
    """How somebody said whether they want marketing."""

    ACCOUNT = "account"
    UNSUBSCRIBE = "unsubscribe"


# How long one worker may keep a mail to itself: longer than all time-outs of one sending together.
LEASE: Final = timedelta(minutes=5)
# After a temporary refusal: 1, 5, 15, 60 minutes, then slower; three days in all (RFC 5321, 4.5.4.1).
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440, 1440))
LONGEST_PROBLEM: Final = 200


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries; None: it has been tried long enough, and a person is told (S5)."""
    return PAUSES[tries - 1] if 0 < tries <= len(PAUSES) else None


def key_of(purpose: Purpose, about: str, to_person_id: int | None, to_address: str) -> str:
    """One cause, one recipient, one mail: the key that no two mails share. It names nobody (S17)."""
    recipient = str(to_person_id) if to_person_id else sha256(to_address.casefold().encode()).hexdigest()[:16]
    return f"{purpose.value}:{about}:{recipient}"


def problem_in_words(reply: str, to_address: str) -> str:
    """A mail server's answer as a book may keep it: on one line, without the address."""
    one_line = " ".join("".join(sign if sign.isprintable() else " " for sign in reply).split())
    return one_line.replace(to_address, "the recipient")[:LONGEST_PROBLEM] if to_address else one_line
