"""One more gateway beside a system: on another machine, so to speak, or with other settings."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from alert_router_local.process import HOST, free_port

from router.__main__ import main
from tests import brokers
from tests.e2e.system import System, Tenant, clean_environment
from tests.e2e.webhooks import Alert, body
from tests.forked import forked
from tests.waiting import eventually


@asynccontextmanager
async def a_gateway(
    system: System, log: Path, program: Callable[[], None] = main, /, **settings: str
) -> AsyncIterator[tuple[str, str]]:
    """A gateway of this system with these settings besides, ready: where it takes alerts, where operators ask."""
    port, operations = free_port(), free_port()
    variables = clean_environment(
        **brokers.SETTINGS,
        KAFKA__BOOTSTRAP_SERVERS=system.ready["kafka"],
        REDIS__URL=system.ready["redis"],
        GATEWAY__HOST=HOST,
        GATEWAY__PORT=str(port),
        GATEWAY__OPERATIONS_PORT=str(operations),
        **settings,
    )
    process = await forked(program, ["gateway"], variables, log, log)

    async def is_ready() -> bool:
        try:
            async with system.http.get(f"http://{HOST}:{operations}/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientConnectorError:
            return False

    try:
        await eventually(is_ready, within_s=40)
        yield f"http://{HOST}:{port}", f"http://{HOST}:{operations}"
    finally:
        await process.kill()


async def send(tenant: Tenant, gateway: str, *alerts: Alert) -> None:
    """Hand alerts to that gateway as the tenant's sender; they must be accepted."""
    token = tenant.system.ready["tokens"][tenant.name]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"{gateway}/v1/tenants/{tenant.name}/alerts"
    async with tenant.system.http.post(url, data=body(*alerts), headers=headers) as answer:
        assert answer.status == 202
    tenant.sent += len(alerts)
