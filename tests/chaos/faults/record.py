"""Redis belongs to a record for a while, and PostgreSQL dies while tenants change."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from alert_router_local.postgres import start_postgres
from alert_router_local.process import free_port

from router.adapters.postgres.migrating import migrate
from tests.adapters.postgres.breaking import Engines
from tests.chaos.faults.fault import Bound, Fault
from tests.chaos.processes import Child
from tests.chaos.stage import TENANTS, Stage, document
from tests.records import STOPPED
from tests.waiting import eventually

_CHANGES: Final = 4
_LOGINS: Final = {"URL": "ar_api", "PROJECTOR_URL": "ar_projector"}
_INTERVAL: Final = re.compile(r'"repeat_interval": "(\w+)"')
_UNSURE: Final = "may be made or not"


async def stop(stage: Stage, dice: random.Random) -> None:
    """What a command has said was made is in force at the end; what it has said was not made is not."""
    tenant = dice.choice(TENANTS)
    async with _recorded(stage) as (engines, logins):
        possible: set[str | None] = {None}
        for number in range(1, _CHANGES + 1):
            dying = asyncio.create_task(_die(engines, dice.uniform(0, 2)))
            interval = f"{number}h"
            path = stage.write(document(tenant, repeat_interval=interval))
            finished = await stage.attempt("tenant", "apply", str(path), **logins)
            await dying
            if finished.code == 0:
                possible = {interval}
            elif _UNSURE in finished.err:
                possible.add(interval)
            await engines.start()
        await _in_force(stage, logins)
        found = _INTERVAL.search((await stage.run("tenant", "show", tenant)).out)
        assert (found and found[1]) in possible
        await stage.run("tenant", "apply", str(stage.write(document(tenant))), **logins)
        await _in_force(stage, logins)


async def _die(engines: Engines, after_s: float) -> None:
    await asyncio.sleep(after_s)
    await engines.stop_postgres()


async def _in_force(stage: Stage, logins: Mapping[str, str]) -> None:
    async def is_settled() -> bool:
        return (await stage.attempt("control", "status", **logins)).code == 0

    await eventually(is_settled, within_s=30)


@asynccontextmanager
async def _recorded(stage: Stage) -> AsyncIterator[tuple[Engines, Mapping[str, str]]]:
    """A record that has taken Redis in, with a projector; afterwards Redis belongs to nobody again."""
    engines = Engines(await start_postgres(), stage.valkey)
    logins = {f"POSTGRES__{name}": engines.postgres.url(login) for name, login in _LOGINS.items()}
    settings = {**stage.settings, **logins, "PROJECTOR__PORT": str(free_port())}
    projector = Child("projector", ("-m", "router", "projector"), settings, stage.folder / "projector.log")
    try:
        await asyncio.to_thread(migrate, engines.postgres.url("ar_migrator"))
        await stage.run("control", "adopt", **logins)
        await projector.start()
        yield engines, logins
    finally:
        await projector.stop()
        await engines.stop_postgres()
        await engines.postgres.stop()
        kept = [f"alert-router:{{{tenant}}}:projected" for tenant in TENANTS]
        await stage.redis.delete("alert-router:{:index}:managed", "alert-router:{:index}:projected", *kept)


FAULTS: Final = () if STOPPED else (Fault("record stopped while tenants change", Bound.SLACK_BACK, stop),)
"""None where Redis belongs to a record that is away throughout: it has one at a time."""
