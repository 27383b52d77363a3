"""Roles over fakes: nothing waits for the time to pass, and no engine is started."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import SECOND, Span
from router.roles import tenants as tenants_role
from router.roles.notify import delivery, loop, relay
from tests.adapters.builders import ACME
from tests.roles.builders import a_document
from tests.roles.worker import Site, Worker, a_site, a_worker


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried at once."""
    for module, name in (
        (delivery, "_RETRY_S"),
        (relay, "_RETRY_S"),
        (loop, "_RETRY_S"),
        (loop, "_SWEEP_S"),
        (loop, "_LONGEST_SLEEP_S"),
        (tenants_role, "_POLL_S"),
    ):
        monkeypatch.setattr(module, name, 0)
    monkeypatch.setattr(tenants_role, "PATIENCE_S", 10)


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """What is logged, in one line each: with rich in the environment a traceback takes a second to draw."""
    with capture_logs() as logs:
        yield
    for entry in logs:
        print(entry)  # noqa: T201 - shown where a test fails


@pytest.fixture
async def site() -> Site:
    """Engines in memory, with one tenant."""
    return await a_site()


@pytest.fixture
async def worker(site: Site) -> Worker:
    """A worker that is ready."""
    return await a_worker(site)


@pytest.fixture
async def group_wait(site: Site, worker: Worker) -> Span:
    """The worker's tenant lets new groups wait so long, so that they are not queued at once."""
    await site.tenants.publish(ACME, a_document(route="  group_wait: 1s"))
    await worker.tenants.load()
    return Span(SECOND)
