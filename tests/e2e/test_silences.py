"""Silences and muted times through HTTP, Kafka, Redis and Slack: nothing is shown, and then what is true, once."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.system import System, Tenant
from tests.e2e.tenants import document
from tests.e2e.test_tenants import apply
from tests.e2e.webhooks import firing, resolved
from tests.waiting import eventually


async def silence(tenant: Tenant, *arguments: str) -> str:
    """Add a silence that every worker knows; its id."""
    before = changes(tenant)
    done = await tenant.system.command("silence", "add", tenant.name, *arguments, "--comment", "new disks")
    assert done.code == 0, done.err
    await eventually(lambda: changes(tenant) > before, within_s=2)
    return done.out.strip()


def changes(tenant: Tenant) -> int:
    rows = [row for row in tenant.system.log_lines() if row["event"] == "silences_changed"]
    return sum(row["tenant"] == tenant.name for row in rows)


async def expire(tenant: Tenant, id_: str) -> None:
    done = await tenant.system.command("silence", "expire", tenant.name, id_)
    assert done.code == 0, done.err


async def held(tenant: Tenant) -> list[str]:
    """Why groups of the tenant were held back."""
    found = [json.loads(one.value) for one in await tenant.system.kafka.records("alerts.events")]
    return [one["reason"] for one in found if (one["tenant"], one["event"]) == (tenant.name, "group_held")]


@pytest.mark.long
async def test_what_is_silenced_is_shown_once_when_the_silence_ends(fast: System) -> None:
    async with fast.tenant("silenced") as tenant:
        id_ = await silence(tenant, 'alertname="DiskFull"', "instance=~node-.*", "--or", "alertname=Never")

        await tenant.send(firing(), firing(instance="web-1"))
        await tenant.send(firing("Cpu"))
        await eventually(lambda: is_shown(tenant, "web-1", "Cpu"))
        await eventually(lambda: awaits(tenant, 1))
        assert "node-1" not in str([one.texts for one in await tenant.messages() if "DiskFull" in one.text])

        await expire(tenant, id_)
        books = await tenant.settled(within_s=5)

        [message] = [one for one in await tenant.messages() if "DiskFull" in one.text]
        assert "node-1" in str(message.texts)
        assert books["changes"] == books["notified"] == 3


@pytest.mark.long
async def test_a_silence_that_ends_by_itself_frees_what_it_held_and_what_ended_meanwhile_is_never_shown(
    fast: System,
) -> None:
    async with fast.tenant("silenced-for-a-moment") as tenant:
        await silence(tenant, "severity=critical", "--duration", "4s")
        await tenant.send(firing())
        await tenant.send(firing("Passing"))
        await eventually(lambda: are_held(tenant, 2))
        await tenant.send(resolved("Passing"))
        assert await tenant.messages() == []

        books = await tenant.settled(within_s=15)

        assert "DiskFull" in (await tenant.message()).text
        assert await held(tenant) == ["silenced", "silenced"]
        assert (books["changes"], books["notified"]) == (books["notified"] + books["superseded"] + 1, 1)


@pytest.mark.long
async def test_the_end_of_what_was_shown_is_an_edit_at_once_and_a_reply_after_the_silence(fast: System) -> None:
    async with fast.tenant("silenced-later") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        id_ = await silence(tenant, "alertname=DiskFull")

        await tenant.send(resolved())
        await eventually(lambda: is_resolved(tenant))
        assert (await tenant.message()).replies == ()

        await expire(tenant, id_)
        await eventually(lambda: has_reply(tenant), within_s=5)
        books = await tenant.settled()
        assert books["changes"] == books["notified"] == 2


@pytest.mark.long
async def test_a_green_message_counts_what_fires_again_silenced_until_that_has_ended(fast: System) -> None:
    async with fast.tenant("silenced-once-over") as tenant:
        await tenant.send(firing())
        await tenant.settled()
        await tenant.send(resolved())
        await eventually(lambda: has_reply(tenant), within_s=5)
        replies = (await tenant.message()).replies
        await silence(tenant, "alertname=DiskFull", "--author", "ana")

        await tenant.send(firing(since_s=0))
        await eventually(lambda: counts_one(tenant))
        assert "RESOLVED" in (await tenant.message()).text

        await tenant.send(resolved())
        await eventually(lambda: counts_nothing(tenant))
        assert (await tenant.message()).replies == replies


@pytest.mark.long
@pytest.mark.night
async def test_what_comes_in_a_muted_time_is_shown_once_when_it_is_over(fast: System, tmp_path: Path) -> None:
    async with fast.tenant("off-hours") as tenant:
        now = datetime.now(UTC)
        until = (now + timedelta(minutes=1, seconds=5)).replace(second=0, microsecond=0)
        await apply(fast, tmp_path, muted(tenant.name, now, until))
        await tenant.send(firing())
        await eventually(lambda: are_held(tenant, 1))
        assert (await tenant.messages(), await held(tenant)) == ([], ["mute_time_interval"])

        await tenant.settled(within_s=75)

        assert datetime.now(UTC) >= until
        assert "DiskFull" in (await tenant.message()).text


@pytest.mark.long
async def test_a_configuration_without_the_muted_time_frees_what_it_held(fast: System, tmp_path: Path) -> None:
    async with fast.tenant("always-off") as tenant:
        await apply(fast, tmp_path, muted(tenant.name, None, None))
        await tenant.send(firing())
        await eventually(lambda: are_held(tenant, 1))
        assert await tenant.messages() == []

        await apply(fast, tmp_path, document(tenant.name))
        await tenant.settled(within_s=5)

        assert "DiskFull" in (await tenant.message()).text


def muted(name: str, start: datetime | None, end: datetime | None) -> dict[str, Any]:
    """The tenant with all its alerts on a route that is muted between two minutes of today, or always."""
    route = {"routes": [{"matchers": ['alertname=~".+"'], "mute_time_intervals": ["off"]}]}
    times = [{"start_time": f"{start:%H:%M}", "end_time": minute(start, end)}] if start and end else None
    spec = {"times": times} if times else {}
    return {**document(name, route=route), "time_intervals": [{"name": "off", "time_intervals": [spec]}]}


def minute(start: datetime, end: datetime) -> str:
    return f"{end:%H:%M}" if end.date() == start.date() else "24:00"


async def is_shown(tenant: Tenant, *words: str) -> bool:
    texts = str([one.texts for one in await tenant.messages()])
    return all(word in texts for word in words)


async def counts_one(tenant: Tenant) -> bool:
    return "+1 silenced by ana until" in (await tenant.message()).card


async def counts_nothing(tenant: Tenant) -> bool:
    return "silenced by" not in (await tenant.message()).card


async def awaits(tenant: Tenant, count: int) -> bool:
    return (await tenant.books())["pending"] == count


async def are_held(tenant: Tenant, count: int) -> bool:
    return len(await held(tenant)) == count


async def is_resolved(tenant: Tenant) -> bool:
    return "RESOLVED" in (await tenant.message()).texts[-1]


async def has_reply(tenant: Tenant) -> bool:
    return len((await tenant.message()).replies) == 1
