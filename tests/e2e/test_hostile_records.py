"""Records that stopped everybody once, each on real engines, with a victim tenant beside it that is served in time.

Whatever comes, `/live` answers at once, the victim's alerts are shown, and every record is accounted for: folded,
held, or dead-lettered with its origin.
"""

import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from router.core.parse.bounds import MAX_ANNOTATION, MAX_LABEL_VALUE
from tests.e2e.alive import a_pulse
from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.raw_batches import GZIP, append_batch, append_batches, batch_of, bomb_of
from tests.e2e.system import System, Tenant, up
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import body, firing
from tests.waiting import eventually

pytestmark = pytest.mark.hostile

PARTITIONS: Final = 4
SHOWN_WITHIN_S: Final = 5.0
RETURN_WITHIN_S: Final = 40.0
MANY: Final = 250
BODIES, LARGE = 6, 2000
BOMB: Final = 250_000_000
FLAT: Final = 100_000_000
"""Bytes that the process may grow by at most; the bomb alone would take five times its size."""
DECORATED: Final = 40
"""Alerts, each with an annotation of nearly 4 MB: they took 213 MB of Redis."""
NAMES: Final = ("nulls", "huge", "bomb", "grows", "label", "large", "lost", "newer", "loud")


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    documents = [document(name) for one in NAMES for name in (f"{one}-hostile", f"{one}-victim")]
    folder = write(tmp_path_factory.mktemp("hostile") / "tenants", documents)
    async with up(folder, **FAST_SETTINGS) as system:
        yield system


@dataclass
class Victim:
    """A tenant that is to be served in time."""

    tenant: Tenant
    alone_s: float = 0

    async def is_served(self, alert: str) -> None:
        """An alert on every partition is shown in time; alone in the same minute is the yardstick."""
        took = await self.serve(alert)
        assert took < max(SHOWN_WITHIN_S, 3 * self.alone_s), f"shown after {took:.1f} s, alone {self.alone_s:.1f} s"

    async def serve(self, alert: str) -> float:
        began, kafka = time.monotonic(), self.tenant.system.ready["kafka"]
        headers = [("tenant", self.tenant.name.encode())]
        for partition in range(PARTITIONS):
            data = batch_of(body(firing(f"{alert}{partition}")), headers=headers)
            await append_batch(kafka, data, partition=partition)

        async def shown() -> bool:
            texts = " ".join(message.text for message in await self.tenant.messages())
            return all(f"{alert}{partition}" in texts for partition in range(PARTITIONS))

        await eventually(shown, within_s=RETURN_WITHIN_S, every_s=0.05)
        return time.monotonic() - began


@asynccontextmanager
async def a_victim(site: System, name: str) -> AsyncIterator[Victim]:
    """A tenant that is to be served in time; while the block lasts, `/live` answers at once."""
    places = {"system": f"{site.ready['operations']}@{site.process.pid}"}
    async with site.tenant(f"{name}-victim") as tenant, a_pulse(places) as pulse:
        await pulse.silences()
        victim = Victim(tenant)
        victim.alone_s = await victim.serve("Alone")
        await pulse.is_usual()
        yield victim
        await pulse.expect_alive(beside=name)


async def letters(site: System, count: int, **wanted: str) -> list[Any]:
    """Dead letters with these headers."""

    async def find() -> list[Any]:
        every = await site.kafka.records("alerts.dead-letter")
        found = [one for one in every if all(dict(one.headers).get(n) == v.encode() for n, v in wanted.items())]
        return found if len(found) >= count else []

    found: list[Any] = await eventually(find)
    assert len(found) == count
    return found


def own(name: str) -> list[tuple[str, bytes]]:
    return [("tenant", f"{name}-hostile".encode())]


async def test_a_record_without_key_and_value_is_set_aside(site: System) -> None:
    async with a_victim(site, "nulls") as victim:
        for partition in range(PARTITIONS):
            await append_batch(site.ready["kafka"], batch_of(None, None), 2, partition=partition)
        await victim.is_served("Behind")

    found = await letters(site, 2 * PARTITIONS, was_null="key,value")
    assert {(dict(one.headers)["reason"], one.key, one.value) for one in found} == {(b"tenant_missing", b"", b"")}
    assert len({(dict(one.headers)["origin_partition"], dict(one.headers)["origin_offset"]) for one in found}) == 8


