"""What a body that cannot be used is about, as far as can be seen: for the log line that reports it."""

import re
from typing import Final

_SEARCHED: Final = 64 * 1024
_NAME: Final = re.compile(rb'"alertname"\s*:\s*"((?:[^"\\]|\\.){1,100})')


def alert_named_in(body: bytes) -> str:
    """The first alert's name near the beginning of a body; "" where none is seen."""
    found = _NAME.search(body, 0, _SEARCHED)
    return found[1].decode(errors="replace") if found else ""
