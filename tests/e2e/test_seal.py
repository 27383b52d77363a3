"""A real Alertmanager, and `alert-router seal` beside it: what it sends is sealed from there to the worker."""

import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from router.core.seal.sent import is_sent, read_sent
from tests.e2e.alertmanager import Alertmanager, alertmanager, checked, configured, program
from tests.e2e.conftest import NEXT_KEY
from tests.e2e.sidecar import Ports, Sidecar, beside, free_ports
from tests.e2e.stored_bytes import found_in
from tests.e2e.system import System, Tenant
from tests.e2e.test_alertmanager import shown
from tests.e2e.test_sealed import able
from tests.e2e.test_sealed_by_sender import offered, records_of
from tests.e2e.webhooks import firing
from tests.waiting import eventually

MARKER: Final = "markerbeside"

pytestmark = pytest.mark.long


async def configuration(system: System, folder: Path, tenant: str, url: str) -> Path:
    """The printed receiver, which differs from that without a sidecar by its host alone."""
    token, config = folder / "token", folder / "alertmanager.yml"
    token.write_text(system.ready["tokens"][tenant] + "\n", encoding="utf-8")
    printed = await system.command("upstream", tenant, "--url", url, "--token-file", str(token))
    assert printed.code == 0, printed.err
    config.write_text(configured(printed.out, f"alert-router-{tenant}"), encoding="utf-8")
    await checked(config)
    return config


async def fires(sender: Alertmanager, name: str) -> None:
    await sender.fire(f"{name}{MARKER}", f"host-{MARKER}")


async def answered(sidecar: Sidecar, *, well: bool) -> bool:
    """Whether its sender was answered with 202, or else with something to come again for."""
    statuses = ["202"] if well else ["502", "503"]
    _, page = await sidecar.page("/metrics")
    counts = [one for one in page.splitlines() if one.startswith("alert_router_seal_requests_total")]
    return any(f'status="{status}"}} 0.0' not in one for status in statuses for one in counts if f'"{status}"' in one)


async def test_from_alertmanager_to_slack_nobody_but_the_worker_reads_and_nothing_is_lost(
    fast: System, tmp_path: Path
) -> None:
    program("prometheus-alertmanager")
    ports = free_ports()
    async with fast.tenant("sealed-beside") as tenant, AsyncExitStack() as stack:
        await able(tenant)
        url = f"http://127.0.0.1:{ports.alerts}"
        config = await configuration(fast, tmp_path, tenant.name, url)
        sender = await stack.enter_async_context(alertmanager(fast.http, config, tmp_path / "storage"))

        await fires(sender, "First")  # nobody is there yet: Alertmanager comes again
        async with beside(fast, tmp_path / "first.log", ports=ports) as sidecar:
            first = await shown(tenant, lambda now: MARKER in now.text and "FIRING" in now.text)
            assert await answered(sidecar, well=True)
            await sidecar.process.kill()

        await sender.resolve(f"First{MARKER}", f"host-{MARKER}")
        async with beside(fast, tmp_path / "second.log", ports=ports, to="http://127.0.0.1:1") as sidecar:
            await eventually(lambda: answered(sidecar, well=False), within_s=20)
            assert (await sidecar.page("/ready"))[0] == 503

        async with beside(fast, tmp_path / "third.log", ports=ports) as sidecar:
            ended = await shown(tenant, lambda now: "RESOLVED" in now.text)
            assert (ended.ts, (await sidecar.page("/ready"))[0]) == (first.ts, 200)
            await tenant.settled()

        await read(tenant, 2)
        assert await found_in(fast, MARKER) == set()
        assert all(is_sent(one.value) for one in await records_of(tenant))
        logs = [(tmp_path / f"{name}.log").read_text(encoding="utf-8") for name in ("first", "second", "third")]
        assert [MARKER in log for log in logs] == [False, False, False]


async def read(tenant: Tenant, count: int) -> list[Any]:
    """The tenant's bodies as they stand in Kafka, once so many are read."""

    async def look() -> list[Any] | None:
        found = await records_of(tenant)
        return found if len(found) >= count else None

    return await eventually(look, within_s=10) or []


