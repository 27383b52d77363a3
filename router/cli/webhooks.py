"""Read webhook bodies from files, one JSON document per file or per line, and give each a time of arrival."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.config.files import STDIN
from router.core.model.alert import Webhook
from router.core.model.instant import NEVER, Instant, Span
from router.core.parse.webhook import parse
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError, PayloadError

_FAR: Final = Instant(253_370_000_000_000_000)
"""In the year 9998, later than anything a body names."""


@dataclass(frozen=True, slots=True)
class Body:
    """One body; `source` is its file, with the line if there are several in it."""

    source: str
    content: bytes


def read_bodies(paths: Sequence[Path]) -> list[Body]:
    """The bodies of all files, in order.

    Raises:
        ConfigurationError: a file cannot be read, or there is no body in any of them.
    """
    bodies = [body for path in paths for body in _bodies(path)]
    if not bodies:
        raise ConfigurationError(Diagnostic("holds no webhook", source=", ".join(map(str, paths))))
    return bodies


def parsed(bodies: Iterable[Body], first_at: Instant, every: Span) -> Iterator[tuple[Webhook, Instant]]:
    """Each body, parsed as of its time of arrival: `every` after the one before, or later if it names later times.

    Raises:
        ConfigurationError: a body is not a webhook, or none of its alerts can be read.
    """
    latest = NEVER
    for body in bodies:
        named = _latest_named(_parse(body, _FAR))
        observed = max(latest + every, named) if latest else first_at or named or _NOON
        latest = Instant(observed)
        yield _parse(body, latest), latest


_NOON: Final = Instant(1_767_268_800_000_000)
"""2026-01-01 12:00 UTC, for bodies that name no time at all, so that the same body always looks the same."""


def _bodies(path: Path) -> Iterator[Body]:
    try:
        content = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise ConfigurationError(Diagnostic(error.strerror or str(error), source=str(path))) from None
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
        raise ConfigurationError(Diagnostic(str(error), source=body.source)) from None
    if group.rejected and not group.alerts:
        message = f"no alert can be read; the first: {group.rejected[0].error}"
        raise ConfigurationError(Diagnostic(message, source=body.source))
    return group


def _latest_named(group: Webhook) -> Instant:
    """The latest time that a body names; ends in a list as Prometheus sends it are still to come and do not count."""
    from_webhook = group.group_labels is not None or group.sender_group
    starts = [alert.starts_at for alert in group.alerts]
    ends = [alert.ends_at for alert in group.alerts if from_webhook]
    return max((one for one in (*starts, *ends) if one < _FAR), default=NEVER)
