"""A gateway with TLS, and senders who show a certificate in place of a token."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest
from alert_router_local.process import HOST, free_port
from cryptography import x509

from tests import brokers
from tests.e2e.system import System, service
from tests.e2e.webhooks import body, firing
from tests.http.certificates import authority, client_context, server_files
from tests.waiting import eventually

pytestmark = pytest.mark.long


@dataclass
class Guarded:
    """The system by the way of a gateway with TLS and an authority for clients."""

    system: System
    folder: Path

    async def post(self, tenant: str, *names: str, token: str = "") -> tuple[int, str]:
        """Hand in an alert with a certificate for these names; the status, and the name of a refusal."""
        context = client_context(self.folder, *map(x509.DNSName, names))
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        url = f"{self.system.ready['gateway']}/v1/tenants/{tenant}/alerts"
        async with (
            aiohttp.ClientSession() as http,
            http.post(url, data=body(firing("Certified")), headers=headers, ssl=context) as response,
        ):
            answer = await response.json(content_type=None)
            return response.status, str(answer.get("type", "")).rpartition(":")[2]


@pytest.fixture(scope="module")
async def guarded(fast: System, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guarded]:
    folder = tmp_path_factory.mktemp("tls")
    files, alerts, operations = server_files(folder, client_ca=authority("clients")), free_port(), free_port()
    settings = {
        "REDIS__URL": fast.ready["redis"],
        "KAFKA__BOOTSTRAP_SERVERS": fast.ready["kafka"],
        "GATEWAY__PORT": str(alerts),
        "GATEWAY__OPERATIONS_PORT": str(operations),
        "GATEWAY__TLS_CERTIFICATE": str(files.certificate),
        "GATEWAY__TLS_KEY": str(files.key),
        "GATEWAY__TLS_CLIENT_CA": str(files.client_ca),
        **brokers.SETTINGS,
    }
    urls = {"gateway": f"https://{HOST}:{alerts}", "operations": f"http://{HOST}:{operations}"}
    async with service(folder / "log", "gateway", **settings) as process:
        alone = replace(fast, process=process, ready=fast.ready | urls)

        async def is_ready() -> bool:
            return await alone.listens() and (await alone.get("/ready"))[0] == 200

        await eventually(is_ready, within_s=30)
        yield Guarded(alone, folder)
        process.terminate()
        assert await process.ended(within_s=30) == 0


async def test_whose_certificate_the_tenant_lists_needs_no_token(guarded: Guarded, fast: System) -> None:
    async with fast.tenant("certified") as tenant:
        assert await guarded.post("certified", "am.certified.example") == (202, "")
        tenant.sent += 1
        await tenant.settled()

        assert "Certified" in (await tenant.message()).text
    lines = (await guarded.system.get("/metrics"))[1].splitlines()
    [expires] = [
        one for one in lines if one.startswith("alert_router_gateway_certificate_expires_timestamp_seconds ")
    ]
    assert float(expires.split()[1]) > 0


async def test_anybody_else_needs_one(guarded: Guarded) -> None:
    token = guarded.system.ready["tokens"]["door"]

    assert await guarded.post("certified") == (401, "token-missing")
    assert await guarded.post("certified", "am.other.example") == (403, "foreign-certificate")
    assert await guarded.post("door", "am.certified.example") == (403, "foreign-certificate")
    assert await guarded.post("certified", "am.certified.example", token=token) == (403, "foreign-tenant")
