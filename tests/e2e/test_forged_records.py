"""Records that somebody appends in a tenant's name, at whatever time: shown is what its own sender has reported."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from router.adapters.crypto.signing import SigningRing
from router.roles.signed import signed
from tests import brokers
from tests.e2e.conftest import KEY, NEXT_KEY, OWN_TOPIC, SIGNING
from tests.e2e.gateways import a_gateway, send
from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import body, firing, resolved
from tests.waiting import eventually

GREEN: Final = "#2EB67D"
INBOUND: Final = "alerts.inbound"
RING: Final = SigningRing([base64.b64decode(KEY)])
FOREIGN_KEY: Final = base64.b64encode(b"f" * 32).decode()


def at(seconds: float) -> bytes:
    """A time so far from now, as a header."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().encode()


async def letters(system: System, reason: str, tenant: str) -> list[Mapping[str, bytes]]:
    """The dead letters for this reason that name this tenant."""
    found: list[Any] = [dict(one.headers) for one in await system.kafka.records("alerts.dead-letter")]
    return [one for one in found if (one.get("reason"), one.get("tenant")) == (reason.encode(), tenant.encode())]


async def two_letters(system: System, tenant: str) -> bool:
    """Whether what nobody has signed came to the dead letters again."""
    return len(await letters(system, "signature_missing", tenant)) == 2


async def served(victim: Tenant) -> None:
    """The tenant beside is shown what fires, in time."""
    await victim.send(firing("Served"))
    await victim.settled(within_s=5)
    assert "Served" in (await victim.message()).text


async def test_what_ended_by_a_forged_time_to_come_fires_at_once_when_it_does(fast: System) -> None:
    async with fast.tenant("hidden") as tenant, fast.tenant("hidden-victim") as victim:
        for header in ("received_at", "observed_at"):
            await tenant.append(body(resolved("Hidden", since_s=-280)), (header, at(285)), alerts=1)
        await tenant.settled()

        await tenant.send(firing("Hidden", since_s=0))
        await served(victim)
        await tenant.settled()

        assert "FIRING" in (await tenant.message()).text


async def test_a_copy_of_what_fired_does_not_fire_again_nor_for_another_tenant(fast: System) -> None:
    async with fast.tenant("copied") as tenant, fast.tenant("copied-victim") as victim:
        own = signed(RING, [("tenant", b"copied"), ("received_at", at(-10))], content := body(firing("Copied")))
        await fast.kafka.append(content, own)
        tenant.sent += 1
        await tenant.settled()
        await tenant.send(resolved("Copied"))
        await tenant.settled()

        await fast.kafka.append(content, [*own, ("observed_at", at(285))])
        tenant.sent += 1
        for name, value in (("received_at", at(1)), ("tenant", b"copied-victim")):
            await fast.kafka.append(content, [(name, value), *(one for one in own if one[0] != name)])
        await served(victim)
        await tenant.settled()

        assert (await tenant.message()).color == GREEN
        await eventually(lambda: letters(fast, "signature_invalid", "copied"))
        await eventually(lambda: letters(fast, "signature_invalid", "copied-victim"))
        assert len(await victim.messages()) == 1
        assert "dead_letters" not in await victim.books()


@pytest.mark.long
async def test_where_signatures_are_wanted_nobody_else_speaks_for_a_tenant(calm: System) -> None:
    async with calm.tenant("unsigned") as tenant, calm.tenant("unsigned-victim") as victim:
        await tenant.append(body(firing("Forged")))
        await calm.kafka.append(body(firing("Own")), [], topic=OWN_TOPIC)
        tenant.sent += 1
        await served(victim)
        await tenant.settled()

        [letter] = await eventually(lambda: letters(calm, "signature_missing", "unsigned"))
        assert ["Own" in one.text for one in await tenant.messages()] == [True]

        again = ("dead-letter", "redrive", letter["dead_letter_id"].decode())
        settings = SIGNING | {"KAFKA__IDEMPOTENT_PRODUCER": str(brokers.IDEMPOTENT).lower()}
        assert (await calm.command(*again, **settings)).code == 0
        await eventually(lambda: two_letters(calm, "unsigned"))
        assert (await calm.command(*again, "--force", "--sign", **settings)).code == 0
        tenant.sent += 1
        await tenant.settled()
        assert len(await tenant.messages()) == 2


@pytest.mark.long
@pytest.mark.timeout(120)
async def test_keys_are_rotated_while_alerts_come_and_a_foreign_one_is_nobodys(calm: System, tmp_path: Path) -> None:
    async with (
        calm.tenant("rotated") as tenant,
        a_gateway(calm, tmp_path / "gateway.log", **SIGNING | {"SIGNING__KEY": f"{NEXT_KEY},{KEY}"}) as (ahead, _),
    ):
        await send(tenant, ahead, firing("Rotated", instance="signed-with-the-new-key"))
        await tenant.send(firing("Rotated", instance="signed-with-the-old-one"))
        forged = [("tenant", b"rotated"), ("received_at", at(0))]
        content, foreign = body(firing("Forged")), SigningRing([base64.b64decode(FOREIGN_KEY)])
        await calm.kafka.append(content, signed(foreign, forged, content))
        await tenant.settled()

        [letter] = await eventually(lambda: letters(calm, "signature_invalid", "rotated"))
        assert foreign.newest.encode() in letter["error"]
        assert "2 firing" in (await tenant.message()).text
