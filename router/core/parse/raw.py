"""The alerts of a body as they were sent, byte by byte: what is set aside alone is not written again.

Written again a number may grow tenfold, and what no longer fits would cost the alerts beside it.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Final

_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_BETWEEN: Final = re.compile(r"[ \t\n\r,:]*")


def alerts_as_sent(body: bytes) -> list[bytes]:
    """The bytes of each alert of a readable body, in order; empty where they cannot be found."""
    text = body.removeprefix(BOM_UTF8).decode(errors="surrogateescape")
    try:
        return [text[start:end].encode(errors="surrogateescape") for start, end in _alerts(text)]
    except (ValueError, IndexError, RecursionError):
        return []


def _alerts(text: str) -> Iterator[tuple[int, int]]:
    start = _next(text, 0)
    if text[start] == "[":
        return _values(text, start + 1, "]")
    parts = list(_values(text, start + 1, "}"))
    named = [value for name, value in zip(parts[::2], parts[1::2], strict=True) if _is_alerts(text, *name)]
    if named:
        return _values(text, named[-1][0] + 1, "]")
    return iter([(start, len(text.rstrip()))])


def _is_alerts(text: str, start: int, end: int) -> bool:
    return bool(json.loads(text[start:end]) == "alerts")


def _values(text: str, start: int, closing: str) -> Iterator[tuple[int, int]]:
    """Where each value of a list, or each name and value of an object, begins and ends."""
    start = _next(text, start)
    while text[start] != closing:
        _, end = _DECODER.raw_decode(text, start)
        yield start, end
        start = _next(text, end)


def _next(text: str, start: int) -> int:
    found = _BETWEEN.match(text, start)
    return found.end() if found else start
