"""Alerts as observed together at one time: what a webhook brings, and what of it belongs to one alert group."""

from collections.abc import Iterator, Sequence

from router.core.frozen import frozen
from router.core.match.labels import Labels
from router.core.model.alert import Alert, AlertId, Webhook
from router.core.model.changed import replace
from router.core.model.instant import Instant


@frozen
class Observations:
    """Alerts of one body, observed at `observed`; the other fields are as in `Webhook`."""

    alerts: Sequence[Alert]
    observed: Instant
    sender_group: str = ""
    truncated: bool = False
    group_labels: Labels | None = None
    unsent: int = 0
    sender_route: str = ""
    all_ended: bool = False
    refused: int = 0
    """Alerts of the body that were not taken, since the tenant has stored too much."""

    ends: Sequence[AlertId] = ()
    """Where all have ended: alerts of the stored group that this is about, since it may not be loaded whole."""

    targets: frozenset[AlertId] = frozenset()
    """Alerts of the body that an inhibition rule may hold back."""

    @property
    def size(self) -> int:
        """How many alerts it is about."""
        return len(self.alerts) + len(self.ends)

    def only(self, alerts: Sequence[Alert]) -> "Observations":
        """The same body with these of its alerts alone."""
        return replace(self, alerts=alerts)

    def chunks(self, size: int) -> Iterator["Observations"]:
        """The same in portions of at most `size` alerts; that all have ended holds once the last is in.

        No alerts are no portion, unless all have ended, which means something by itself.
        """
        if self.all_ended and not self.alerts:
            yield self
        for start in range(0, len(self.alerts), size):
            is_last = start + size >= len(self.alerts)
            part = self.only(self.alerts[start : start + size])
            yield part if is_last else replace(part, all_ended=False)


def observations(webhook: Webhook, observed: Instant) -> Observations:
    """What a webhook brings, observed at that time."""
    return Observations(
        alerts=webhook.alerts,
        observed=observed,
        sender_group=webhook.sender_group,
        truncated=webhook.truncated,
        group_labels=webhook.group_labels,
        unsent=webhook.unsent,
        sender_route=webhook.sender_route,
        all_ended=webhook.all_ended,
    )
