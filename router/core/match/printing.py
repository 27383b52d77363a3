"""How Alertmanager prints a matcher (pkg/labels): the form that it reads back, and that identifies a group."""

from typing import Final

from router.core.match.syntax import RESERVED

_SHORT: Final = {char: escape for escape, char in zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)}
_OPEN_METRICS: Final = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


def printed(name: str, operator: str, value: str) -> str:
    """The matcher as text; a name that needs quotes is a Go string literal, and the value beside it too."""
    if RESERVED.isdisjoint(name):
        return f'{name}{operator}"{value.translate(_OPEN_METRICS)}"'
    return f"{_go_quoted(name)}{operator}{_go_quoted(value)}"


def _go_quoted(text: str) -> str:
    """The text as Go's `strconv.Quote` writes it."""
    return '"' + "".join(map(_go_char, text)) + '"'


def _go_char(char: str) -> str:
    code = ord(char)
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    if char in _SHORT:
        return "\\" + _SHORT[char]
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
