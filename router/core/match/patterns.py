"""Patterns of tenants (RE2): linear in the text, bounded in size, and equal ones shared.

RE2 needs no backtracking, so no pattern hangs a worker; but linear is not small. Compiling holds Python's lock, and a
long text against a large program takes seconds. So a pattern is bounded in its length, in its Unicode classes and in
the program that it compiles to, and sees only the beginning of a long value.
"""

import re
from collections.abc import Iterator
from typing import Final
from weakref import WeakValueDictionary

import re2

MAX_LENGTH: Final = 1_000
"""Characters of one pattern. An alternation of fifty host names has about 800."""

MAX_CLASSES: Final = 20
"""Unicode classes such as `\\pL` in one pattern: reading one takes RE2 0.1 ms, whatever becomes of it."""

MAX_MEMORY: Final = 1 << 16
"""Bytes that RE2 may use for one pattern: some 3,000 instructions. Any thousand letters fit, and `\\pL+` does."""

MAX_SEEN: Final = 4_096
"""Bytes (UTF-8) of a value that patterns see; Prometheus' own limits of label values are about a half of it."""

_CLASS_SIZE: Final = 100
_CLASS: Final = re.compile(r"\\[pP]")
_ESCAPES: Final = re.compile(r"\\Q.*?(?:\\E|\Z)|\\(.)", re.DOTALL)
_REMEDY: Final = "shorten it or split it in several; counted repetitions {n,m} and classes such as \\pL cost most"


class Pattern:
    """A compiled pattern. `size` is what it costs to match: instructions, and those of Unicode classes again."""

    __slots__ = ("__weakref__", "_regexp", "size", "text")

    def __init__(self, text: str) -> None:
        classes = _classes(text)
        self.text = text
        self._regexp = _compiled(text)
        self.size: int = self._regexp.programsize + _CLASS_SIZE * classes

    def matches(self, seen: bytes) -> bool:
        """Whether the pattern matches all of what patterns see of a value."""
        return self._regexp.fullmatch(seen) is not None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the pattern occurs in a text whose length the caller has bounded."""
        return (match.span() for match in self._regexp.finditer(text))


def seen(value: str, limit: int) -> bytes:
    """What patterns see of a value: all of it up to so many bytes, then as many whole characters as fit."""
    encoded = value[:limit].encode()
    return encoded if len(encoded) <= limit else encoded[:limit].decode(errors="ignore").encode()


def pattern_options(memory: int) -> re2.Options:
    """How RE2 is used everywhere: silent, without groups, within that many bytes."""
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = memory
    return options


def compiled_pattern(text: str) -> Pattern:
    """The pattern; equal ones are one object as long as somebody uses it.

    Raises:
        ValueError: the text is not an RE2 pattern, or is larger than patterns may be.
    """
    pattern = _shared.get(text)
    if pattern is None:
        pattern = _shared[text] = Pattern(text)
    return pattern


def _classes(text: str) -> int:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a pattern of {len(text)} characters; at most {MAX_LENGTH} are allowed; {_REMEDY}")
    classes = len(_CLASS.findall(text))
    if classes > MAX_CLASSES:
        raise ValueError(f"a pattern with {classes} Unicode classes; at most {MAX_CLASSES} are allowed; {_REMEDY}")
    return classes


def _compiled(text: str) -> "re2._Regexp":
    if any(escape[1] == "C" for escape in _ESCAPES.finditer(text)):
        # One byte of a character: RE2 in C++ has it, that of Go and therefore Alertmanager's has not.
        raise ValueError(f"{_short(text)} is not a valid RE2 pattern: invalid escape sequence: \\C")
    try:
        return re2.compile(text, pattern_options(MAX_MEMORY))
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
    if reason.startswith("pattern too large"):
        raise ValueError(f"{_short(text)} needs more than {MAX_MEMORY >> 10} KiB when compiled; {_REMEDY}")
    raise ValueError(f"{_short(text)} is not a valid RE2 pattern: {reason}")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")


_shared: Final[WeakValueDictionary[str, Pattern]] = WeakValueDictionary()
