"""Anchors, aliases and merge keys of YAML: each alias becomes what it stands for, within a bound.

A document may so expand itself, and an innocent page becomes a billion words. What aliases stand for is counted as if
it were written out, and reading ends at the alias that goes beyond.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import Final

from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from router.diagnostic import Position

MAX_EXPANDED: Final = 1 << 18
"""Characters that all aliases of a document stand for together, each value counted as so many more."""

MAX_DEPTH: Final = 40
_VALUE: Final = 16
_MERGE: Final = "<<"

Node = Sequence[Event]
"""The events of one value, from its beginning to its end."""


class UnreadableError(Exception):
    """Reading ends here: the position, and what to do."""

    def __init__(self, event: Event, message: str) -> None:
        super().__init__(message)
        self.position = position_of(event)


def position_of(event: Event) -> Position:
    """Where the event begins."""
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)


def expanded(events: Iterable[Event]) -> Iterator[Event]:
    """The events with those of its anchor in place of each alias, the first of them at the alias's position.

    An alias without a complete anchor before it stays as it is.

    Raises:
        UnreadableError: the aliases stand for too much.
    """
    anchors: dict[str, Node] = {}
    open_: list[_Anchored] = []
    size = 0
    for event in events:
        found = anchors.get(event.anchor) if isinstance(event, AliasEvent) else None
        if isinstance(event, AliasEvent) and found is not None:
            size += sum(map(_size, found))
            if size > MAX_EXPANDED:
                raise UnreadableError(event, _TOO_LARGE.format(event.anchor))
        elif isinstance(event, NodeEvent) and event.anchor and not isinstance(event, AliasEvent):
            anchors.pop(event.anchor, None)
            open_.append(_Anchored(event.anchor))
        for one in (event,) if found is None else _moved(found, event):
            for anchored in open_:
                anchored.add(one)
            yield one
        while open_ and open_[-1].complete:
            done = open_.pop()
            anchors[done.name] = done.events


_TOO_LARGE: Final = (
    f"what the aliases up to `*{{}}` stand for has more than {MAX_EXPANDED >> 10} KiB together; use fewer of them"
)


class _Anchored:
    """An anchored value while it is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.events: list[Event] = []
        self._depth = 0

    @property
    def complete(self) -> bool:
        return bool(self.events) and self._depth == 0

    def add(self, event: Event) -> None:
        self.events.append(event)
        self._depth += _step(event)


def _moved(found: Node, alias: Event) -> Node:
    first = copy(found[0])
    first.start_mark = alias.start_mark
    return [first, *found[1:]]


def _size(event: Event) -> int:
    return _VALUE + len(event.value) if isinstance(event, ScalarEvent) else _VALUE


def _step(event: Event) -> int:
    return isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)


def is_merge_key(event: Event) -> bool:
    """Whether the event is the key `<<`, which is one unless it is quoted."""
    return isinstance(event, ScalarEvent) and event.value == _MERGE and bool(event.implicit[0])


def node(first: Event, following: Iterator[Event]) -> Node:
    """All events of the value that begins with this one.

    Raises:
        UnreadableError: it is too deep.
    """
    events, depth = [first], _step(first)
    while depth:
        event = next(following)
        events.append(event)
        depth += _step(event)
        if depth > MAX_DEPTH:
            raise UnreadableError(event, f"nested deeper than {MAX_DEPTH} levels; flatten it")
    return events


def merged(value: Node) -> list[Node] | None:
    """The mappings that stand behind a merge key: one, or a list of them; None for anything else."""
    if isinstance(value[0], MappingStartEvent):
        return [value]
    if not isinstance(value[0], SequenceStartEvent):
        return None
    items = list(_nodes(value))
    return items if all(isinstance(one[0], MappingStartEvent) for one in items) else None


def inherited(sources: Sequence[Node], known: set[str]) -> Iterator[tuple[ScalarEvent, Node]]:
    """Keys and values of these mappings whose keys are not known yet: the first one that has a key provides it."""
    for source in sources:
        above: list[Node] = []
        inside = _nodes(source)
        for key, value in zip(inside, inside, strict=False):
            if is_merge_key(key[0]):
                above += merged(value) or ()
            elif isinstance(key[0], ScalarEvent) and key[0].value not in known:
                known.add(key[0].value)
                yield key[0], value
        yield from inherited(above, known)


def _nodes(value: Node) -> Iterator[Node]:
    """The values right inside a list or a mapping, keys among them."""
    inside = iter(value[1:-1])
    for first in inside:
        yield node(first, inside)
