"""Bodies that their senders have sealed, and that hold more alerts than was stated: the rest is paid for afterwards.

A gateway cannot count what it cannot read, so it takes from the quota what a sender states. The alerts go on in any
case. What is missing is taken from the same quota, so that the gateways answer 429 until that is paid for; while the
quota is in debt already it is only counted.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from router.core.budget.quota import Charge, Resource
from router.core.model.alert import TenantId, Webhook
from router.core.seal.sent import is_sent
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.budget import Quota
from router.ports.dead_letter import REDRIVEN
from router.ports.kafka import ALERTS, Record
from router.roles.rules import Limited

_log = structlog.get_logger("router.ingest")


def stated_alerts(text: bytes | None) -> int:
    """How many alerts a header states; 0 where it is none."""
    return int(text) if text and text.isdigit() and len(text) < len(str(1 << 32)) else 0


@dataclass(frozen=True, slots=True)
class Understated:
    """Takes what senders have not stated; `rules` of a tenant have its quota."""

    quota: Quota
    rules: Callable[[TenantId], Awaitable[Limited | None]]
    metrics: Metrics

    async def look(self, record: Record, tenant: TenantId, webhook: Webhook) -> None:
        """Take from the tenant's quota what the record holds beyond what was stated; never raises."""
        if not is_sent(record.envelope) or any(name == REDRIVEN for name, _ in record.headers):
            return
        stated = max((stated_alerts(value) for name, value in record.headers if name == ALERTS), default=0)
        beyond = len(webhook.alerts) + len(webhook.rejected) - stated
        if beyond <= 0:
            return
        self.metrics.understated.inc(beyond)
        self.metrics.problems.count(tenant, TenantProblem.OVER_QUOTA, "alerts_understated")
        _log.warning("alerts_understated", tenant=tenant, stated=stated, beyond=beyond)
        try:
            rules = await self.rules(tenant)
            if rules is not None:
                await self.quota.take(tenant, [Charge(Resource.ALERTS, rules.inbound.alerts, beyond)])
        except UnavailableError as error:
            _log.warning("alerts_not_charged", tenant=tenant, error=str(error), alerts=beyond)
