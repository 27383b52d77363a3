"""Bodies over HTTP: as fast as a few connections can, or each at its time."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp

from bench.processes import BenchError

CONNECTIONS: Final = 4


@dataclass(frozen=True, slots=True)
class Post:
    """One request."""

    url: str
    content: bytes
    headers: Mapping[str, str]


JSON: Final = {"Content-Type": "application/json"}


async def post_all(http: aiohttp.ClientSession, posts: Iterable[Post], answered: list[float]) -> None:
    """Send all of them over four connections; when each was answered is added to the list."""
    waiting = iter(posts)

    async def one_after_another() -> None:
        for one in waiting:
            await _post(http, one)
            answered.append(time.time())

    await asyncio.gather(*(one_after_another() for _ in range(CONNECTIONS)))


async def post_steadily(http: aiohttp.ClientSession, posts: Sequence[Post], rate: float) -> list[float]:
    """Send so many a second, whatever became of those before; when each was begun, in epoch seconds."""

    async def at_its_time(number: int, one: Post) -> float:
        await asyncio.sleep(number / rate)
        began = time.time()
        await _post(http, one)
        return began

    return list(await asyncio.gather(*(at_its_time(number, one) for number, one in enumerate(posts))))


async def _post(http: aiohttp.ClientSession, one: Post) -> None:
    try:
        async with http.post(one.url, data=one.content, headers=one.headers) as response:
            await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise BenchError(f"{one.url}: {type(error).__name__}") from error
    if not response.ok:
        raise BenchError(f"{one.url}: {response.status}")
