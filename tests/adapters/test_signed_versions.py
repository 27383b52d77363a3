"""With a key, a version is trusted where and as somebody with the key has applied it, and nowhere else."""

import json
from typing import Any

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.generation import RedisGenerations
from router.adapters.redis.signatures import Unsigned
from router.adapters.redis.signed import SignedVersions
from router.adapters.redis.tenants import TenantRepository
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.ports.generation import Generation
from router.ports.provenance import Provenance
from router.ports.signing import Standing, Untrusted
from router.ports.tenants import ActiveDocument
from tests.adapters.builders import ACME, BETA
from tests.adapters.test_sealing import NEW, OLD
from tests.adapters.test_signed_tokens import signed

KEY = "alert-router:{acme}:"
WRONG, MISSING = Untrusted.SIGNATURE_WRONG, Untrusted.UNSIGNED


@pytest.fixture
async def tenants(redis: Connection) -> TenantRepository:
    await RedisGenerations(redis).begin(Generation("first", NEVER))
    return TenantRepository(redis, signed())


async def active(tenants: TenantRepository, tenant: TenantId = ACME) -> ActiveDocument:
    """The same, read alone and among others."""
    alone = await tenants.active(tenant)
    among = {name: one async for some in tenants.active_of([ACME, BETA]) for name, one in some.items()}
    assert alone is not None
    assert among[tenant] == alone
    return alone


async def test_what_was_applied_is_trusted_under_its_number_also_by_who_has_no_key(
    tenants: TenantRepository, redis: Connection
) -> None:
    for text in ("a", "b", "b"):
        await tenants.publish(ACME, text, provenance=Provenance("kim", message="why"))

    found = await active(tenants)
    assert (found.version, found.text, found.untrusted) == (2, "b", None)
    assert [one.untrusted for one in await tenants.versions(ACME)] == [None, None]
    assert (await active(TenantRepository(redis))).untrusted is None


@pytest.mark.parametrize(
    ("part", "why"),
    [("config:2", WRONG), ("applied", WRONG), ("provenance", WRONG), ("signed", Untrusted.KEY_UNKNOWN)],
)
async def test_whatever_is_changed_of_a_version_it_is_not_trusted_and_others_are(
    tenants: TenantRepository, raw: Any, part: str, why: Untrusted
) -> None:
    for text in ("a", "b"):
        await tenants.publish(ACME, text)
    await tenants.publish(BETA, "b")
    if part.startswith("config"):
        await raw.set(KEY + part, "forged")
    else:
        await raw.hset(KEY + part, "2", "v1:forged:")

    assert (await active(tenants)).untrusted is why
    assert (await active(tenants, BETA)).untrusted is None
    assert [one.untrusted for one in await tenants.versions(ACME)] == [why, None]


async def test_a_version_in_the_place_of_another_or_at_another_tenant_is_not_trusted(
    tenants: TenantRepository, raw: Any
) -> None:
    for text in ("a", "b"):
        await tenants.publish(ACME, text)
    for name in ("applied", "provenance", "signed"):
        await raw.hset(KEY + name, "3", await raw.hget(KEY + name, "1"))
        await raw.hset("alert-router:{beta}:" + name, "1", await raw.hget(KEY + name, "1"))
    await raw.set(KEY + "config:3", "a")
    await raw.set(KEY + "active", "3")
    await raw.set("alert-router:{beta}:config:1", "a")
    await raw.set("alert-router:{beta}:active", "1")

    assert (await active(tenants)).untrusted is WRONG
    assert (await active(tenants, BETA)).untrusted is WRONG


async def test_applying_the_same_document_again_signs_it_with_who_has_done_so(
    tenants: TenantRepository, redis: Connection, raw: Any
) -> None:
    await TenantRepository(redis).publish(ACME, "a", provenance=Provenance("mallory"))
    assert (await active(tenants)).untrusted is MISSING

    assert await tenants.publish(ACME, "a", provenance=Provenance("kim")) == 1

    [kept] = await tenants.versions(ACME)
    assert kept.recorded is not None
    assert (kept.untrusted, kept.recorded.provenance.author) == (None, "kim")
    assert json.loads(await raw.hget(KEY + "provenance", "1"))["author"] == "kim"


async def test_who_has_no_key_applies_what_is_unsigned_and_leaves_no_signature_of_another_life(
    tenants: TenantRepository, redis: Connection, raw: Any
) -> None:
    await raw.hset(KEY + "signed", "1", "v1:of:before")

    await TenantRepository(redis).publish(ACME, "a")

    assert (await active(tenants)).untrusted is MISSING
    accepting = TenantRepository(redis, signed(unsigned=Unsigned.ACCEPT))
    assert (await active(accepting)).untrusted is None


async def test_signatures_go_with_their_versions(tenants: TenantRepository, raw: Any) -> None:
    for number in range(22):
        await tenants.publish(ACME, f"document {number}")

    assert sorted(map(int, await raw.hkeys(KEY + "signed"))) == list(range(3, 23))


async def test_every_version_that_is_kept_is_signed_and_its_tenant_announced(
    tenants: TenantRepository, redis: Connection, raw: Any
) -> None:
    for text in ("a", "b"):
        await TenantRepository(redis).publish(ACME, text)
    await tenants.publish(BETA, "b")
    await raw.hset("alert-router:{beta}:signed", "1", "v1:00000000:AAAA")
    _, number = await tenants.changed_since(0)
    rows = SignedVersions(redis, signed())

    found = [row async for row in rows.signed_rows()]
    assert [(row.name, row.standing) for row in found] == [
        ("version 2 of tenant 'acme'", Standing.UNSIGNED),
        ("version 1 of tenant 'acme'", Standing.UNSIGNED),
        ("version 1 of tenant 'beta'", Standing.KEY_UNKNOWN),
    ]
    assert [await rows.sign(row) for row in found[:2]] == [True, True]

    assert [one.untrusted for one in await tenants.versions(ACME)] == [None, None]
    assert (await tenants.changed_since(number))[0] == [ACME]


async def test_what_was_changed_since_it_was_looked_at_is_not_signed(redis: Connection, raw: Any) -> None:
    await TenantRepository(redis).publish(ACME, "a")
    rows = SignedVersions(redis, signed())
    [row] = [row async for row in rows.signed_rows()]

    await raw.set(KEY + "config:1", "forged")

    assert not await rows.sign(row)
    assert await raw.hgetall(KEY + "signed") == {}


async def test_with_a_new_key_versions_are_signed_again_and_the_older_key_can_go(
    redis: Connection,
) -> None:
    await TenantRepository(redis, signed(OLD)).publish(ACME, "a")
    rows = SignedVersions(redis, signed(NEW, OLD))

    assert [(row.standing, await rows.sign(row)) async for row in rows.signed_rows()] == [(Standing.OLDER_KEY, True)]

    assert (await active(TenantRepository(redis, signed(NEW)))).untrusted is None
    assert (await active(TenantRepository(redis, signed(OLD)))).untrusted is Untrusted.KEY_UNKNOWN
