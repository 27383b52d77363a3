"""A tenant whose document of nearly 1 MiB is stored again and again, so that gateway and worker load it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bench.documents import VICTIM, Document, document, siblings
from bench.processes import BenchError
from bench.scenario import Scenario, Size
from bench.steadily import steadily
from bench.system import System
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.config import stored
from router.config.check import check
from router.config.document.tenant import TenantDocument
from router.core.model.alert import TenantId

BULKY: Final = "bulky"
LARGEST: Final = 1024 * 1024
"""The size of the document as text, in bytes: as large as the command takes."""
_EVERY_S: Final = 2.0
_ROUTES: Final = 4900


@asynccontextmanager
async def beside(system: System, _size: Size) -> AsyncIterator[None]:
    """Two versions by turns, one every two seconds."""
    versions = [_stored(largest(by)) for by in (0, 1)]
    redis = Connection(system.settings["REDIS__URL"])
    repository = TenantRepository(redis)

    async def publish(number: int) -> None:
        await repository.publish(TenantId(BULKY), versions[number % 2])

    try:
        async with steadily(1 / _EVERY_S, publish):
            yield
    finally:
        await redis.close()


def largest(by: int) -> Document:
    """A document that is just not too large, and with `by` one that differs."""
    left = LARGEST - len(json.dumps(siblings(BULKY, _ROUTES - by, more="x")))
    found = siblings(BULKY, _ROUTES - by, more="x" * (left // _ROUTES))
    if not 0.9 * LARGEST < len(json.dumps(found)) <= LARGEST:
        raise BenchError(f"the document has {len(json.dumps(found))} bytes")
    return found


def _stored(found: Document) -> str:
    checked = check(found)
    if not isinstance(checked, TenantDocument):
        raise BenchError(f"the document is not valid: {checked[0].message}")
    return stored.dump(checked, json.dumps(found))


SCENARIO: Final = Scenario(
    name="applying",
    title="a document of 1 MiB that is applied",
    documents=(document(VICTIM), siblings(BULKY, 1)),
    beside={"beside 1 MiB applied": beside},
)
