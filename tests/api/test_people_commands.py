"""`alert-router subject ...` with `--server`: prints what it prints where Redis is, while workers do the work."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.api.serving import Asking
from tests.api.test_erasing import Desk, desk
from tests.api.test_subjects import EVE
from tests.cli.running import fed, refused
from tests.e2e.system import Finished

__all__ = ["desk"]


async def asked(api: Asking, *arguments: str, role: str = "tenant_admin") -> Finished:
    key = await api.key(role, "acme")
    return await fed(f"{EVE}\n".encode(), "subject", *arguments, SERVER=api.url, TOKEN=key)


@asynccontextmanager
async def workers(desk: Desk) -> AsyncIterator[None]:
    """Somebody looks for open erasures, and edits messages, during the block."""

    async def work() -> None:
        while True:
            await desk.hidden()
            await desk.edited()
            await asyncio.sleep(0.2)

    working = asyncio.create_task(work())
    yield
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


@pytest.mark.long
async def test_a_person_is_planned_exported_and_erased_by_an_api(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "eve.zip"
    planned = await asked(desk.api, "erase", "acme", "-")
    exported = await asked(desk.api, "export", "acme", "-", str(place))
    async with workers(desk):
        done = await asked(desk.api, "erase", "acme", "-", "--yes", "--json")
    again = await asked(desk.api, "erase", "acme", "-")

    assert (planned.code, planned.out) == (0, "of tenant acme 1 alert groups hold the person, 1 with a message\n")
    assert exported.code == 0, exported
    with zipfile.ZipFile(place) as archive:
        [line] = archive.read("alert_groups.jsonl").decode().splitlines()
    assert [one["labels"]["user"] for one in json.loads(line)["alerts"]] == [EVE]
    found = json.loads(done.out)
    assert (done.code, set(found["steps"].values()), found["hidden"]) == (0, {"done"}, 1)
    assert found["left"]
    assert "certify: done" in again.out


async def test_what_no_api_does_is_refused_and_so_is_what_somebody_may_not(desk: Desk) -> None:
    deleting = await asked(desk.api, "erase", "acme", "-", "--yes", "--delete-messages")
    refused(deleting, 2, "no control API deletes messages")
    refused(await asked(desk.api, "erase", "acme", "-", role="editor"), 1, "subject.export of role tenant_admin")
