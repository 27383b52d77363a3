"""Parse YAML text into plain data with source positions, within strict limits of size and depth.

YAML 1.2, by ruamel.yaml: `no` is a word and `010` is ten. Anchors, aliases and merge keys are those of Alertmanager's
parser. Tags and directives are refused, because a document that names types is not plain data; so are duplicate keys,
because one of the two would be ignored silently. Parsing goes on to the end where it can, so that one run reports
everything.
"""

from collections.abc import Iterator, Sequence
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
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from router.config.anchors import (
    MAX_DEPTH,
    Node,
    UnreadableError,
    expanded,
    inherited,
    is_merge_key,
    merged,
    node,
    position_of,
)
from router.config.lookalike import commented_channel
from router.config.suggestion import quoted
from router.diagnostic import Diagnostic, KeyPath, Position

MAX_BYTES: Final = 1 << 20

START: Final = Position(1, 1)
_MAX_NUMBER: Final = 300
_TAG: Final = "tag:yaml.org,2002:"
_TYPED: Final = {_TAG + name for name in ("null", "bool", "int", "float")}
_RAISED_BY_RUAMEL: Final = (ValueError, OverflowError, LookupError, TypeError, AttributeError, AssertionError)
"""What ruamel raises besides its own errors for some texts that are not YAML, such as `"\\U00110000"`."""


@dataclass(slots=True)
class Tree:
    """The data of a document, and the position of every value and key in its text."""

    data: object = None
    values: dict[KeyPath, Position] = field(default_factory=dict)
    keys: dict[KeyPath, Position] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    """What is wrong with the YAML itself, with positions."""
    unread: set[KeyPath] = field(default_factory=set)
    """Paths whose values are in the text but not in the data; a diagnostic says why."""
    complete: bool = False
    """Whether the text was read to its end. If it was not, the data must not be checked: parts of it are missing."""

    def position(self, diagnostic: Diagnostic) -> Position:
        """Where to point for a diagnostic; for a missing key, at the mapping that should have it."""
        path = diagnostic.path
        if diagnostic.about_key and path in self.keys:
            return self.keys[path]
        known = (path[:length] for length in range(len(path), -1, -1))
        return next((self.values[above] for above in known if above in self.values), START)

    def report(self, position: Position, path: KeyPath, message: str) -> None:
        """Add a diagnostic of the YAML itself."""
        self.diagnostics.append(Diagnostic(message, path, position=position))


def read_tree(text: str) -> Tree:
    """Parse one YAML document; what is wrong with it is among the tree's diagnostics."""
    return _read(text, _Reader)


def read_texts(text: str) -> Tree:
    """The same, with every scalar but an empty one as the text that was written: `0.10`, `on`, `01:00`."""
    return _read(text, _TextReader)


def _read(text: str, kind: type["_Reader"]) -> Tree:
    tree = Tree()
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        tree.report(START, (), f"the document is larger than {MAX_BYTES >> 10} KiB; shorten it")
        return tree
    reader = kind(text, tree)
    try:
        tree.complete = reader.read()
    except UnreadableError as error:
        tree.report(error.position, (), str(error))
    except YAMLError as error:
        tree.report(*_explained(error, text))
    except _RAISED_BY_RUAMEL:
        tree.report(reader.reached, (), "not YAML: unreadable from here; fix the escapes")
    return tree


