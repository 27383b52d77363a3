"""`alert-router seal` beside a sender: a process of its own, in front of the gateway of a system."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from alert_router_local.process import HOST, free_port

from tests.e2e.system import Reply, System, Tenant, service
from tests.e2e.webhooks import Alert, body
from tests.forked import Forked
from tests.waiting import eventually


@dataclass
class Sidecar:
    """A running one, or one that was killed; it takes bodies at the same port each time it is started."""

    system: System
    log: Path
    process: Forked
    url: str
    operations: str

    async def post(self, tenant: Tenant, *alerts: Alert) -> Reply:
        """Hand it a body as the tenant's Alertmanager would."""
        headers = {"Authorization": f"Bearer {self.system.ready['tokens'][tenant.name]}"}
        url = f"{self.url}/v1/tenants/{tenant.name}/alerts"
        sent = {**headers, "Content-Type": "application/json"}
        async with self.system.http.post(url, data=body(*alerts), headers=sent) as answer:
            if answer.status == 202:
                tenant.sent += len(alerts)
            return Reply(answer.status, dict(answer.headers), await answer.json(content_type=None))

    async def page(self, path: str) -> tuple[int, str]:
        """What operators ask of it; nothing where it does not run."""
        try:
            async with self.system.http.get(f"{self.operations}{path}") as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientConnectorError:
            return 0, ""


@dataclass(frozen=True)
class Ports:
    """Where a sidecar listens."""

    alerts: int
    operations: int


def free_ports() -> Ports:
    """Two that are free."""
    return Ports(free_port(), free_port())


@asynccontextmanager
async def beside(
    system: System, log: Path, *options: str, ports: Ports | None = None, to: str = ""
) -> AsyncIterator[Sidecar]:
    """One that takes bodies, in front of the system's gateway or of what listens there; killed at the end."""
    ports = ports or free_ports()
    command = (
        "seal", "--listen", f"{HOST}:{ports.alerts}", "--operations", f"{HOST}:{ports.operations}",
        "--to", to or system.ready["gateway"], *options,
    )  # fmt: skip
    async with service(log, *command) as process:
        urls = (f"http://{HOST}:{port}" for port in (ports.alerts, ports.operations))
        running = Sidecar(system, log, process, *urls)

        async def lives() -> bool:
            assert process.returncode is None, log
            return (await running.page("/live"))[0] == 200

        await eventually(lives, within_s=40)
        yield running
