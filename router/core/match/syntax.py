"""The two grammars of matcher text (pkg/labels and matcher/parse in Alertmanager).

Both turn `{a="b",c=~"d"}` into conditions. They differ in quoting: the UTF-8 grammar takes any name and Go string
literals and demands a value; the classic one takes ASCII names, leaves unknown escapes alone and allows an empty
value.
"""

import re
from typing import Final, NamedTuple

_OPERATORS: Final = ("=~", "!~", "!=", "=")
_SPACES: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Go calls a space. Python's has four control characters more; a pattern's `\\s` has neither those nor `\\v`."""

RESERVED: Final = frozenset(_SPACES + "{}!=~,\\\"'`")
"""What a word without quotes cannot hold, a name above all."""

_SKIPPED: Final = frozenset(_SPACES)
_BLANK: Final = r"[\t\n\f\r ]*"
_CLASSIC: Final = re.compile(
    rf"{_BLANK}([a-zA-Z_:][a-zA-Z0-9_:]*){_BLANK}(=~|=|!=|!~){_BLANK}(.*?){_BLANK}", re.DOTALL
)
_GO_ESCAPES: Final = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    '"': '"',
}
_GO_NUMBERED: Final = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})", re.ASCII)
_USUAL: Final = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)(=~|!~|!=|=)"([^"\\\n]*)"')
_CLASSIC_ESCAPES: Final = {"n": "\n", '"': '"', "\\": "\\"}


class Condition(NamedTuple):
    """One matcher as text: name, operator, value."""

    name: str
    operator: str
    value: str


def usual(text: str) -> list[Condition] | None:
    """What nearly everybody writes, one condition that means the same in both grammars: read ten times as fast."""
    found = _USUAL.fullmatch(text)
    return None if found is None else [Condition(*found.groups())]


def utf8(text: str) -> list[Condition]:
    """Read the text by the UTF-8 grammar.

    Raises:
        ValueError: the grammar does not accept it.
    """
    return _Utf8(text).conditions()


def classic(text: str) -> list[Condition]:
    """Read the text by the classic grammar.

    Raises:
        ValueError: the grammar does not accept it.
    """
    body = text.removeprefix("{").removesuffix("}")
    *parts, last = _split_outside_quotes(body)
    if last := last.strip(_SPACES):
        parts.append(last)
    return [_classic_condition(part) for part in parts]


def _split_outside_quotes(text: str) -> list[str]:
    parts, start, quoted, escaped = [], 0, False, False
    for position, char in enumerate(text):
        if char == ",":
            if not quoted:
                parts.append(text[start:position])
                start = position + 1
        elif char == '"':
            quoted, escaped = quoted if escaped else not quoted, False
        else:
            escaped = char == "\\" and not escaped
    return [*parts, text[start:]]


def _classic_condition(part: str) -> Condition:
    match = _CLASSIC.fullmatch(part)
    if match is None:
        raise ValueError(f'{part.strip()!r} is not a valid matcher; use for example severity="critical"')
    name, operator, raw = match.groups()
    return Condition(name, operator, _classic_value(raw))


def _classic_value(raw: str) -> str:
    quoted = raw.startswith('"')
    out, position = [], 1 if quoted else 0
    while position < len(raw):
        char = raw[position]
        if char == "\\":
            following = raw[position + 1 : position + 2]
            out.append(_CLASSIC_ESCAPES.get(following, char + following))
            position += 2
            continue
        if char == '"':
            if not quoted or position != len(raw) - 1:
                remedy = "one = is enough" if raw.startswith('="') else 'write \\" for a quote inside a value'
                raise ValueError(f"{raw!r}: {remedy}")
            return "".join(out)
        out.append(char)
        position += 1
    if quoted:
        raise ValueError(f"{raw!r}: the closing quote is missing")
    return "".join(out)


class _Utf8:
    """A cursor over the text, reading the UTF-8 grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def conditions(self) -> list[Condition]:
        braces = self._take("{")
        found: list[Condition] = []
        while not self._at_end(braces):
            found.append(self._condition())
            if not self._take(","):
                break
        if braces and not self._take("}"):
            raise self._error("expected a closing brace")
        self._skip_blanks()
        if self._position < len(self._text):
            raise self._error("expected the end")
        return found

    def _at_end(self, braces: bool) -> bool:  # noqa: FBT001 - states which end is meant, one private caller
        self._skip_blanks()
        rest = self._text[self._position :]
        return not rest or (braces and rest.startswith("}"))

    def _condition(self) -> Condition:
        name = self._word("a label name")
        operator = next((op for op in _OPERATORS if self._take(op)), None)
        if operator is None:
            raise self._error("expected one of = != =~ !~")
        return Condition(name, operator, self._word("a value"))

    def _word(self, what: str) -> str:
        self._skip_blanks()
        if self._text[self._position : self._position + 1] == '"':
            return self._quoted()
        start = self._position
        while self._position < len(self._text) and not self._ends_word(self._text[self._position]):
            self._position += 1
        if start == self._position:
            raise self._error(f"expected {what}")
        return self._text[start : self._position]

    @staticmethod
    def _ends_word(char: str) -> bool:
        return char in RESERVED

    def _quoted(self) -> str:
        self._position += 1
        out: list[bytes] = []
        while (char := self._text[self._position : self._position + 1]) != '"':
            if char in {"", "\n"}:
                raise self._error("the closing quote is missing")
            self._position += 1
            out.append(self._escape() if char == "\\" else char.encode())
        self._position += 1
        return b"".join(out).decode()

    def _escape(self) -> bytes:
        char = self._text[self._position : self._position + 1]
        if char in _GO_ESCAPES:
            self._position += 1
            return _GO_ESCAPES[char].encode()
        match = _GO_NUMBERED.match(self._text, self._position)
        if match is None:
            raise self._error(f"unknown escape \\{char}")
        self._position = match.end()
        byte, short, long, octal = match.groups()
        if byte or octal:
            return bytes([int(byte, 16) if byte else int(octal, 8)])
        return chr(int(short or long, 16)).encode()

    def _take(self, token: str) -> bool:
        self._skip_blanks()
        if not self._text.startswith(token, self._position):
            return False
        self._position += len(token)
        return True

    def _skip_blanks(self) -> None:
        while self._text[self._position : self._position + 1] in _SKIPPED:
            self._position += 1

    def _error(self, what: str) -> ValueError:
        return ValueError(f"{self._text!r}, column {self._position + 1}: {what}")
