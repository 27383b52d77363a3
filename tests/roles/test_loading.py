"""Documents are compiled beside the loop: a slow, hostile or broken one is its tenant's alone."""

import asyncio
import json
import threading
from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.config.compile import tenant as compiling
from router.config.compile.tenant import load_sender_limits, load_tenant
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Rate
from router.core.model.rules.tenant import Tenant
from router.observe.problems import TenantProblems
from router.ports.state import ApplyResult
from router.roles import tenants as tenants_role
from router.roles.tenants import ActiveRules, ActiveTenants
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries_time
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document
from tests.roles.worker import Site, a_site
from tests.waiting import eventually

NEWER = a_document(channel=OTHER_CHANNEL)
NEWEST = a_document(channel="C0NEWEST")


class Slow:
    """Compiles what it is told to only when it is let go; counts what it has begun."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.begun = threading.Event()
        self.go = threading.Event()
        self.compiled: list[int] = []

    def __call__(self, text: str, version: int) -> Tenant:
        self.compiled.append(version)
        if version == self.version:
            self.begun.set()
            assert self.go.wait(10)
        return load_tenant(text, version)


async def load_and_use(tenants: ActiveTenants) -> None:
    """All is loaded, and needed."""
    await tenants.load()
    for tenant in (ACME, BETA):
        await tenants.find(tenant)


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


def channel(tenants: ActiveTenants, tenant: TenantId = ACME) -> str:
    rules = tenants.get(tenant)
    assert rules is not None
    return next(iter(rules.receivers.values())).channel


async def publish_slowly(site: Site, version: int = 2) -> tuple[ActiveTenants, Slow, "asyncio.Task[None]"]:
    """A new version of one tenant that is being compiled right now."""
    slow = Slow(version)
    tenants = ActiveTenants(site.tenants, load=slow)
    await load_and_use(tenants)
    await site.tenants.publish(ACME, NEWER)
    loading = asyncio.create_task(tenants.load())
    await eventually(slow.begun.is_set)
    return tenants, slow, loading


async def test_while_a_document_is_compiled_everybody_is_served_by_what_is_in_force(site: Site) -> None:
    tenants, slow, loading = await publish_slowly(site)

    assert (await tenants.find(BETA), channel(tenants)) == (tenants.get(BETA), CHANNEL)
    assert await tenants.refresh(BETA) is tenants.get(BETA)

    slow.go.set()
    await loading
    assert channel(tenants) == OTHER_CHANNEL


async def test_who_asks_for_the_same_document_waits_for_it_and_it_is_compiled_once(site: Site) -> None:
    tenants, slow, loading = await publish_slowly(site)
    asked = [asyncio.create_task(tenants.refresh(ACME)) for _ in range(3)]

    slow.go.set()
    found = await asyncio.gather(*asked)
    await loading

    assert all(one is tenants.get(ACME) for one in found)
    assert slow.compiled.count(2) == 1


async def test_who_needs_the_rules_at_once_goes_on_with_the_last_good_ones_under_the_new_number(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants_role, "PATIENCE_S", 0.01)
    tenants, slow, loading = await publish_slowly(site)

    assert await tenants.is_outdated(ACME, ApplyResult.RELOAD)
    held_over = await tenants.refresh(ACME)

    assert held_over is not None
    assert (held_over.version, held_over.rules_version, channel(tenants)) == (2, 1, CHANNEL)
    slow.go.set()
    await loading
    rules = tenants.get(ACME)
    assert rules is not None
    assert (rules.version, rules.rules_version, channel(tenants)) == (2, 2, OTHER_CHANNEL)


async def test_rules_that_are_held_over_twice_are_still_those_of_their_own_version(site: Site) -> None:
    tenants = ActiveTenants(site.tenants, load=failing(KeyError("x")))
    await load_and_use(tenants)
    for _ in range(2):
        await site.tenants.publish(ACME, NEWER)
        await site.tenants.publish(ACME, NEWEST)
        await tenants.load()

    rules = tenants.get(ACME)
    assert rules is not None
    assert (rules.version, rules.rules_version) == (5, 1)


async def test_a_document_that_was_overtaken_while_it_was_compiled_is_not_put_in_force(site: Site) -> None:
    tenants, slow, loading = await publish_slowly(site)
    await site.tenants.publish(ACME, NEWEST)
    newest = asyncio.create_task(tenants.refresh(ACME))
    await asyncio.sleep(0)

    slow.go.set()
    await asyncio.gather(newest, loading)

    rules = tenants.get(ACME)
    assert rules is not None
    assert (rules.version, channel(tenants)) == (3, "C0NEWEST")


async def test_a_tenant_that_was_removed_meanwhile_does_not_come_back(site: Site) -> None:
    tenants, slow, loading = await publish_slowly(site)
    await site.tenants.remove(ACME)
    assert await tenants.forget_if_gone(ACME)

    slow.go.set()
    await loading

    assert tenants.get(ACME) is None


async def test_an_end_while_a_document_is_compiled_waits_for_nothing(site: Site) -> None:
    tenants, slow, loading = await publish_slowly(site)
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading

    slow.go.set()
    await eventually(lambda: channel(tenants) == OTHER_CHANNEL)


def failing(error: Exception) -> Callable[[str, int], Tenant]:
    def load(text: str, version: int) -> Tenant:
        if version > 1:
            raise error
        return load_tenant(text, version)

    return load


@pytest.mark.parametrize("error", [RecursionError(), MemoryError(), KeyError("x")])
async def test_whatever_a_document_does_the_last_good_one_holds_and_the_problem_is_counted(
    site: Site, error: Exception
) -> None:
    registry = CollectorRegistry()
    tenants = ActiveTenants(site.tenants, TenantProblems(registry), failing(error))
    await load_and_use(tenants)
    await site.tenants.publish(ACME, NEWER)

    with capture_logs() as logs:
        await tenants.load()

    rules = tenants.get(ACME)
    assert rules is not None
    assert (rules.version, channel(tenants), channel(tenants, BETA)) == (2, CHANNEL, CHANNEL)
    assert [(one["event"], one["error"]) for one in logs] == [("configuration_unreadable", repr(error))]
    labels = {"tenant": ACME, "reason": "configuration_unreadable"}
    assert registry.get_sample_value("alert_router_tenant_problems_total", labels) == 1


@tries_time("compiling a stored document")
async def test_a_document_that_takes_too_long_is_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    tenants = ActiveTenants(site.tenants)
    await load_and_use(tenants)
    if beyond > 0:
        monkeypatch.setattr(compiling, "MAX_CPU_S", 0)
    await site.tenants.publish(ACME, NEWER)

    with capture_logs() as logs:
        await tenants.load()

    if beyond < 0:
        assert channel(tenants) != CHANNEL
        return
    assert channel(tenants) == CHANNEL
    assert [one["error"] for one in logs] == ["stored configuration: takes too long to compile; shorten it"]


def with_patterns(count: int) -> str:
    """A stored document that no release of today would have stored."""
    stored = json.loads(NEWER)
    stored["document"]["route"]["routes"] = [
        {"matchers": [rf'a=~"(?:\\pL?){{300}}x{number}"']} for number in range(count)
    ]
    return json.dumps(stored)


async def test_a_stored_document_beyond_the_bounds_keeps_the_last_good_one(site: Site) -> None:
    tenants = ActiveTenants(site.tenants)
    await load_and_use(tenants)
    await site.tenants.publish(ACME, with_patterns(20))

    with capture_logs() as logs:
        await tenants.load()

    assert channel(tenants) == CHANNEL
    assert "route.routes[0].matchers[0]" in logs[0]["error"]
    assert "needs more than 64 KiB when compiled" in logs[0]["error"]


async def test_a_gateway_compiles_the_inbound_limit_and_certificates_and_nothing_else(site: Site) -> None:
    stored = json.loads(with_patterns(20))
    stored["document"]["platform"]["limits"] = {"inbound": {"rate": "10/s", "burst": 7}}
    stored["document"]["platform"]["certificates"] = ["am.acme.example"]
    stored["document"]["templates"] = "whatever"
    await site.tenants.publish(ACME, json.dumps(stored))
    known = ActiveRules(site.tenants, load_sender_limits)

    await known.load()

    limits = await known.known(ACME)
    assert limits is not None
    assert (limits.version, limits.inbound.alerts) == (2, Rate(period=100_000, burst=7))  # type: ignore[arg-type]  # a span
    assert limits.certificates == {"am.acme.example"}
    assert await known.known(BETA) is not None
    assert await known.known(TenantId("nobody")) is None


@pytest.mark.parametrize("text", ["", "[]", '{"v": 1}', '{"v": 1, "document": {"platform": {}}}', '{"v": 99}'])
async def test_a_gateway_keeps_the_last_good_limit(site: Site, text: str) -> None:
    known = ActiveRules(site.tenants, load_sender_limits)
    await known.load()
    before = await known.known(ACME)
    await site.tenants.publish(ACME, text)

    await known.load()

    after = await known.known(ACME)
    assert before is not None
    assert after is not None
    assert (after.inbound, after.version) == (before.inbound, 2)
