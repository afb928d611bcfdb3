"""What may be refused about an ECT."""

from flask_babel import lazy_gettext as _

from app.errors import FieldRefused, RuleBroken


class BirthDateImplausible(FieldRefused):
    """DfE takes ages from 18 to 100."""

    field = "born_on"
    message = _("Date of birth makes the teacher %(age)s. Check the year: it must give an age from 18 to 100")


class StartsBeforeQTS(FieldRefused):
    """Induction cannot start before qualified teacher status (QTS)."""

    field = "induction_starts_on"
    message = _("Induction cannot start before QTS, awarded on %(awarded_on)s")


class TrnTaken(FieldRefused):
    """One teacher reference number, one teacher."""

    field = "trn"
    message = _("%(name)s already has this TRN. Open the record, or correct the number")


class DaysDiffer(FieldRefused):
    """Half days and full-time equivalent say two things."""

    field = "fte"
    message = _("%(days)s days a week is %(fte)s FTE. Change one of them, or say why they differ")


class StateOutOfOrder(RuleBroken):
    """An ECT's induction has an order of states."""

    source = "Service rule: an induction begins, ends or is left, and ends once"
    message = _("This induction is “%(now)s”, so it cannot become “%(then)s”")


class ChangedMeanwhile(RuleBroken):
    """The later of two editors is told, and shown both values (S7)."""

    source = "Service rule: no change is lost"
    message = _("Somebody saved this after you opened it. Choose which values to keep")


class EmptyRow(FieldRefused):
    """A row of several that says when, and not what."""

    field = ""
    message = _("Enter the %(what)s, or empty the row")
