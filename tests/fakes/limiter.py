"""Budgets in memory, by the reference algorithm of the core."""

from collections.abc import Sequence
from typing import Final

from router.core.budget import gcra, rounds
from router.core.budget.quota import Charge, Over, Resource
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, MINUTE, NEVER, Instant, Span
from router.core.model.rules.limits import Rate
from router.core.slack.answer import HoldScope
from router.ports.budget import BudgetRequest
from tests.fakes.clock import FakeClock
from tests.fakes.faults import Faults, Faulty, asked

_LOOK_AGAIN: Final = 200 * MILLISECOND
_REMEMBERED: Final = MINUTE
"""How long a request that was charged is known."""


class FakeLimiter(Faulty):
    """The budgets of all workspaces; every key begins with its workspace."""

    def __init__(self, clock: FakeClock, engine: Faults | None = None) -> None:
        super().__init__(engine)
        self._clock = clock
        self._arrivals: dict[tuple[str, str], Instant] = {}
        self._charged: dict[tuple[str, str], tuple[Instant, Instant]] = {}
        self._busy: dict[tuple[str, str], tuple[str, Instant]] = {}
        self._holds: dict[tuple[str, str, str], Instant] = {}
        self._turns: dict[tuple[str, str], dict[str, rounds.Waiting]] = {}
        self._dead: dict[tuple[str, str], Instant] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._last: dict[tuple[str, str], str] = {}
        self._digests: dict[tuple[str, str], Instant] = {}

    @asked
    async def take(self, requests: Sequence[BudgetRequest]) -> list[Span]:
        return [self._take(one) for one in requests]

    def _take(self, request: BudgetRequest) -> Span:
        now, ws, paid = self._clock.time, request.workspace, self._has_paid(request)
        rates = [rate for _, rate in request.buckets]
        arrivals = [gcra.owed(rate, self._arrival(ws, name), now) for name, rate in request.buckets]
        verdict = gcra.take(rates, arrivals, now)
        budget = verdict.retry_after if isinstance(verdict, gcra.Wait) and not paid else Span(0)
        others = max(self._busy_for(request), self._held_for(request))
        turn = Span(0) if paid else self._turn_after(request)
        wait = Span(max(budget, others, turn))
        if wait:
            self._note_turn(request, turn if turn == wait > others else Span(0))
            return Span(max(wait, MILLISECOND))
        self._note_turn(request, Span(0))
        if isinstance(verdict, gcra.Go) and not paid:
            self._charge(request, verdict.arrivals)
        if request.alone_for:
            self._busy[ws, request.channel] = (request.delivery_id, Instant(now + request.alone_for))
        return Span(0)

    def _turn_after(self, request: BudgetRequest) -> Span:
        """How long until the tenant has its turn in the bucket that it shares."""
        if request.shared < 0:
            return Span(0)
        name, rate = request.buckets[request.shared]
        waiting = self._turns.get((request.workspace, name), {})
        arrival = gcra.owed(rate, self._arrival(request.workspace, name), self._clock.time)
        return rounds.wait_for_turn(request.tenant, rate, arrival, waiting, self._clock.time)

    def _note_turn(self, request: BudgetRequest, wait: Span) -> None:
        """It waits in line for so long; 0 where it does not."""
        if request.shared < 0:
            return
        now, waiting = self._clock.time, self._turns.setdefault((request.workspace, request.method), {})
        known = waiting.pop(request.tenant, rounds.Waiting(now, now))
        if wait:
            waiting[request.tenant] = rounds.Waiting(known.since, Instant(now + wait))

    def _charge(self, request: BudgetRequest, arrivals: Sequence[Instant]) -> None:
        for (name, _), arrival in zip(request.buckets, arrivals, strict=True):
            self._arrivals[request.workspace, name] = arrival
        first, until = next(iter(arrivals), NEVER), Instant(self._clock.time + _REMEMBERED)
        self._charged[request.workspace, request.request_id] = (first, until)

    def _has_paid(self, request: BudgetRequest) -> bool:
        """Whether it was charged, and nobody has drawn on its first bucket since."""
        mark, until = self._charged.get((request.workspace, request.request_id), (NEVER, NEVER))
        if until <= self._clock.time:
            return False
        return not request.buckets or mark == self._arrival(request.workspace, request.buckets[0][0])

    def _arrival(self, workspace: str, bucket: str) -> Instant:
        """When the bucket is full again; NEVER where it is."""
        arrival = self._arrivals.get((workspace, bucket), NEVER)
        return arrival if arrival > self._clock.time else NEVER

    def _busy_for(self, request: BudgetRequest) -> int:
        holder, until = self._busy.get((request.workspace, request.channel), ("", NEVER))
        left = until - self._clock.time
        if not request.alone_for or holder == request.delivery_id or left <= 0:
            return 0
        return min(left, _LOOK_AGAIN)

    def _held_for(self, request: BudgetRequest) -> int:
        scopes = [(request.workspace, request.method, channel) for channel in ("", request.channel)]
        dead = self._dead.get((request.workspace, request.channel), NEVER)
        until = max(dead, *(self._holds.get(one, NEVER) for one in scopes))
        return max(0, until - self._clock.time)

    @asked
    async def release(self, request: BudgetRequest) -> None:
        bucket = f"channel:{request.channel}"
        if not self._free(request):
            return
        rate = next((rate for name, rate in request.buckets if name == bucket), Rate(Span(0), 1))
        arrival = Instant(self._clock.time + rate.period)
        self._arrivals[request.workspace, bucket] = max(arrival, self._arrival(request.workspace, bucket))

    @asked
    async def give_back(self, request: BudgetRequest) -> None:
        self._free(request)

    def _free(self, request: BudgetRequest) -> bool:
        """Whether it was this call that held the channel."""
        holder, until = self._busy.get((request.workspace, request.channel), ("", NEVER))
        if holder != request.delivery_id or until <= self._clock.time:
            return False
        del self._busy[request.workspace, request.channel]
        return True

    @asked
    async def hold(self, request: BudgetRequest, scope: HoldScope, span: Span) -> None:
        key = (request.workspace, request.method, request.channel if scope is HoldScope.CHANNEL else "")
        until = Instant(self._clock.time + max(span, MILLISECOND))
        self._holds[key] = max(until, self._holds.get(key, NEVER))

    @asked
    async def close_channel(self, workspace: str, channel: str, span: Span) -> None:
        self._dead[workspace, channel] = Instant(self._clock.time + max(span, MILLISECOND))

    @asked
    async def is_closed(self, workspace: str, channel: str) -> bool:
        return self._dead.get((workspace, channel), NEVER) > self._clock.time

    @asked
    async def open_channel(self, workspace: str, channel: str) -> None:
        self._dead.pop((workspace, channel), None)

    @asked
    async def channel_id(self, workspace: str, channel: str) -> str:
        return self._names.get((workspace, channel), channel)

    @asked
    async def last_channel_id(self, workspace: str, channel: str) -> str:
        return self._last.get((workspace, channel), "")

    @asked
    async def learn_channel_id(self, workspace: str, channel: str, channel_id: str) -> None:
        if channel == channel_id:
            return
        used = self._arrival(workspace, f"channel:{channel}")
        if used > self._arrival(workspace, f"channel:{channel_id}"):
            self._arrivals[workspace, f"channel:{channel_id}"] = used
        self._names[workspace, channel] = self._last[workspace, channel] = channel_id

    @asked
    async def forget_channel_id(self, workspace: str, channel: str) -> None:
        self._names.pop((workspace, channel), None)

    @asked
    async def open_digests(self, workspace: str, digest: str) -> int:
        now = self._clock.time
        self._digests[workspace, digest] = now
        return sum(place == workspace and now - at < MINUTE for (place, _), at in self._digests.items())


class FakeQuota(Faulty):
    """What senders may post, by the reference algorithm."""

    def __init__(self, clock: FakeClock, engine: Faults | None = None) -> None:
        super().__init__(engine)
        self._clock = clock
        self._arrivals: dict[tuple[TenantId, Resource], Instant] = {}

    @asked
    async def take(self, tenant: TenantId, charges: Sequence[Charge]) -> Over | None:
        places = [(tenant, one.resource) for one in charges]
        known = [self._arrivals.get(place, NEVER) for place in places]
        costs = [one.cost for one in charges]
        verdict = gcra.take([one.rate for one in charges], known, self._clock.time, costs)
        if isinstance(verdict, gcra.Wait):
            return Over(charges[verdict.bucket].resource, verdict.retry_after)
        self._arrivals |= dict(zip(places, verdict.arrivals, strict=True))
        return None
