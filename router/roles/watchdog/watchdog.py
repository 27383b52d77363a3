"""Looks for heartbeats that are missing, and for those that are back; some worker does, each few seconds.

What is found out becomes an alert of the tenant, appended to the inbound topic like any other: it is folded,
notified, repeated and ended by the same rules, and finding it out twice makes no second one.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.decide.heartbeat import Beat, Verdict, Window, judge
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, SECOND, Instant, Span, to_rfc3339
from router.core.model.rules.heartbeat import Heartbeat
from router.core.route.heartbeat import LABEL, MISSING
from router.errors import UnavailableError
from router.observe.problems import TenantProblem, TenantProblems
from router.ports.clock import Clock
from router.ports.heartbeats import Heartbeats, Observing, Taker
from router.ports.kafka import RECEIVED_AT, TENANT, RecordLog, TopicOf, record_key
from router.ports.pools import ONE_POOL, Pools
from router.roles.polling import poll
from router.roles.tenants import ActiveTenants
from router.roles.watchdog.shown import Shown

LOOK_S: Final = 3.0
OPEN_FOR: Final = Span(10 * SECOND)
"""Who has not noted for so long that senders can reach it cannot be reached."""
GONE: Final = Span(24 * HOUR)
"""After so long without a gateway there is none any more: what counts then is what workers note."""
JUST_READ: Final = Span(10 * SECOND)
"""While more waits unread, groups may still show what was ended by then."""

Words = Callable[[Span], Mapping[str, str]]
"""The annotations of a missing heartbeat that is expected so often, in every language."""


@dataclass(frozen=True, slots=True)
class Observed:
    """Where observations are stored, what groups show of them, and the partitions that count."""

    heartbeats: Heartbeats
    shown: Shown
    observing: Observing
    partitions: Callable[[], list[str]]


@dataclass(frozen=True, slots=True)
class Inbound:
    """Where alerts of our own are appended."""

    records: RecordLog
    topic_of: TopicOf
    words: Words


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Judges the heartbeats of all tenants of a pool: what others have not read delays nothing here."""

    tenants: ActiveTenants
    observed: Observed
    inbound: Inbound
    clock: Clock
    problems: TenantProblems
    pools: Pools = ONE_POOL
    log: structlog.stdlib.BoundLogger = field(
        default_factory=lambda: structlog.get_logger("router.watchdog"), compare=False, init=False
    )

    async def run(self) -> None:
        """Look until cancelled."""
        await poll(LOOK_S, self.look, "watchdog_waits")

    async def look(self) -> None:
        """Look at all tenants of the pool that expect heartbeats, unless another worker does.

        Raises:
            UnavailableError: an engine does not answer.
        """
        watched = [one for one in self.tenants.watched if self.pools.has(one)]
        if not watched or not await self.observed.observing.lead(LOOK_S):
            return
        now = await self.clock.now()
        window, failure = await self._window(now), None
        held = await self.observed.observing.held(now)
        for tenant in watched:
            try:
                await self._look_at(tenant, None if tenant in held else window, now)
            except UnavailableError as error:
                failure = error  # the others' part of Redis may well answer
        if failure is not None:
            raise failure

    async def _window(self, now: Instant) -> Window | None:
        """The time that counts; None while senders cannot reach us, or nobody knows what is unread."""
        read, open_ = await self.observed.observing.read_until(), await self.observed.observing.open()
        known = [open_[taker] for taker in (Taker.GATEWAY, Taker.WORKER) if taker in open_]
        taker = next((one for one in known if now - one.until < GONE), None)
        partitions = self.observed.partitions()
        if taker is None or now - taker.until > OPEN_FOR or not partitions or not read.keys() >= set(partitions):
            return None
        return Window(taker.since, min(read[one] for one in partitions))

    async def _look_at(self, tenant: TenantId, window: Window | None, now: Instant) -> None:
        rules = await self.tenants.known(tenant)
        if rules is None:
            return
        expected = {one.name: one for one in rules.heartbeats}
        beats = await self.observed.heartbeats.of(tenant)
        if new := [name for name in expected if name not in beats]:
            await self.observed.heartbeats.expect(tenant, new, now)
        if window is not None and now - window.until <= JUST_READ:
            beats = await self.observed.shown.complete(tenant, expected, beats)
        for name, beat in beats.items():
            if name not in expected:
                await self._forget(tenant, name, beat, now)
            else:
                await self._take_up(tenant, expected[name], beat, judge(beat, expected[name].every, window, now), now)
        if not expected:
            self.tenants.unwatch(tenant)

    async def _take_up(
        self, tenant: TenantId, heartbeat: Heartbeat, beat: Beat, verdict: Verdict, now: Instant
    ) -> None:
        if verdict is Verdict.MISSING or (verdict is Verdict.NOTHING and beat.missing_since):
            self.problems.begin(tenant, TenantProblem.HEARTBEAT_MISSING, heartbeat.name)
        match verdict:
            case Verdict.NOTHING:
                return
            case Verdict.MISSING:
                await self._report(tenant, heartbeat, beat, now)
            case Verdict.BACK:
                await self._end(tenant, heartbeat.name, beat, now)
                self.log.info("heartbeat_back", tenant=tenant, heartbeat=heartbeat.name)

    async def _report(self, tenant: TenantId, heartbeat: Heartbeat, beat: Beat, now: Instant) -> None:
        """Noted before anything is appended, as not observed yet: it is reported again or ended whatever fails."""
        since = beat.missing_since or beat.seen
        if not beat.missing_since:
            await self.observed.heartbeats.note_missing(tenant, heartbeat.name, since, NEVER)
        firing = {"status": "firing", "annotations": self.inbound.words(heartbeat.every)}
        await self._append(tenant, heartbeat.name, firing, since, now)
        await self.observed.heartbeats.note_missing(tenant, heartbeat.name, since, now)
        if not beat.observed_at:
            self.log.warning("heartbeat_missing", tenant=tenant, heartbeat=heartbeat.name)

    async def _forget(self, tenant: TenantId, name: str, beat: Beat, now: Instant) -> None:
        """A heartbeat that is not expected any more is not missing either."""
        if beat.missing_since:
            await self._end(tenant, name, beat, now)
        await self.observed.heartbeats.forget(tenant, name)

    async def _end(self, tenant: TenantId, name: str, beat: Beat, now: Instant) -> None:
        ended = {"status": "resolved", "endsAt": to_rfc3339(now)}
        await self._append(tenant, name, ended, beat.missing_since, now)
        await self.observed.heartbeats.note_back(tenant, name)
        self.problems.end(tenant, TenantProblem.HEARTBEAT_MISSING, name)

    async def _append(
        self, tenant: TenantId, name: str, state: Mapping[str, object], since: Instant, now: Instant
    ) -> None:
        labels = {"alertname": MISSING, LABEL: name}
        body = json.dumps([{"labels": labels, "startsAt": to_rfc3339(since), **state}]).encode()
        headers = ((TENANT, tenant.encode()), (RECEIVED_AT, to_rfc3339(now).encode()))
        key = record_key(tenant, f"{LABEL}/{name}")
        await self.inbound.records.append(self.inbound.topic_of(tenant), body, key, headers)
