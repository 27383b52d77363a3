"""Senders whose alerts come and go by a seed: every alert fires once and ends once, so that nothing hides another."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp

from tests.chaos.evidence import Accepted, Change, GroupName

MOST_FIRING: Final = 4
"""Of one group, so that a message names them all."""
_RETRY_S: Final = 0.2
_EVALUATED_AGO: Final = timedelta(seconds=1)
"""A rule is evaluated before its alert is sent; what lies ahead of the gateways' clock would be cut to that."""
_OPEN: Final = "0001-01-01T00:00:00Z"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Post = Callable[[str, bytes], Awaitable[int]]
"""Hands a tenant's body to a gateway; the HTTP status."""


@dataclass
class Group:
    """One group as its sender knows it: what fires since when, by instance."""

    name: GroupName
    channel: str
    firing: dict[str, datetime] = field(default_factory=dict)
    made: int = 0

    def drawn(self, dice: random.Random) -> tuple[str, bool]:
        """The instance that turns next, and whether it fires."""
        ends = len(self.firing) >= MOST_FIRING or (bool(self.firing) and dice.random() < 0.5)
        if ends:
            return dice.choice(sorted(self.firing)), False
        self.made += 1
        return f"i-{self.made}", True

    def body(self, instance: str, fires: bool, now: datetime) -> bytes:
        """All that fires, and the one that turns, as Alertmanager sends them."""
        rest = [self._alert(one, started, None) for one, started in sorted(self.firing.items()) if one != instance]
        turned = self._alert(instance, now if fires else self.firing[instance], None if fires else now)
        document = {
            "version": "4", "receiver": "all", "status": "firing" if fires or rest else "resolved",
            "groupKey": f'{{}}:{{alertname="{self.name.alertname}"}}', "truncatedAlerts": 0,
            "groupLabels": {"alertname": self.name.alertname}, "commonLabels": {}, "commonAnnotations": {},
            "externalURL": "http://alertmanager.example:9093", "alerts": [turned, *rest],
        }  # fmt: skip
        return json.dumps(document).encode()

    def turn(self, instance: str, fires: bool, now: datetime) -> None:
        """The body was accepted."""
        if fires:
            self.firing[instance] = now
        else:
            del self.firing[instance]

    def _alert(self, instance: str, started: datetime, ended: datetime | None) -> dict[str, Any]:
        return {
            "status": "resolved" if ended else "firing",
            "labels": {"alertname": self.name.alertname, "channel": self.channel, "instance": instance},
            "annotations": {},
            "startsAt": started.isoformat(),
            "endsAt": ended.isoformat() if ended else _OPEN,
        }


def read_changes(tenant: str, content: bytes) -> tuple[Change, ...]:
    """What a body of `Group.body` turned: its first alert; nothing of a body of somebody else."""
    document = json.loads(content)
    if not isinstance(document, dict):
        return ()
    alert = document["alerts"][0]
    fires = alert["status"] == "firing"
    at = datetime.fromisoformat(alert["startsAt" if fires else "endsAt"])
    group = GroupName(tenant, alert["labels"]["alertname"])
    return (Change(group, alert["labels"]["instance"], fires, (at - _EPOCH) // timedelta(microseconds=1)),)


@dataclass
class Load:
    """Changes of all groups, while it goes on; a sender tries until its body was accepted."""

    groups: Iterable[Group]
    post: Post
    seed: str
    mean_s: float = 2.0
    bodies: int = 0
    refused: int = 0
    accepted: list[Accepted] = field(default_factory=list)
    _going: asyncio.Event = field(default_factory=asyncio.Event)
    _in_hand: int = 0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._send(group)) for group in self.groups]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def go_on(self) -> None:
        self._going.set()

    def pause(self) -> None:
        """No new changes; those in hand are sent until they are accepted."""
        self._going.clear()

    @property
    def idle(self) -> bool:
        """Whether it is paused and every body was accepted."""
        return not self._in_hand and not self._going.is_set()

    def died(self) -> list[str]:
        """What broke of the load itself."""
        return [repr(task.exception()) for task in self._tasks if task.done() and not task.cancelled()]

    async def _send(self, group: Group) -> None:
        dice = random.Random(f"{self.seed}:{group.name}")
        while True:
            await asyncio.sleep(dice.expovariate(1 / self.mean_s))
            await self._going.wait()
            self._in_hand += 1
            try:
                await self._change(group, dice)
            finally:
                self._in_hand -= 1

    async def _change(self, group: Group, dice: random.Random) -> None:
        now = datetime.now(UTC) - _EVALUATED_AGO
        instance, fires = group.drawn(dice)
        content = group.body(instance, fires, now)
        while await self._status(group, content) != 202:
            self.refused += 1
            await asyncio.sleep(_RETRY_S)
        group.turn(instance, fires, now)
        self.bodies += 1
        self.accepted.append(Accepted(group.name, instance, fires, time.time()))

    async def _status(self, group: Group, content: bytes) -> int:
        with suppress(aiohttp.ClientError, TimeoutError):
            return await self.post(group.name.tenant, content)
        return 0
