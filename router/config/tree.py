"""YAML text to plain data that remembers where everything stands, bounded before it costs anything.

YAML 1.2 by ruamel.yaml: `no` is a word and `010` is ten. Anchors, aliases, tags and directives are refused, for a
document that expands or names types is no plain document; duplicate keys too, for one of the two would be ignored in
silence. What can be read is read to the end, so that one look shows everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from router.config.finding import Loc, Place, Problem, quoted

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 40

_START: Final = Place(1, 1)
_MAX_NUMBER: Final = 300
_TAG: Final = "tag:yaml.org,2002:"
_TYPED: Final = {_TAG + name for name in ("null", "bool", "int", "float")}
_STUMBLES: Final = (ValueError, OverflowError, LookupError, TypeError, AttributeError, AssertionError)
"""What ruamel raises, besides its own errors, at some texts that are not YAML: `"\\U00110000"` names no character."""


@dataclass(slots=True)
class Tree:
    """The data of a document and the place of every value and key in its text."""

    data: object = None
    values: dict[Loc, Place] = field(default_factory=dict)
    keys: dict[Loc, Place] = field(default_factory=dict)
    problems: list[tuple[Place, Problem]] = field(default_factory=list)
    """What is wrong with the YAML itself."""
    unread: set[Loc] = field(default_factory=set)
    """Where the data lacks what the text has; one of the problems says why."""
    complete: bool = False
    """Whether the text was read to its end; else judging the data would blame what was not read."""

    def place(self, problem: Problem) -> Place:
        """Where to point for a problem; for what is missing, at the mapping that lacks it."""
        if problem.about_key and problem.loc in self.keys:
            return self.keys[problem.loc]
        known = (problem.loc[:length] for length in range(len(problem.loc), -1, -1))
        return next((self.values[loc] for loc in known if loc in self.values), _START)


def read_tree(text: str) -> Tree:
    """Read one YAML document; what is wrong with it stands in the tree's problems."""
    tree = Tree()
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        tree.problems.append((_START, Problem((), f"the document is larger than {MAX_BYTES >> 10} KiB; shorten it")))
        return tree
    reader = _Reader(text, tree)
    try:
        tree.complete = reader.read()
    except _TooDeepError as error:
        tree.problems.append((error.place, Problem((), f"nested deeper than {MAX_DEPTH} levels; flatten it")))
    except YAMLError as error:
        tree.problems.append((_place_of(error, text), Problem((), f"not YAML: {_reason(error)}")))
    except _STUMBLES:
        tree.problems.append((reader.reached, Problem((), "not YAML: unreadable from here; mend the escapes")))
    return tree


class _TooDeepError(Exception):
    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


