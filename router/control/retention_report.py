"""How old the oldest of each stored kind is, against how long its setting promises to keep it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from router.core.model.instant import NEVER, Instant, Span
from router.core.model.rules.silence import KEPT_ENDED


class Kept(StrEnum):
    """How a kind stands to its promise."""

    NOTHING = "nothing_there"
    IN_TIME = "in_time"
    LONGER = "kept_longer"
    """Kafka deletes whole segments, once they are closed: also that may be a segment of a quiet topic. The
    control API looks once an hour for what it deletes."""
    AT_LEAST = "kept_at_least"
    """What nobody deletes: the promise is the least."""


@dataclass(frozen=True, slots=True)
class KindAge:
    """One kind: where it is, what is promised, and since when the oldest of it is kept, NEVER for nothing."""

    kind: str
    place: str
    promised: Span
    oldest: Instant
    is_least: bool = False

    def age(self, now: Instant) -> Span | None:
        """How old that is; None for nothing."""
        return None if self.oldest == NEVER else Span(max(0, now - self.oldest))

    def standing(self, now: Instant) -> Kept:
        """How it stands to its promise."""
        age = self.age(now)
        if age is None:
            return Kept.NOTHING
        if self.is_least:
            return Kept.AT_LEAST
        return Kept.LONGER if age > self.promised else Kept.IN_TIME


def topic_ages(topics: Mapping[str, tuple[str, Span]], oldest: Mapping[str, Instant]) -> tuple[KindAge, ...]:
    """The topics, each with the setting that names it and for how long it keeps records."""
    return tuple(
        KindAge(f"Kafka:{setting}", topic, promised, oldest.get(topic, NEVER))
        for topic, (setting, promised) in topics.items()
    )


def silences_age(ended: Iterable[Instant]) -> KindAge:
    """The silences that are over, by when each ended."""
    return KindAge("Redis:silences", "{t}:silences", KEPT_ENDED, min(ended, default=NEVER))
