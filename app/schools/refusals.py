"""Why a GIAS file, or one line of it, is not taken. The words are what the user reads."""

from flask_babel import lazy_gettext as _

from app.errors import FileRefused, RuleBroken, ServiceError


class SavedAs(FileRefused):
    """The file is no plain text that we read: UTF-16, a workbook. `kind` says what it is saved as."""

    message = _('This file is saved as %(kind)s. Save it as "CSV UTF-8" and choose it again')


class NotText(FileRefused):
    """NUL bytes: a program, a picture or a damaged file."""

    message = _("This file is not a text file: it holds NUL bytes. Choose the CSV file as GIAS publishes it")


class EmptyFile(FileRefused):
    """No heading, or a heading without lines."""

    message = _("This file holds no schools. Choose the CSV file as GIAS publishes it")


class FileTooLarge(FileRefused):
    """More than we take, as it comes or unpacked."""

    message = _("The file is %(size)s MB. The limit is %(limit)s MB")


class ZipBomb(FileRefused):
    """A zip that unpacks to far more than any text does."""

    message = _(
        "This zip unpacks to %(ratio)s times its size, which no list of schools does. We did not keep it"
    )


class ZipUnreadable(FileRefused):
    """A zip that is damaged, cut off or locked."""

    message = _("This zip is damaged, cut off or locked with a password. Download it again")


class NoCsvInZip(FileRefused):
    """A zip without any .csv in it."""

    message = _("This zip holds no .csv file. Choose the file as GIAS publishes it")


class ColumnMissing(FileRefused):
    """A column without which a line is no school."""

    message = _('Column "%(column)s" is missing. We found %(found)s')


class ColumnTwice(FileRefused):
    """Two columns of one name: which one is meant?"""

    message = _('Column "%(column)s" stands twice in the heading')


class HeadingTooLong(FileRefused):
    """A heading that is none of a GIAS file."""

    message = _(
        "The heading has %(columns)s columns. A GIAS file has about 135, and we take %(limit)s at most"
    )


class HeadingUnreadable(FileRefused):
    """A first line that cannot be taken apart into columns."""

    message = _("The first line is no heading with columns. Choose the CSV file as GIAS publishes it")


class LineRefused(ServiceError):
    """One line is left out; `text` is the cell that was refused."""

    def __init__(self, text: str = "", **values: object) -> None:
        super().__init__(**values)
        self.text = text


class UrnRefused(LineRefused):
    """The URN is the key of a school."""

    message = _("URN must be 5 or 6 digits")


class UrnTwice(LineRefused):
    """The same school in two lines: the first one counts."""

    message = _("This URN already stands in line %(line)s")


class NameMissing(LineRefused):
    """A school without a name cannot be found by anybody."""

    message = _("EstablishmentName is empty")


class TooLong(LineRefused):
    """A text that is longer than any real one."""

    message = _("%(column)s must be %(limit)s characters or fewer. It has %(length)s")


class LineTooLong(LineRefused):
    """A line that is longer than any real one; it is not taken apart."""

    message = _("This line has %(length)s characters, more than any school needs. We take %(limit)s at most")


class WrongCount(LineRefused):
    """Cells are missing or too many, so none can be trusted."""

    message = _("This line has %(cells)s values, the heading has %(columns)s")


class QuoteOpen(LineRefused):
    """A quotation mark opens a cell that never closes."""

    message = _("A quotation mark in this line is not closed")


class CutOff(LineRefused):
    """The last line is incomplete: the download stopped early."""

    message = _("The file ends in the middle of this line. Download it again")


class StatusUnknown(LineRefused):
    """A status that GIAS does not publish."""

    message = _("This status is not one that GIAS publishes")


class NoSuchDay(LineRefused):
    """A date that the calendar does not have."""

    message = _("%(column)s must be a real date, such as 31-08-2026")


class OutOfDate(RuleBroken):
    """What a preview showed is no longer what would happen."""

    message = _("Another file was applied on %(at)s, after this preview was made. Choose the file again")
    source = "Service rule: what is applied is what was shown"


class NotAtThisStep(RuleBroken):
    """The import is elsewhere in its life."""

    message = _("This import is %(state)s, so that cannot be done with it now")
    source = "Service rule: a file is read, looked at, then applied or dropped"
