"""One record, one cell: its Redis learns of tenants of other cells that they are there and where, and no more."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.whereabouts import RedisWhereabouts, TenantsHere
from router.app.clocks import steady_clock
from router.config import stored
from router.config.read import read_document
from router.control.isolation.own_cell import InOwnCell
from router.core.cell import NO_CELL, CellName
from router.core.model.rules.names import SecretName
from router.core.model.token import token_digest
from router.errors import OperationError
from router.ports.record import Verdict, anybody
from router.ports.secrets import SealedSecrets
from router.ports.tenants import Absence
from router.roles.key_mirror import KeyMirror
from router.roles.projector import Projector
from tests.adapters.postgres.recording import ACME, GLOBEX, Recording, recording
from tests.config.samples import SMALL, changed
from tests.record_at import RecordAt

EU: Final = CellName("eu-1")
US: Final = CellName("us-1")
_DIGEST: Final = token_digest("art_acme")
_SLACK: Final = SealedSecrets({SecretName("slack"): "sealed-secret"}, "manifest")


def of_cell(cell: str) -> str:
    """A stored document that names a cell."""
    text = changed("platform: {", f"platform: {{cell: {cell}, ") if cell else SMALL
    return stored.dump(read_document(text, "acme.yaml"), text)


def projector_of(made: Recording, cell: CellName) -> Projector:
    return Projector(made.wanting, made.projection, steady_clock, cell=cell)


@pytest.fixture
async def made(record: RecordAt, redis: Connection) -> AsyncIterator[Recording]:
    async with recording(record, redis) as made:
        yield made


async def applied(made: Recording, cell: str) -> None:
    """A tenant with a token and a secret."""
    await made.versions.publish(ACME, of_cell(cell))
    await made.tokens.add(ACME, _DIGEST, 2)
    await made.secrets.replace(ACME, SealedSecrets(), _SLACK)


async def everything(raw: Any) -> bytes:
    """All that Redis holds, as it is dumped."""
    return b"".join([key.encode() + (await raw.dump(key) or b"") for key in sorted(await raw.keys("*"))])


async def test_of_a_tenant_of_another_cell_redis_learns_that_it_is_there_and_where(made: Recording, raw: Any) -> None:
    await applied(made, "us-1")
    await made.versions.publish(GLOBEX, of_cell("eu-1"))

    projector = projector_of(made, EU)
    await projector.round()

    assert (await raw.hgetall(keys.ELSEWHERE), projector.behind, projector.drift) == ({ACME: US}, 0, [])
    assert [key for key in await raw.keys("*") if "{acme}" in key] == []
    assert await TokenRepository(made.redis).all() == {}
    assert await made.in_force.active(GLOBEX) is not None
    assert await made.in_force.absence(ACME) is Absence.REMOVED
    assert await made.in_force.listed() == [GLOBEX]


async def test_who_is_projected_is_noted_by_the_projectors_of_its_own_cell_alone(made: Recording) -> None:
    await applied(made, "us-1")
    await projector_of(made, EU).round()
    assert [one.in_force for one in await made.wanting.standing()] == [False]

    await made.versions.remove(ACME)
    await projector_of(made, EU).round()

    [standing] = await made.wanting.standing()
    assert (standing.in_force, standing.cell, standing.is_gone) == (False, US, True)


async def test_a_tenant_that_is_removed_is_nowhere(made: Recording, raw: Any) -> None:
    await applied(made, "us-1")
    await projector_of(made, EU).round()
    await made.versions.remove(ACME)
    await projector_of(made, EU).round()

    assert await raw.hgetall(keys.ELSEWHERE) == {}


async def test_a_tenant_that_leaves_takes_all_of_it_along(made: Recording, raw: Any) -> None:
    await applied(made, "eu-1")
    projector = projector_of(made, EU)
    await projector.round()
    assert b"sealed-secret" in await everything(raw)
    assert _DIGEST.encode() in await everything(raw)

    await TokenRepository(made.redis).note_uses({_DIGEST})
    await made.versions.publish(ACME, of_cell("us-1"))
    await projector.round()
    await raw.delete(keys.TOKEN_CHANGES)  # which expires an hour after the last change

    found = await everything(raw)
    assert b"sealed-secret" not in found
    assert _DIGEST.encode() not in found
    assert await raw.hgetall(keys.ELSEWHERE) == {ACME: US}
    assert (projector.behind, projector.drift) == (0, [])


async def test_what_is_open_stays_until_it_has_ended_and_nothing_new_is_taken(made: Recording, raw: Any) -> None:
    await applied(made, "eu-1")
    projector = projector_of(made, EU)
    await projector.round()
    await raw.hset(keys.tenant_key(ACME, "size"), "groups", 1)
    await made.versions.publish(ACME, of_cell("us-1"))

    with capture_logs() as logs:
        await projector.round()
        await projector.round()

    assert [one["tenant"] for one in logs if one["event"] == "tenant_leaves_cell"] == [ACME]
    assert (await raw.hgetall(keys.ELSEWHERE), projector.behind) == ({ACME: US}, 1)
    assert await TokenRepository(made.redis).all() == {}
    assert await made.in_force.active(ACME) is not None

    await raw.hset(keys.tenant_key(ACME, "size"), "groups", 0)
    await projector.round()

    assert (await made.in_force.active(ACME), projector.behind) == (None, 0)


async def test_a_tenant_that_comes_back_is_there_whole(made: Recording, raw: Any) -> None:
    await applied(made, "us-1")
    projector = projector_of(made, EU)
    await projector.round()
    await made.versions.publish(ACME, of_cell("eu-1"))
    await projector.round()

    active = await made.in_force.active(ACME)
    assert active is not None
    assert (active.version, active.unproven) == (2, False)
    assert await TokenRepository(made.redis).all() == {_DIGEST: ACME}
    assert await SecretRepository(made.redis).of(ACME) == _SLACK
    assert (await raw.hgetall(keys.ELSEWHERE), projector.behind, projector.drift) == ({}, 0, [])


async def test_a_redis_that_has_lost_all_learns_again_who_is_elsewhere(made: Recording, raw: Any) -> None:
    await applied(made, "us-1")
    projector = projector_of(made, EU)
    await projector.round()
    await raw.flushall()
    await projector.round()

    assert await raw.hgetall(keys.ELSEWHERE) == {ACME: US}


async def test_a_projector_that_is_late_sends_nobody_away(made: Recording, raw: Any) -> None:
    late = []

    async def keep(wanted: Any) -> Verdict:
        late.append(wanted)
        return Verdict.DRIFT

    await applied(made, "us-1")
    await made.wanting.bring(ACME, keep)
    await made.versions.publish(ACME, of_cell("eu-1"))
    await projector_of(made, EU).round()

    assert await made.projection.leave(late[0]) is Verdict.NEWER
    assert await raw.hgetall(keys.ELSEWHERE) == {}
    assert await made.in_force.active(ACME) is not None


async def test_a_redis_of_one_cell_is_not_projected_to_by_another(made: Recording) -> None:
    assert await made.projection.claim("ours", EU)

    assert [await made.projection.claim("ours", cell) for cell in (EU, US, NO_CELL)] == [True, False, False]
    assert not await made.projection.claim("another", EU)


async def test_a_redis_that_was_claimed_before_there_were_cells_is_of_none(made: Recording, raw: Any) -> None:
    await raw.set(keys.MANAGED, "ours")

    assert not await made.projection.claim("ours", EU)
    assert await made.projection.claim("ours")


async def test_keys_that_are_elsewhere_are_not_brought_here_and_those_that_leave_are_kept(made: Recording) -> None:
    looked = list[str]()

    class Looking(KeyMirror):
        def __init__(self) -> None:
            pass

        async def look(self, tenants: Any) -> None:
            looked.extend(tenants)

    await made.versions.publish(ACME, of_cell("us-1"))
    await made.versions.publish(GLOBEX, of_cell("eu-1"))
    projector = Projector(made.wanting, made.projection, steady_clock, Looking(), EU)
    await projector.round()
    assert set(looked) == {GLOBEX}

    looked.clear()
    await made.versions.publish(GLOBEX, of_cell("us-1"))
    await projector.round()
    await projector.round()

    assert looked == [GLOBEX]


async def test_a_tenant_is_of_the_cell_that_its_active_version_names(made: Recording) -> None:
    found = list[str]()
    for cell in ("eu-1", "us-1", "", "eu-1"):
        await made.versions.publish(ACME, of_cell(cell))
        found += [one.cell for one in await made.wanting.standing()]

    assert found == ["eu-1", "us-1", "", "eu-1"]


async def test_commands_that_ask_redis_name_the_cell_that_serves_a_tenant(made: Recording) -> None:
    await applied(made, "us-1")
    await projector_of(made, EU).round()

    with pytest.raises(OperationError) as error:
        await TenantsHere(made.redis).active(ACME)

    assert str(error.value) == (
        "tenant 'acme' is served by cell 'us-1', and this is the Redis of another; "
        "run it where ALERT_ROUTER_CELL is us-1, with the Redis of that"
    )
    assert await TenantsHere(made.redis).active(GLOBEX) is None


async def test_nothing_is_written_past_the_record_of_a_tenant_of_another_cell(made: Recording, raw: Any) -> None:
    await applied(made, "us-1")
    await made.versions.publish(GLOBEX, of_cell("eu-1"))
    await projector_of(made, EU).round()
    before = await everything(raw)
    permit = InOwnCell(RedisWhereabouts(made.redis), anybody)

    for written in (
        TenantRepository(made.redis, permit=permit).publish(ACME, of_cell("us-1")),
        TokenRepository(made.redis, permit=permit).add(ACME, _DIGEST, 2),
        SecretRepository(made.redis, permit).replace(ACME, SealedSecrets(), _SLACK),
    ):
        with pytest.raises(OperationError, match="is served by cell 'us-1'"):
            await written

    assert await everything(raw) == before
    await permit(GLOBEX)
