"""A storm: many groups of one tenant begin to fire at once in a channel of their own, and most of them end soon."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp

from tests.chaos.evidence import Folded

STORM_CHANNEL: Final = "storms"
_GROUPS: Final = 60
_LEFT: Final = 20
"""Groups that fire on until the end of the run."""
_TOGETHER: Final = 10
_PAUSE_S: Final = 0.3
_RETRY_S: Final = 0.2
_EVALUATED_AGO: Final = timedelta(seconds=1)

Post = Callable[[str, bytes], Awaitable[int]]


@dataclass
class Storm:
    """What a sender knows of it: each group has one alert, and is known by its instance."""

    tenant: str
    post: Post
    firing: dict[str, datetime] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    @property
    def folded(self) -> Folded:
        """What is to be shown of it."""
        return Folded(self.tenant, frozenset(self.firing), frozenset(self.ended))

    async def begin(self) -> None:
        """All of its groups fire, a few at a time."""
        for start in range(0, _GROUPS, _TOGETHER):
            now = datetime.now(UTC) - _EVALUATED_AGO
            fresh = {f"s-{number}": now for number in range(start, start + _TOGETHER)}
            await self._send([self._alert(one, at, None) for one, at in fresh.items()])
            self.firing |= fresh
            await asyncio.sleep(_PAUSE_S)

    async def abate(self, left: int = _LEFT) -> None:
        """All but a few of its groups end, the oldest first."""
        ending = sorted(self.firing, key=lambda one: int(one[2:]))[: max(0, len(self.firing) - left)]
        for start in range(0, len(ending), _TOGETHER):
            some, now = ending[start : start + _TOGETHER], datetime.now(UTC)
            await self._send([self._alert(one, self.firing[one], now) for one in some])
            self.ended |= set(some)
            for one in some:
                del self.firing[one]

    async def _send(self, alerts: Sequence[dict[str, Any]]) -> None:
        content = json.dumps(alerts).encode()
        while True:
            if await self._status(content) == 202:
                return
            await asyncio.sleep(_RETRY_S)

    async def _status(self, content: bytes) -> int:
        with suppress(aiohttp.ClientError, TimeoutError):
            return await self.post(self.tenant, content)
        return 0

    def _alert(self, instance: str, started: datetime, ended: datetime | None) -> dict[str, Any]:
        alert = {
            "status": "resolved" if ended else "firing",
            "labels": {"alertname": f"{self.tenant}-storm", "channel": STORM_CHANNEL, "instance": instance},
            "startsAt": started.isoformat(),
        }
        return alert | ({"endsAt": ended.isoformat()} if ended else {})
