"""Read Go's template language as far as people use it in notifications: text, prints, conditions and loops."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_ACTION: Final = re.compile(r"\{\{(-(?=\s))?((?:\"(?:\\.|[^\"\\])*\"|`[^`]*`|[^\"`])*?)((?<=\s)-)?\}\}")
_COMMENT: Final = re.compile(r"\s*/\*.*\*/\s*", re.DOTALL)
_DEEPEST: Final = 20
_LONGEST: Final = 8_000


class NotOfferedError(ValueError):
    """What a template uses that has no counterpart here."""


@dataclass(frozen=True, slots=True)
class Text:
    """What stands outside of actions."""

    text: str


@dataclass(frozen=True, slots=True)
class Print:
    """A pipeline whose value is printed."""

    pipeline: str


@dataclass(frozen=True, slots=True)
class If:
    """A condition, what it decides on, and what stands there otherwise."""

    pipeline: str
    then: "Nodes"
    otherwise: "Nodes"


@dataclass(frozen=True, slots=True)
class Range:
    """A loop over what the pipeline yields."""

    pipeline: str
    body: "Nodes"


Nodes = Sequence[Text | Print | If | Range]


def read_template(text: str) -> Nodes:
    """The template as a tree.

    Raises:
        NotOfferedError: it is not a template, or uses more of the language than this.
    """
    if len(text) > _LONGEST:
        raise NotOfferedError(f"more than {_LONGEST} characters")
    reader = _Reader(list(_pieces(text)))
    nodes = reader.nodes(0)
    if reader.ended_by:
        raise NotOfferedError(f"`{{{{ {reader.ended_by} }}}}` without a beginning")
    return nodes


def _pieces(text: str) -> Iterator[Text | Print]:
    """Text and actions in turn, blanks trimmed where an action says so; an action's words are those of a Print."""
    at, trimmed = 0, False
    for found in _ACTION.finditer(text):
        before = text[at : found.start()]
        before = before.lstrip() if trimmed else before
        yield Text(before.rstrip() if found[1] else before)
        if not _COMMENT.fullmatch(found[2]):
            yield Print(found[2].strip())
        at, trimmed = found.end(), found[3] is not None
    yield Text(text[at:].lstrip() if trimmed else text[at:])


class _Reader:
    def __init__(self, pieces: list[Text | Print]) -> None:
        self._left = iter(pieces)
        self.ended_by = ""
        """The action that ended the last list of nodes: `end`, `else`, or what follows `else`."""

    def nodes(self, depth: int) -> Nodes:
        if depth > _DEEPEST:
            raise NotOfferedError(f"more than {_DEEPEST} levels")
        found: list[Text | Print | If | Range] = []
        for piece in self._left:
            if isinstance(piece, Text):
                found += [piece] if piece.text else []
                continue
            word, _, rest = piece.pipeline.partition(" ")
            match word:
                case "end" | "else":
                    self.ended_by = piece.pipeline
                    return found
                case "if":
                    found.append(self._if(rest.strip(), depth + 1))
                case "range":
                    found.append(self._range(rest.strip(), depth + 1))
                case "with" | "template" | "define" | "block" | "break" | "continue":
                    raise NotOfferedError(f"`{word}`")
                case _:
                    found.append(piece)
        self.ended_by = ""
        return found

    def _if(self, pipeline: str, depth: int) -> If:
        then = self.nodes(depth)
        ended = self.ended_by
        otherwise: Nodes = ()
        if ended.startswith("else"):
            condition = ended.removeprefix("else").strip().removeprefix("if").strip()
            if condition:
                return If(pipeline, then, (self._if(condition, depth + 1),))
            otherwise = self.nodes(depth)
        self._ended()
        return If(pipeline, then, otherwise)

    def _range(self, pipeline: str, depth: int) -> Range:
        body = self.nodes(depth)
        self._ended()
        return Range(pipeline, body)

    def _ended(self) -> None:
        if self.ended_by != "end":
            raise NotOfferedError("a block without `{{ end }}`" if not self.ended_by else f"`{self.ended_by}`")
