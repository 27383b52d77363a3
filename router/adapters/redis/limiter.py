"""May this call be made now? All buckets of a call in one script, in the workspace's slot, by Redis' clock.

No answer means no: without the limiter nothing is sent. A request id is charged once, so asking again after a lost
reply or a lost race costs nothing.
"""

from collections.abc import Callable, Sequence
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Script, small
from router.adapters.redis.connection import Connection
from router.adapters.redis.names import ChannelNames
from router.core.budget.rounds import GRACE
from router.core.model.instant import MILLISECOND, Span
from router.core.slack.answer import HoldScope
from router.ports.budget import BudgetRequest

_NAME_TTL_S: Final = 86_400
_LAST_TTL_S: Final = 7 * _NAME_TTL_S
_OPEN_S: Final = 60
"""For so long a digest counts after it was shown."""
_HOLDS: Final = 3
"""What may stop a call: a 429 about its method, one about its channel, and that the channel is dead."""


def _nobody_hears(_request: BudgetRequest, _scope: HoldScope, _span: Span) -> None:
    """Where holds are not measured."""


class SlackLimiter:
    """The budgets of all workspaces; `on_hold` hears of each hold."""

    def __init__(
        self, connection: Connection, on_hold: Callable[[BudgetRequest, HoldScope, Span], None] = _nobody_hears
    ) -> None:
        self._redis = connection
        self._on_hold = on_hold
        self._take = Script("take")
        self._release = Script("release")
        self._names = ChannelNames()

    async def take(self, requests: Sequence[BudgetRequest]) -> list[Span]:
        """0 for each call that may be made now, else how long to wait. All in one round trip."""
        answers = await self._redis.ask_all([self._take.on(_keys(one), _arguments(one)) for one in requests])
        return [Span(0 if go else max(int(wait), MILLISECOND)) for go, wait, _ in answers]

    async def release(self, request: BudgetRequest) -> None:
        """The call is over: the channel is free for the next one, an interval from now."""
        bucket = f"channel:{request.channel}"
        await self._free(request, next((rate.period for name, rate in request.buckets if name == bucket), Span(0)))

    async def give_back(self, request: BudgetRequest) -> None:
        """The call is not made after all: the channel is free at once, and who asked first may ask again."""
        await self._free(request, Span(0))

    async def _free(self, request: BudgetRequest, interval: Span) -> None:
        redis_keys = [_flight_key(request), keys.workspace_key(request.workspace, "channel", request.channel)]
        await self._redis.ask(self._release.on(redis_keys, [request.delivery_id, interval]))

    async def hold(self, request: BudgetRequest, scope: HoldScope, span: Span) -> None:
        """Slack said when to come back: no call of that method, or to that channel, before; the latest counts."""
        self._on_hold(request, scope, span)
        place = (request.method, request.channel) if scope is HoldScope.CHANNEL else (request.method,)
        key, life = keys.workspace_key(request.workspace, "hold", *place), max(1, span // MILLISECOND)
        await self._redis.ask_all(
            [
                small("SET", key, keys.workspace_key(request.workspace, "nothing"), "1", "PX", life, "NX"),
                COMMANDS.pexpire(key, life, gt=True),
            ]
        )

    async def close_channel(self, workspace: str, channel: str, span: Span) -> None:
        """No call at all to a channel for so long: it is dead, and one call must find out when it lives again."""
        key, nothing = keys.workspace_key(workspace, "dead", channel), keys.workspace_key(workspace, "nothing")
        await self._redis.ask(small("SET", key, nothing, "1", "PX", max(1, span // MILLISECOND)))

    async def is_closed(self, workspace: str, channel: str) -> bool:
        """Whether somebody has found the channel dead, and nobody calls there for a while."""
        key = keys.workspace_key(workspace, "dead", channel)
        return await self._redis.ask(COMMANDS.get(key)) is not None

    async def open_channel(self, workspace: str, channel: str) -> None:
        """Calls to the channel may be tried again at once."""
        await self._redis.ask(COMMANDS.delete(keys.workspace_key(workspace, "dead", channel)))

    async def channel_id(self, workspace: str, channel: str) -> str:
        """The ID that Slack gave for a channel's name; the name itself until it is known."""
        if not channel.startswith("#"):
            return channel
        known: str | None = self._names.find(workspace, channel)
        if known is None:
            known = await self._redis.ask(COMMANDS.get(keys.workspace_key(workspace, "name", channel)))
            if known is not None:
                self._names.learn(workspace, channel, known)
        return known or channel

    async def last_channel_id(self, workspace: str, channel: str) -> str:
        """The ID that a channel's name had last, also where it may have moved since; "" where none is known."""
        known: str | None = await self._redis.ask(COMMANDS.get(keys.workspace_key(workspace, "last", channel)))
        return known or ""

    async def learn_channel_id(self, workspace: str, channel: str, channel_id: str) -> None:
        """Remember the ID of a name, and go on with what the name has used of the channel's budget."""
        if channel == channel_id:
            return
        used, own = (keys.workspace_key(workspace, "channel", one) for one in (channel, channel_id))
        by_name, by_id = await self._redis.ask(COMMANDS.mget(used, own))
        if int(by_name or 0) > int(by_id or 0):
            await self._redis.ask(COMMANDS.copy(used, own, replace=True))
        name, last = keys.workspace_key(workspace, "name", channel), keys.workspace_key(workspace, "last", channel)
        nothing = keys.workspace_key(workspace, "nothing")
        await self._redis.ask_all([
            small("SET", name, nothing, channel_id, "EX", _NAME_TTL_S),
            small("SET", last, nothing, channel_id, "EX", _LAST_TTL_S),
        ])  # fmt: skip
        self._names.learn(workspace, channel, channel_id)

    async def forget_channel_id(self, workspace: str, channel: str) -> None:
        """The ID of a name is dead: the name may belong to another channel by now."""
        self._names.forget(workspace, channel)
        await self._redis.ask(COMMANDS.delete(keys.workspace_key(workspace, "name", channel)))
        self._names.forget(workspace, channel)  # somebody may have asked for it meanwhile

    async def open_digests(self, workspace: str, digest: str) -> int:
        """How many digests of the workspace were shown within a minute, or are about to be."""
        key, seconds = keys.workspace_key(workspace, "digests"), int((await self._redis.ask(COMMANDS.time()))[0])
        _, _, count, _ = await self._redis.ask_all([
            COMMANDS.zremrangebyscore(key, "-inf", seconds - _OPEN_S),
            COMMANDS.zadd(key, {digest: seconds}),
            COMMANDS.zcard(key),
            COMMANDS.expire(key, _OPEN_S),
        ])  # fmt: skip
        return int(count)


def _flight_key(request: BudgetRequest) -> str:
    return keys.workspace_key(request.workspace, "busy", request.channel)


def _keys(request: BudgetRequest) -> list[str]:
    ws = request.workspace
    holds = [
        keys.workspace_key(ws, "hold", request.method),
        keys.workspace_key(ws, "hold", request.method, request.channel),
        keys.workspace_key(ws, "dead", request.channel),
    ]
    buckets = [keys.bucket_key(ws, name) for name, _ in request.buckets]
    turns = keys.workspace_key(ws, "turns", request.method)
    return [keys.workspace_key(ws, "request", request.request_id), _flight_key(request), turns, *holds, *buckets]


def _arguments(request: BudgetRequest) -> list[str | int]:
    rates = [number for _, rate in request.buckets for number in (rate.period, rate.burst)]
    turns: list[str | int] = [request.tenant if request.shared >= 0 else "", request.shared + 1, GRACE]
    return [request.delivery_id, request.alone_for // MILLISECOND, _HOLDS, *turns, *rates]
