"""A cluster of Redis: each command goes to the server that has its slot, and fails with that server alone.

A batch is one round trip to each server that it concerns. Moved slots are followed: MOVED by asking there and noting
it, ASK for this one command. What a server does not answer is not asked of another one: the caller asks again.
"""

import asyncio
import random
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

from redis.asyncio.connection import parse_url
from redis.exceptions import AskError, ClusterDownError, MovedError, RedisError, ResponseError

from router.adapters.redis.command import Command
from router.adapters.redis.nodes import Nodes
from router.adapters.redis.server import Work
from router.adapters.redis.slots import Address, SlotMap, address
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_HOPS: Final = 5
_LOOK_S: Final = 0.2
_PORT: Final = 6379
_MAP: Final = Command(("CLUSTER", "SLOTS"), "")

T = TypeVar("T")

_Place = tuple[Address | None, bool]
"""Who is asked, None for nobody; and whether the key is on its way there."""


class Cluster:
    """All servers of a cluster; `urls`, with a comma in between, name one or more that are asked who there is."""

    def __init__(self, urls: str) -> None:
        seeds = [parse_url(one) for one in re.split(r",(?=rediss?://)", urls)]
        if any("path" in one or one.get("db", 0) for one in seeds):
            raise ValueError("a cluster has neither sockets nor databases other than 0")
        self._seeds = [(str(one.get("host", "localhost")), int(one.get("port", _PORT))) for one in seeds]
        self._nodes = Nodes(seeds[0])
        self._map = SlotMap()
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Find out who has which slot.

        Raises:
            ConfigurationError: the server does not belong to a cluster.
            RedisError: nobody answers.
        """
        try:
            await self._read_map()
        except (RedisError, OSError):
            self._look()
            raise
        if not self._map.is_complete:
            self._look()

    async def execute(self, commands: Sequence[Command]) -> list[Any]:
        """The answer to each command, or the error that it met."""
        answers: list[Any] = [None] * len(commands)
        places: dict[int, _Place] = {index: (self._map.owner(one.key), False) for index, one in enumerate(commands)}
        for _ in range(_HOPS):
            shares: dict[_Place, list[int]] = {}
            for index, place in places.items():
                shares.setdefault(place, []).append(index)
            asked = [self._ask(place, [commands[index] for index in share]) for place, share in shares.items()]
            found = [await asked[0]] if len(asked) == 1 else await asyncio.gather(*asked)
            for share, some in zip(shares.values(), found, strict=True):
                for index, answer in zip(share, some, strict=True):
                    answers[index] = answer
            places = self._redirected(places, answers)
            if not places:
                break
        return answers

    async def atomically(self, key: str, work: Work[T]) -> T:
        """What the work comes to where the key is; it is begun again where the key has moved to.

        Raises:
            RedisError: the server did not answer, or with an error; one of these is that the slot is being moved.
        """
        for _ in range(_HOPS):
            owner = self._owner(self._map.owner(key))
            try:
                return await self._nodes.atomically(owner, work)
            except MovedError as error:
                self._follow(error, owner)
            except ClusterDownError:
                self._look()
                raise
            finally:
                self._look_if_away(owner)
        raise ClusterDownError("slots move faster than they can be followed")

    def parts(self) -> list[str]:
        """The servers that have slots."""
        return [_name(one) for one in self._map.masters]

    def part_of(self, key: str) -> str:
        """The server that has a key; "" where nobody has it."""
        owner = self._map.owner(key)
        return _name(owner) if owner else ""

    async def at(self, part: str, command: Command) -> object:
        """What this server answers, or the error that was met."""
        host, _, port = part.rpartition(":")
        [answer] = await self._ask(((host, int(port)) if part else None, False), [command])
        return answer

    async def close(self) -> None:
        """Give all connections back."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._nodes.close()

    async def _ask(self, place: _Place, commands: Sequence[Command]) -> list[Any]:
        owner, asking = place
        try:
            answers = await self._nodes.execute(self._owner(owner), commands, asking=asking)
        except ClusterDownError as error:
            return [error] * len(commands)
        self._look_if_away(owner)
        if any(isinstance(one, ClusterDownError) for one in answers):
            self._look()
        return answers

    def _owner(self, owner: Address | None) -> Address:
        if owner is None:
            self._look()
            raise ClusterDownError("nobody serves the slot")
        return owner

    def _redirected(self, places: Mapping[int, _Place], answers: Sequence[object]) -> dict[int, _Place]:
        """Where to ask next what another server has."""
        found: dict[int, _Place] = {}
        for index, (asked, _) in places.items():
            answer = answers[index]
            if asked is not None and isinstance(answer, MovedError):
                found[index] = (self._follow(answer, asked), False)
            elif asked is not None and isinstance(answer, AskError):
                found[index] = (address(answer.host, answer.port, asked), True)
        return found

    def _follow(self, moved: MovedError, asked: Address) -> Address:
        owner = address(moved.host, moved.port, asked)
        self._map.note(moved.slot_id, owner)
        return owner

    def _look_if_away(self, owner: Address | None) -> None:
        if owner is not None and self._nodes.is_away(owner):
            self._look()

    def _look(self) -> None:
        """Look, beside everything else, until all is well again."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_until_well())

    async def _look_until_well(self) -> None:
        while True:
            with suppress(RedisError, OSError, ConfigurationError):
                await self._read_map()
            if await self._nodes.probe(self._map.masters) and self._map.is_complete:
                return
            await asyncio.sleep(_LOOK_S)

    async def _read_map(self) -> None:
        """Ask one after another who has which slot; any of them may be out of date, so the order is random."""
        known = [one for one in self._map.masters if not self._nodes.is_away(one)]
        random.shuffle(known)
        failure: Exception = ClusterDownError("no server is known")
        for one in dict.fromkeys([*known, *self._seeds]):
            [answer] = await self._nodes.execute(one, [_MAP])
            if not isinstance(answer, Exception):
                self._map.replace(answer, one)
                return
            failure = answer
        if isinstance(failure, ResponseError) and "cluster support disabled" in str(failure):
            raise ConfigurationError(_NOT_A_CLUSTER)
        raise failure


def _name(place: Address) -> str:
    return f"{place[0]}:{place[1]}"


_NOT_A_CLUSTER: Final = Diagnostic(
    "the server of ALERT_ROUTER_REDIS__URL does not belong to a cluster", source="ALERT_ROUTER_REDIS__CLUSTER"
)
