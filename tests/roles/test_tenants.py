"""A suspended tenant on a real Redis: who serves tenants notices within a second, and is told once each time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.config import stored
from router.config.read import read_document
from router.core.model.alert import TenantId
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME, BETA
from tests.config.samples import EXAMPLE, changed
from tests.waiting import eventually

TEXTS = {ACME: EXAMPLE, BETA: changed("tenant: acme", "tenant: beta", EXAMPLE)}


class Watching:
    """A registry that is kept fresh, and what it has told."""

    def __init__(self, repository: TenantRepository) -> None:
        self.repository = repository
        self.registry = ActiveTenants(repository)
        self.announced: list[tuple[TenantId, bool]] = []

    async def note(self, tenant: TenantId) -> None:
        self.announced.append((tenant, self.registry.is_suspended(tenant)))


@pytest.fixture
async def watching(redis: Connection) -> AsyncIterator[Watching]:
    repository = TenantRepository(redis)
    for tenant, text in TEXTS.items():
        await repository.publish(tenant, stored.dump(read_document(text, tenant), text))
    watching = Watching(repository)
    await watching.registry.load()
    task = asyncio.create_task(watching.registry.watch(watching.note))
    yield watching
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_suspending_and_resuming_are_each_shown_once_and_keep_the_rules(watching: Watching) -> None:
    rules = watching.registry.get(ACME)

    await watching.repository.suspend(ACME)
    await eventually(lambda: watching.announced, within_s=1)
    assert watching.announced == [(ACME, True)]
    assert (watching.registry.suspended, watching.registry.is_suspended(BETA)) == (1, False)
    assert watching.registry.get(ACME) is rules

    await watching.repository.suspend(ACME)
    await watching.repository.resume(ACME)
    await eventually(lambda: len(watching.announced) > 1, within_s=1)
    assert watching.announced == [(ACME, True), (ACME, False)]
    assert watching.registry.get(ACME) is rules


async def test_a_new_configuration_resumes_nobody(watching: Watching) -> None:
    await watching.repository.suspend(ACME)
    await eventually(lambda: watching.announced, within_s=1)
    text = changed("locale: fr-FR", "locale: de", EXAMPLE)

    await watching.repository.publish(ACME, stored.dump(read_document(text, "acme"), text))
    await eventually(lambda: len(watching.announced) > 1, within_s=1)

    assert watching.announced[-1] == (ACME, True)
    rules = watching.registry.get(ACME)
    assert rules is not None
    assert rules.version == 2


async def test_who_starts_while_a_tenant_is_suspended_leaves_it_alone(redis: Connection, watching: Watching) -> None:
    await watching.repository.suspend(ACME)
    late = ActiveTenants(TenantRepository(redis))

    await late.load()

    assert late.is_suspended(ACME)
    assert late.get(ACME) is not None
