"""A tenant's file keeps what its level promises, or is refused where it does not."""

from typing import Final

import pytest

from router.config.joined import platform_text, rules_text
from router.config.read import parse
from router.control.isolation.promised import NO_PROMISE, Pooled, Promised
from router.control.isolation.reading import read_isolation
from router.control.parts import WrittenPlatform, WrittenRules
from router.control.tenants import TenantControl
from router.core.pool import Pool
from router.errors import ConfigurationError
from tests.adapters.builders import ACME
from tests.config.samples import SMALL, changed
from tests.control.fakes import FakeGroups, FakeVersions, content

POLICY: Final = "version: 1\ndefault: shared\ntenants: {acme: sealed}\n"
SEALED: Final = changed("platform: {", "platform: {keys: own, ")
NEEDED: Final = "platform: the level `sealed` of this tenant needs `keys: own` here; add it, or change its level"


def control(versions: FakeVersions | None = None, policy: str = POLICY) -> TenantControl:
    promise = Promised(read_isolation(policy, "isolation.yaml"))
    return TenantControl(versions or FakeVersions(), FakeGroups(), promise=promise)


async def refused(tenants: TenantControl, text: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        await tenants.plan(content(text), "acme.yaml")
    return str(error.value)


async def test_a_file_without_keys_of_its_own_is_refused_where_its_level_needs_them() -> None:
    assert await refused(control(), SMALL) == f"acme.yaml:3:1: {NEEDED}"
    assert (await control().plan(content(SEALED), "acme.yaml")).after == 1


async def test_a_file_may_have_more_than_its_level() -> None:
    lower = control(policy="version: 1\ndefault: shared\n")

    assert (await lower.plan(content(SEALED), "acme.yaml")).after == 1
    assert (await lower.plan(content(SMALL), "acme.yaml")).after == 1


async def test_the_operators_part_alone_is_refused_in_its_own_text() -> None:
    versions = FakeVersions()
    await _applied(versions)
    alone = platform_text(SMALL)
    with pytest.raises(ConfigurationError) as error:
        await control(versions).plan_part(WrittenPlatform(ACME, parse(alone, "platform.yaml")))

    line = 1 + alone.splitlines().index(next(one for one in alone.splitlines() if one.startswith("platform")))
    assert str(error.value) == f"platform.yaml:{line}:1: {NEEDED}"


async def test_a_tenants_part_is_not_refused_for_what_its_operator_left_out() -> None:
    versions = FakeVersions()
    await _applied(versions)
    rules = rules_text(SMALL) + "locale: de-DE\n"

    assert (await control(versions).plan_part(WrittenRules(ACME, parse(rules, "acme.yaml")))).after == 2


async def test_nobody_goes_back_to_a_version_that_breaks_the_promise() -> None:
    versions = FakeVersions()
    await _applied(versions)
    tenants = control(versions)
    await tenants.publish(await tenants.plan(content(SEALED), "acme.yaml"))
    with pytest.raises(ConfigurationError, match="needs `keys: own` here"):
        await tenants.plan_rollback(ACME)


async def _applied(versions: FakeVersions) -> None:
    """Before there was a policy."""
    before = TenantControl(versions, FakeGroups())
    await before.publish(await before.plan(content(SMALL), "acme.yaml"))


async def test_a_pool_that_is_not_there_is_refused_with_its_place() -> None:
    tenants = TenantControl(FakeVersions(), FakeGroups(), promise=Pooled((Pool("gold"),), NO_PROMISE))
    there = changed("platform: {", "platform: {pool: gold, ")

    assert await refused(tenants, changed("platform: {", "platform: {pool: golt, ")) == (
        "acme.yaml:3:18: platform.pool: `golt` is not among the pools, did you mean `gold`?"
    )
    assert (await tenants.plan(content(there), "acme.yaml")).after == 1


async def test_a_level_is_kept_in_a_pool_too() -> None:
    promise = Pooled((), Promised(read_isolation(POLICY, "isolation.yaml")))

    assert NEEDED in await refused(TenantControl(FakeVersions(), FakeGroups(), promise=promise), SMALL)


GOLD: Final = changed("platform: {", "platform: {pool: gold, keys: own, ")
DEDICATED: Final = "version: 1\ndefault: shared\ntenants: {acme: dedicated}\n"


async def beside(versions: FakeVersions, text: str = GOLD) -> None:
    """Another tenant, from before there was a policy."""
    before = TenantControl(versions, FakeGroups())
    await before.publish(await before.plan(content(text.replace("tenant: acme", "tenant: globex")), "globex.yaml"))


async def test_a_file_without_a_pool_is_refused_where_its_level_needs_workers_of_its_own() -> None:
    tenants = control(policy=DEDICATED)

    assert await refused(tenants, SEALED) == (
        "acme.yaml:3:1: platform: the level `dedicated` of this tenant needs `pool: NAME` here, a pool that is "
        "its alone"
    )
    assert (await tenants.plan(content(GOLD), "acme.yaml")).after == 1


async def test_a_pool_with_somebody_else_in_it_is_not_ones_own() -> None:
    versions = FakeVersions()
    await beside(versions)

    assert await refused(control(versions, DEDICATED), GOLD) == (
        "acme.yaml:3:18: platform.pool: the level `dedicated` needs a pool of the tenant's own; globex is in this one"
    )


async def test_nobody_joins_a_pool_that_is_anothers_own() -> None:
    versions = FakeVersions()
    await beside(versions)
    theirs = control(versions, DEDICATED.replace("acme", "globex"))

    assert await refused(theirs, GOLD) == (
        "acme.yaml:3:18: platform.pool: `gold` is the pool of tenant globex alone, by its level; name another one"
    )
    assert (await theirs.plan(content(SMALL), "acme.yaml")).after == 1


async def test_tenants_share_a_pool_where_no_level_forbids_it() -> None:
    versions = FakeVersions()
    await beside(versions)

    assert (await control(versions).plan(content(GOLD), "acme.yaml")).after == 1


SHARDED: Final = "version: 1\nlevels: [{name: few, workers: shard(2)}]\ndefault: few\n"


@pytest.mark.parametrize("size", [1, 2])
async def test_a_file_may_have_as_many_partitions_as_its_level_leaves_it_or_fewer(size: int) -> None:
    few = changed("platform: {", f"platform: {{shard: {size}, ")

    assert (await control(policy=SHARDED).plan(content(few), "acme.yaml")).after == 1


async def test_a_file_with_more_partitions_than_its_level_leaves_it_is_refused() -> None:
    more = changed("platform: {", "platform: {shard: 3, ")

    assert await refused(control(policy=SHARDED), SMALL) == (
        "acme.yaml:3:1: platform: the level `few` of this tenant needs `shard: 2` here, or less; add it"
    )
    assert await refused(control(policy=SHARDED), more) == (
        "acme.yaml:3:19: platform.shard: the level `few` leaves this tenant 2 of the partitions; use at most so many"
    )


async def test_who_has_another_level_may_have_a_shard_all_the_same() -> None:
    few = changed("platform: {", "platform: {shard: 3, ")

    assert (await control(policy="version: 1\ndefault: shared\n").plan(content(few), "acme.yaml")).after == 1
