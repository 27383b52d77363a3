"""A loud tenant within its rights, on real engines: Redis, quotas and bodies in hand are not its alone.

Whatever it sends, another tenant's alerts are shown in time, and all that was accepted is accounted for.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.system import Reply, System, Tenant, up
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import body, firing, resolved
from tests.waiting import eventually

pytestmark = pytest.mark.hostile

MEBIBYTE: Final = 1 << 20
MAX_MEMORY: Final = 64 * MEBIBYTE
FILLER: Final = 64 * MEBIBYTE
SHOWN_WITHIN_S: Final = 5.0
BODIES: Final = 60
ALERTS: Final = 100
SENDERS: Final = 60
DEADLINE_S: Final = 2.0
SLOW: Final = {"requests": {"rate": "1/h", "burst": 3}, "inbound": {"rate": "1000/s", "burst": 5000}}
DOCUMENTS: Final = (
    document("loud"),
    document("beside-loud"),
    document("often", limits=SLOW),
    document("beside-often"),
    document("announced", limits={"bytes": {"rate": "1Ki/h", "burst": "4Mi"}}),
    document("unannounced", limits={"bytes": {"rate": "1Ki/h", "burst": "4Mi"}}),
    document("beside-announced"),
    document("beside-unannounced"),
    document("unfinished"),
    document("beside-unfinished"),
    document("capped", limits={"active_alerts": 3}),
)


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    folder = write(tmp_path_factory.mktemp("limits") / "tenants", DOCUMENTS)
    settings = FAST_SETTINGS | {
        "GATEWAY__BODY_TIMEOUT_S": str(DEADLINE_S),
        "GATEWAY__BODIES_IN_HAND": str(32 * MEBIBYTE),
    }
    async with up(folder, **settings) as system:
        yield system


@pytest.fixture
async def crowded(tmp_path: Path) -> AsyncIterator[System]:
    """A system of which one tenant holds most of what tenants hold, and another little."""
    folder = write(tmp_path / "tenants", [document("holds-most"), document("beside-full")])
    async with up(folder, **FAST_SETTINGS) as system:
        yield system


async def is_served(victim: Tenant, name: str) -> None:
    """An alert of it is shown in time."""
    began = time.monotonic()
    await victim.send(firing(name))

    async def shown() -> bool:
        return any(name in message.text for message in await victim.messages())

    await eventually(shown, within_s=4 * SHOWN_WITHIN_S, every_s=0.05)
    assert time.monotonic() - began < SHOWN_WITHIN_S, "it was shown, but late"


def heavy(number: int, count: int = ALERTS) -> bytes:
    """A body of a group of its own, with many new alerts of 30 KB each: 3 MB."""
    alerts = [firing(f"Loud{number}", f"node-{one}") for one in range(count)]
    for alert in alerts:
        alert["annotations"] |= {f"text{one}": "x" * 6_000 for one in range(5)}
    return body(*alerts)


async def test_one_tenant_cannot_fill_redis_for_others_and_once_suspended_stands_in_nobodys_way(
    site: System,
) -> None:
    await site.redis.config_set("maxmemory", MAX_MEMORY)
    async with site.tenant("beside-loud") as victim:
        loud = Tenant(site, "loud")
        statuses: Counter[tuple[int, str]] = Counter()
        for number in range(BODIES):
            reply = await loud.post(heavy(number))
            statuses[reply.status, str(reply.body.get("title", ""))] += 1
            if number % 10 == 9:
                await is_served(victim, f"Beside{number}")

        assert set(statuses) == {(202, ""), (429, "redis memory")}, statuses
        assert statuses[429, "redis memory"] > 10
        used = (await site.redis.info(section="memory"))["used_memory"]
        assert used < MAX_MEMORY

        assert (await site.command("tenant", "suspend", "loud")).code == 0
        await site.kafka.append(heavy(BODIES, ALERTS // 4), [("tenant", b"loud")], key=b"loud")
        for number in range(4):
            await is_served(victim, f"After{number}")
        assert (await loud.books()).get("changes", 0) > 0
    await site.redis.config_set("maxmemory", 0)
    await accounted_for(site, loud, statuses[202, ""] * ALERTS)


async def test_while_redis_is_full_all_but_the_new_alerts_of_the_largest_tenant_goes_on(crowded: System) -> None:
    loud = Tenant(crowded, "holds-most")
    async with crowded.tenant("beside-full") as victim:
        assert (await loud.post(heavy(0))).status == 202
        await eventually(lambda: is_folded(loud, ALERTS), within_s=30)
        await is_served(victim, "Known")
        await crowded.redis.setrange("filler", FILLER, "x")
        await fill(crowded, 1.02)

        await is_served(victim, "New")
        await victim.send(resolved("Known"))
        await eventually(lambda: is_green(victim, "Known"))
        await crowded.kafka.append(body(firing("More")), [("tenant", b"holds-most")])
        await eventually(lambda: set_aside(crowded, "holds-most", "over_bytes"), within_s=20)
        await crowded.kafka.append(body(resolved("Loud0", "node-1")), [("tenant", b"holds-most")])
        await eventually(lambda: is_folded(loud, ALERTS + 1), within_s=20)

        await fill(crowded, 1.2)
        await victim.send(resolved("New"))
        await eventually(lambda: is_green(victim, "New"))
        await victim.send(firing("Late"))
        await eventually(lambda: [row for row in crowded.log_lines() if row["event"] == "ingest_waits"])
        assert not [one for one in await victim.messages() if "Late" in one.text]
        await crowded.redis.config_set("maxmemory", 0)
        await eventually(lambda: is_shown(victim, "Late"), within_s=20)
        assert await set_aside(crowded, "beside-full", "over_bytes") == []
        await victim.settled()
    await crowded.redis.delete("filler")


async def fill(site: System, part: float) -> None:
    """Redis uses so many parts of the memory that it may, and gateway and worker have looked at it since."""
    used = (await site.redis.info(section="memory"))["used_memory"]
    await site.redis.config_set("maxmemory", int(used / part))
    asked = [await looks(site)]

    async def has_looked() -> bool:
        asked.append(await looks(site))
        return asked[-1] - asked[0] >= len(asked) + 4

    await eventually(has_looked, every_s=0.1)


async def looks(site: System) -> int:
    """How often Redis was asked for its memory, by this test as well."""
    return int((await site.redis.info(section="commandstats"))["cmdstat_info"]["calls"])


async def is_folded(tenant: Tenant, alerts: int) -> bool:
    return (await tenant.books()).get("accepted", 0) >= alerts


async def is_shown(tenant: Tenant, name: str) -> bool:
    return any(name in message.text for message in await tenant.messages())


async def is_green(tenant: Tenant, name: str) -> bool:
    return any(name in one.text and "RESOLVED" in one.text for one in await tenant.messages())


async def set_aside(site: System, tenant: str, reason: str) -> list[Any]:
    letters = [one for one in await site.kafka.records("alerts.dead-letter") if one_of(one, tenant)]
    return [one for one in letters if dict(one.headers)["reason"] == reason.encode()]


async def accounted_for(site: System, tenant: Tenant, sent: int) -> None:
    """Every alert that was accepted is folded, or is in a dead letter by name."""

    async def all_of_it() -> bool:
        letters = [one for one in await site.kafka.records("alerts.dead-letter") if one_of(one, tenant.name)]
        set_aside = sum(len(alerts) if isinstance(alerts := json.loads(one.value), list) else 1 for one in letters)
        return (await tenant.books()).get("accepted", 0) + set_aside >= sent

    await eventually(all_of_it, within_s=30, every_s=0.2)


def one_of(letter: Any, tenant: str) -> bool:
    return dict(letter.headers).get("tenant") == tenant.encode()


async def test_requests_without_alerts_count_too(site: System) -> None:
    async with site.tenant("often") as tenant, site.tenant("beside-often") as victim:
        replies = [await tenant.post(b'{"version":"4","alerts":[]}') for _ in range(5)]
        await is_served(victim, "Beside")

    assert [one.status for one in replies] == [202, 202, 202, 429, 429]
    assert int(replies[-1].headers["Retry-After"]) > 3_000
    assert replies[-1].body["detail"] == "the tenant sends more requests than its quota allows"


@pytest.mark.parametrize("announced", [True, False])
async def test_bytes_count_whether_they_hold_alerts_or_not(site: System, announced: bool) -> None:
    large = b'{"version":"4","alerts":[]}' + b" " * (3 * MEBIBYTE)
    tenant = Tenant(site, "announced" if announced else "unannounced")

    async with site.tenant(f"beside-{tenant.name}") as victim:
        replies = [await tenant.post(large, announced=announced) for _ in range(4)]
        await is_served(victim, "Beside")

    assert [one.status for one in replies] == [202, 429, 429, 429]
    assert replies[-1].body["detail"] == "the tenant sends more bytes than its quota allows"


async def test_senders_that_stop_within_a_body_cost_neither_memory_nor_anybodys_time(site: System) -> None:
    async with site.tenant("beside-unfinished") as victim:
        before = memory(site)
        senders = [asyncio.create_task(unfinished(site, "unfinished")) for _ in range(SENDERS)]
        await is_served(victim, "Beside")
        assert memory(site) - before < 48 * MEBIBYTE

        began = time.monotonic()
        statuses = Counter(await asyncio.gather(*senders))
        assert time.monotonic() - began < 4 * DEADLINE_S
        assert set(statuses) == {408, 503}, statuses
        await is_served(victim, "After")

    assert (await Tenant(site, "unfinished").post(body(firing("Whole")))).status == 202


async def unfinished(site: System, tenant: str) -> int:
    """Announce 4 MB, send one, and wait for the status."""
    where = urlsplit(site.ready["gateway"])
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    head = (
        f"POST /v1/tenants/{tenant}/alerts HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {site.ready['tokens'][tenant]}\r\nContent-Length: {4 * MEBIBYTE}\r\n\r\n"
    )
    writer.write(head.encode() + b" " * MEBIBYTE)
    line = await asyncio.wait_for(reader.readline(), 10 * DEADLINE_S)
    writer.close()
    return int(line.split()[1])


def memory(site: System) -> int:
    """Bytes that the process has in memory."""
    lines = Path(f"/proc/{site.process.pid}/status").read_text(encoding="utf-8").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kilobytes) * 1024


async def test_what_is_beyond_the_cap_is_named_on_the_card_and_in_the_dead_letters(site: System) -> None:
    async with site.tenant("capped") as tenant:
        replies: list[Reply] = [await tenant.post(body(*(firing("Disk", f"node-{one}") for one in range(5))))]
        assert [one.status for one in replies] == [202]
        tenant.sent = 3
        books = await tenant.settled()

        assert books["changes"] == 3
        message = await tenant.message()
        assert "+2 over the tenant's limit" in " ".join((message.text, *message.texts))

    async def letters() -> list[Any]:
        found = [one for one in await site.kafka.records("alerts.dead-letter") if one_of(one, "capped")]
        return found if len(found) >= 2 else []

    found = await eventually(letters)
    assert {json.loads(one.value)["labels"]["instance"] for one in found} == {"node-3", "node-4"}
    assert {dict(one.headers)["reason"] for one in found} == {b"over_active_alerts"}
