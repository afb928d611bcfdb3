"""What may be refused about induction periods and outcomes. Sentences: `screens.md` 4."""

from flask_babel import lazy_gettext as _

from app.errors import FieldRefused, RuleBroken


class StartTooEarly(FieldRefused):
    """Statutory induction began in 1999; a body claims starts from 2021 on."""

    field = "started_on"
    message = _("Start date must be %(earliest)s or later")


class EndNotAfterStart(FieldRefused):
    """A period that ends on the day it starts is none."""

    field = "ended_on"
    message = _("End date must be after the start, %(started_on)s")


class EndInFuture(FieldRefused):
    """DfE takes no future end."""

    field = "ended_on"
    message = _("End date is after today. Record it on the day, or later")


class DecidedInFuture(FieldRefused):
    """Nobody decides tomorrow."""

    field = "decided_on"
    message = _("Date of the decision is after today")


class DecidedBeforeEnd(FieldRefused):
    """An outcome is decided once the period is over."""

    field = "decided_on"
    message = _("Date of the decision must be on or after the end date, %(ended_on)s")


class PeriodsOverlap(FieldRefused):
    """One induction period at a time."""

    field = "started_on"
    message = _("These dates overlap the period at %(school)s, %(started_on)s to %(ended_on)s")


class TermsOutOfBounds(FieldRefused):
    """From 0 to 16, in tenths."""

    field = "terms"
    message = _("Number of terms must be from 0 to 16, with one decimal place at most")


class TermsMissing(FieldRefused):
    """An end comes with the terms that were served."""

    field = "terms"
    message = _("Enter the number of terms that were served")


class TermsWithoutEnd(FieldRefused):
    """Terms are counted when a period ends."""

    field = "terms"
    message = _("Number of terms is for a period that has ended. Enter the end date, or take the terms out")


class FteOutOfBounds(FieldRefused):
    """More than nothing, and not more than a whole week."""

    field = "fte"
    message = _("FTE must be more than 0 and not more than 1, for example 0.6")


class PassedBefore(FieldRefused):
    """One outcome in force: a pass stands there."""

    field = "result"
    message = _("%(name)s passed on %(decided_on)s. Only an appeal decision or a correction can replace it")


class FailedBefore(FieldRefused):
    """One outcome in force: a fail stands there."""

    field = "result"
    message = _("%(name)s failed on %(decided_on)s. Only an appeal decision or a correction can replace it")


class ReplacedBefore(FieldRefused):
    """Of two who replace an outcome, the later is told."""

    field = "result"
    message = _("This outcome was replaced meanwhile. Open the record and look at the one in force")


class NotByDecision(FieldRefused):
    """An outcome is replaced by an appeal decision or a correction alone."""

    field = "cause"
    message = _("Say whether an appeal decision or a correction replaces the outcome")


class ReasonsMissing(FieldRefused):
    """Reasons go to the ECT and the head."""

    field = "reasons"
    message = _("Give the reasons. They go into the letter, word for word")


class CorrectionUnexplained(FieldRefused):
    """A period is corrected with a reason that the audit trail keeps."""

    field = "reason"
    message = _("Say why the period is corrected")


class EndStands(FieldRefused):
    """A correction neither ends a period nor opens it again."""

    field = "ended_on"
    message = _("A correction cannot end a period or open it again. Use “Leaving” or “Record the outcome”")


class InductionOver(RuleBroken):
    """One chance: after a pass or a fail no further period begins."""

    source = "Statutory guidance 1.13; S.I. 2012/1115, regulation 7"
    message = _("The outcome of this induction is decided, so no further period can begin")


class PeriodEnded(RuleBroken):
    """Only an open period can be left."""

    source = "Service rule: a period ends once"
    message = _("This period has ended already. Open the record and look at its dates")


class OwnSchool(RuleBroken):
    """Nobody decides about the own school."""

    source = "Promises, P-11: nobody works in an AB hat on the own school's record"
    message = _("You work at %(school)s, so another assessor must decide")
