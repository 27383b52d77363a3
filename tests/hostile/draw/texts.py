"""Plain data as JSON of any depth, and bytes that are nearly what they were."""

import json
import random
from typing import Any, Final

_MARKS: Final[dict[Any, tuple[str, str]]] = {dict: ("{", "}"), list: ("[", "]")}
_PIECES: Final = (
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"',
    b"\\u",
    b"{",
    b"]" * 40,
    b"9" * 400,
    b"NaN",
    b"\xef\xbb\xbf",
)


def as_json(tree: Any) -> bytes:
    """The text; also of what is nested deeper than the standard library goes."""
    try:
        return json.dumps(tree).encode()
    except RecursionError:
        return _of_any_depth(tree)


def _of_any_depth(tree: Any) -> bytes:
    pieces: list[str] = []
    waiting: list[Any] = [(tree,)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            pieces.append(one)
            continue
        [value] = one
        if type(value) not in _MARKS or not value:
            pieces.append(json.dumps(value))
            continue
        waiting.extend(reversed(_parts(value)))
    return "".join(pieces).encode()


def _parts(value: Any) -> list[Any]:
    """What the text of a list or dictionary consists of: pieces of text, and values in tuples."""
    first, last = _MARKS[type(value)]
    parts: list[Any] = [first]
    for number, one in enumerate(value):
        parts += [","] if number else []
        parts += [json.dumps(str(one)) + ":", (value[one],)] if first == "{" else [(one,)]
    return [*parts, last]


def spoilt(dice: random.Random, data: bytes, other: bytes) -> bytes:
    """The bytes flipped, cut, lengthened, or joined with the end of others."""
    at = dice.randrange(len(data) + 1)
    match dice.randrange(5):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + dice.choice(_PIECES) + data[at:]
        case 2:
            return data[:at] + other[dice.randrange(len(other) + 1) :]
        case 3:
            return dice.randbytes(dice.choice([0, 1, 100, 5_000]))
        case _:
            return flipped(dice, data)


def flipped(dice: random.Random, data: bytes) -> bytes:
    """With some bytes changed."""
    changed = bytearray(data)
    for _ in range(min(len(changed), dice.randint(1, 8))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)
