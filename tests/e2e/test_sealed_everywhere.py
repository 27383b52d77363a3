"""A busy tenant with keys of its own: in digests, lists, traces and logs for debugging, nothing of its alerts."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.conftest import FAST_ALONE
from tests.e2e.stored_bytes import found_in
from tests.e2e.system import System, Tenant, up
from tests.e2e.tenants import OWN_WORDS, Document, document, guessed, write
from tests.e2e.test_sealed import able
from tests.e2e.test_tracing import collector
from tests.e2e.webhooks import body, firing, resolved
from tests.waiting import eventually

CLEAR, SEALED = "busy-clear", "busy-sealed"
MARKERS: Final = {CLEAR: "markerbusyclear", SEALED: "markerbusysealed"}
STORED: Final = {"redis g", "redis digest", "redis related", "alerts.inbound", "alerts.dead-letter", "alerts.events"}
STEPS: Final = {"ingest", "notify", "slack chat.postMessage"}
CROWD: Final = 12

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]


def busy(name: str, **platform: str) -> Document:
    """A tenant that relates, inhibits and digests, and whose template fails for some alerts."""
    made = document(name, templates=OWN_WORDS, receiver={"template": "ours"}, digest_above=1)
    made["platform"] |= platform
    return {**guessed(made), **{one: made[one] for one in ("templates", "receivers", "digest")}}


async def crowds(tenant: Tenant) -> None:
    """More groups at once than may be sent, one that is held back, one that ends, and an alert that is refused."""
    marker = MARKERS[tenant.name]
    where: Any = {"cluster": f"{marker}-eu", "boom": marker}
    await tenant.send(firing("ClusterDown", f"lb-{marker}", **where))
    await tenant.send(firing("Slow", f"node-{marker}", **where | {"severity": "warning"}))
    for number in range(CROWD):
        await tenant.send(firing(f"Crowd{number}{marker}", f"host-{marker}", **where))
    bad = {"status": "firing", "labels": {}, "annotations": {"summary": marker}}
    assert (await tenant.post(body(firing(f"Part{marker}", marker), bad))).status == 202
    await tenant.send(resolved(f"Crowd0{marker}", f"host-{marker}", **where))


async def stands_everywhere(system: System, places: set[str]) -> bool:
    """Whether the marker of the tenant in clear was found by now wherever it is to be."""
    places |= await found_in(system, MARKERS[CLEAR])
    return places >= STORED


async def test_nothing_that_a_busy_sealed_tenant_leaves_shows_its_alerts(tmp_path: Path) -> None:
    files, places = write(tmp_path / "tenants", [busy(CLEAR), busy(SEALED, keys="own")]), set[str]()
    async with collector() as traces:
        tracing = {"TRACING__ENDPOINT": traces.address, "TRACING__SAMPLE_RATIO": "1"}
        async with up(files, **FAST_ALONE, **tracing, LOG_LEVEL="DEBUG") as system:
            await able(Tenant(system, SEALED))
            for one in (SEALED, CLEAR):
                await crowds(Tenant(system, one))
            await eventually(lambda: stands_everywhere(system, places), within_s=60)

            assert [key async for key in system.redis.scan_iter(f"alert-router:{{{SEALED}}}:digest:*")]
            assert await found_in(system, MARKERS[SEALED]) == set()
            await eventually(lambda: {one.name for one in traces.spans} >= STEPS, within_s=60)
    assert [one.name for one in traces.spans if MARKERS[SEALED] in str(one)] == []
