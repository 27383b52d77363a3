"""`python -m bench.bare.chain BOOTSTRAP REDIS TOPIC SLACK`: what shows a new alert group, bare."""

import asyncio
import logging
import sys
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bench.bare.inbound import Batch, Webhook, consume, until_asked_to_stop
from router.app.event_loop import run

_AT_ONCE: Final = 64


class Chain:
    """Posts a message for each record, so many at once; the next batch is read meanwhile."""

    def __init__(self, slack: str, session: aiohttp.ClientSession) -> None:
        logger = logging.getLogger("bench.slack")
        logger.setLevel(logging.WARNING)
        self._slack: Any = AsyncWebClient("xoxb-bare", slack + "/", session=session, retry_handlers=[], logger=logger)
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._tasks = set[asyncio.Task[None]]()

    async def post(self, batch: Batch) -> None:
        """Take each record of the batch in hand."""
        for _, webhook in batch:
            await self._places.acquire()
            task = asyncio.create_task(self._post(webhook))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._places.release()

    async def _post(self, webhook: Webhook) -> None:
        alert = webhook.alerts[0]
        lines = "\n".join(f"*{name}* {value}" for name, value in (alert.labels | alert.annotations).items())
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": lines}}]
        title = f"[FIRING] {alert.labels['alertname']}: {alert.annotations['summary']}"
        await self._slack.chat_postMessage(channel=f"#{alert.labels['channel']}", text=title, blocks=blocks)


async def main(bootstrap: str, redis_url: str, topic: str, slack: str) -> None:
    """Serve until asked to stop."""
    connector = aiohttp.TCPConnector(limit=_AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:
        await consume(bootstrap, redis_url, topic, Chain(slack, session).post)


if __name__ == "__main__":
    run(until_asked_to_stop(main(*sys.argv[1:5])))
