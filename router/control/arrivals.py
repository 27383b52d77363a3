"""Parse webhook bodies that were kept in files, each as of a time of arrival that is made up for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import Webhook
from router.core.model.instant import NEVER, Instant, Span
from router.core.parse.webhook import parse
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError, PayloadError

_FAR: Final = Instant(253_370_000_000_000_000)
"""In the year 9998, later than anything a body names."""

_NOON: Final = Instant(1_767_268_800_000_000)
"""2026-01-01 12:00 UTC, for bodies that name no time at all, so that the same body always looks the same."""


@dataclass(frozen=True, slots=True)
class Body:
    """One body; `source` is its file, with the line if there are several in it."""

    source: str
    content: bytes


def arrivals(bodies: Iterable[Body], first_at: Instant, every: Span) -> Iterator[tuple[Webhook, Instant]]:
    """Each body with its time of arrival: `every` after the one before, or later if it names later times.

    The first arrives at `first_at`, or with NEVER at the latest time that it names.

    Raises:
        ConfigurationError: a body is not a webhook, or none of its alerts can be read.
    """
    latest = NEVER
    for body in bodies:
        named = _latest_named(_parse(body, _FAR))
        observed = max(latest + every, named) if latest else first_at or named or _NOON
        latest = Instant(observed)
        yield _parse(body, latest), latest


def _parse(body: Body, observed: Instant) -> Webhook:
    try:
        webhook = parse(body.content, observed)
    except PayloadError as error:
        raise ConfigurationError(Diagnostic(error.problem, source=body.source)) from None
    if webhook.rejected and not webhook.alerts:
        message = f"no alert can be read; the first: {webhook.rejected[0].error}"
        raise ConfigurationError(Diagnostic(message, source=body.source))
    return webhook


def _latest_named(webhook: Webhook) -> Instant:
    """The latest time that a body names; ends in a list as Prometheus sends it are still to come and do not count."""
    from_webhook = webhook.group_labels is not None or webhook.sender_group
    starts = [alert.starts_at for alert in webhook.alerts]
    ends = [alert.ends_at for alert in webhook.alerts if from_webhook]
    return max((one for one in (*starts, *ends) if one < _FAR), default=NEVER)
