"""Tenants with keys of their own: nothing that is stored of their alerts can be read, and all works as ever."""

import asyncio
import json
from typing import Any

import pytest

from tests.e2e.conftest import NEXT_KEY
from tests.e2e.stored_bytes import found_in
from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import Alert, body, firing, resolved
from tests.waiting import eventually


def marked(marker: str, alert: Alert) -> Alert:
    """The alert with the marker in all that its sender words."""
    return alert | {
        "annotations": {"summary": f"{marker} is full", "dashboard_url": f"https://grafana.example/{marker}"},
        "generatorURL": f"http://prometheus.example:9090/graph?g0.expr={marker}",
    }


async def lives(tenant: Tenant, marker: str) -> None:
    """A group fires, grows, ends in part, and has an alert that cannot be read."""
    name, host = f"Disk{marker}", f"host-{marker}"
    await tenant.send(marked(marker, firing(name, host)), marked(marker, firing(name, f"{host}-2")))
    await tenant.settled()
    await tenant.send(marked(marker, resolved(name, host)))
    bad = {"status": "firing", "labels": {}, "annotations": {"summary": marker}}
    reply = await tenant.post(body(marked(marker, firing(name, f"{host}-3")), bad))
    assert reply.status == 202, reply
    tenant.sent += 1
    await tenant.settled()
    await eventually(lambda: letters_of(tenant), within_s=10)


async def letters_of(tenant: Tenant) -> list[Any]:
    """Its dead letters."""
    found = await tenant.system.kafka.records("alerts.dead-letter")
    return [one for one in found if dict(one.headers).get("tenant") == tenant.name.encode()]


@pytest.mark.long
async def test_what_is_stored_of_a_sealed_tenant_shows_nothing_of_its_alerts(fast: System) -> None:
    async with fast.tenant("in-clear") as clear, fast.tenant("sealed") as sealed:
        await able(sealed)
        await asyncio.gather(lives(clear, "markerclear"), lives(sealed, "markersealed"))

        shown = [(await one.message()).text for one in (clear, sealed)]
        assert ["Diskmarkerclear" in shown[0], "Diskmarkersealed" in shown[1]] == [True, True]
        places = await found_in(fast, "markerclear")
        assert places >= {"redis g", "alerts.inbound", "alerts.dead-letter", "alerts.events", "log"}
        assert await found_in(fast, "markersealed") == set()
        assert "markersealed" in await shown_of(fast, "sealed")
        assert "markersealed" not in await shown_of(fast, "sealed", SEALING__KEY="")


async def able(tenant: Tenant) -> None:
    """Wait until its first keys are made."""
    await eventually(lambda: tenant.system.redis.exists(f"alert-router:{{{tenant.name}}}:keys"), within_s=10)


async def shown_of(system: System, tenant: str, **settings: str) -> str:
    """What a person is shown of the tenant's one dead letter, with the keys of the system or with other settings."""
    listed = await system.command("dead-letter", "list", "--tenant", tenant, "--json", **settings)
    [letter] = json.loads(listed.out)
    done = await system.command("dead-letter", "show", letter["id"], "--json", **settings)
    assert done.code == 0, done
    return done.out


@pytest.mark.long
async def test_keys_are_rotated_while_alerts_come_and_nothing_is_lost_or_repeated(fast: System) -> None:
    async with fast.tenant("sealed-rotated") as tenant:
        await able(tenant)
        names = [f"Rotated{number}" for number in range(24)]

        async def flow() -> None:
            for name in names:
                await tenant.send(firing(name))

        async def rotate() -> None:
            for _ in range(3):
                done = await fast.command("sealing", "rotate", tenant.name, "--json", SEALING__SENDER_KEY=NEXT_KEY)
                assert done.code == 0, done

        await asyncio.gather(flow(), rotate())
        await asyncio.gather(*(tenant.send(firing(name), resolved(name, "other")) for name in names))
        await tenant.settled(within_s=40)

        texts = [one.text for one in await tenant.messages()]
        assert sorted(name for name in names if any(f"{name} " in f"{text} " for text in texts)) == sorted(names)
        assert len(texts) == len(names)
        states = [one["state"] for one in await keys_of(tenant)]
        assert {state: states.count(state) for state in set(states)} == {"current": 4, "retired": 9}


async def keys_of(tenant: Tenant) -> list[dict[str, str]]:
    done = await tenant.system.command("sealing", "list", tenant.name, "--json")
    found: list[dict[str, str]] = json.loads(done.out)
    return found


@pytest.mark.long
async def test_what_destroyed_keys_sealed_becomes_dead_letters_and_holds_up_nobody(fast: System) -> None:
    async with fast.tenant("sealed-destroyed") as tenant:
        await able(tenant)
        await tenant.send(firing())
        await tenant.settled()
        [record] = await eventually(lambda: bodies_of(tenant))

        done = await fast.command("sealing", "destroy", tenant.name, "--all", "--yes", "--json")
        assert done.code == 0, done
        await eventually(lambda: refused(tenant), within_s=10)
        await fast.kafka.append(record.value, record.headers, record.key)

        letter = await eventually(lambda: letter_with(tenant, record.value), within_s=10)
        assert dict(letter.headers)["reason"] == b"undecipherable"


@pytest.mark.long
async def test_a_tenant_whose_keys_were_destroyed_takes_alerts_again_once_it_is_applied_again(fast: System) -> None:
    async with fast.tenant("sealed-again") as tenant:
        await able(tenant)
        done = await fast.command("sealing", "destroy", tenant.name, "--all", "--yes", "--json")
        assert done.code == 0, done
        await eventually(lambda: refused(tenant), within_s=10)
        shown = await fast.command("tenant", "show", tenant.name)
        done = await fast.command("tenant", "delete", tenant.name, "--yes")
        assert done.code == 0, done

        file = fast.log.with_name("sealed-again.yaml")
        file.write_text(shown.out, encoding="utf-8")
        done = await fast.command("tenant", "apply", str(file))
        assert done.code == 0, done
        made = await fast.command("token", "create", tenant.name)
        fast.ready["tokens"][tenant.name] = made.out.strip()
        await eventually(lambda: accepted(tenant), within_s=10)
        await tenant.settled()
        assert {one["state"] for one in await keys_of(tenant)} == {"current"}


async def accepted(tenant: Tenant) -> bool:
    reply = await tenant.post(body(firing("Again")))
    tenant.sent += reply.status == 202
    return reply.status == 202


async def bodies_of(tenant: Tenant) -> list[Any]:
    found = await tenant.system.kafka.records("alerts.inbound")
    return [one for one in found if dict(one.headers).get("tenant") == tenant.name.encode()]


async def letter_with(tenant: Tenant, value: bytes) -> Any:
    return next((one for one in await letters_of(tenant) if one.value == value), None)


async def refused(tenant: Tenant) -> bool:
    """Whether the gateway knows by now that nothing can be sealed."""
    reply = await tenant.post(body(firing()))
    tenant.sent += reply.status == 202
    return reply.status == 503 and reply.body["type"].endswith("key-unavailable")
