"""What the features of sign-in refuse."""

from flask_babel import lazy_gettext as _

from app.errors import FieldRefused, RuleBroken


class NotRight(FieldRefused):
    """Unknown account, switched-off account and wrong password read the same."""

    field = "username"
    message = _("Username or password is not right")


class NoHatToday(FieldRefused):
    """The sign-in is right, but the person wears no hat today."""

    field = "username"
    message = _("You have no role here at present. Ask the appropriate body to give you one")


class UsernameTaken(FieldRefused):
    """Two people cannot sign in with one name."""

    field = "username"
    message = _("Somebody already signs in as %(username)s. Choose another username")


class EmailTaken(FieldRefused):
    """Two accounts cannot have one email address."""

    field = "email"
    message = _("%(email)s already belongs to another account")


class WrongOldPassword(FieldRefused):
    """The current password is asked before a new one is taken (ASVS 6.2.3)."""

    field = "current"
    message = _("The current password is not right")


class PasswordTooShort(FieldRefused):
    """ASVS 6.2.1: length is what counts; nothing is asked of its letters."""

    field = "new"
    message = _("The new password must have %(least)s characters or more. Three or four words do well")


class PasswordTooLong(FieldRefused):
    """A bound, so that hashing it costs nobody else their turn."""

    field = "new"
    message = _("The new password must have %(most)s characters or fewer")


class PasswordKnown(FieldRefused):
    """ASVS 6.2.4 and 6.2.11: common ones, and the words that anybody would try here."""

    field = "new"
    message = _(
        "That password is easy to guess here. Choose one that has nothing to do with you or this service"
    )


class HatNeedsPlace(FieldRefused):
    """A hat of a school, trust or ECT says which."""

    field = "school"
    message = _("Choose the school where this role applies")


class HatNeedsTrust(FieldRefused):
    """A trust administrator says which trust."""

    field = "trust_code"
    message = _("Enter the trust's code in Get Information About Schools, such as 4001")


class HatEndsTooEarly(RuleBroken):
    """A hat ends on or after the day it began."""

    source = "Service rule: a role has a first and a last day"
    message = _("The last day must be on or after the first, %(starts_on)s")


class LastAdministrator(RuleBroken):
    """Somebody must be left who can give hats."""

    source = "Service rule: an appropriate body always has an administrator"
    message = _("This is the only AB administrator. Give somebody else that role first")


class NotOwnHat(RuleBroken):
    """Nobody gives or takes hats for themselves (security.md: no escalation)."""

    source = "Service rule: nobody changes the own roles"
    message = _("Another administrator must change your own roles")
