"""A Redis for commands: a tenant with a configuration, one without, and nothing left behind."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.config import stored
from router.config.read import read_document
from router.core.model.alert import TenantId
from tests.config.samples import EXAMPLE


@pytest.fixture
async def engine(redis_url: str, redis: Connection, raw: Any) -> AsyncIterator[str]:
    """The address of a Redis that knows the tenant acme."""
    await TenantRepository(redis).publish(TenantId("acme"), stored.dump(read_document(EXAMPLE, "acme"), EXAMPLE))
    yield redis_url
    keys = [key async for key in raw.scan_iter(match="*:secrets")]
    for key in keys:
        await raw.delete(key)
