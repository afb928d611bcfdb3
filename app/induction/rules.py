"""Induction periods and outcomes: what may stand beside what. Pure: no database, request or clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

from app.induction import refusals
from app.terms.on_screen import on_screen

# Statutory induction began; S.I. 1999/1065. No period starts before.
FIRST_START: Final = date(1999, 9, 1)
# Early career framework reforms: a body claims starts from this day on (DfE, Record inductions).
FIRST_CLAIM: Final = date(2021, 9, 1)
MOST_TERMS: Final = Decimal(16)
TENTH: Final = Decimal("0.1")


class Result(StrEnum):
    """How induction ended: the AB decides (guidance 2.67)."""

    PASS = "pass"  # noqa: S105 - an outcome of induction
    FAIL = "fail"


class Cause(StrEnum):
    """Why an outcome was recorded. A later one replaces an earlier one only by appeal or correction."""

    DECISION = "decision"
    APPEAL = "appeal"
    CORRECTION = "correction"


RESULT_IN_WORDS: Final = MappingProxyType({Result.PASS: _("Pass"), Result.FAIL: _("Fail")})
CAUSE_IN_WORDS: Final = MappingProxyType(
    {
        Cause.DECISION: _("Decision"),
        Cause.APPEAL: _("Appeal decision"),
        Cause.CORRECTION: _("Correction"),
    }
)
REPLACING: Final = (Cause.APPEAL, Cause.CORRECTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One period as the rules see it: first and last day (inclusive; none: it goes on), and where."""

    started_on: date
    ended_on: date | None = None
    school: str = ""

    def holds(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.started_on <= day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The outcome in force of one person, as the rules see it."""

    name: str
    result: Result
    decided_on: date


def overlap(one: Span, other: Span) -> bool:
    """Whether the two have a day in common. The last day counts; an open period runs on for ever."""
    return one.holds(other.started_on) or other.holds(one.started_on)


def check_no_overlap(new: Span, others: Iterable[Span], field: str = "started_on") -> None:
    """Passes where `new` shares no day with any other period of the same person.

    Raises:
        PeriodsOverlap: it does; the sentence names the earliest of those in the way.

    Source: DfE, Record inductions as an appropriate body: no overlap, whichever body; a start on another
        period's last day is refused, the next day is fine.
    """
    in_the_way = min((o for o in others if overlap(new, o)), key=lambda o: o.started_on, default=None)
    if in_the_way is not None:
        refusal = refusals.PeriodsOverlap(
            school=in_the_way.school,
            started_on=in_the_way.started_on,
            ended_on=on_screen(in_the_way.ended_on) or _("now"),
        )
        refusal.field = field  # type: ignore[misc]  # the date that the form in use asks for
        raise refusal


def check_start(started_on: date, *, claimed: bool) -> None:
    """Passes where induction can have started on that day. A start to come is well: it waits for its day.

    Args:
        started_on: first day.
        claimed: whether a body claims the start now, not a period of the past that is put right.

    Raises:
        StartTooEarly: before statutory induction, or before the starts that a body claims.

    Source: S.I. 1999/1065; DfE, Record inductions as an appropriate body: earliest start.
    """
    earliest = FIRST_CLAIM if claimed else FIRST_START
    if started_on < earliest:
        raise refusals.StartTooEarly(earliest=earliest)


def check_end(started_on: date, ended_on: date, today: date) -> None:
    """Passes where the last day lies after the first and not in the future.

    Raises:
        EndNotAfterStart: it does not; the same day is refused as well.
        EndInFuture: it lies after today.

    Source: DfE, Record inductions as an appropriate body: end strictly after the start; dates not in the future.
    """
    if ended_on <= started_on:
        raise refusals.EndNotAfterStart(started_on=started_on)
    if ended_on > today:
        raise refusals.EndInFuture


def check_decided(decided_on: date, ended_on: date, today: date) -> None:
    """Passes where the decision lies on the last day or later, and not in the future.

    Raises:
        DecidedBeforeEnd: it lies before the last day.
        DecidedInFuture: it lies after today.

    Source: S.I. 2012/1115, regulation 11; statutory guidance 2.67.
    """
    if decided_on < ended_on:
        raise refusals.DecidedBeforeEnd(ended_on=ended_on)
    if decided_on > today:
        raise refusals.DecidedInFuture


def check_terms(terms: Decimal | None, ended_on: date | None) -> None:
    """Passes where terms come with an end, and only then: from 0 to 16, in tenths.

    Raises:
        TermsMissing: an end without terms.
        TermsWithoutEnd: terms without an end.
        TermsOutOfBounds: less than 0, more than 16, or finer than tenths.

    Source: DfE, Record inductions as an appropriate body: number of terms; statutory guidance 2.30, 2.34.
    """
    if terms is None:
        if ended_on is not None:
            raise refusals.TermsMissing
        return
    if ended_on is None:
        raise refusals.TermsWithoutEnd
    if not terms.is_finite() or not 0 <= terms <= MOST_TERMS or terms % TENTH:
        raise refusals.TermsOutOfBounds


def check_fte(fte: Decimal) -> None:
    """Passes where the full-time equivalent (FTE) is more than 0 and not more than 1.

    Raises:
        FteOutOfBounds: it is not.

    Source: statutory guidance 2.36.
    """
    if not fte.is_finite() or not 0 < fte <= 1:
        raise refusals.FteOutOfBounds


def check_first_outcome(standing: Standing | None) -> None:
    """Passes where the person has no outcome in force.

    Raises:
        PassedBefore: a pass stands.
        FailedBefore: a fail stands.

    Source: statutory guidance 1.13 (one chance); DfE: one outcome for a teacher, ever.
    """
    if standing is not None:
        kind = refusals.PassedBefore if standing.result is Result.PASS else refusals.FailedBefore
        raise kind(name=standing.name, decided_on=standing.decided_on)


def check_not_over(standing: Standing | None) -> None:
    """Passes where a further period may begin.

    Raises:
        InductionOver: an outcome is in force.

    Source: statutory guidance 1.13.
    """
    if standing is not None:
        raise refusals.InductionOver


def check_replaces(cause: Cause) -> None:
    """Passes where an outcome may be replaced: by an appeal decision or a correction.

    Raises:
        NotByDecision: a second decision is none.

    Source: S.I. 2012/1115, schedule 3; statutory guidance 2.70, 2.73.
    """
    if cause not in REPLACING:
        raise refusals.NotByDecision


def check_reasons(reasons: str) -> None:
    """Passes where reasons are given.

    Raises:
        ReasonsMissing: they are not.

    Source: S.I. 2012/1115, regulation 11(7); statutory guidance 2.69.
    """
    if not reasons.strip():
        raise refusals.ReasonsMissing


def check_correction(before: Span, after: Span, *, reason: str, terms: Decimal | None, today: date) -> None:
    """Passes where a period may be put right as `after` says.

    Raises:
        CorrectionUnexplained: nobody says why.
        EndStands: it would end the period, or open it again.

    Source: service rule: a period is ended by leaving or by an outcome, and corrected with a reason (P-8).
    """
    if not reason.strip():
        raise refusals.CorrectionUnexplained
    if (before.ended_on is None) != (after.ended_on is None):
        raise refusals.EndStands
    check_start(after.started_on, claimed=False)
    if after.ended_on is not None:
        check_end(after.started_on, after.ended_on, today)
    check_terms(terms, after.ended_on)
