"""Heads of lanes, each with one more look at whether it should speak, its budget, its claim, and off it goes.

All reads, budgets and claims of a turn are pipelined; the calls themselves run beside the turn. A head without
budget keeps folding in its lane; a lane is looked at again when its budget allows.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.decide.decide import at_head
from router.core.decide.notification import Telling
from router.core.decide.policy import Policy
from router.core.deliver.settle import claim, park
from router.core.model.group import Method, Notification, Phase
from router.core.model.instant import MILLISECOND, SECOND, Instant, Span
from router.core.model.key import GroupId
from router.core.model.tenant import Tenant
from router.core.model.transition import Step
from router.core.slack.outcome import Answer, TokenDead, name
from router.errors import SecretNotFoundError
from router.observe.telemetry import Metrics
from router.ports import Applied, Call, Clock, Limiter, Notifications, Write
from router.roles.notify.credentials import Access, Credentials, Unknown
from router.roles.notify.delivery import Errand
from router.roles.notify.in_flight import Calls
from router.roles.notify.reroute import Rerouting
from router.roles.policies import Platform, buckets_for, keep_for, policy_for

_SOON: Final = Span(100 * MILLISECOND)
_ACCESS_RETRY: Final = Span(5 * SECOND)


@dataclass(frozen=True, slots=True)
class _Head:
    """The first notification of a lane."""

    lane: str
    loaded: Notification
    policy: Policy


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A head that has something to tell, and the call it asks a budget for."""

    head: _Head
    telling: Telling
    call: Call


