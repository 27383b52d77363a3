"""A configuration that nobody with a key has applied: the last good one goes on, and its tenant alone is named."""

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.core.model.alert import TenantId
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.signing import Untrusted
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document
from tests.roles.test_tenants import channel, version
from tests.roles.worker import Site, a_site

FORGED = a_document(channel=OTHER_CHANNEL)
UNTRUSTED = TenantProblem.CONFIGURATION_UNTRUSTED


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


@pytest.fixture
async def tenants(site: Site, metrics: Metrics) -> ActiveTenants:
    active = ActiveTenants(site.tenants, metrics.problems)
    await active.load()
    for tenant in (ACME, BETA):
        await active.find(tenant)
    return active


def counted(metrics: Metrics, tenant: TenantId = ACME) -> float | None:
    labels = {"tenant": tenant, "reason": "configuration_untrusted"}
    return metrics.registry.get_sample_value("alert_router_tenant_problems_total", labels)


async def test_a_changed_document_is_not_taken_the_last_good_version_goes_on_and_the_tenant_is_named(
    site: Site, tenants: ActiveTenants, metrics: Metrics
) -> None:
    await site.tenants.forge(ACME, FORGED)
    with capture_logs() as logs:
        for _ in range(3):
            await tenants.load()
            await tenants.refresh(ACME)

    [log] = logs
    assert (log["event"], log["tenant"], log["version"]) == ("configuration_untrusted", ACME, 2)
    assert log["reason"] == "signature_wrong"
    assert (version(tenants), channel(tenants), channel(tenants, BETA)) == (2, CHANNEL, CHANNEL)
    assert (counted(metrics), counted(metrics, BETA)) == (1, None)
    assert metrics.problems.lasting(UNTRUSTED) == {ACME: "signature_wrong"}
    assert not tenants.is_untrusted(ACME), "it has an earlier one"


async def test_what_is_applied_after_it_is_in_force_at_once_and_nobody_is_named_any_more(
    site: Site, tenants: ActiveTenants, metrics: Metrics
) -> None:
    await site.tenants.forge(ACME, FORGED)
    await tenants.load()
    await site.tenants.forge(ACME, a_document(channel="#applied"), None)

    await tenants.load()

    assert (version(tenants), channel(tenants)) == (3, "#applied")
    assert metrics.problems.lasting(UNTRUSTED) == {}


async def test_what_was_unsigned_and_is_signed_is_taken_with_the_same_text_and_number(
    site: Site, metrics: Metrics
) -> None:
    active = ActiveTenants(site.tenants, metrics.problems)
    await site.tenants.forge(ACME, FORGED, Untrusted.UNSIGNED)
    await active.load()
    assert (await active.find(ACME), active.is_untrusted(ACME), sorted(active)) == (None, True, [BETA])

    await site.tenants.forge(ACME, FORGED, None)
    await active.load()

    assert await active.find(ACME) is not None
    assert (version(active), channel(active), active.is_untrusted(ACME)) == (2, OTHER_CHANNEL, False)


async def test_a_signature_that_is_taken_away_from_what_is_in_force_changes_nothing_but_what_is_named(
    site: Site, tenants: ActiveTenants, metrics: Metrics
) -> None:
    await site.tenants.forge(ACME, a_document(), Untrusted.UNSIGNED)

    await tenants.load()

    assert (version(tenants), channel(tenants)) == (1, CHANNEL)
    assert metrics.problems.lasting(UNTRUSTED) == {ACME: "unsigned"}


async def test_a_tenant_that_is_removed_is_named_no_more(
    site: Site, tenants: ActiveTenants, metrics: Metrics
) -> None:
    await site.tenants.forge(ACME, FORGED)
    await tenants.load()

    await site.tenants.remove(ACME)
    await tenants.load()

    assert metrics.problems.lasting(UNTRUSTED) == {}
