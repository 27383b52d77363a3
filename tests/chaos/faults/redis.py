"""Redis dies, is cut off, falls silent, loses answers, or comes back older."""

import asyncio
import random
import time
from typing import Final

from tests.chaos.faults.fault import Bound, Effect, Fault
from tests.chaos.proxy import Weather
from tests.chaos.stage import TENANTS, Stage, document

_OLDER_BY_S: Final = 3.0
_EVERYSEC_S: Final = 2.0
"""What its file may lack besides."""


async def kill(stage: Stage, dice: random.Random) -> None:
    """Redis dies and comes back with what its append-only file holds."""
    await stage.valkey.kill()
    await asyncio.sleep(dice.uniform(0.5, 3))
    await stage.valkey.start()


async def cut(stage: Stage, dice: random.Random) -> None:
    """No connection to Redis can be made."""
    await _weather(stage, Weather.CUT, dice.uniform(2, 6))


async def silent(stage: Stage, dice: random.Random) -> None:
    """Redis hears nothing and answers nothing; connections stay."""
    await _weather(stage, Weather.SILENT, dice.uniform(3, 8))


async def losing(stage: Stage, dice: random.Random) -> None:
    """Commands are carried out, and some of their answers are lost."""
    await _weather(stage, Weather.LOSING, dice.uniform(3, 6))


async def _weather(stage: Stage, weather: Weather, lasts_s: float) -> None:
    stage.to_redis.turn(weather)
    await asyncio.sleep(lasts_s)
    stage.to_redis.turn(Weather.FAIR)


async def older(stage: Stage, dice: random.Random) -> None:
    """A replica that lagged takes over: Redis comes back as it was a moment ago."""
    kept = stage.folder / "older"
    stage.valkey.copy(kept)
    since = time.time()
    await asyncio.sleep(_OLDER_BY_S)
    await stage.valkey.kill()
    stage.losses_s.append((since - _EVERYSEC_S, time.time()))
    stage.valkey.restore(kept)
    await stage.valkey.start()


async def empty(stage: Stage, dice: random.Random) -> None:
    """Somebody empties Redis; an operator applies the tenants' files and makes their tokens again."""
    await stage.redis.flushall()
    stage.losses_s.append((time.time(), time.time()))
    await asyncio.sleep(dice.uniform(1, 3))
    await stage.apply(*map(document, TENANTS))
    await stage.add_tokens()


FAULTS: Final = (
    Fault("Redis killed", Bound.REDIS_BACK, kill, short=True),
    Fault("Redis cut off", Bound.REDIS_BACK, cut),
    Fault("Redis silent", Bound.REDIS_BACK, silent),
    Fault("answers of Redis lost", Bound.HELD, losing, short=True),
    Fault("Redis loses everything", Bound.RECOVERED, empty, short=True, effects=frozenset({Effect.FORGETS})),
    Fault("Redis comes back older", Bound.RESTARTED, older, short=True, effects=frozenset({Effect.FORGETS})),
)
