"""A person who was erased stays so where Redis loses everything: the record has the list. And by the API one goes."""

import json
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests import records
from tests.e2e.conftest import FAST_ALONE
from tests.e2e.record import ControlPlane, recorded
from tests.e2e.stored_bytes import found_in
from tests.e2e.system import Tenant, command, up
from tests.e2e.tenants import document, write
from tests.e2e.test_persons import KAFKA, about, erased, shown
from tests.waiting import eventually

pytestmark = [
    pytest.mark.long,
    pytest.mark.night,
    pytest.mark.timeout(240),
    pytest.mark.skipif(records.STOPPED, reason="its record is one of its own"),
]

NAME: Final = "persons-recorded"
PERSON: Final = "eve.recorded@example.com"
PERSONAL: Final = {**document(NAME), "personal": {"labels": ["user"], "annotations": ["contact"]}}


async def test_nothing_brings_a_person_back_after_redis_has_lost_all(tmp_path: Path) -> None:
    files = write(tmp_path / "tenants", [PERSONAL])
    async with up(files, **FAST_ALONE) as system, recorded(system, tmp_path) as plane:
        tenant = Tenant(system, NAME)
        await tenant.send(about(PERSON))
        await tenant.settled()
        await erased(tenant, PERSON, "--yes", settings=plane.settings)
        await eventually(lambda: listed(plane), within_s=30)
        [record] = await system.kafka.records("alerts.inbound")

        await system.redis.flushall()
        await eventually(lambda: system.redis.exists(f"alert-router:{{{NAME}}}:active"), within_s=30)
        await system.kafka.append(record.value, record.headers, record.key)
        await tenant.send(about(PERSON, pod="later"))
        await eventually(lambda: shows(tenant, "later"), within_s=60)

        assert PERSON not in await shown(tenant)
        assert await found_in(system, PERSON) <= KAFKA


async def test_a_person_is_erased_by_a_control_api_and_the_workers(tmp_path: Path) -> None:
    files = write(tmp_path / "tenants", [PERSONAL])
    async with up(files, **FAST_ALONE) as system, recorded(system, tmp_path) as plane:
        tenant = Tenant(system, NAME)
        await tenant.send(about(PERSON))
        await tenant.settled()
        assert PERSON in await shown(tenant)

        asked = {"SERVER": plane.url, "TOKEN": plane.key}
        done = await command("subject", "erase", NAME, PERSON, "--yes", "--json", **asked)

        assert done.code == 0, done
        found = json.loads(done.out)
        assert (set(found["steps"].values()), found["hidden"], found["messages"]) == ({"done"}, 1, 1)
        texts = await shown(tenant)
        assert (PERSON in texts, f"erased-{found['subject']}" in texts) == (False, True)
        entries = await plane.listed(f"/tenants/{NAME}/audit")
        assert [one["action"] for one in entries][:3] == ["subject.erased", "subject.erase", "subject.plan"]
        assert PERSON not in repr(entries)
        assert await found_in(system, PERSON) <= KAFKA


async def listed(plane: ControlPlane) -> bool:
    """Whether the record has the person and the key."""
    async with await psycopg.AsyncConnection.connect(plane.postgres.url("postgres")) as connection:
        found = await (await connection.execute("select count(*) from control.erased_person")).fetchone()
    return found == (2,)


async def shows(tenant: Tenant, word: str) -> bool:
    return word in await shown(tenant)
