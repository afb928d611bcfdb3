"""Words and checks about an early career teacher (ECT). Pure: no database, request or clock."""

from enum import StrEnum


class AssignedAs(StrEnum):
    """What somebody is to an ECT at a school (guidance 2.38 to 2.47)."""

    TUTOR = "tutor"
    MENTOR = "mentor"


class ECTState(StrEnum):
    """Where an ECT stands. Registrations that wait have a state of their own."""

    AUTHORISED = "authorised"
    IN_PROGRESS = "in_progress"
    PASSED = "passed"
    FAILED = "failed"
    LEFT = "left"


class QTSStatus(StrEnum):
    """Qualified teacher status (QTS), as far as induction asks."""

    HELD = "held"
    AWAITED = "awaited"
    NOT_KNOWN = "not_known"


class ContractKind(StrEnum):
    """Nature of the contract with the employing organisation (P-1)."""

    PERMANENT = "permanent"
    FIXED_TERM = "fixed_term"
    SUPPLY = "supply"


class Programme(StrEnum):
    """Training programme, in the words that DfE's upload takes (dfe-exchange 2.3)."""

    PROVIDER_LED = "provider-led"
    SCHOOL_LED = "school-led"
