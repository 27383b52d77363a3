"""What is wrong with something that a person wrote, in its parts: the text is made where it is printed."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

KeyPath = tuple[str | int, ...]
"""The way to a value in a document: keys and list positions, from the top."""

_MAX_LINE: Final = 400
_TOKEN: Final = re.compile(r"(?:xox[a-z]|xapp)[-.][^\s`'\",;:}\])]*", re.IGNORECASE)


class Position(NamedTuple):
    """A position in a text as editors count it, from 1; `column` is 0 where only the line is known."""

    line: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: what is wrong and what to do, and as much as is known of where it is.

    `source` is a file, a setting or an option. `about_key` says that the key at `path` is wrong, whatever its value.
    """

    message: str
    path: KeyPath = ()
    source: str = ""
    position: Position | None = None
    about_key: bool = False

    def __str__(self) -> str:
        """One line, as compilers print it: `FILE:LINE:COLUMN: path: message`."""
        numbers = [str(number) for number in self.position or () if number]
        location = ":".join([self.source, *numbers] if self.source else numbers)
        path = path_text(self.path)
        message = one_line(f"{path}: {self.message}" if path else self.message)
        return f"{location}: {message}" if location else message


def path_text(path: KeyPath) -> str:
    """The path as people write it: `receivers[1].slack.channel`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{_key_text(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def _key_text(key: str) -> str:
    """The key; in quotes if it begins or ends with blanks, or is nothing else."""
    return masked(key) if key and key == key.strip() else f'"{masked(key)}"'


def masked(text: str) -> str:
    """The text without anything that may be a Slack token: errors end up in logs and in other people's terminals."""
    return _TOKEN.sub("xox…", text)


def one_line(text: str) -> str:
    """The text without tokens, with everything escaped that would break the line or the terminal, cut after 400."""
    safe = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in masked(text))
    return safe if len(safe) <= _MAX_LINE else safe[:_MAX_LINE] + "…"
