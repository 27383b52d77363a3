"""What a digest counts: an array in its head, and beside it what it counted of each of its groups."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json, to_json

from router.core.model.group import Announced, Digest, Row
from router.core.model.instant import Instant, Span
from router.core.model.key import GroupId
from router.core.model.operation import Lane, Method


def write_digest(digest: Digest) -> list[Any]:
    """The array; its order is the form."""
    return [
        [digest.lane.channel, digest.lane.method] if digest.lane else 0,
        digest.joined,
        digest.counted_from,
        digest.spared,
        digest.pace,
        digest.life,
        digest.announced,
        digest.groups,
        digest.rows,
        digest.criticals,
    ]


def read_digest(lane: Any, joined: int, counted_from: int, spared: Any, *rest: Any) -> Digest:  # noqa: ANN401 - JSON
    """The same back."""
    pace, life, announced, groups, rows, criticals = rest
    return Digest(
        lane=Lane(lane[0], Method(lane[1])) if lane else None,
        joined=joined,
        counted_from=Instant(counted_from),
        spared=tuple((GroupId(group), Instant(at)) for group, at in spared),
        pace=Span(pace),
        life=life,
        announced=Announced(announced),
        groups=groups,
        rows=tuple(Row(*row) for row in rows),
        criticals=tuple((GroupId(group), tuple(labels)) for group, labels in criticals),
    )


def write_share(share: Sequence[Row]) -> str:
    """What a digest counts of one group."""
    return to_json(share).decode()


def read_share(text: str) -> tuple[Row, ...]:
    """The same back."""
    return tuple(Row(*row) for row in from_json(text))
