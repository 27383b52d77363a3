"""The drill: a tenant with marked data is erased, and a scan of all that is stored finds what the pages name."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from alert_router_local.engines import start_redis
from alert_router_local.process import HOST

from tests import brokers, records
from tests.cli.exports import VERIFIER
from tests.cli.running import fed
from tests.e2e.conftest import FAST_ALONE
from tests.e2e.kept_bytes import PERSISTENT, audited, in_logs, in_redis_files, in_tables, written_again
from tests.e2e.record import ControlPlane, recorded
from tests.e2e.stored_bytes import found_in
from tests.e2e.system import System, Tenant, up
from tests.e2e.tenants import Document, document, write
from tests.e2e.test_control_away import SIGNING
from tests.e2e.test_persons import slack_of
from tests.e2e.test_sealed import able, lives
from tests.e2e.webhooks import firing
from tests.waiting import eventually

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(300),
    pytest.mark.skipif(records.STOPPED, reason="its record is one of its own"),
]

CLEAR, SEALED, BESIDE = "drilled-clear", "drilled-sealed", "drilled-beside"
MARKERS: Final = {CLEAR: "markerdrillclear", SEALED: "markerdrillsealed", BESIDE: "markerdrillbeside"}
BY_KAFKA: Final = {"alerts.inbound", "alerts.held", "alerts.dead-letter", "alerts.events"}
FILES: Final = {"dump", "append-only file"}
IN_CLEAR: Final = FILES | {"redis config", "redis silences", "table configuration"}
"""What is the tenant's own text is in clear at any level."""
THAT_IT_WAS: Final = {"table tenant", "table active", "table projected", "table audit"}
EDITS: Final = {"SLACK__WORKSPACE_EDITS_PER_MIN": "6000"}


def drilled(name: str, **platform: str) -> Document:
    """A tenant whose configuration holds its marker as well."""
    routes = [{"matchers": [f'alertname="{MARKERS[name]}"'], "receiver": "all"}]
    made = document(name, route={"routes": routes}, digest_above=100)
    return {**made, "platform": {**made["platform"], **platform}}


@dataclass
class Drill:
    """A system with its record, and the files of its Redis."""

    system: System
    plane: ControlPlane
    files: Path

    async def found(self, name: str) -> set[str]:
        """Everywhere that a tenant's marker stands."""
        word = MARKERS[name]
        logs = [self.system.log, *sorted(self.plane.folder.glob("*-1.log"))]
        live = {place for place in await found_in(self.system, word) if place != "log"}
        kept = in_redis_files(self.files, word.encode()) | await in_tables(self.plane, word.encode())
        return live | kept | in_logs(logs, word.encode())

    async def erase(self, name: str) -> dict[str, Any]:
        """`tenant erase`; its certificate."""
        slack = slack_of(Tenant(self.system, name))
        done = await self.plane.command("tenant", "erase", name, "--yes", "--json", **slack, **EDITS)
        found: dict[str, Any] = json.loads(done.out)
        return found


@pytest.fixture
async def drill(tmp_path: Path) -> AsyncIterator[Drill]:
    files = tmp_path / "redis"
    files.mkdir()
    redis = await start_redis("--dir", str(files), *PERSISTENT)
    tenants = write(tmp_path / "tenants", [drilled(CLEAR), drilled(SEALED, keys="own"), drilled(BESIDE)])
    url = f"redis://{HOST}:{redis.port}/0"
    try:
        async with up(tenants, **FAST_ALONE, REDIS__URL=url) as system:
            system.ready["redis"] = url
            async with recorded(system, tmp_path) as plane:
                made = {name: await plane.command("token", "create", name) for name in MARKERS}
                system.ready["tokens"] = {name: one.out.strip() for name, one in made.items()}
                yield Drill(system, plane, files)
    finally:
        await redis.stop()


async def lived(drill: Drill, tenant: Tenant) -> None:
    """Alerts, a dead letter, a record that was held, a silence, a secret: all of them marked."""
    marker = MARKERS[tenant.name]
    await lives(tenant, marker)
    await held(tenant, marker)
    matcher, comment = f"instance={marker}", ("--comment", f"of {marker}")
    await drill.plane.command("silence", "add", tenant.name, matcher, *comment, "--duration", "1h")
    settings = {"REDIS__URL": drill.system.ready["redis"], **drill.system.own_keys, **drill.plane.settings}
    done = await fed(f"secret-{marker}".encode(), "secret", "set", tenant.name, "other", "--force", **settings)
    assert done.code == 0, done


async def held(tenant: Tenant, marker: str) -> None:
    """One of its records waits for it, until its data is there again."""
    redis, epoch = tenant.system.redis, f"alert-router:{{{tenant.name}}}:epoch"
    await redis.rename(epoch, f"{epoch}-away")
    await tenant.send(firing(f"Held{marker}", marker))

    async def is_held() -> bool:
        rows = [row for row in tenant.system.log_lines() if row["event"] == "record_held"]
        return tenant.name in {row["tenant"] for row in rows}

    await eventually(is_held)
    await redis.rename(f"{epoch}-away", epoch)
    await tenant.settled(within_s=30)


async def test_what_is_left_of_an_erased_tenant_is_what_the_pages_name(drill: Drill) -> None:
    tenants = [Tenant(drill.system, name) for name in MARKERS]
    await able(tenants[1])
    for one in tenants:
        await lived(drill, one)
    await written_again(drill.system.redis)
    kept = drill.files / "checkpoint.txt"
    kept.write_text(await signed(drill.plane), encoding="utf-8")

    before = {name: await drill.found(name) for name in MARKERS}
    assert before[CLEAR] == before[BESIDE] == IN_CLEAR | BY_KAFKA | {"log tenants", "redis g"}
    assert before[SEALED] == IN_CLEAR

    certified = {name: await drill.erase(name) for name in (CLEAR, SEALED)}
    assert await drill.found(CLEAR) == BY_KAFKA | FILES | {"log tenants"}
    assert await drill.found(SEALED) == FILES
    await written_again(drill.system.redis)

    assert await drill.found(CLEAR) == BY_KAFKA | {"log tenants"}
    assert await drill.found(SEALED) == set()
    assert await drill.found(BESIDE) == before[BESIDE]
    for name, certificate in certified.items():
        until = {one["kind"].partition(":")[2]: one["until"] for one in certificate["left"]}
        assert all(until[f"kafka.{topic}"] for topic in ("inbound_topic", "held_topic", "events_topic"))
        [entry] = await audited(drill.plane, b"tenant.erased", name.encode())
        assert "PostgreSQL:configuration" in entry
        assert await in_tables(drill.plane, name.encode()) == THAT_IT_WAS
    verified = await drill.plane.command("audit", "verify", "--checkpoint", str(kept), AUDIT__VERIFIERS=VERIFIER)
    assert "nothing is wrong" in verified.out
    assert [row for row in drill.system.log_lines() if "exception" in row] == []


async def signed(plane: ControlPlane) -> str:
    """A checkpoint of the audit log from before."""
    reader = plane.postgres.url("ar_projector")
    return (await plane.command("audit", "checkpoint", AUDIT__URL=reader, AUDIT__KEY=SIGNING, **brokers.SETTINGS)).out
