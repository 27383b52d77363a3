"""A process that knows many tenants: it reads them in few steps, compiles whom it needs, and names who is broken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.adapters.redis import documents
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.config.compile.tenant import load_tenant
from router.core.model.alert import TenantId
from router.core.model.rules.tenant import Tenant
from router.observe.problems import TenantProblems
from router.roles import compiling
from router.roles.compiled import MAX_COMPILED, MAX_COMPILED_CHARACTERS, Compiled
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document
from tests.roles.worker import Site, a_site
from tests.waiting import eventually

MANY = [TenantId(f"tenant-{number}") for number in range(200)]
BROKEN = '{"v":1,"document":{"tenant":"acme"},"source":""}'
"""It looks like a document of ours, and is none."""


class Counting:
    """Compiles, and counts."""

    def __init__(self) -> None:
        self.compiled: list[str] = []

    def __call__(self, text: str, version: int) -> Tenant:
        rules = load_tenant(text, version)
        self.compiled.append(rules.tenant_id)
        return rules


@pytest.fixture
async def site() -> Site:
    return await a_site(*MANY)


@asynccontextmanager
async def watching(tenants: ActiveTenants) -> AsyncIterator[None]:
    """The tenants, kept fresh."""

    async def nobody(_: TenantId) -> None:
        return

    task = asyncio.create_task(tenants.watch(nobody))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_at_the_start_nothing_is_compiled_and_then_who_is_needed(site: Site) -> None:
    counting = Counting()
    tenants = ActiveTenants(site.tenants, load=counting)

    await tenants.load()
    assert (len(list(tenants)), counting.compiled) == (200, [])

    found = [await tenants.find(MANY[7]) for _ in range(3)]
    assert all(one is found[0] and one is not None for one in found)
    assert counting.compiled == [MANY[7]]
    assert await tenants.uses.fresh() == [MANY[7]]
    assert tenants.uses.all() == {MANY[7]}
    assert tenants.uses.all() == set()


async def test_a_start_is_one_line_in_the_log(site: Site) -> None:
    await site.tenants.suspend(MANY[3])
    tenants = ActiveTenants(site.tenants)

    with capture_logs() as logs:
        await tenants.load()

    assert [(one["event"], one["tenants"], one["suspended"]) for one in logs] == [("configurations_loaded", 200, 1)]
    assert tenants.is_suspended(MANY[3])


@pytest.mark.long
async def test_a_thousand_documents_are_read_in_a_few_round_trips(
    redis: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = TenantRepository(redis)
    names, text = [TenantId(f"tenant-{number}") for number in range(1_000)], a_document("acme")
    for first in range(0, len(names), 50):  # a slow machine refuses a thousand at once
        some = names[first : first + 50]
        await asyncio.gather(*(repository.publish(one, text.replace("acme", one)) for one in some))
    steps, execute = count(), redis.execute

    async def counted(commands: list[object]) -> list[object]:
        next(steps)
        return await execute(commands)  # type: ignore[arg-type]  # commands, whatever they are

    monkeypatch.setattr(redis, "execute", counted)
    tenants = ActiveTenants(repository)

    await tenants.load()

    assert len(list(tenants)) == 1_000
    assert next(steps) == 2 + 3 * (1_000 // documents.TOGETHER), (
        "the sequence, the hold; pointers, lengths, documents"
    )


async def test_large_documents_are_read_one_after_another(redis: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_BYTES", 10)
    repository = TenantRepository(redis)
    for one in MANY[:3]:
        await repository.publish(one, f"{one}, and more")

    found = [some async for some in repository.active_of([*MANY[:3], BETA])]

    assert [list(some) for some in found] == [[BETA], *([one] for one in MANY[:3])]


async def test_a_broken_document_that_nobody_needs_is_named_all_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "REST", 0)
    await site.tenants.publish(MANY[5], BROKEN)
    registry = CollectorRegistry()
    tenants = ActiveTenants(site.tenants, TenantProblems(registry))
    await tenants.load()
    assert not tenants.is_unreadable(MANY[5]), "nobody has looked at it"

    with capture_logs() as logs:
        async with watching(tenants):
            await eventually(lambda: tenants.is_unreadable(MANY[5]))

    assert [(one["event"], one["tenant"]) for one in logs] == [("configuration_unreadable", MANY[5])]
    labels = {"tenant": MANY[5], "reason": "configuration_unreadable"}
    assert registry.get_sample_value("alert_router_tenant_problems_total", labels) == 1
    assert len(list(tenants)) == 199


async def test_a_document_of_another_form_is_named_at_the_start(site: Site) -> None:
    await site.tenants.publish(MANY[5], '{"v":99}')
    tenants = ActiveTenants(site.tenants)

    await tenants.load()

    assert tenants.is_unreadable(MANY[5])


async def test_a_broken_document_is_named_when_it_is_needed_first(site: Site) -> None:
    await site.tenants.publish(MANY[5], BROKEN)
    tenants = ActiveTenants(site.tenants)
    await tenants.load()

    assert await tenants.find(MANY[5]) is None
    assert tenants.is_unreadable(MANY[5])


async def test_a_change_that_is_broken_leaves_the_last_good_one_of_a_tenant_that_nobody_needed(site: Site) -> None:
    tenants = ActiveTenants(site.tenants)
    await tenants.load()
    await site.tenants.publish(MANY[5], BROKEN)

    with capture_logs() as logs:
        await tenants.load()

    assert [(one["event"], one["version"]) for one in logs] == [("configuration_unreadable", 2)]
    rules = await tenants.find(MANY[5])
    assert rules is not None
    assert (rules.version, rules.rules_version, rules.receivers["default"].channel) == (2, 1, CHANNEL)  # type: ignore[index]  # a name


async def test_a_change_is_in_force_within_a_second_and_costs_nobody_else_anything(site: Site) -> None:
    counting = Counting()
    tenants = ActiveTenants(site.tenants, load=counting)
    await tenants.load()
    async with watching(tenants):
        await site.tenants.publish(MANY[5], a_document(MANY[5], channel=OTHER_CHANNEL))
        await eventually(lambda: tenants.get(MANY[5]) is not None, within_s=1)
        site.tenants.faults.asked.clear()
        await eventually(lambda: site.tenants.faults.asked["changed_since"] >= 2)

    assert set(site.tenants.faults.asked) == {"changed_since", "held_since"}
    rules = tenants.get(MANY[5])
    assert rules is not None
    assert (rules.version, rules.receivers["default"].channel) == (2, OTHER_CHANNEL)  # type: ignore[index]  # a name


async def test_rules_that_had_to_make_room_are_compiled_again_as_they_were_in_force(site: Site) -> None:
    counting = Counting()
    tenants = ActiveTenants(site.tenants, load=counting)
    tenants._compiled = Compiled(most=1)
    await tenants.load()
    await tenants.find(MANY[0])
    await site.tenants.publish(MANY[0], BROKEN)
    await tenants.load()
    await tenants.find(MANY[1])
    assert tenants.get(MANY[0]) is None
    assert MANY[0] in tenants

    rules = await tenants.find(MANY[0])

    assert rules is not None
    assert (rules.version, rules.rules_version) == (2, 1)
    assert counting.compiled == [MANY[0], MANY[1], MANY[0]]


async def test_everybody_who_needs_a_tenant_first_waits_for_one_compilation(site: Site) -> None:
    counting = Counting()
    tenants = ActiveTenants(site.tenants, load=counting)
    await tenants.load()

    found = await asyncio.gather(*(tenants.find(MANY[5]) for _ in range(5)))

    assert len(set(map(id, found))) == 1
    assert counting.compiled == [MANY[5]]


@tries("tenants whose rules are compiled; the others' are kept packed")
def test_so_many_tenants_are_compiled_at_once(beyond: int) -> None:
    compiled = Compiled[int]()
    for number in range(MAX_COMPILED + beyond):
        compiled.put(TenantId(str(number)), number, 1)

    assert len(compiled) == MAX_COMPILED + min(beyond, 0)
    assert (compiled.get(TenantId("0")) is None) == (beyond > 0)


@tries("documents that these rules were compiled of")
def test_of_the_largest_fewer_are_compiled_at_once_and_who_was_needed_last_stays(beyond: int) -> None:
    compiled = Compiled[int]()
    compiled.put(ACME, 1, MAX_COMPILED_CHARACTERS - 2)
    compiled.put(BETA, 2, 1)
    compiled.get(ACME)

    compiled.put(TenantId("more"), 3, 1 + beyond)

    assert (compiled.get(BETA) is None, compiled.get(ACME)) == (beyond > 0, 1)


def test_one_that_is_larger_than_all_may_be_stays_alone() -> None:
    compiled = Compiled[int]()
    compiled.put(ACME, 1, 1)

    compiled.put(BETA, 2, MAX_COMPILED_CHARACTERS + 1)

    assert (compiled.get(ACME), compiled.get(BETA)) == (None, 2)
