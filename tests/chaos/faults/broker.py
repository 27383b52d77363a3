"""The broker is cut off, falls silent, dies or is restarted."""

import asyncio
import random
from typing import Final

from tests.brokers import KIND, Kind
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


async def killed(stage: Stage, dice: random.Random) -> None:
    """The broker dies with records that nobody has read, and comes back with its log."""
    await stage.broker.kill()
    await asyncio.sleep(dice.uniform(2, 6))
    await stage.broker.start()


async def restarted(stage: Stage, dice: random.Random) -> None:
    """The broker is stopped in good order, as by an upgrade, and comes back."""
    await stage.broker.stop()
    await asyncio.sleep(dice.uniform(2, 6))
    await stage.broker.start()


async def roles_restarted_meanwhile(stage: Stage, dice: random.Random) -> None:
    """Everything is stopped in good order while the broker is silent, and started when it answers again."""
    stage.to_kafka.turn(Weather.SILENT)
    await asyncio.sleep(dice.uniform(0.5, 2))
    await asyncio.gather(*(child.stop() for child in stage.roles.values()))
    stage.to_kafka.turn(Weather.FAIR)
    for child in stage.roles.values():
        await child.start()
    await stage.ready()


_ANY_BROKER: Final = (
    Fault("broker cut off", Bound.KAFKA_BACK, cut, short=True),
    Fault("broker silent", Bound.KAFKA_BACK, silent),
)
_OF_ONE_THAT_KEEPS_ITS_LOG: Final = (
    Fault("broker killed", Bound.KAFKA_BACK, killed, short=True),
    Fault("broker restarted", Bound.KAFKA_BACK, restarted, short=True),
    Fault("roles restarted while Kafka is silent", Bound.RESTARTED, roles_restarted_meanwhile),
)
FAULTS: Final = _ANY_BROKER + (_OF_ONE_THAT_KEEPS_ITS_LOG if KIND is Kind.APACHE else ())
