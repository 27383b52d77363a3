"""Active configurations, and a sequence from which whoever remembers a number learns what is newer."""

import pytest

from router.core.model.instant import NEVER
from router.ports.generation import Generation
from router.ports.tenants import ActiveDocument
from tests.adapters.builders import ACME, BETA
from tests.contracts.engines import Engine, TenantVersions


@pytest.fixture
async def tenants(engine: Engine) -> TenantVersions:
    await engine.generations.begin(Generation("first", NEVER))
    return engine.tenants


async def test_a_tenant_nobody_published_has_no_configuration(tenants: TenantVersions) -> None:
    assert await tenants.active(ACME) is None


async def test_what_is_published_is_active_as_it_was_written(tenants: TenantVersions) -> None:
    text = "tenant: acme\nlocale: fr-FR # é 🔥\n"

    assert await tenants.publish(ACME, text) == 1

    assert await tenants.active(ACME) == ActiveDocument(ACME, 1, text)
    assert await tenants.active(BETA) is None


async def test_each_change_is_the_next_version_and_an_equal_document_is_none(tenants: TenantVersions) -> None:
    versions = [await tenants.publish(ACME, text) for text in ("a", "b", "b", "a", "a")]

    assert versions == [1, 2, 2, 3, 3]


async def test_tenants_count_their_versions_apart(tenants: TenantVersions) -> None:
    await tenants.publish(ACME, "a")
    await tenants.publish(ACME, "b")

    assert await tenants.publish(BETA, "a") == 1


async def test_who_remembers_a_number_learns_only_what_is_newer(tenants: TenantVersions) -> None:
    await tenants.publish(ACME, "a")
    everything, number = await tenants.changed_since(0)
    assert everything == [ACME]
    assert await tenants.changed_since(number) == ([], number)

    await tenants.publish(BETA, "a")
    changed, newer = await tenants.changed_since(number)
    assert changed == [BETA]
    assert newer > number

    await tenants.publish(ACME, "b")
    assert (await tenants.changed_since(newer))[0] == [ACME]


async def test_who_is_suspended_is_known_with_the_document_and_by_the_sequence(tenants: TenantVersions) -> None:
    await tenants.publish(ACME, "a")
    _, number = await tenants.changed_since(0)

    assert await tenants.suspend(ACME)

    suspended = await tenants.active(ACME)
    assert suspended is not None
    assert suspended.suspended_since != NEVER
    changed, number = await tenants.changed_since(number)
    assert changed == [ACME]
    assert not await tenants.suspend(ACME)
    assert await tenants.active(ACME) == suspended
    await tenants.publish(ACME, "b")
    applied = await tenants.active(ACME)
    assert applied is not None
    assert applied.suspended_since == suspended.suspended_since

    _, number = await tenants.changed_since(number)
    assert await tenants.resume(ACME)
    assert await tenants.active(ACME) == ActiveDocument(ACME, 2, "b")
    assert (await tenants.changed_since(number))[0] == [ACME]
    assert not await tenants.resume(ACME)


async def test_who_knows_everything_learns_nothing_and_keeps_the_number(tenants: TenantVersions) -> None:
    assert await tenants.changed_since(0) == ([], 0)
    assert await tenants.changed_since(99) == ([], 99)


async def test_changes_come_in_the_order_in_which_they_were_made(tenants: TenantVersions) -> None:
    for tenant in (BETA, ACME):
        await tenants.publish(tenant, "a")
    assert (await tenants.changed_since(0))[0] == [BETA, ACME]

    await tenants.publish(BETA, "b")

    assert (await tenants.changed_since(0))[0] == [ACME, BETA]
