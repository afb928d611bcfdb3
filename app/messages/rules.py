"""Purposes and states of mail, and when a failed one is tried again. Pure: no database, request or clock."""

from enum import StrEnum


class Purpose(StrEnum):
    """Why a mail is sent. All of these are service messages: the law or the service needs them (P-12)."""

    REGISTRATION_RECEIVED = "registration_received"
    REGISTRATION_AUTHORISED = "registration_authorised"
    REGISTRATION_RETURNED = "registration_returned"
    END_DATE_ASKED = "end_date_asked"
    OUTCOME_RELEASED = "outcome_released"


class MailState(StrEnum):
    """How far a mail has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELAYED = "delayed"
    FAILED = "failed"


class ChosenBy(StrEnum):
    """How somebody said whether they want marketing."""

    ACCOUNT = "account"
    UNSUBSCRIBE = "unsubscribe"