async def test_of_a_packed_body_beyond_all_limits_the_digest_is_kept(site: System) -> None:
    large = body(firing("Large", text="x" * 5_000_000))
    async with a_victim(site, "huge") as victim:
        await append_batch(site.ready["kafka"], batch_of(large, headers=own("huge"), codec=GZIP))
        await victim.is_served("Behind")

    [letter] = await letters(site, 1, reason="too_large")
    headers = dict(letter.headers)
    assert (headers["tenant"], headers["body_bytes"]) == (b"huge-hostile", str(len(large)).encode())
    assert headers["body_sha256"] == hashlib.sha256(large).hexdigest().encode()
    assert large.startswith(letter.value)


async def test_a_bomb_costs_no_memory_and_is_kept_packed(site: System) -> None:
    packed = bomb_of(BOMB, own("bomb"))
    assert len(packed) < BOMB // 900
    async with a_victim(site, "bomb") as victim:
        before = memory(site, "VmRSS")
        for partition in range(PARTITIONS):
            await append_batch(site.ready["kafka"], packed, partition=partition)
        await victim.is_served("Behind")
        found = await letters(site, PARTITIONS, reason="batch_too_large")
        grown = memory(site, "VmHWM") - before

    assert {one.value for one in found} == {packed[61:]}
    assert grown < FLAT, f"{grown / 1e6:.0f} MB"


def memory(site: System, name: str) -> int:
    """Bytes of the process, now (VmRSS) or at most ever (VmHWM)."""
    lines = Path(f"/proc/{site.process.pid}/status").read_text(encoding="utf-8").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(kilobytes) * 1024


async def test_a_bad_alert_that_would_grow_costs_its_neighbour_nothing(site: System) -> None:
    bad = b'{"nolabels":[' + b",".join([b"1e15"] * 300_000) + b"]}"
    good = json.dumps(firing("Good")).encode()
    async with a_victim(site, "grows") as victim, site.tenant("grows-hostile") as tenant:
        reply = await tenant.post(b'{"version":"4","alerts":[' + good + b"," + bad + b"]}")
        assert (reply.status, reply.body) == (202, {"accepted": 1})
        tenant.sent = 1
        await victim.is_served("Beside")
        await tenant.settled()
        assert "Good" in (await tenant.message()).text

    [letter] = await letters(site, 1, reason="bad_alert", tenant="grows-hostile")
    assert letter.value == bad


async def test_a_label_that_is_too_large_costs_its_neighbour_nothing(site: System) -> None:
    bad, good = firing("Bad", text="x" * (MAX_LABEL_VALUE + 1)), firing("Good", text="x" * MAX_LABEL_VALUE)
    async with a_victim(site, "label") as victim, site.tenant("label-hostile") as tenant:
        reply = await tenant.post(body(good, bad))
        assert (reply.status, reply.body) == (202, {"accepted": 1})
        tenant.sent = 1
        await victim.is_served("Beside")
        await tenant.settled()
        assert "Good" in (await tenant.message()).text

        alone = await tenant.post(body(bad))
        assert (alone.status, alone.body["type"]) == (400, "urn:alert-router:problem:no-readable-alert")
        assert f"label 'text' has {MAX_LABEL_VALUE + 1} bytes; at most {MAX_LABEL_VALUE}" in alone.body["detail"]

    [letter] = await letters(site, 1, reason="bad_alert", tenant="label-hostile")
    assert json.loads(letter.value) == bad
    error = f"label 'text' has {MAX_LABEL_VALUE + 1} bytes; at most {MAX_LABEL_VALUE} are allowed"
    assert dict(letter.headers)["error"] == error.encode()


async def test_alerts_with_annotations_of_4_mb_take_little_of_redis_and_stop_nobody(site: System) -> None:
    alerts = [firing("Large", f"node-{number}") for number in range(DECORATED)]
    bodies = [body({**one, "annotations": {"summary": "x" * 3_900_000}}) for one in alerts]
    async with a_victim(site, "large") as victim, site.tenant("large-hostile") as tenant:
        before = await used(site)
        for number, large in enumerate(bodies):
            batch = batch_of(large, headers=own("large"))
            await append_batch(site.ready["kafka"], batch, partition=number % PARTITIONS)
        tenant.sent = DECORATED
        await victim.is_served("Beside")
        await tenant.settled()
        grown = await used(site) - before

    assert grown < 2 * DECORATED * MAX_ANNOTATION, f"{grown / 1e6:.1f} MB"


