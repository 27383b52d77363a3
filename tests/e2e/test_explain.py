"""`explain --tenant`: why an alert was notified or not, from what a running system has stored."""

import asyncio
import json
from typing import Any

import pytest

from tests.e2e.system import System
from tests.e2e.webhooks import firing


async def asked(system: System, *words: str) -> list[Any]:
    done = await system.command("explain", "--tenant", "explained", "--json", *words)
    assert done.code == 0, done.err
    found: list[Any] = json.loads(done.out)
    return found


@pytest.mark.long
async def test_it_answers_for_what_is_shown_what_goes_nowhere_and_what_was_never_seen(fast: System) -> None:
    async with fast.tenant("explained") as tenant:
        await tenant.send(firing("Watchdog"), firing("DiskFull"))
        await tenant.settled()

        names = ("DiskFull", "Watchdog", "Nobody")
        [shown], [silent], [unknown] = await asyncio.gather(*(asked(fast, f"alertname={name}") for name in names))

        [place] = shown["groups"]
        assert (place["outcome"], place["channel"]) == ("shown", "#alerts")
        assert silent["groups"][0]["outcome"] == "no_destination"
        assert (unknown["status"], unknown["last_record"] is not None) == ("never_seen", True)
        channel, ts = place["message"]["channel"], place["message"]["ts"].replace(".", "")
        link = f"https://explained.slack.com/archives/{channel}/p{ts}"
        [by_link], [by_group] = await asyncio.gather(asked(fast, link), asked(fast, place["group"]))
        assert by_link["labels"] == by_group["labels"] == shown["labels"]
