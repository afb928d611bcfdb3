"""What the vault can refuse: leaves of the tree in `app/errors.py`.

    ServiceError
    ├── KeyGone              the key was never made, or was destroyed: nobody can read the text
    ├── DoesNotOpen          the text stands where it was not sealed, or was changed
    ├── FieldRefused
    │   └── HalfRefused      a half of the master key was mistyped
    └── NotReady
        ├── UnreadableMasterKey   not 32 bytes in base64
        ├── SampleMasterKey       production was given the key of the demonstration
        ├── MasterKeyNotKept      nobody has shown yet that the key is kept elsewhere
        ├── OtherMasterKey        not the key that was kept, or that wrapped the stored keys
        └── MasterKeyKeptBefore   a second master key would make every sealed text unreadable

None of them names the person, the key or the text.
"""

from flask_babel import lazy_gettext as _

from app.errors import FieldRefused, NotReady, ServiceError


class KeyGone(ServiceError):
    """No key of this owner and storage class."""

    message = _("This text was destroyed. Nobody can read it any more.")


class DoesNotOpen(ServiceError):
    """The box was sealed in another place or for another owner, or its bytes were changed."""

    message = _("We cannot open this text. Tell the people who run the service.")


class HalfRefused(FieldRefused):
    """The check letters at the end of a half do not fit what was typed before them."""

    message = _("That is not half %(half)s. Check each letter, or type it again from what you wrote down")
    field = "half"


class UnreadableMasterKey(NotReady):
    """`MASTER_KEY` is not what a master key looks like."""

    message = _("MASTER_KEY must be 32 bytes in base64. `flask vault init` makes one.")


class SampleMasterKey(NotReady):
    """Everybody has the key of the demonstration."""

    message = _("MASTER_KEY is the sample key, which is public. `flask vault init` makes a real one.")


class MasterKeyNotKept(NotReady):
    """No proof yet that the key would survive the loss of this machine."""

    message = _("Nobody has shown that the master key is kept. Run `flask vault init` first.")


class OtherMasterKey(NotReady):
    """This key opens nothing that is stored here."""

    message = _("MASTER_KEY is not the key that this service was set up with.")


class MasterKeyKeptBefore(NotReady):
    """A new key now would lock away all that was sealed under the first."""

    message = _("This service has sealed texts or a master key already. A second key would lock them away.")


class OwnerUnknown(ValueError):
    """A programmer's mistake: sealed for a row that has no id yet, or for an owner with a wrong name."""
