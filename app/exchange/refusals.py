"""What may be refused about files for the Teaching Regulation Agency (TRA)."""

from flask_babel import lazy_gettext as _

from app.errors import RuleBroken


class NothingToSend(RuleBroken):
    """A file about nobody is not made."""

    source = "Service rule: a file says something of somebody"
    message = _("There is nothing to send: no start, leaving or outcome is ready. Nothing was made.")


class NothingToSendAgain(RuleBroken):
    """A file about nobody is not made, even again."""

    source = "Service rule: a file says something of somebody"
    message = _("There is nothing to send, new or again. Nothing was made.")


class ReleasedMeanwhile(RuleBroken):
    """Of two who release at once, one does."""

    source = "Service rule: a notification goes out once, unless it is asked for again (P-3)"
    message = _("Somebody released these rows a moment ago. Look at what is left to send")


class FileDiffers(RuleBroken):
    """What would be handed out is not what was released."""

    source = "Service rule: a file of the ledger is the same, byte for byte"
    message = _(
        "This file can no longer be made as it was released: its hash differs. Nothing was handed out"
    )


class HoldsYourOwn(RuleBroken):
    """Nobody works in an AB hat on the own record or school."""

    source = "Promises, P-11: nobody works in an AB hat on the own school's record"
    message = _("This file holds somebody of your own school. Another officer must download it")
