"""The broker is cut off, falls silent, or dies."""

import asyncio
import random
from typing import Final

from tests.chaos.faults.fault import Bound, Fault
from tests.chaos.proxy import Weather
from tests.chaos.stage import Stage


async def cut(stage: Stage, dice: random.Random) -> None:
    """No connection to the broker can be made; gateways answer 503."""
    await _weather(stage, Weather.CUT, dice.uniform(2, 8))


async def silent(stage: Stage, dice: random.Random) -> None:
    """The broker hears nothing and answers nothing; connections stay."""
    await _weather(stage, Weather.SILENT, dice.uniform(3, 8))


async def _weather(stage: Stage, weather: Weather, lasts_s: float) -> None:
    stage.to_kafka.turn(weather)
    await asyncio.sleep(lasts_s)
    stage.to_kafka.turn(Weather.FAIR)


FAULTS: Final = (
    Fault("broker cut off", Bound.KAFKA_BACK, cut, short=True),
    Fault("broker silent", Bound.KAFKA_BACK, silent),
)
