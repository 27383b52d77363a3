"""What is asked beside the turns of a worker: Slack about doubtful calls, Alertmanagers about missing alerts."""

from dataclasses import dataclass

from router.adapters.alertmanager.client import AlertmanagerClient
from router.adapters.redis.groups import GroupStore
from router.app.charting import ChartingParts
from router.app.comparing import build_comparing
from router.app.compose import Base
from router.app.connections import tenant_secrets
from router.core.decide.policy import CallTimes
from router.roles.comparing.comparing import Comparing
from router.roles.ingest.marking import Marking
from router.roles.notify.asking import Asking
from router.roles.notify.doubts import Doubts
from router.roles.notify.due import BesideTurns
from router.roles.notify.reading import Reading
from router.roles.transitions import Transitions


@dataclass(frozen=True, slots=True)
class BesideParts:
    """Who asks, and with what."""

    turns: BesideTurns
    client: AlertmanagerClient
    charting: ChartingParts
    comparing: Comparing

    async def close(self) -> None:
        """Stop asking."""
        await self.turns.doubts.close()
        await self.turns.asking.close()
        await self.client.close()
        await self.charting.close()


def build_beside(
    base: Base,
    groups: GroupStore,
    transitions: Transitions,
    reading: Reading,
    charting: ChartingParts,
    times: CallTimes,
) -> BesideParts:
    """Nothing is asked before something is doubtful, or missing."""
    client, secrets = AlertmanagerClient(), tenant_secrets(base.settings, base.redis, base.environment)
    doubts = Doubts(reading, groups, transitions, base.redis, times)
    asking = Asking(client, secrets, groups, transitions, base.redis, base.metrics)
    comparing = build_comparing(base, client, Marking(groups, transitions, base.redis))
    return BesideParts(BesideTurns(doubts, asking), client, charting, comparing)
