"""How a value looks to a reader."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext

LONDON = ZoneInfo("Europe/London")
MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def on_screen(value: object) -> str:
    """`value` as people write it: 30 November 2026, 9:42am, 1,942, 3.5.

    Instants are shown in Europe/London. Names of months go through gettext.
    """
    if isinstance(value, datetime):
        here = value.astimezone(LONDON)
        return f"{on_screen(here.date())}, {clock(here)}"
    if isinstance(value, date):
        return f"{value.day} {gettext(MONTHS[value.month - 1])} {value.year}"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)


def clock(instant: datetime) -> str:
    """The time of day in Europe/London: 9:42am, midday, midnight."""
    here = instant.astimezone(LONDON)
    if here.minute == 0 and here.hour in (0, 12):
        return gettext("midday") if here.hour else gettext("midnight")
    return f"{here.hour % 12 or 12}:{here.minute:02d}{'am' if here.hour < 12 else 'pm'}"
