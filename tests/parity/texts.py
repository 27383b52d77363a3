"""Matcher texts as people write them, and worse, always the same for the same seed."""

import random
from typing import Final

_NAMES: Final = (
    "severity", "team", "_a1:b", "föö", "foo.bar", "foo-bar", "1foo", "a b", '"foo"', '"foo bar"', r'"f\"oo"',
    r'"b\u00e4r"', '""', "", "🙂", "foo\u00a0bar", "'foo'", '"a\u00a0b"', r'"\x00"', r'"a\x7fb"', r'"\u200b="',
)  # fmt: skip
_OPERATORS: Final = ("=", "!=", "=~", "!~")
_ODD_OPERATORS: Final = ("==", "~=", "!", "~", "=!", "", "=~~", "! =", "= ~")
_VALUES: Final = (
    "", "critical", "a b", "a,b", "a|b", "db-1.*", "x{2}", "{a}", "'quoted'", "`ticks`", 'a"b', "äöü", "é", "🙂",
    "=", "!",
    "a\nb", " padded ", "(", ")", "[", "a**", "\\", "\\\\", r"\d+", r"\w", r"\.", r"\t", r"\n", r"\"",
    r"\x41", r"\101",
    r"\u00e9", r"\U0001F642", r"\ud800", r"\xff", r"\400", r"\'", r"\8", r"\Qa.b\E", r"\pL+", r"\p{Greek}",
    r"\C", r"\z",
    "(?i)abc", "(?s).", "(?P<a>b)", "(?<a>b)", "(?=a)", "[[:alpha:]]", "[[:nope:]]", "a{1000}", "a{1001}", "a{,3}",
    "(a+)+$", "^a$", "^", "$", "a?b*c+?", "(?U)a+", r"\bfoo\b", r"\x{10FFFF}", r"[^\d]", "a||b", "()", "\t", "\v",
    "\x1f",
    "\u00a0", "\u0085",
)  # fmt: skip
_BLANKS: Final = ("",) * 16 + (" ",) * 8 + ("  ", "\t", "\n", "\v", "\x1c", "\u00a0", "\u2003")
_ALPHABET: Final = " \t\n\v\x1c\u00a0{},=!~\\\"'`()|.*+?[]aébn0x🙂"


def texts(seed: int, count: int) -> list[str]:
    """So many different texts."""
    drawn = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[_text(drawn)] = None
    return list(found)


def _text(drawn: random.Random) -> str:
    matchers = [_matcher(drawn) for _ in range(drawn.choice((0, 1, 1, 1, 1, 1, 2, 2, 3)))]
    text = (drawn.choice(_BLANKS) + "," + drawn.choice(_BLANKS)).join(matchers)
    if drawn.random() < 0.15:
        text += drawn.choice((",", " ,", ", ", ",,"))
    opened, closed = drawn.choice(((False, False),) * 4 + ((True, True),) * 3 + ((True, False), (False, True)))
    text = drawn.choice(_BLANKS) * opened + "{" * opened + text + "}" * closed + drawn.choice(_BLANKS)
    return _spoilt(drawn, text) if drawn.random() < 0.15 else text


def _matcher(drawn: random.Random) -> str:
    name = drawn.choice(_NAMES) if drawn.random() < 0.3 else drawn.choice(_NAMES[:3])
    operator = drawn.choice(_ODD_OPERATORS) if drawn.random() < 0.05 else drawn.choice(_OPERATORS)
    around = drawn.choice(_BLANKS), drawn.choice(_BLANKS), drawn.choice(_BLANKS), drawn.choice(_BLANKS)
    return around[0] + name + around[1] + operator + around[2] + _value(drawn) + around[3]


def _value(drawn: random.Random) -> str:
    value = "".join(drawn.choice(_VALUES) for _ in range(drawn.choice((1, 1, 1, 2, 3))))
    match drawn.randrange(8):
        case 0 | 1 | 2:
            return f'"{value}"'
        case 3 | 4:
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case 5:
            return f"'{value}'"
        case _:
            return value


def _spoilt(drawn: random.Random, text: str) -> str:
    at = drawn.randrange(len(text) + 1)
    match drawn.randrange(3):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + drawn.choice(_ALPHABET) + text[at:]
        case _:
            return text[:at] + text[at : at + 3] + text[at:]
