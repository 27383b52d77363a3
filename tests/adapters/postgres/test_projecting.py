"""What is recorded comes to Redis, comes again where it was lost, and never over what somebody else has written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tenant_keys import KeyRepository
from router.adapters.redis.tokens import TokenRepository
from router.control.adopting import Adopting, Live
from router.control.record.projecting import Drift
from router.core.model.instant import NEVER
from router.core.model.rules.names import SecretName
from router.core.seal.envelope import KeyId, KeyPurpose
from router.ports.audit import Action
from router.ports.provenance import Provenance
from router.ports.record import DriftKind, RecordedToken, Verdict, Wanted
from router.ports.secrets import SealedSecrets
from router.ports.tenants import Absence
from router.roles.projector import LOOK_EVERY
from tests.adapters.postgres.recording import ACME, GLOBEX, Recording, attempt, recording
from tests.record_at import RecordAt
from tests.waiting import eventually

_NOTHING = SealedSecrets()
_SLACK = SealedSecrets({SecretName("slack"): "sealed"}, "manifest")


@pytest.fixture
async def made(record: RecordAt, redis: Connection) -> AsyncIterator[Recording]:
    async with recording(record, redis) as made:
        yield made


async def test_what_is_recorded_is_in_force_after_a_round(made: Recording) -> None:
    await made.versions.publish(ACME, "one", provenance=Provenance(author="ana", message="why"))
    await made.versions.publish(ACME, "two")
    await made.tokens.add(ACME, "d" * 64, 2)
    assert await made.secrets.replace(ACME, _NOTHING, _SLACK)
    await made.projector.round()
    active = await made.in_force.active(ACME)
    assert active is not None
    assert (active.version, active.text, made.projector.behind, made.projector.drift) == (2, "two", 0, [])
    assert await TokenRepository(made.redis).tenant_of("d" * 64) == ACME
    assert await SecretRepository(made.redis).of(ACME) == _SLACK
    assert [one.in_force for one in await made.wanting.standing()] == [True]
    assert await made.in_force.changed_since(0) != ([], 0)


async def test_what_a_version_comes_from_is_kept_in_both(made: Recording) -> None:
    by = Provenance(author="ana", login="ana@host", source="acme.yaml", message="why")
    await made.versions.publish(ACME, "one", provenance=by)
    await made.projector.round()
    recorded, live = (await made.versions.versions(ACME))[0], (await made.in_force.versions(ACME))[0]
    assert recorded.recorded == live.recorded
    assert (recorded.applied_at, recorded.text, recorded.altered) == (live.applied_at, live.text, False)


async def test_a_redis_that_has_lost_all_holds_all_again_after_a_round(made: Recording, raw: Any) -> None:
    for tenant in (ACME, GLOBEX):
        await made.versions.publish(tenant, f"document of {tenant}")
        await made.tokens.add(tenant, f"digest of {tenant}", 2)
        await made.secrets.replace(tenant, _NOTHING, _SLACK)
    await made.projector.round()
    before = {
        key: await raw.dump(key) for key in await raw.keys("*") if ":{:index}" not in key and "epoch" not in key
    }
    await raw.flushall()
    await made.projector.round()
    for tenant in (ACME, GLOBEX):
        active = await made.in_force.active(tenant)
        assert active is not None
        assert (active.version, active.unproven, made.projector.drift) == (1, True, [])
        assert await TokenRepository(made.redis).tenant_of(f"digest of {tenant}") == tenant
    assert before.keys() <= set(await raw.keys("*"))


async def test_a_projector_that_is_late_undoes_nothing(made: Recording) -> None:
    late = list[Wanted]()

    async def keep(wanted: Wanted) -> Verdict:
        late.append(wanted)
        return Verdict.DRIFT

    await made.versions.publish(ACME, "old")
    await made.tokens.add(ACME, "revoked later", 2)
    await made.wanting.bring(ACME, keep)
    await made.versions.publish(ACME, "new")
    await made.tokens.revoke(ACME, "revoked "[:8])
    await made.projector.round()
    assert await made.projection.project(late[0]) is Verdict.NEWER
    active = await made.in_force.active(ACME)
    assert active is not None
    assert active.text == "new"
    assert await TokenRepository(made.redis).tenant_of("revoked later") is None


async def test_what_somebody_else_has_written_stays_and_is_named(made: Recording) -> None:
    await made.versions.publish(ACME, "recorded")
    await made.projector.round()
    await made.in_force.publish(ACME, "by hand")
    await made.versions.publish(ACME, "recorded later")
    await made.projector.round()
    active = await made.in_force.active(ACME)
    assert active is not None
    assert (active.text, made.projector.behind) == ("by hand", 1)
    assert made.projector.drift == [Drift(ACME, DriftKind.CHANGED)]
    await made.projection.accept(ACME)
    await made.projector.round()
    active = await made.in_force.active(ACME)
    assert active is not None
    assert (active.text, active.version, made.projector.drift) == ("recorded later", 2, [])


async def test_what_a_record_has_forgotten_stays_in_force_and_is_named_whatever_follows(made: Recording) -> None:
    await made.versions.publish(ACME, "one")
    await made.projector.round()
    await made.at.back_up()
    await made.versions.publish(ACME, "two")
    await made.versions.publish(ACME, "three")
    await made.projector.round()
    await made.at.restore()
    for _ in range(2 * LOOK_EVERY + 1):
        await made.projector.round()
    assert (made.projector.behind, made.projector.drift) == (0, [Drift(ACME, DriftKind.AHEAD)])
    for text in ("other", "another", "one more"):
        await made.versions.publish(ACME, text)
    await made.projector.round()
    active = await made.in_force.active(ACME)
    assert active is not None
    assert (active.text, made.projector.drift) == ("three", [Drift(ACME, DriftKind.CHANGED)])
    await made.projection.accept(ACME)
    await made.projector.round()
    active = await made.in_force.active(ACME)
    assert active is not None
    assert (active.text, made.projector.behind, made.projector.drift) == ("one more", 0, [])


@pytest.mark.parametrize(
    ("decide", "text", "version", "tokens"),
    [
        (lambda control: control.adopt([ACME]), "three", 3, {"d" * 64, "e" * 64}),
        (lambda control: control.discard(ACME), "one", 1, {"d" * 64}),
    ],
    ids=["adopted", "discarded"],
)
async def test_what_a_record_has_forgotten_is_adopted_or_discarded(
    made: Recording, decide: Callable[[Adopting], Awaitable[object]], text: str, version: int, tokens: set[str]
) -> None:
    await made.versions.publish(ACME, "one")
    await made.tokens.add(ACME, "d" * 64, 2)
    await made.projector.round()
    await made.at.back_up()
    await made.versions.publish(ACME, "two")
    await made.versions.publish(ACME, "three")
    await made.tokens.add(ACME, "e" * 64, 2)
    await made.projector.round()
    await made.at.restore()
    live_tokens = TokenRepository(made.redis)
    live = Live(made.in_force, live_tokens, SecretRepository(made.redis), made.projection)
    control = Adopting(made.record, made.secrets, live, attempt)
    assert DriftKind.AHEAD in {one.kind for one, _ in (await control.status()).drift}
    await decide(control)
    await made.projector.round()
    for active in (await made.in_force.active(ACME), await made.versions.active(ACME)):
        assert active is not None
        assert (active.text, active.version) == (text, version)
    assert (await live_tokens.all()).keys() == (await made.wanting.live_tokens()).keys() == tokens
    status = await control.status()
    assert (status.drift, [one.in_force for one in status.tenants]) == ([], [True])


async def test_a_record_that_has_forgotten_a_removal_brings_nobody_back(made: Recording) -> None:
    await made.versions.publish(ACME, "one")
    await made.projector.round()
    await made.at.back_up()
    await made.versions.remove(ACME)
    await made.projector.round()
    await made.at.restore()
    for _ in range(2 * LOOK_EVERY + 1):
        await made.projector.round()
    assert await made.in_force.absence(ACME) is Absence.REMOVED
    assert made.projector.drift == [Drift(ACME, DriftKind.AHEAD)]


async def test_secrets_and_tokens_of_others_are_named_once_two_looks_find_them(made: Recording) -> None:
    await made.versions.publish(ACME, "one")
    await made.tokens.add(ACME, "a" * 64, 2)
    await made.secrets.replace(ACME, _NOTHING, _SLACK)
    await made.projector.round()
    tokens = TokenRepository(made.redis)
    await SecretRepository(made.redis).replace(ACME, _SLACK, SealedSecrets({SecretName("slack"): "other"}, "m"))
    await tokens.add(ACME, "b" * 64, 2)
    await tokens.revoke(ACME, "a" * 8)
    for _ in range(21):
        await made.projector.round()
    assert made.projector.drift == [
        Drift(ACME, DriftKind.CHANGED),
        Drift(ACME, DriftKind.TOKEN_ADDED, "b" * 8),
        Drift(ACME, DriftKind.TOKEN_REVOKED, "a" * 8),
    ]


async def test_a_tenant_that_is_removed_goes_and_may_come_back(made: Recording) -> None:
    await made.versions.publish(ACME, "one")
    await made.tokens.add(ACME, "d" * 64, 2)
    await made.projector.round()
    await made.versions.remove(ACME)
    await made.projector.round()
    assert await made.in_force.absence(ACME) is Absence.REMOVED
    assert await TokenRepository(made.redis).tenant_of("d" * 64) is None
    await made.projector.round()
    assert (made.projector.behind, made.projector.drift) == (0, [])
    assert await made.versions.publish(ACME, "again") == 1
    await made.projector.round()
    active = await made.in_force.active(ACME)
    assert active is not None
    assert (active.version, active.text, made.projector.drift) == (1, "again", [])


async def test_who_was_removed_by_hand_stays_away_and_is_named(made: Recording) -> None:
    await made.versions.publish(ACME, "one")
    await made.projector.round()
    await made.in_force.remove(ACME)
    await made.projector.round()
    assert made.projector.drift == [Drift(ACME, DriftKind.CHANGED)]


async def test_a_redis_of_another_record_is_left_alone(made: Recording, raw: Any) -> None:
    await raw.set("alert-router:{:index}:managed", "another")
    await made.versions.publish(ACME, "one")
    await made.projection.claim("mine")
    with capture_logs() as logs:
        running = asyncio.create_task(made.projector.run(0.01))

        async def refused() -> bool:
            return "projection_waits" in {one["event"] for one in logs}

        await eventually(refused)
        await _ended(running)
    assert await made.in_force.active(ACME) is None
    assert not made.projector.is_current


async def test_two_projectors_and_four_writers_end_equal(record: RecordAt, redis: Connection) -> None:
    async with recording(record, redis) as one, recording(record, redis) as other:
        running = [asyncio.create_task(made.projector.run(0.05)) for made in (one, other)]

        async def write(number: int) -> None:
            for step in range(5):
                await one.versions.publish([ACME, GLOBEX][number % 2], f"text {number} {step}")

        await asyncio.gather(*map(write, range(4)))

        async def equal() -> bool:
            standing = await one.wanting.standing()
            return all(tenant.in_force for tenant in standing)

        await eventually(equal)
        await _ended(*running)
        for tenant in (ACME, GLOBEX):
            recorded, live = await one.versions.active(tenant), await one.in_force.active(tenant)
            assert recorded is not None
            assert live is not None
            assert (recorded.version, recorded.text) == (live.version, live.text) == (10, recorded.text)


async def test_a_change_is_audited_with_what_it_changed_and_a_refused_one_too(made: Recording) -> None:
    await made.versions.publish(ACME, "one")
    with pytest.raises(Exception, match="changed meanwhile"):
        await made.versions.publish(ACME, "two", onto=7)
    rows = await made.at.ask("ar_auditor", "select seq, convert_from(entry, 'utf8') from audit order by seq")
    assert [seq for seq, _ in rows] == [0, 1]
    assert '"outcome":"done"' in rows[0][1]
    assert '"outcome":"denied"' in rows[1][1]
    assert await made.at.ask("ar_auditor", "select size from audit_head") == [(2,)]


async def test_what_cannot_be_audited_is_not_written(made: Recording) -> None:
    await made.at.ask("postgres", "set local role ar_owner; revoke insert on audit from ar_api")
    try:
        with pytest.raises(Exception, match="permission denied"):
            await made.versions.publish(ACME, "one")
    finally:
        await made.at.ask("postgres", "set local role ar_owner; grant insert on audit to ar_api")
    assert await made.wanting.standing() == []


async def test_a_cancelled_change_is_not_written(made: Recording) -> None:
    async with made.record.changing(ACME, attempt(Action.TENANT_APPLY, ACME, "")) as change:
        await change.add_token(RecordedToken("d", NEVER), 2)
        task = asyncio.create_task(made.versions.publish(GLOBEX, "one"))
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [one.tenant for one in await made.wanting.standing()] == [ACME]


async def _ended(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


_FIRST: Final = {KeyId(KeyPurpose.PAYLOAD, 1): "wrapped", KeyId(KeyPurpose.STATE, 1): "wrapped"}
_NEXT: Final = {KeyId(KeyPurpose.PAYLOAD, 2): "wrapped again"}


async def _recorded_keys(made: Recording, tenant: str = "acme") -> dict[KeyId, str]:
    rows = await made.at.ask(
        "ar_api", "select purpose, epoch, wrapped from tenant_key where tenant = %s", tenant, tenant=tenant
    )
    return {KeyId(KeyPurpose(purpose), epoch): wrapped for purpose, epoch, wrapped in rows}


async def _with_keys(made: Recording) -> KeyRepository:
    """A tenant that is in force, whose keys a worker has made."""
    await made.versions.publish(ACME, "one")
    await made.projector.round()
    keys = KeyRepository(made.redis)
    assert await keys.replace(ACME, {}, _FIRST)
    await _looks(made)
    return keys


async def _looks(made: Recording) -> None:
    for _ in range(LOOK_EVERY):
        await made.projector.round()


async def test_keys_that_workers_make_are_recorded(made: Recording) -> None:
    keys = await _with_keys(made)
    assert await _recorded_keys(made) == _FIRST
    await keys.replace(ACME, _FIRST, {**_FIRST, **_NEXT})
    await _looks(made)
    assert await _recorded_keys(made) == {**_FIRST, **_NEXT}


async def test_a_redis_that_has_lost_all_has_the_keys_as_soon_as_the_tenant(made: Recording, raw: Any) -> None:
    await _with_keys(made)
    await raw.flushall()
    await made.projector.round()
    assert await KeyRepository(made.redis).of(ACME) == _FIRST


async def test_keys_that_were_made_after_a_loss_stand_beside_those_from_before(made: Recording, raw: Any) -> None:
    keys = await _with_keys(made)
    await raw.flushall()
    await keys.replace(ACME, {}, _NEXT)
    await made.projector.round()
    await _looks(made)
    assert await keys.of(ACME) == await _recorded_keys(made) == {**_FIRST, **_NEXT}


async def test_a_destroyed_key_is_destroyed_in_the_record_and_a_backup_of_redis_brings_it_back_for_nobody(
    made: Recording,
) -> None:
    keys = await _with_keys(made)
    gone = dict.fromkeys(_FIRST, "")
    assert await keys.replace(ACME, _FIRST, gone)
    await _looks(made)
    assert await _recorded_keys(made) == gone
    assert await keys.replace(ACME, gone, _FIRST)
    await _looks(made)
    assert await keys.of(ACME) == await _recorded_keys(made) == gone


async def test_the_keys_of_a_tenant_that_is_removed_go_with_it(made: Recording) -> None:
    await _with_keys(made)
    await made.versions.remove(ACME)
    await made.projector.round()
    await _looks(made)
    assert await _recorded_keys(made) == await KeyRepository(made.redis).of(ACME) == {}
