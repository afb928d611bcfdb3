"""Induction periods and outcomes: what may stand beside what. Pure: no database, request or clock."""

from enum import StrEnum


class Result(StrEnum):
    """How induction ended: the AB decides (guidance 2.67)."""

    PASS = "pass"  # noqa: S105 - an outcome of induction
    FAIL = "fail"


class Cause(StrEnum):
    """Why an outcome was recorded. A later one replaces an earlier one only by appeal or correction."""

    DECISION = "decision"
    APPEAL = "appeal"
    CORRECTION = "correction"
