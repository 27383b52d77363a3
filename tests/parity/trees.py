"""Routing trees and label sets, always the same for the same seed."""

import json
import random
from dataclasses import dataclass
from typing import Any, Final

from router.core.match.printing import printed

Node = dict[str, Any]

_RECEIVERS: Final = ("default", "db", "web", "page", "null receiver", "ünï.code")
_NAMES: Final = ("severity", "team", "service", "a_b:c")
_UTF8_NAMES: Final = (*_NAMES, "föö", "a.b", "with space", 'qu"ote')
_VALUES: Final = ("", "critical", "warning", "db", "db-1", "web", "é", "a\nb", 'a"b', "a\\b", "a,b", "{a}", "'x'")
_PATTERNS: Final = (
    "critical|warning", "db.*", ".*", ".+", "", "^db$", "(?i)DB", "web|", "[a-z]+", r"\d", r"db-\d+", "a.b",
    "(?s)a.b", r"\Qa,b\E", r"\pL", "d(b|c)?",
)  # fmt: skip
_OPERATORS: Final = ("=", "!=", "=~", "!~")
_GROUPS: Final[tuple[list[str], ...]] = ([], ["alertname"], ["severity", "team"], ["..."])
_WAITS: Final = ("0s", "10s", "1m", "1h30m")
_INTERVALS: Final = ("30s", "5m", "1h", "2d")


@dataclass(frozen=True, slots=True)
class Case:
    """A tree and the label sets to route by it."""

    route: Node
    receivers: tuple[str, ...]
    labels: tuple[dict[str, str], ...]

    def alertmanager_yml(self) -> str:
        """The configuration for Alertmanager; JSON is YAML too."""
        return json.dumps({"route": self.route, "receivers": [{"name": name} for name in self.receivers]})


class Trees:
    """Draws trees; those of the classic grammar alone have no name and no escape that only the UTF-8 one knows."""

    def __init__(self, seed: int, *, classic: bool = False) -> None:
        self._drawn = random.Random(seed)
        self._names = _NAMES if classic else _UTF8_NAMES
        self._quotings = (self._escaped, self._bare) if classic else (self._escaped, self._bare, self._raw)

    def case(self, sets: int) -> Case:
        """A tree with so many label sets."""
        root = {"receiver": "default", "group_by": ["alertname"], **self._options()}
        root["routes"] = self._below(1)
        return Case(root, _RECEIVERS, tuple(self._labels() for _ in range(sets)))

    def _below(self, depth: int) -> list[Node]:
        return [self._node(depth) for _ in range(self._drawn.randrange(5 - depth))]

    def _node(self, depth: int) -> Node:
        node = {"matchers": self._matchers(), **self._options()}
        if self._drawn.random() < 0.7:
            node["receiver"] = self._drawn.choice(_RECEIVERS)
        if self._drawn.random() < 0.4:
            node["continue"] = True
        if depth < 4 and (below := self._below(depth + 1)):
            node["routes"] = below
        return node

    def _options(self) -> Node:
        offered = {
            "group_by": _GROUPS,
            "group_wait": _WAITS,
            "group_interval": _INTERVALS,
            "repeat_interval": _INTERVALS,
        }
        return {name: self._drawn.choice(values) for name, values in offered.items() if self._drawn.random() < 0.2}

    def _matchers(self) -> list[str]:
        """Each alone in a string or several together, with braces and without."""
        texts = [self._matcher() for _ in range(self._drawn.choice((0, 1, 1, 1, 2, 3)))]
        if self._drawn.random() < 0.7 or not texts or any({"\\", "\n"} & set(text) for text in texts):
            return texts  # in one string, an escape of one grammar and a name of the other would suit neither
        together = self._drawn.choice((",", ", ", " ,\t")).join(texts)
        return ["{" + together + "}" if self._drawn.random() < 0.5 else together]

    def _matcher(self) -> str:
        operator = self._drawn.choice(_OPERATORS)
        value = self._drawn.choice(_PATTERNS if "~" in operator else _VALUES)
        return self._drawn.choice(self._quotings)(self._drawn.choice(self._names), operator, value)

    @staticmethod
    def _escaped(name: str, operator: str, value: str) -> str:
        return printed(name, operator, value)

    @staticmethod
    def _bare(name: str, operator: str, value: str) -> str:
        """Without quotes where the value can do without."""
        plain = value and value.isalnum() and value.isascii() and name in _NAMES
        return f"{name}{operator}{value}" if plain else printed(name, operator, value)

    @staticmethod
    def _raw(name: str, operator: str, value: str) -> str:
        """With the escapes of a pattern as people write them, which only the classic grammar takes."""
        plain = name in _NAMES and '"' not in value
        return f'{name} {operator} "{value}"' if plain else printed(name, operator, value)

    def _labels(self) -> dict[str, str]:
        names = [name for name in self._names if self._drawn.random() < 0.6]
        return {"alertname": "Down"} | {name: self._drawn.choice(_VALUES) for name in names}