class _Reader:
    """Walks the parser's events, which come one by one, and builds the tree; as deep as the document, at most."""

    def __init__(self, text: str, tree: Tree) -> None:
        yaml = YAML(typ="safe", pure=True)
        self._resolver = yaml.resolver
        self._constructor = yaml.constructor
        self._events = self._parsed(yaml, text)
        self._tree = tree
        self.reached = _START

    def read(self) -> bool:
        """Fill the tree; whether it now holds all of the text."""
        next(self._events)
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            return True
        self._refuse_directives(event)
        self._tree.data = self._value(next(self._events), ())
        return self._ends()

    def _parsed(self, yaml: YAML, text: str) -> Iterator[Event]:
        for event in yaml.parse(text):
            self.reached = _place(event)
            yield event

    def _refuse_directives(self, start: Event) -> None:
        if isinstance(start, DocumentStartEvent) and (start.version or start.tags):
            self._blame(start, (), "directives (%YAML, %TAG) are not taken; remove them")

    def _ends(self) -> bool:
        second = next((event for event in self._events if isinstance(event, DocumentStartEvent)), None)
        if second is not None:
            self._blame(second, (), "a second document begins here; keep one document a file")
        return second is None

    def _value(self, event: Event, loc: Loc) -> object:
        place = _place(event)
        if len(loc) > MAX_DEPTH:
            raise _TooDeepError(place)
        self._tree.values[loc] = place
        self._refuse_extras(event, loc)
        if isinstance(event, MappingStartEvent):
            return self._mapping(loc)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(loc)
        return self._scalar(event, loc) if isinstance(event, ScalarEvent) else None

    def _refuse_extras(self, event: Event, loc: Loc) -> None:
        if isinstance(event, AliasEvent):
            self._tree.unread.add(loc)
            self._blame(event, loc, f"aliases are not taken; write out what `*{event.anchor}` stands for")
        elif isinstance(event, NodeEvent) and event.anchor:
            self._blame(event, loc, f"anchors are not taken; remove `&{event.anchor}`")
        elif getattr(event, "tag", None):
            self._blame(
                event, loc, "a tag (!...) is not taken; remove it, and put text in quotes where it needs them"
            )

    def _sequence(self, loc: Loc) -> list[object]:
        items: list[object] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._value(event, (*loc, len(items))))
        return items

    def _mapping(self, loc: Loc) -> dict[str, object]:
        entries: dict[str, object] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            self._entry(event, loc, entries)
        return entries

    def _entry(self, event: Event, loc: Loc, entries: dict[str, object]) -> None:
        if not isinstance(event, ScalarEvent):
            self._blame(event, loc, "a key should be a plain word, not a list, a mapping or an alias")
            self._skip(event, (*loc, "?"))
            return
        key = self._text(event, loc)
        inner = (*loc, key)
        if key in entries:
            first = self._tree.keys[inner].line
            self._blame(event, inner, f"given twice, first on line {first}; keep one")
            self._skip(event, inner)
            return
        self._refuse_extras(event, inner)
        self._tree.keys[inner] = _place(event)
        entries[key] = self._value(next(self._events), inner)

    def _skip(self, key: Event, loc: Loc) -> None:
        """Read past an entry that cannot be used, whatever it holds."""
        aside = Tree()
        self._tree, tree = aside, self._tree
        try:
            self._value(key, loc)
            self._value(next(self._events), loc)
        finally:
            self._tree = tree

    def _scalar(self, event: ScalarEvent, loc: Loc) -> object:
        text = self._text(event, loc)
        tag = self._resolver.resolve(ScalarNode, text, event.implicit)
        if str(tag) not in _TYPED or len(text) > _MAX_NUMBER:
            return text
        return self._constructor.construct_object(ScalarNode(tag, text, event.start_mark, event.end_mark))

    def _text(self, event: ScalarEvent, loc: Loc) -> str:
        text = str(event.value)
        if any("\ud800" <= char <= "\udfff" for char in text):
            self._tree.unread.add(loc)
            self._blame(event, loc, "holds half of a surrogate pair; write the character itself")
            return text.encode(errors="replace").decode()
        return text

    def _blame(self, event: Event, loc: Loc, text: str) -> None:
        self._tree.problems.append((_place(event), Problem(loc, text)))


def _place(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _place_of(error: YAMLError, text: str) -> Place:
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    if mark is not None:
        return Place(mark.line + 1, mark.column + 1)
    if isinstance(error, ReaderError) and isinstance(error.position, int):
        before = text[: error.position]
        return Place(before.count("\n") + 1, error.position - before.rfind("\n"))
    return _START


def _reason(error: YAMLError) -> str:
    if isinstance(error, ReaderError):
        return f"the character {quoted(_character(error))} is not allowed; write it as an escape in double quotes"
    if isinstance(error, MarkedYAMLError):
        problem = str(error.problem or error.context)
        return "a tab stands here; use spaces" if r"'\t'" in problem else problem
    return str(error)


def _character(error: ReaderError) -> str:
    return chr(error.character) if isinstance(error.character, int) else str(error.character)