class Teller:
    """The second part of a tenant's turn."""

    def __init__(
        self,
        store: Notifications,
        limiter: Limiter,
        access: Access,
        calls: Calls,
        rerouting: Rerouting,
        clock: Clock,
        platform: Platform,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._limiter = limiter
        self._access = access
        self._calls = calls
        self._rerouting = rerouting
        self._clock = clock
        self._platform = platform
        self._metrics = metrics
        self._log = structlog.get_logger("router.teller")

    async def tell(self, tenant: Tenant, lanes: Sequence[str]) -> list[Applied]:
        """Let the heads of these lanes speak, as far as budgets go; what became of each transition."""
        heads = await self._heads(tenant, lanes)
        if not heads:
            return []
        credentials = await self._credentials(tenant, heads)
        if credentials is None:
            return []
        speakers, steps = await self._decide(tenant, heads, credentials)
        applied = await self._apply(tenant, steps)
        return applied + await self._claim(tenant, await self._granted(tenant, speakers), credentials)

    async def _heads(self, tenant: Tenant, lanes: Sequence[str]) -> list[_Head]:
        """The heads that stand where they should; what should not stand there is taken out."""
        ids = await self._store.heads(tenant.tenant_id, lanes)
        loaded = await self._load(tenant, sorted({nid for nid in ids if nid is not None}))
        standing = {}
        for lane, nid in zip(lanes, ids, strict=True):
            one = loaded.get(nid) if nid is not None else None
            if one is None or one.phase is not Phase.QUEUED or str(one.lane) != lane:
                await self._store.drop_from_lane(tenant.tenant_id, lane, nid)
            else:
                standing[lane] = one
        current = await self._rerouting.bring_up_to_date(tenant, list(standing.values()))
        return [_Head(str(one.lane), one, policy_for(tenant, one, self._platform)) for one in current]

    async def _load(self, tenant: Tenant, ids: Sequence[GroupId]) -> dict[GroupId, Notification | None]:
        return dict(zip(ids, await self._store.load(tenant.tenant_id, ids), strict=True)) if ids else {}

    async def _credentials(self, tenant: Tenant, heads: Sequence[_Head]) -> Credentials | None:
        """The tenant's credentials; without them its heads are parked or wait."""
        try:
            found = await self._access.find(tenant)
        except SecretNotFoundError as error:
            self._log.error("secret_not_found", tenant=tenant.tenant_id, error=str(error))
            await self._park(tenant, [head.loaded for head in heads], "secret_not_found")
            return None
        if isinstance(found, Credentials):
            return found
        await self._no_access(tenant, heads, found)
        return None

    async def _no_access(self, tenant: Tenant, heads: Sequence[_Head], found: Answer | Unknown) -> None:
        if isinstance(found, TokenDead):
            await self._park(tenant, [head.loaded for head in heads], f"{name(found)}:{found.error}")
            return
        wait = _SOON if isinstance(found, Unknown) else _ACCESS_RETRY
        for head in heads:
            await self._look_again(tenant, head.lane, wait)

    async def _decide(
        self, tenant: Tenant, heads: Sequence[_Head], credentials: Credentials
    ) -> tuple[list[_Speaker], list[tuple[Notification, Step]]]:
        now = await self._clock.now()
        speakers, steps = [], []
        for head in heads:
            decision = at_head(head.loaded, head.policy, now)
            if isinstance(decision, Telling):
                call = await self._call(tenant, head, decision, credentials.workspace)
                speakers.append(_Speaker(head, decision, call))
            else:
                steps.append((head.loaded, decision))
        return speakers, steps

    async def _call(self, tenant: Tenant, head: _Head, telling: Telling, workspace: str) -> Call:
        """The call; its request id stays the same until it was claimed, so that no token is charged twice."""
        loaded = head.loaded
        channel = head.policy.receiver.channel
        if telling.op.method is Method.UPDATE or telling.op.is_reply:
            channel = loaded.place.channel if loaded.place is not None else channel
        else:
            channel = await self._limiter.channel_id(workspace, channel)
        posts = telling.op.method is Method.POST
        return Call(
            request_id=f"{tenant.tenant_id}/{loaded.key.group_id}-{loaded.sends}",
            workspace=workspace,
            method=telling.op.method,
            channel=channel,
            buckets=buckets_for(telling.op, tenant, channel, self._platform),
            alone_for=self._platform.lease if posts else Span(0),
            delivery_id=secrets.token_hex(8),
        )

    async def _granted(self, tenant: Tenant, speakers: Sequence[_Speaker]) -> list[_Speaker]:
        """Those who may speak now; the lanes of the others are looked at when they may."""
        free = self._calls.free(tenant.tenant_id, speakers[0].call.workspace) if speakers else 0
        for late in speakers[free:]:
            await self._look_again(tenant, late.head.lane, _SOON)
        asking = speakers[:free]
        granted = []
        for speaker, wait in zip(asking, await self._limiter.take([one.call for one in asking]), strict=True):
            if wait:
                self._metrics.budget_waits.labels(method=speaker.call.method).inc()
                await self._look_again(tenant, speaker.head.lane, wait)
            else:
                granted.append(speaker)
        return granted

    async def _claim(self, tenant: Tenant, speakers: Sequence[_Speaker], credentials: Credentials) -> list[Applied]:
        if not speakers:
            return []
        now = await self._clock.now()
        claims = [claim(one.head.loaded, one.telling, one.call.delivery_id, one.head.policy, now) for one in speakers]
        answers = await self._store.apply([
            self._write(tenant, one.head.loaded, step, now) for one, (step, _) in zip(speakers, claims, strict=True)
        ])  # fmt: skip
        for one, (_, claimed), answer in zip(speakers, claims, answers, strict=True):
            if answer is Applied.OK:
                self._calls.send(Errand(tenant, one.head.policy.receiver, credentials.token, claimed, one.call))
            elif one.call.alone_for:
                await self._limiter.give_back(one.call)
        return answers

    async def _look_again(self, tenant: Tenant, lane: str, wait: Span) -> None:
        await self._store.try_lane_at(tenant.tenant_id, lane, Instant(await self._clock.now() + wait))

    async def _park(self, tenant: Tenant, loaded: Sequence[Notification], reason: str) -> list[Applied]:
        now = await self._clock.now()
        return await self._apply(tenant, [(one, park(one, reason, self._platform.park_retry, now)) for one in loaded])

    async def _apply(self, tenant: Tenant, steps: Sequence[tuple[Notification, Step]]) -> list[Applied]:
        if not steps:
            return []
        now = await self._clock.now()
        return await self._store.apply([self._write(tenant, before, step, now) for before, step in steps])

    def _write(self, tenant: Tenant, before: Notification, step: Step, now: Instant) -> Write:
        return Write(tenant.tenant_id, before, step, now, keep_for(tenant, before), tenant.version)
