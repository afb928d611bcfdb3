"""Words and checks about an early career teacher (ECT). Pure: no database, request or clock."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

from app.ects.refusals import BirthDateImplausible, DaysDiffer, StartsBeforeQTS, StateOutOfOrder
from app.schools.rules import POSTCODE, folded, normal_postcode


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


STATE_IN_WORDS: Final = MappingProxyType(
    {
        ECTState.AUTHORISED: _("Authorised"),
        ECTState.IN_PROGRESS: _("In progress"),
        ECTState.PASSED: _("Passed"),
        ECTState.FAILED: _("Failed"),
        ECTState.LEFT: _("Left"),
    }
)
QTS_IN_WORDS: Final = MappingProxyType(
    {QTSStatus.HELD: _("Held"), QTSStatus.AWAITED: _("Awaited"), QTSStatus.NOT_KNOWN: _("Not known")}
)
CONTRACT_IN_WORDS: Final = MappingProxyType(
    {
        ContractKind.PERMANENT: _("Permanent"),
        ContractKind.FIXED_TERM: _("Fixed term"),
        ContractKind.SUPPLY: _("Supply"),
    }
)
PROGRAMME_IN_WORDS: Final = MappingProxyType(
    {Programme.PROVIDER_LED: _("Provider-led"), Programme.SCHOOL_LED: _("School-led")}
)

# From a state to those that may follow. A decision is replaced by an appeal or a correction alone.
FOLLOWS: Final[Mapping[ECTState, frozenset[ECTState]]] = MappingProxyType(
    {
        ECTState.AUTHORISED: frozenset({ECTState.IN_PROGRESS}),
        ECTState.IN_PROGRESS: frozenset({ECTState.PASSED, ECTState.FAILED, ECTState.LEFT}),
        ECTState.LEFT: frozenset({ECTState.IN_PROGRESS, ECTState.PASSED, ECTState.FAILED}),
        ECTState.PASSED: frozenset({ECTState.FAILED, ECTState.IN_PROGRESS}),
        ECTState.FAILED: frozenset({ECTState.PASSED, ECTState.IN_PROGRESS}),
    }
)


def check_follows(now: ECTState, then: ECTState) -> None:
    """Passes where `then` may follow `now`, or is `now`.

    Raises:
        StateOutOfOrder: it may not.
    """
    if then is not now and then not in FOLLOWS[now]:
        raise StateOutOfOrder(now=str(STATE_IN_WORDS[now]), then=str(STATE_IN_WORDS[then]))


# --- Who it is ---

TRN_LENGTH: Final = 7
YOUNGEST, OLDEST = 18, 100


def normal_trn(text: str) -> str:
    """`text` without what people write round a teacher reference number: spaces, slashes, a leading RP."""
    bare = re.sub(r"[\s/\u2215\u2044-]", "", text)
    return re.sub(r"^RP", "", bare, flags=re.IGNORECASE)


def is_trn(text: str) -> bool:
    """Whether `text` is a teacher reference number: seven digits, as text; zeros in front count."""
    return re.fullmatch(r"[0-9]{7}", text) is not None


def digits_in(text: str) -> int:
    """How many digits somebody typed."""
    return sum(sign in "0123456789" for sign in text)


def age_on(born_on: date, day: date) -> int:
    """Whole years of age on `day`. Who was born on 29 February has a birthday on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def check_birth_date(born_on: date, today: date) -> None:
    """Passes where the date of birth gives an age from 18 to 100.

    Raises:
        BirthDateImplausible: it does not.

    Source: DfE, Record inductions as an appropriate body: age at date of look-up.
    """
    age = age_on(born_on, today)
    if not YOUNGEST <= age <= OLDEST:
        raise BirthDateImplausible(age=age)


def check_start_after_qts(starts_on: date | None, qts_awarded_on: date | None, *, field: str) -> None:
    """Passes where induction starts on the day of the award of QTS or later, or a date is not known yet.

    Raises:
        StartsBeforeQTS: it starts earlier.

    Source: S.I. 2012/1115, regulation 7; DfE, Record inductions as an appropriate body.
    """
    if starts_on is not None and qts_awarded_on is not None and starts_on < qts_awarded_on:
        refusal = StartsBeforeQTS(awarded_on=qts_awarded_on)
        refusal.field = field  # type: ignore[misc]  # the later of two dates that two forms ask for
        raise refusal


def sort_name(first_name: str, last_name: str) -> str:
    """What an ECT is sorted and found by: folded last and first name, at most 255 characters."""
    return folded(f"{last_name} {first_name}")[:255]


# --- How to reach them ---


def is_postcode(text: str) -> bool:
    """Whether `text` is a whole postcode of the United Kingdom, in whatever spacing and case."""
    return POSTCODE.fullmatch(re.sub(r"\s+", "", text).upper()) is not None


def joined_address(lines: str, postcode: str) -> str:
    """Lines of an address with the postcode as the last one."""
    rows = [" ".join(line.split()) for line in lines.splitlines()]
    return "\n".join([row for row in rows if row] + ([normal_postcode(postcode)] if postcode.strip() else []))


def split_address(address: str) -> tuple[str, str]:
    """The lines and the postcode that `joined_address` put together."""
    lines, cut, last = address.rpartition("\n")
    if is_postcode(last):
        return (lines if cut else "", last)
    return (address, "")


# --- How much of the week ---

HALF_DAYS: Final = 10
WHOLE_WEEK: Final = "1" * HALF_DAYS


def days_in(pattern: str) -> Decimal:
    """Days a week of a pattern of ten half days."""
    return Decimal(pattern.count("1")) / 2


def fte_of(pattern: str) -> Decimal:
    """Full-time equivalent (FTE) that a pattern of ten half days makes."""
    return Decimal(pattern.count("1")) / HALF_DAYS


def check_days(fte: Decimal, pattern: str, reason: str) -> None:
    """Passes where the half days make the full-time equivalent (FTE), or somebody says why they do not.

    Raises:
        DaysDiffer: they do not, and nobody says why.
    """
    made = fte_of(pattern)
    if made != fte and not reason.strip():
        raise DaysDiffer(days=plain_number(days_in(pattern)), fte=plain_number(made))


def read_fte(text: str) -> Decimal | None:
    """The FTE in `text`, more than 0 and not more than 1, with two decimals at most; None: it is none."""
    bare = text.strip()
    if re.fullmatch(r"[0-9]?(\.[0-9]{1,2})?", bare) is None or not digits_in(bare):
        return None
    fte = Decimal(bare)
    return fte if 0 < fte <= 1 else None


def read_terms(text: str) -> Decimal | None:
    """The number of terms in `text`, from 0 to 16, with one decimal at most; None: it is none.

    Source: DfE, Record inductions as an appropriate body: number of terms.
    """
    bare = text.strip()
    if re.fullmatch(r"[0-9]{1,2}(\.[0-9])?", bare) is None:
        return None
    terms = Decimal(bare)
    return terms if terms <= 16 else None


def plain_number(number: Decimal) -> str:
    """A number as people write it: 0.6, 1."""
    return f"{number.normalize():f}"
