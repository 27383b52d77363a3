"""Metadata is asked for at once after a pause, and in turn while everybody asks."""

import asyncio
from types import SimpleNamespace
from typing import Any

from router.adapters.kafka.pace import EVERY_S, pace


async def test_who_asks_again_and_again_waits_for_a_turn_and_gets_an_answer() -> None:
    asked: list[float] = []
    loop = asyncio.get_running_loop()

    async def update(cluster: str, topics: str) -> bool:
        asked.append(loop.time())
        return (cluster, topics) == ("cluster", "topics")

    client: Any = SimpleNamespace(_metadata_update=update)
    pace(client)
    began = loop.time()
    answers = await asyncio.gather(*(client._metadata_update("cluster", "topics") for _ in range(4)))

    assert answers == [True] * 4
    assert asked[0] - began < EVERY_S
    assert all(at - began > 0.99 * number * EVERY_S for number, at in enumerate(asked))
