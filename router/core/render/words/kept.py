"""Sentences that many messages have in common, printed once: counts, times to the minute, names of what is shown."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from router.core.slack.markup import Safe

_MOST: Final = 4_096
"""Sentences of all languages together; then all are forgotten, and those in use are there again within moments."""

_Text = TypeVar("_Text", str, Safe)


@dataclass(frozen=True, slots=True)
class Kept:
    """The sentences of one language, style, locale and time zone (`of`), in a store that all of them share."""

    texts: dict[Hashable, str] = field(default_factory=dict)
    of: Hashable = None

    def text(self, key: Hashable, make: Callable[[], _Text]) -> _Text:
        """What `make` returns, which depends on nothing but the key and what this is of."""
        known: object = self.texts.get((self.of, key))
        if known is not None:
            return known  # type: ignore[return-value]  # made by the same function
        made = make()
        if len(self.texts) >= _MOST:
            self.texts.clear()
        self.texts[self.of, key] = made
        return made
