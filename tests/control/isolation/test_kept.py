"""After a change of the policy the files in force that break their level are named, and no others."""

from typing import Final

from router.control.isolation.promised import Promised
from router.control.isolation.reading import read_isolation
from router.control.tenants import TenantControl
from tests.adapters.builders import ACME
from tests.config.samples import SMALL, changed
from tests.control.fakes import FakeGroups, FakeVersions, content

GLOBEX: Final = SMALL.replace("tenant: acme", "tenant: globex")
IN_GOLD: Final = changed("platform: {", "platform: {pool: gold, keys: own, ")


async def in_force(*texts: str) -> FakeVersions:
    """These files, applied before there was a policy."""
    versions = FakeVersions()
    before = TenantControl(versions, FakeGroups())
    for text in texts:
        await before.publish(await before.plan(content(text), "a.yaml"))
    return versions


async def broken(versions: FakeVersions, policy: str) -> list[str]:
    promise = Promised(read_isolation(f"version: 1\n{policy}\n", "isolation.yaml"))
    found = await TenantControl(versions, FakeGroups(), promise=promise).breaches()
    assert all(one.version == 1 for one in found)
    return [str(finding) for one in found for finding in one.findings]


async def test_a_tenant_whose_level_was_raised_is_named_with_its_version_and_the_place() -> None:
    versions = await in_force(SMALL, GLOBEX)

    assert await broken(versions, "default: shared") == []
    [found] = await broken(versions, "default: shared\ntenants: {acme: sealed}")
    assert found.startswith("acme version 1:3:1: platform: the level `sealed` of this tenant needs `keys: own` here")
    assert len(await broken(versions, "default: sealed")) == 2


async def test_both_are_named_of_whom_one_is_to_be_alone_in_a_pool() -> None:
    together = await in_force(IN_GOLD, IN_GOLD.replace("tenant: acme", "tenant: globex"))
    policy = "default: shared\ntenants: {acme: dedicated}"

    assert await broken(together, "default: shared") == []
    assert [one.partition(":")[0] for one in await broken(together, policy)] == ["acme version 1", "globex version 1"]
    assert await broken(await in_force(IN_GOLD, GLOBEX), policy) == []


async def test_a_file_that_cannot_be_read_keeps_nothing_and_hides_no_other() -> None:
    versions = await in_force(GLOBEX)
    await versions.publish(ACME, '{"v":1,"document":{},"source":""}')

    found = await broken(versions, "default: sealed")

    assert {one.partition(":")[0] for one in found} == {"acme version 1", "globex version 1"}
