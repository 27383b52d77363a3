"""Webhook bodies in files: one JSON document a file, or one a line; and when each is taken to have come."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.core.model.alert import Webhook
from router.core.model.instant import NEVER, Instant, Span
from router.core.parse.webhook import parse
from router.errors import ConfigurationError, PayloadError

_FAR: Final = Instant(253_370_000_000_000_000)
"""In the year 9998, later than anything a body names."""


@dataclass(frozen=True, slots=True)
class Body:
    """One body and where it stands."""

    place: str
    content: bytes


def read_bodies(paths: Sequence[Path]) -> list[Body]:
    """The bodies of all files, in order.

    Raises:
        ConfigurationError: a file cannot be read, or holds nothing.
    """
    bodies = [body for path in paths for body in _bodies(path)]
    if not bodies:
        raise ConfigurationError(f"{', '.join(map(str, paths))}: holds no webhook")
    return bodies


def parsed(bodies: Iterable[Body], first_at: Instant, every: Span) -> Iterator[tuple[Webhook, Instant]]:
    """Each body as it is read at its time: `every` after the one before, or later if it tells of later things.

    Raises:
        ConfigurationError: a body is no webhook; all that can be said of it.
    """
    latest = NEVER
    for body in bodies:
        named = _latest_named(_parse(body, _FAR))
        observed = max(latest + every, named) if latest else first_at or named or _NOON
        latest = Instant(observed)
        yield _parse(body, latest), latest


_NOON: Final = Instant(1_767_268_800_000_000)
"""2026-01-01 12:00 UTC, for bodies that name no time at all: the same body is always shown the same."""


def _bodies(path: Path) -> Iterator[Body]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    lines = [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if len(lines) > 1 and _is_json(lines[0][1]):
        yield from (Body(f"{path}:{number}", line) for number, line in lines)
    elif lines:
        yield Body(str(path), content)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _parse(body: Body, observed: Instant) -> Webhook:
    try:
        group = parse(body.content, observed)
    except PayloadError as error:
        raise ConfigurationError(f"{body.place}: {error}") from None
    if group.rejected and not group.alerts:
        raise ConfigurationError(f"{body.place}: no alert can be read; the first: {group.rejected[0].error}")
    return group


def _latest_named(group: Webhook) -> Instant:
    """The latest time that a body names; a list of Prometheus names ends that are still to come."""
    from_webhook = group.group_labels is not None or group.sender_group
    starts = [alert.starts_at for alert in group.alerts]
    ends = [alert.ends_at for alert in group.alerts if from_webhook]
    return max((one for one in (*starts, *ends) if one < _FAR), default=NEVER)
