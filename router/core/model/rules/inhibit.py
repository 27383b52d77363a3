"""Inhibition rules: which alerts, while they fire, hold which others back (Alertmanager's inhibit/inhibit.go).

A target is inhibited while a source fires, both as the rule's matchers say, and all labels of `equal` have the same
values in both; one that both lack is equal. What is on both sides of a rule is never inhibited by what is as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from itertools import islice
from typing import Final, NewType

from router.core.match.index import MatcherIndex
from router.core.match.matcher import Matcher, all_match
from router.core.match.patterns import Pattern
from router.core.match.reading import Reading

RuleId = NewType("RuleId", str)
"""A digest of what a rule means, without its name: the same in every version that has the rule."""

SourceKey = NewType("SourceKey", str)
"""What a source and its targets share: the rule's id, the side the source is on, a digest of the equal values."""

MAX_OF_ONE: Final = 30
"""Rules of either side that count for one alert, the first in order: under each of them Redis is written, or read."""

_DIGEST_BYTES: Final = 16


class Side(Enum):
    """Whether a source is a target of its rule as well."""

    SOURCE = "s"
    BOTH = "b"


@dataclass(frozen=True, slots=True)
class InhibitRule:
    """What fulfils all matchers of `source` holds back what fulfils all of `target`, where `equal` labels agree."""

    name: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]
    """Names of labels, sorted."""
    rule_id: RuleId = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = [*map(str, self.source), "", *map(str, self.target), "", *self.equal]
        object.__setattr__(self, "rule_id", RuleId(_digest(parts)))

    def key_of_source(self, labels: Reading) -> SourceKey:
        """The key under which an alert is a source; it must fulfil the source side."""
        return self._key(labels, Side.BOTH if all_match(self.target, labels) else Side.SOURCE)

    def keys_of_target(self, labels: Reading) -> tuple[SourceKey, ...]:
        """The keys of the sources that inhibit an alert; it must fulfil the target side."""
        one_sided = self._key(labels, Side.SOURCE)
        return (one_sided,) if all_match(self.source, labels) else (one_sided, self._key(labels, Side.BOTH))

    def _key(self, labels: Reading, side: Side) -> SourceKey:
        values = _digest([labels.value(name) for name in self.equal])
        return SourceKey(f"{self.rule_id}:{side.value}:{values}")


def rule_of(key: SourceKey) -> RuleId:
    """The rule that a key belongs to."""
    return RuleId(key.partition(":")[0])


class InhibitRules:
    """The rules of a tenant, in order, with an index of either side."""

    __slots__ = ("_sources", "_targets", "rules")

    def __init__(self, rules: tuple[InhibitRule, ...] = ()) -> None:
        self.rules = rules
        self._sources = MatcherIndex([one.source for one in rules])
        self._targets = MatcherIndex([one.target for one in rules])

    def __bool__(self) -> bool:
        return bool(self.rules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InhibitRules) and self.rules == other.rules

    def __hash__(self) -> int:
        return hash(self.rules)

    def by_source(self, labels: Reading) -> Iterator[InhibitRule]:
        """The rules on whose source side an alert is."""
        return (self.rules[position] for position in islice(self._sources.fulfilled(labels), MAX_OF_ONE))

    def by_target(self, labels: Reading) -> Iterator[InhibitRule]:
        """The rules that may inhibit an alert."""
        return (self.rules[position] for position in islice(self._targets.fulfilled(labels), MAX_OF_ONE))

    def may_inhibit(self, labels: Reading) -> bool:
        """Whether any of the rules may inhibit an alert."""
        return bool(self.rules) and next(self.by_target(labels), None) is not None

    def patterns(self) -> frozenset[tuple[str, Pattern]]:
        """The patterns of all rules, each with the label that it looks at."""
        matchers = (one for rule in self.rules for one in (*rule.source, *rule.target))
        return frozenset((one.name, one.pattern) for one in matchers if one.pattern is not None)


NO_RULES: Final = InhibitRules()


def _digest(parts: list[str]) -> str:
    """Each part with its length in front, so that no two lists read the same."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(text.encode(errors="surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
