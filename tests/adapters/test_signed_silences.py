"""With a key, nobody who can write Redis mutes a tenant: a silence holds where and as it was stored with the key."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.signatures import Unsigned
from router.adapters.redis.signed import SignedSilences
from router.adapters.redis.silences import SilenceRepository, write_silence
from router.adapters.redis.tenants import TenantRepository
from router.core.match.matcher import parse_matchers
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, Instant
from router.core.model.rules.silence import Silence
from router.ports.signing import Standing
from tests.adapters.builders import ACME, BETA
from tests.adapters.test_sealing import NEW, OLD
from tests.adapters.test_signed_tokens import signed


@pytest.fixture
async def silence(redis: Connection) -> Silence:
    """A silence of both tenants, in force."""
    now = await redis.now()
    one = Silence("known", (parse_matchers('a="b\u00e9\\\\"'),), now, Instant(now + HOUR), "ana", "why")
    for tenant in (ACME, BETA):
        await TenantRepository(redis, signed()).publish(tenant, "a")
        await SilenceRepository(redis, signed()).store(tenant, [one], [])
    return one


def key_of(tenant: TenantId) -> str:
    return keys.tenant_key(tenant, "silences")


async def silences_of(redis: Connection, tenant: TenantId, **signing: Any) -> list[str]:
    """As workers, and as commands know them."""
    active = await TenantRepository(redis, signed(**signing)).active(tenant)
    listed = await SilenceRepository(redis, signed(**signing)).all_of(tenant)
    assert active is not None
    assert list(active.silences) == listed
    return [one.silence_id for one in listed]


@pytest.mark.parametrize("forgery", ["unsigned", "other id", "other tenant", "longer"])
async def test_a_silence_that_nobody_with_a_key_has_stored_mutes_nothing_and_is_logged(
    redis: Connection, raw: Any, silence: Silence, forgery: str
) -> None:
    mine, theirs = await raw.hget(key_of(ACME), "known"), await raw.hget(key_of(BETA), "known")
    forged = {
        "unsigned": {"forged": write_silence(silence)},
        "other id": {"forged": mine},
        "other tenant": {"known": theirs},
        "longer": {"known": json.dumps({**json.loads(mine), "to": silence.ends_at + HOUR})},
    }[forgery]
    await raw.hset(key_of(ACME), mapping=forged)

    with capture_logs() as logs:
        found = await silences_of(redis, ACME)

    assert found == [name for name in ("known",) if name not in forged]
    assert {(one["event"], one["silence"]) for one in logs} == {("silence_refused", name) for name in forged}
    assert await silences_of(redis, BETA) == ["known"], "the victim beside it"


async def test_who_has_no_key_and_who_changes_over_read_both_forms(
    redis: Connection, raw: Any, silence: Silence
) -> None:
    await raw.hset(key_of(ACME), "unsigned", write_silence(silence))

    assert [one.silence_id for one in await SilenceRepository(redis).all_of(ACME)] == ["known", "unsigned"]
    assert await silences_of(redis, ACME, unsigned=Unsigned.ACCEPT) == ["known", "unsigned"]


async def test_silences_are_signed_with_all_else_and_their_tenant_announced(
    redis: Connection, raw: Any, silence: Silence
) -> None:
    await raw.hset(key_of(ACME), mapping={"unsigned": write_silence(silence), "damaged": "{"})
    _, number = await TenantRepository(redis).changed_since(NEVER)
    rows = SignedSilences(redis, signed())

    found = [row async for row in rows.signed_rows()]
    assert [(row.name, row.standing) for row in found] == [
        ("silence known of tenant 'acme'", Standing.SIGNED),
        ("silence unsigned of tenant 'acme'", Standing.UNSIGNED),
        ("silence known of tenant 'beta'", Standing.SIGNED),
    ]
    assert await rows.sign(found[1])
    assert not await rows.sign(found[1]), "it was changed meanwhile"

    assert await silences_of(redis, ACME) == ["known", "unsigned"]
    assert (await TenantRepository(redis).changed_since(number))[0] == [ACME]


async def test_with_a_new_key_silences_are_signed_again(redis: Connection, silence: Silence) -> None:
    rows = SignedSilences(redis, signed(OLD, NEW))

    done = [(row.standing, await rows.sign(row)) async for row in rows.signed_rows()]

    assert done == [(Standing.OLDER_KEY, True)] * 2
    repository = SilenceRepository(redis, signed(OLD))
    assert await repository.all_of(ACME) == [silence]
