"""What no reader sees: a number with such a character in its middle is still that number, a title of them is empty.

The ranges are those of the property Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt (14.0.0).
Besides them, controls, the marks of interlinear annotations and the empty Braille pattern, a blank, are not seen.
"""

import re
from typing import Final

_DEFAULT_IGNORABLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN: Final = f"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufff9-\ufffb{_DEFAULT_IGNORABLE}"
INVISIBLE: Final = f"{_UNSEEN}\u2800"
"""All of it, as it stands in the brackets of a pattern."""

_ONE_UNSEEN: Final = re.compile(f"[{_UNSEEN}]")
_ONE_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]")
_HIGH: Final = re.compile("[\u034f-\U0010ffff]")
"""What all of these are that Python calls printable: a Western text is looked through at once."""

# Selectors of variants and the two joiners, without which emoji, Persian, Mongolian and Han would read differently.
_NEEDED: Final = "\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_NEEDLESS: Final = re.compile(f"(?![{_NEEDED}])[{_UNSEEN}]")
_NEEDED_ALONE: Final = re.compile(rf"[{_NEEDED}\s]+")
_BLANK: Final = "\u2800"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def visible(value: str) -> str:
    """A foreign value without what no reader sees or needs, so that what is read is what was looked at."""
    if value.isprintable() and not (_HIGH.search(value) and _ONE_INVISIBLE.search(value)):
        return value
    shown = _NEEDLESS.sub("", _SURROGATE.sub("\ufffd", value)).replace(_BLANK, " ")
    return "" if _NEEDED_ALONE.fullmatch(shown) else shown


def bare(value: str) -> str:
    """The value without any character that no reader sees, also those that join others."""
    return value if value.isascii() and value.isprintable() else _ONE_UNSEEN.sub("", value)


def bare_places(value: str) -> list[int]:
    """For each character of the bare value, and its end, where it stands in the value."""
    return [*(place for place, char in enumerate(value) if not _ONE_UNSEEN.match(char)), len(value)]