class _Reader:
    """Build the tree from the parser's events, one by one; recursion is as deep as the document, at most."""

    def __init__(self, text: str, tree: Tree) -> None:
        yaml = YAML(typ="safe", pure=True)
        self._resolver = yaml.resolver
        self._constructor = yaml.constructor
        self._events = expanded(self._parsed(yaml, text))
        self._tree = tree
        self.reached = START

    def read(self) -> bool:
        """Fill the tree; true if it then holds the whole text."""
        next(self._events)
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            return True
        self._refuse_directives(event)
        self._tree.data = self._value(next(self._events), ())
        return self._ends()

    def _parsed(self, yaml: YAML, text: str) -> Iterator[Event]:
        for event in yaml.parse(text):
            self.reached = position_of(event)
            yield event

    def _refuse_directives(self, start: Event) -> None:
        if isinstance(start, DocumentStartEvent) and (start.version or start.tags):
            self._report(start, (), "directives (%YAML, %TAG) are not supported; remove them")

    def _ends(self) -> bool:
        second = next((event for event in self._events if isinstance(event, DocumentStartEvent)), None)
        if second is not None:
            self._report(second, (), "a second document begins here; keep one document a file")
        return second is None

    def _value(self, event: Event, path: KeyPath) -> object:
        if len(path) > MAX_DEPTH:
            raise UnreadableError(event, f"nested deeper than {MAX_DEPTH} levels; flatten it")
        self._tree.values[path] = position_of(event)
        self._refuse_extras(event, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(event, path) if isinstance(event, ScalarEvent) else None

    def _refuse_extras(self, event: Event, path: KeyPath) -> None:
        if isinstance(event, AliasEvent):
            self._tree.unread.add(path)
            self._report(event, path, f"no complete `&{event.anchor}` stands before this alias; put it there")
        elif getattr(event, "tag", None):
            self._report(
                event, path, "a tag (!...) is not supported; remove it, and put text in quotes where it needs them"
            )

    def _sequence(self, path: KeyPath) -> list[object]:
        items: list[object] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: KeyPath) -> dict[str, object]:
        entries: dict[str, object] = {}
        sources: list[Node] = []
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            if is_merge_key(event):
                sources += self._sources(event, path)
            else:
                self._entry(event, path, entries)
        for key, value in inherited(sources, set(entries)):
            self._inherit(key, value, path, entries)
        return entries

    def _sources(self, key: Event, path: KeyPath) -> Sequence[Node]:
        """The mappings that a merge key names."""
        sources = merged(node(next(self._events), self._events))
        if sources is None:
            self._report(key, path, "`<<` takes a mapping or a list of mappings, such as `<<: *defaults`")
        return sources or ()

    def _inherit(self, key: ScalarEvent, value: Node, path: KeyPath, entries: dict[str, object]) -> None:
        own, self._events = self._events, iter(value)
        self._entry(key, path, entries)
        self._events = own

    def _entry(self, event: Event, path: KeyPath, entries: dict[str, object]) -> None:
        if not isinstance(event, ScalarEvent):
            self._report(event, path, "a key should be a plain word, not a list, a mapping or an alias")
            self._skip(event, (*path, "?"))
            return
        key = self._text(event, path)
        inner = (*path, key)
        if key in entries:
            first = self._tree.keys[inner].line
            self._report(event, inner, f"given twice, first on line {first}; keep one")
            self._skip(event, inner)
            return
        self._refuse_extras(event, inner)
        self._tree.keys[inner] = position_of(event)
        entries[key] = self._value(next(self._events), inner)

    def _skip(self, key: Event, path: KeyPath) -> None:
        """Read past an entry that cannot be used, whatever its value."""
        aside = Tree()
        self._tree, tree = aside, self._tree
        try:
            self._value(key, path)
            self._value(next(self._events), path)
        finally:
            self._tree = tree

    def _scalar(self, event: ScalarEvent, path: KeyPath) -> object:
        text = self._text(event, path)
        tag = self._resolver.resolve(ScalarNode, text, event.implicit)
        if str(tag) not in _TYPED or len(text) > _MAX_NUMBER:
            return text
        return self._constructor.construct_object(ScalarNode(tag, text, event.start_mark, event.end_mark))

    def _text(self, event: ScalarEvent, path: KeyPath) -> str:
        text = str(event.value)
        if any("\ud800" <= char <= "\udfff" for char in text):
            self._tree.unread.add(path)
            self._report(event, path, "holds half of a surrogate pair; write the character itself")
            return text.encode(errors="replace").decode()
        return text

    def _report(self, event: Event, path: KeyPath, message: str) -> None:
        self._tree.report(position_of(event), path, message)


class _TextReader(_Reader):
    def _scalar(self, event: ScalarEvent, path: KeyPath) -> object:
        found = super()._scalar(event, path)
        return found if found is None or isinstance(found, str) else str(event.value)


def _position_of(error: YAMLError, text: str) -> Position:
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    if mark is not None:
        return Position(mark.line + 1, mark.column + 1)
    if isinstance(error, ReaderError) and isinstance(error.position, int):
        before = text[: error.position]
        return Position(before.count("\n") + 1, error.position - before.rfind("\n"))
    return START


def _explained(error: YAMLError, text: str) -> tuple[Position, KeyPath, str]:
    """Where it is, and what to do; a channel's name that begins a comment fails only lines later."""
    position, hidden = _position_of(error, text), commented_channel(text)
    if hidden is not None:
        offset, message = hidden
        line = text.count("\n", 0, offset) + 1
        if line <= position.line:
            return Position(line, offset - text.rfind("\n", 0, offset)), (), message
    return position, (), f"not YAML: {_reason(error)}"


def _reason(error: YAMLError) -> str:
    if isinstance(error, ReaderError):
        return f"the character {quoted(_character(error))} is not allowed; write it as an escape in double quotes"
    if isinstance(error, MarkedYAMLError):
        problem = str(error.problem or error.context)
        return "a tab stands here; use spaces" if r"'\t'" in problem else problem
    return str(error)


def _character(error: ReaderError) -> str:
    return chr(error.character) if isinstance(error.character, int) else str(error.character)
