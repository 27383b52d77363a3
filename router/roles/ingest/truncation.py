"""A warning for each sender group that leaves alerts out, once: a person must change a setting of the sender."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.model.alert import TenantId, Webhook

_MAX_REMEMBERED: Final = 10_000
_REMEDY: Final = "set max_alerts: 0 on the webhook receiver of the Alertmanager that sends them"

_log = structlog.get_logger("router.ingest")


@dataclass(frozen=True, slots=True)
class Truncations:
    """The sender groups that have been warned of."""

    is_sealed: Callable[[TenantId], bool] = lambda _: False
    """Of whom logs name no alert."""
    _known: set[tuple[TenantId, str]] = field(default_factory=set)

    def note(self, tenant: TenantId, webhook: Webhook) -> None:
        """Warn of a body that leaves alerts out, unless its sender group was warned of before."""
        place = (tenant, webhook.sender_group)
        if not webhook.unsent or place in self._known or len(self._known) >= _MAX_REMEMBERED:
            return
        self._known.add(place)
        names = [] if self.is_sealed(tenant) else [one.labels.get("alertname", "") for one in webhook.alerts[:1]]
        name = "".join(names)
        _log.warning("alerts_not_sent", tenant=tenant, alert=name, unsent=webhook.unsent, remedy=_REMEDY)
