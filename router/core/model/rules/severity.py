"""How severe alerts are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from router.core.match.labels import Labels


@dataclass(frozen=True, slots=True)
class Severity:
    """Which label tells the severity, and its values from worst to mildest; case and blanks around do not matter.

    `aliases` are pairs of another word for a severity, and its name in `order`.
    """

    label: str
    order: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    _ranks: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """By the folded word."""

    def __post_init__(self) -> None:
        ranks = {_folded(name): rank for rank, name in enumerate(self.order)}
        known = {_folded(alias): ranks[_folded(name)] for alias, name in self.aliases}
        object.__setattr__(self, "_ranks", {**known, **ranks})

    def rank(self, labels: Labels) -> int:
        """0 for the worst; what has no known severity ranks behind all."""
        return self._ranks.get(_folded(labels.get(self.label, "")), self.mildest)

    def name(self, word: str) -> str:
        """The name of the severity that a label's value means; an unknown value is its own name."""
        rank = self._ranks.get(_folded(word))
        return word if rank is None else self.order[rank]

    @property
    def mildest(self) -> int:
        """The rank of what has no known severity."""
        return len(self.order)


def _folded(word: str) -> str:
    return word.strip().casefold()
