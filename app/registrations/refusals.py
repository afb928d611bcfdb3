"""What may be refused about a registration; the sentences of `screens.md` 4."""

from flask_babel import lazy_gettext as _

from app.errors import FieldRefused, RuleBroken


class TrnAtSchool(FieldRefused):
    """The same TRN twice at one school."""

    field = "trn"
    message = _("%(name)s already has this TRN. Open the record, or correct the number")


class SchoolOutOfReach(FieldRefused):
    """A school where this person may not register."""

    field = "school_id"
    message = _("Choose the school")


class OwnSchool(FieldRefused):
    """Nobody works in an AB hat on what the own school registers (P-11)."""

    field = "school"
    message = _("You work at %(school)s, so another officer must do this")


class ContractTooShort(FieldRefused):
    """One term of continuous employment is the least that counts."""

    field = "ends_on"
    message = _(
        "The contract ends on %(ends_on)s, before one term is served, so it cannot count (guidance 2.33)"
    )


class StartsBeforeContract(FieldRefused):
    """Induction is served in employment."""

    field = "induction_starts_on"
    message = _("Induction cannot start before the contract, %(starts_on)s")


class WrongState(RuleBroken):
    """A registration goes draft, awaiting AB, returned or authorised, in that order."""

    source = "Service rule: a registration is decided once"
    message = _("This registration is “%(state)s” now. Look at it again")


class StepMissing(RuleBroken):
    """All parts are filled in before a registration is sent."""

    source = "Service rule: a registration is sent whole"
    message = _("“%(step)s” is not filled in yet")


class ReasonNeeded(FieldRefused):
    """The school reads why it came back; the book, why a check was set aside."""

    field = "reason"
    message = _("Give the reason. The school reads it, word for word")


class NotMetWithoutReason(FieldRefused):
    """A named person decides against a check, and says why."""

    field = "reason"
    message = _("Not met: %(check)s. Return it, or say why you authorise it all the same")


class EndNotReported(RuleBroken):
    """An ECT is at one school: the earlier one says first when it ended there."""

    source = "Service rule: one induction period at a time"
    message = _("%(school)s has not reported the last day there. Ask for it first")


class InductionOver(RuleBroken):
    """There is one chance (guidance 1.13)."""

    source = "Statutory guidance, 1.13"
    message = _(
        "The induction of %(name)s has ended. Only an appeal decision or a correction can replace the outcome"
    )


class BirthDateDiffers(RuleBroken):
    """A mistyped TRN would open somebody else's record to a school."""

    source = "Service rule: TRN and date of birth are those of one person"
    message = _(
        "The record with this TRN has another date of birth. Return the registration, or correct the record first"
    )


class NobodyToAsk(RuleBroken):
    """A question needs somebody who reads it."""

    source = "Service rule: a mail has a recipient"
    message = _("Nobody at %(school)s has an account that could be asked. Telephone the school")


class NothingToAsk(RuleBroken):
    """No other school has this ECT now."""

    source = "Service rule: a school is asked about its own ECT"
    message = _("No school has to report a last day for this TRN")


class AskedBefore(RuleBroken):
    """One question, one mail."""

    source = "Service rule: one cause sends one mail"
    message = _("%(school)s has been asked already")
