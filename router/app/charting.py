"""Who draws the charts of a worker's groups, joined with what it hears of and who shows them."""

from dataclasses import dataclass

from router.adapters.prometheus.client import PrometheusClient
from router.adapters.redis.groups import GroupStore
from router.app.compose import Base
from router.app.connections import tenant_secrets
from router.core.decide.policy import CallTimes
from router.roles.charting.charting import Charting
from router.roles.charting.illustrating import ChartStore, Illustrating
from router.roles.transitions import Transitions


@dataclass(frozen=True, slots=True)
class ChartingParts:
    """Who asks, and with what."""

    charting: Charting
    client: PrometheusClient

    async def close(self) -> None:
        """Stop asking."""
        await self.charting.close()
        await self.client.close()


def build_charting(base: Base, groups: GroupStore, transitions: Transitions, times: CallTimes) -> ChartingParts:
    """Nobody is asked before a group is stored whose tenant has a Prometheus."""
    client, secrets = PrometheusClient(), tenant_secrets(base.settings, base.redis, base.environment)
    illustrating = Illustrating(ChartStore(groups, transitions, times), base.redis)
    charting = Charting(client, secrets, illustrating, base.redis, base.metrics)
    transitions.charts.drawer = charting
    return ChartingParts(charting, client)
