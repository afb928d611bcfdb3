"""What a registration is, and what it needs before it can be sent. Pure: no database, request or clock."""

from enum import StrEnum


class RegistrationState(StrEnum):
    """How far a registration has come."""

    DRAFT = "draft"
    AWAITING_AB = "awaiting_ab"
    RETURNED = "returned"
    AUTHORISED = "authorised"
    WITHDRAWN = "withdrawn"
