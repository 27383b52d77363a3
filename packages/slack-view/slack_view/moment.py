"""Points in time as `<time>` elements, which a few lines of script convert to the reader's time zone.

Without the script the fallback stays, so it must be good enough alone. The format is Slack's, for example
`{date_short_pretty} {time}`.
"""

from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup

from slack_view.markup import el

CLOCK: Final = "{time}"
_LATEST_S: Final = 253_402_300_799
"""The end of the year 9999, which is as far as dates go here and in ISO 8601."""


def moment(seconds: int, form: str, fallback: str) -> Markup:
    """The time in the reader's zone; just the fallback if it is outside the years 1970 to 9999."""
    if not 0 <= seconds <= _LATEST_S:
        return el("span", None, fallback)
    iso = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return el("time", {"datetime": iso, "data-format": form, "title": _day_and_clock(seconds)}, fallback)


def clock(seconds: int) -> Markup:
    """The time of day at which something was written."""
    return moment(seconds, CLOCK, _day_and_clock(seconds)[-9:])


def _day_and_clock(seconds: int) -> str:
    inside = min(max(seconds, 0), _LATEST_S)
    return datetime.fromtimestamp(inside, UTC).strftime("%Y-%m-%d %H:%M UTC")
