"""The control API, its projector and PostgreSQL stop under a running system and come back: nothing differs."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from router.adapters.crypto.notes import private_text
from router.control.audit.note import verifier_key
from tests import brokers, records
from tests.cli.exports import VERIFIER
from tests.control.audit.builders import ORIGIN, a_key
from tests.e2e.conftest import FAST_ALONE
from tests.e2e.record import ControlPlane, recorded
from tests.e2e.system import Json, Message, System, Tenant, up
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import firing, resolved
from tests.waiting import eventually

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(240),
    pytest.mark.skipif(records.STOPPED, reason="its record is one of its own"),
]

SIGNING: Final = private_text(ORIGIN, verifier_key(a_key()).id, bytes(range(32)))
NAME: Final = "managed"
PATH: Final = f"/tenants/{NAME}"
LISTS: Final = {
    "tenants": "/tenants",
    "versions": f"{PATH}/configuration/versions",
    "tokens": f"{PATH}/tokens",
    "secrets": f"{PATH}/secrets",
    "keys": "/keys",
    "audit": "/audit",
}
STATES: Final = ("EN COURS", "RÉSOLU", "BEHOBEN")
MOVES: Final = {"last_used_at"}
"""What a gateway writes while alerts flow."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the API answers of what is recorded."""

    standing: str
    configuration: tuple[str, str]
    lists: dict[str, list[Json]]


async def test_alerts_go_on_without_the_control_plane_and_nothing_differs_when_it_is_back(tmp_path: Path) -> None:
    files = write(tmp_path / "tenants", [document(NAME)])
    async with (
        up(files, **FAST_ALONE) as system,
        recorded(system, tmp_path) as plane,
        system.tenant(NAME) as tenant,
    ):
        await _changed(plane, "fr")
        await plane.ask(f"{PATH}/tokens", "POST")
        await plane.ask(f"{PATH}/secrets/other", "PUT", json.dumps({"value": "xoxb-other"}))
        await tenant.send(firing("Before"))
        await tenant.settled()
        before, kept = await _answers(plane), tmp_path / "kept.txt"
        kept.write_text(await _signed(plane), encoding="utf-8")
        assert await _groups(plane) == await _shown(tenant, {"Before": 1})

        await plane.stop()
        assert not await plane.answers()
        await tenant.send(firing("Meanwhile"), firing("Meanwhile", "node-2"))
        await tenant.send(resolved("Before"))
        await tenant.settled()
        assert [await _reads(tenant, name) for name in ("Before", "Meanwhile")] == ["RÉSOLU", "EN COURS"]

        await plane.come_back()
        assert await _answers(plane) == before
        assert await _groups(plane) == await _shown(tenant, {"Meanwhile": 2})  # what is resolved is over
        count = len(before.lists["audit"])
        verified = await plane.command("audit", "verify", "--checkpoint", str(kept), AUDIT__VERIFIERS=VERIFIER)
        assert verified.out == f"nothing is wrong: {count} entries, {count} of them covered by 2 checkpoints\n"
        await _record_and_projection_are_equal(plane, system)

        await _changed(plane, "de")
        await tenant.send(resolved("Meanwhile"), resolved("Meanwhile", "node-2"))

        async def is_german() -> bool:
            return await _reads(tenant, "Meanwhile") == "BEHOBEN"

        await eventually(is_german, within_s=30)
        await _record_and_projection_are_equal(plane, system)


async def _changed(plane: ControlPlane, locale: str) -> None:
    _, version = await plane.ask(f"{PATH}/configuration")
    text = json.dumps(document(NAME, locale=locale))
    await plane.ask(f"{PATH}/configuration", "PUT", text, If_Match=version, Content_Type="application/yaml")

    async def is_in_force() -> bool:
        return bool(json.loads((await plane.ask(PATH))[0])["in_force"])

    await eventually(is_in_force, within_s=30)


async def _signed(plane: ControlPlane) -> str:
    """A checkpoint of the audit log, which is stored, and is to be kept apart from it as well."""
    reader = plane.postgres.url("ar_projector")
    return (await plane.command("audit", "checkpoint", AUDIT__URL=reader, AUDIT__KEY=SIGNING, **brokers.SETTINGS)).out


async def _answers(plane: ControlPlane) -> Answers:
    lists = {
        name: [{key: value for key, value in row.items() if key not in MOVES} for row in await plane.listed(path)]
        for name, path in LISTS.items()
    }
    return Answers((await plane.ask(PATH))[0], await plane.ask(f"{PATH}/configuration"), lists)


async def _groups(plane: ControlPlane) -> dict[str, tuple[int, str]]:
    """How many fire of each, and which message shows it."""
    groups = await plane.listed(f"{PATH}/groups")
    return {one["group_labels"]["alertname"]: (one["firing"], one["message"]["ts"]) for one in groups}


async def _shown(tenant: Tenant, firing: dict[str, int]) -> dict[str, tuple[int, str]]:
    return {name: (count, (await _message(tenant, name)).ts) for name, count in firing.items()}


async def _reads(tenant: Tenant, name: str) -> str:
    """The state that a message begins with."""
    text = (await _message(tenant, name)).text.upper()
    return next((word for word in STATES if text.startswith(word)), text)


async def _message(tenant: Tenant, name: str) -> Message:
    [found] = [one for one in await tenant.messages() if name in one.text]
    return found


async def _record_and_projection_are_equal(plane: ControlPlane, system: System) -> None:
    """What commands find in Redis alone is what the record answers, and no drift is seen."""
    status = json.loads((await plane.command("control", "status", "--json")).out)
    assert (status["drift"], status["unrecorded"]) == ([], [])
    assert {one["tenant"]: one["in_force"] for one in status["tenants"]} == {NAME: True}
    for words in (("tenant", "show", NAME), ("token", "list", NAME, "--json"), ("secret", "list", NAME)):
        assert (await system.command(*words)).out == (await plane.command(*words)).out