async def test_keys_are_rotated_while_a_sidecar_seals_and_nothing_is_lost_or_repeated(
    fast: System, tmp_path: Path
) -> None:
    ports = free_ports()
    async with fast.tenant("sealed-beside-rotated") as tenant:
        await able(tenant)
        await flow(fast, tenant, tmp_path / "before.log", ports, range(10))
        made = await epochs_of(tenant)
        await eventually(lambda: is_offered(tenant, made[-1]), within_s=10)
        await flow(fast, tenant, tmp_path / "after.log", ports, range(10, 14))
        await tenant.settled()

        texts = sorted(one.text for one in await tenant.messages())
        assert [f"Turned{number:02} " in f"{text} " for number, text in enumerate(texts)] == [True] * 14
        epochs = sorted(read_sent(one.value).key.epoch for one in await read(tenant, 14))
        assert (len(made), epochs) == (3, [made[0]] * 10 + [made[2]] * 4)


async def pins_of(tenant: Tenant) -> str:
    """What an operator prints who has the keys of workers."""
    done = await tenant.system.command("sealing", "pin", tenant.name, SEALING__SENDER_KEY=NEXT_KEY)
    assert done.code == 0, done
    return done.out


async def epochs_of(tenant: Tenant) -> list[int]:
    """Of the keys that its senders seal to, the newest last."""
    keys = json.loads((await tenant.system.command("sealing", "list", tenant.name, "--json")).out)
    return sorted(one["epoch"] for one in keys if one["purpose"] == "sender")


async def is_offered(tenant: Tenant, epoch: int) -> bool:
    return (await offered(tenant)).epoch == epoch


async def flow(system: System, tenant: Tenant, log: Path, ports: Ports, numbers: range) -> None:
    """A sidecar seals these alerts, while the tenant's keys are rotated at the fourth and the seventh."""
    async with beside(system, log, ports=ports) as sidecar:
        for number in numbers:
            assert (await sidecar.post(tenant, firing(f"Turned{number:02}"))).status == 202
            if number in {3, 6}:
                done = await system.command("sealing", "rotate", tenant.name, "--json", SEALING__SENDER_KEY=NEXT_KEY)
                assert done.code == 0, done
        sidecar.process.terminate()
        assert await sidecar.process.ended(10) == 0


async def test_a_key_that_is_not_pinned_is_never_sealed_to_and_a_pinned_one_outlives_a_rotation(
    fast: System, tmp_path: Path
) -> None:
    pins, wrong = tmp_path / "pins", f"sha256:{'0' * 64}"
    pins.write_text(wrong, encoding="utf-8")
    options = ("--pin-file", str(pins))
    async with fast.tenant("sealed-pinned") as tenant:
        await able(tenant)
        printed = await pins_of(tenant)
        right = printed.splitlines()[0].split()[-1]
        async with beside(fast, tmp_path / "before.log", *options) as sidecar:
            refused = await sidecar.post(tenant, firing("Pinned"))
            assert (refused.status, refused.body["type"].rpartition(":")[2]) == (503, "key-not-pinned")
            assert (wrong in refused.body["detail"], right in refused.body["detail"]) == (True, True)

            pins.write_text(printed, encoding="utf-8")
            assert (await sidecar.post(tenant, firing("Pinned"))).status == 202
        assert (await fast.command("sealing", "rotate", tenant.name, SEALING__SENDER_KEY=NEXT_KEY)).code == 0
        made = await epochs_of(tenant)
        await eventually(lambda: is_offered(tenant, made[-1]), within_s=10)
        async with beside(fast, tmp_path / "after.log", *options) as sidecar:
            assert (await sidecar.post(tenant, firing("Rotated"))).status == 202
        await tenant.settled()

        assert len({read_sent(one.value).key.epoch for one in await read(tenant, 2)}) == 1
        newest = (await pins_of(tenant)).splitlines()[0].split()[-1]
        [named] = [
            json.loads(line)
            for line in (tmp_path / "after.log").read_text(encoding="utf-8").splitlines()
            if "newest_key_not_pinned" in line
        ]
        assert (named["offered"], newest != right) == (newest, True)