async def used(site: System) -> int:
    """Bytes that Redis holds."""
    memory: int = (await site.redis.info("memory"))["used_memory_dataset"]
    return memory


async def test_a_tenant_that_has_lost_its_data_stops_nobody_and_returns_by_itself(site: System) -> None:
    epoch = "alert-router:{lost-hostile}:epoch"
    async with a_victim(site, "lost") as victim, site.tenant("lost-hostile") as tenant:
        await site.redis.rename(epoch, "set-aside")
        await flood(site, "lost", "Held")
        await victim.is_served("Beside")
        await eventually(lambda: log(site, "tenant_sick", tenant="lost-hostile", reason="data_lost"))
        await eventually(lambda: is_held(site, "lost-hostile", "data_lost"))

        await site.redis.rename("set-aside", epoch)
        books = await returned(tenant)
        await victim.is_served("After")

    await eventually(lambda: is_held(site, "lost-hostile", None))
    assert (books["changes"], books["notified"], books["accepted"]) == (10, 10, PARTITIONS * MANY)
    assert len(log(site, "record_held", tenant="lost-hostile")) == PARTITIONS * MANY
    assert log(site, "record_dead_lettered", tenant="lost-hostile") == []


async def is_held(site: System, tenant: str, reason: str | None) -> bool:
    """Whether `/ready` names the tenant so, and the process as ready."""
    status, text = await site.get("/ready")
    return status == 200 and json.loads(text).get("held", {}).get(tenant) == reason


async def test_an_unreadable_group_stops_nobody_and_its_records_return_by_themselves(site: System) -> None:
    async with a_victim(site, "newer") as victim, site.tenant("newer-hostile") as tenant:
        await tenant.send(firing("Held", "first"))
        await tenant.settled()
        [group] = [one async for one in site.redis.scan_iter(match="alert-router:{newer-hostile}:g:*", count=1000)]
        form = await site.redis.hget(group, "v")
        await site.redis.hset(group, "v", "99")
        await flood(site, "newer", "Held")
        await victim.is_served("Beside")
        await eventually(lambda: log(site, "record_held", tenant="newer-hostile", reason="group_unreadable"))
        await eventually(lambda: is_held(site, "newer-hostile", "group_unreadable"))

        await site.redis.hset(group, "v", form)
        books = await returned(tenant)

    assert (books["changes"], books["notified"], books["accepted"]) == (11, 11, 1 + PARTITIONS * MANY)
    assert len(log(site, "record_held", tenant="newer-hostile")) == PARTITIONS * MANY
    assert log(site, "record_dead_lettered", tenant="newer-hostile") == []


async def test_large_bodies_keep_nobody_waiting(site: System) -> None:
    """All of them come before the victim's, on every partition, and most are still to be folded when it is shown."""
    total = PARTITIONS * BODIES * LARGE
    large = body(*(firing("Loud", f"node-{number}") for number in range(LARGE)))
    async with a_victim(site, "loud") as victim, site.tenant("loud-hostile") as tenant:
        for partition in range(PARTITIONS):
            data = [batch_of(large, headers=own("loud"))] * BODIES
            await append_batches(site.ready["kafka"], data, partition=partition)
        await victim.serve("Beside")
        assert (await tenant.books()).get("accepted", 0) < total / 2
        tenant.sent = total
        books = await tenant.settled(within_s=2 * RETURN_WITHIN_S)

    assert (books["changes"], books["accepted"]) == (LARGE, total)
    assert log(site, "record_dead_lettered", tenant="loud-hostile") == []


async def flood(site: System, name: str, alert: str) -> None:
    """Many records on each partition, ten alerts in all."""
    values = [body(firing(alert, f"node-{number % 10}")) for number in range(MANY)]
    for partition in range(PARTITIONS):
        data = batch_of(*values, headers=own(name))
        await append_batch(site.ready["kafka"], data, MANY, partition=partition)


async def returned(tenant: Tenant) -> dict[str, int]:
    """Its books when all that was held has been folded and shown."""
    tenant.sent += PARTITIONS * MANY
    return await tenant.settled(within_s=RETURN_WITHIN_S)


def log(site: System, event: str, **wanted: str) -> list[Any]:
    lines = [one for one in site.log_lines() if one["event"] == event]
    return [one for one in lines if all(one.get(name) == value for name, value in wanted.items())]
