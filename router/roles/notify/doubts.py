"""Calls of which nobody knows whether they were made: Slack is asked beside the turns, and its answer stored."""

import structlog

from router.core import engine
from router.core.decide.policy import CallTimes, policy_for
from router.core.model.group import AlertGroup
from router.core.model.phase import Uncertain
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import Accepted, Answer, name
from router.errors import UnavailableError
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates
from router.roles.beside import Beside
from router.roles.notify.reading import Reading
from router.roles.transitions import Change, Transitions


class Doubts:
    """Settles doubts; what this process does not come to the end of is due again when its time is over."""

    def __init__(
        self, reading: Reading, groups: GroupStates, transitions: Transitions, clock: Clock, times: CallTimes
    ) -> None:
        self._reading = reading
        self._groups = groups
        self._transitions = transitions
        self._clock = clock
        self._times = times
        self._beside = Beside()
        self._log = structlog.get_logger("router.doubts")

    def look(self, tenant: Tenant, group: AlertGroup) -> None:
        """Begin to ask about a group as it is stored."""
        self._beside.begin(self._settle(tenant, group))

    async def settled(self) -> None:
        """Wait until nobody is being asked about."""
        await self._beside.settled()

    async def close(self) -> None:
        """Stop asking."""
        await self._beside.close()

    async def _settle(self, tenant: Tenant, group: AlertGroup) -> None:
        doubted = group.phase
        if not isinstance(doubted, Uncertain):
            return
        try:
            wanted = engine.search_for(group, doubted, policy_for(tenant, group, self._times))
            answer = await self._reading.find(tenant, wanted)
            await self._store(tenant, group, doubted, answer)
        except UnavailableError as error:
            self._log.warning("doubt_waits", tenant=tenant.tenant_id, error=str(error))
        except Exception as error:  # noqa: BLE001 - logged; it is due again when its time is over
            self._log.error("doubt_failed", tenant=tenant.tenant_id, exc_info=error)

    async def _store(self, tenant: Tenant, group: AlertGroup, doubted: Uncertain, answer: Answer) -> None:
        """Take the answer in, however often others change the group meanwhile."""
        current: object = group
        while isinstance(current, AlertGroup):
            now, policy = await self._clock.now(), policy_for(tenant, current, self._times)
            judged = engine.judge(current, doubted, answer, policy, now)
            applied = await self._transitions.settle(Change(tenant, current, judged), now)
            if applied is ApplyResult.OK:
                self._report(tenant, group, doubted, answer)
                return
            if applied is ApplyResult.REBUILD:
                raise UnavailableError(f"Redis holds no data of tenant {tenant.tenant_id!r} any more")
            [current] = await self._groups.load(tenant.tenant_id, [group.key.group_id])

    def _report(self, tenant: Tenant, group: AlertGroup, doubted: Uncertain, answer: Answer) -> None:
        self._log.info(
            "notification_found" if isinstance(answer, Accepted) else "notification_not_found",
            tenant=tenant.tenant_id,
            group=group.key.group_id,
            notification=doubted.lease.delivery_id,
            op=doubted.lease.op,
            answer=name(answer),
            error=getattr(answer, "error", None),
        )
