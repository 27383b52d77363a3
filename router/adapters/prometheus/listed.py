"""Which rules a Prometheus has listed: remembered for a while, since the list of a large one is large."""

import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.model.rules.context import PrometheusAccess

MAX_REMEMBERED_BYTES: Final = 32 * 1024 * 1024
"""Bytes of rules that are remembered; beyond, those asked for longest ago are forgotten."""

_FRESH_S: Final = 60.0
ENTRY_BYTES: Final = 500
"""What an answer, and each name in it, counts besides its texts."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is answered: what one is told, another with its own token may not know."""

    access: PrometheusAccess
    token: str

    def __repr__(self) -> str:
        return f"Asker({self.access!r})"


@dataclass(frozen=True, slots=True)
class _Answer:
    at: float
    expressions: Mapping[str, frozenset[str]]
    size: int


class Listed:
    """What was listed in the last minute.

    A Prometheus that knows the filter `rule_name[]` lists one name; an older one, such as 2.42, lists all of them,
    which then answers for each other name too.
    """

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[Asker, str | None], _Answer] = OrderedDict()
        self._size = 0

    def find(self, asker: Asker, name: str, now: float) -> frozenset[str] | None:
        """The expressions of a name, none where it is not listed; None: that is not known. `now` in seconds."""
        for key in ((asker, name), (asker, None)):
            answer = self._answers.get(key)
            if answer is not None and 0 <= now - answer.at < _FRESH_S:
                self._answers.move_to_end(key)
                return answer.expressions.get(name, frozenset())
        return None

    def add(self, asker: Asker, name: str, expressions: Mapping[str, frozenset[str]], now: float) -> None:
        """Remember what was listed when this name was asked for."""
        key = (asker, None if expressions.keys() - {name} else name)
        self._forget(key)
        size = ENTRY_BYTES + sum(_size(one, texts) for one, texts in expressions.items())
        if size > MAX_REMEMBERED_BYTES:
            return
        self._answers[key] = _Answer(now, expressions, size)
        self._size += size
        while self._size > MAX_REMEMBERED_BYTES:
            self._forget(next(iter(self._answers)))

    def _forget(self, key: tuple[Asker, str | None]) -> None:
        answer = self._answers.pop(key, None)
        self._size -= answer.size if answer is not None else 0


def _size(name: str, expressions: frozenset[str]) -> int:
    return ENTRY_BYTES + sys.getsizeof(name) + sum(sys.getsizeof(one) for one in expressions)
