"""How an erasure goes on, and what it certifies, by the registry of kinds."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from router.control.kinds.kind import Erasure as Fate
from router.control.kinds.kind import Kind, Place
from router.control.kinds.registry import KINDS
from router.core.model.instant import NEVER, Instant, Span
from router.ports.erasure import Certificate, Erasure, Remainder, Step

_DELETED: Final = frozenset({Fate.KEYS, Fate.ENTRIES, Fate.ROWS})
_LEFT: Final = frozenset({Fate.EXPIRES, Fate.TOMBSTONE, Fate.EVIDENCE})
REDIS_FILES: Final = Remainder("Redis:files", "until its append-only file and its dump are written again", NEVER)
BACKUPS: Final = Remainder("backups", "as long as you keep them", NEVER)
FILES: Final = (
    REDIS_FILES,
    Remainder("PostgreSQL:files", "until VACUUM, and until the write-ahead log is recycled", NEVER),
    BACKUPS,
)
"""What engines do not overwrite at once when something is deleted."""

_FIRST: Final = "kafka.inbound_topic"
"""Whose records may still become those of other topics, as long as they are there."""


def next_step(erasure: Erasure) -> Step | None:
    """The first step that is not done; None once all are."""
    return next((step for step in Step if step not in erasure.done), None)


def after_step(erasure: Erasure, step: Step, now: Instant) -> Erasure:
    """The erasure once a step is done; the last one ends it."""
    done = replace(erasure, done=(*erasure.done, step))
    return replace(done, ended_at=now) if next_step(done) is None else done


def certificate(erasure: Erasure, kept: Mapping[str, Span], now: Instant) -> Certificate:
    """What is certified as of now; `kept` is for how long each topic keeps records, by the setting that names it."""
    return Certificate(
        erasure=replace(erasure, ended_at=now),
        deleted=tuple(_named(kind) for kind in KINDS if kind.erasure in _DELETED),
        left=(*(_remainder(kind, kept, now) for kind in KINDS if kind.erasure in _LEFT), *FILES),
    )


def left_of_person(kept: Mapping[str, Span], now: Instant) -> tuple[Remainder, ...]:
    """What topics and files hold for how long yet, of what was sent until now; `kept` as for the certificate."""
    topics = (kind for kind in KINDS if kind.place is Place.TOPICS and kind.erasure is Fate.EXPIRES)
    return (*(_remainder(kind, kept, now) for kind in topics), REDIS_FILES, BACKUPS)


def _remainder(kind: Kind, kept: Mapping[str, Span], now: Instant) -> Remainder:
    if kind.erasure is not Fate.EXPIRES:
        return Remainder(_named(kind), str(kind.erasure), NEVER)
    if kind.place is not Place.TOPICS:
        return Remainder(_named(kind), f"{kind.erasure}: {kind.kept.words}", NEVER)
    before = Span(0) if kind.kept.setting == _setting(_FIRST) else kept[_FIRST]
    return Remainder(_named(kind), str(kind.erasure), Instant(now + before + kept[kind.name]))


def _setting(topic: str) -> str:
    return next(one.kept.setting for one in KINDS if one.name == topic)


def _named(kind: Kind) -> str:
    return f"{kind.place}:{kind.name}"
