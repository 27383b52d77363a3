"""People whose data was erased stay on the list where Redis is lost: the record has it, and nobody else's."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.subjects import SubjectRepository
from router.core.match.subject import subject_digest
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant
from router.ports.subjects import ErasedSubject
from router.roles.projector import LOOK_EVERY
from tests.adapters.postgres.recording import ACME, GLOBEX, Recording, recording
from tests.record_at import RecordAt

KEY = b"k" * 32


@pytest.fixture
async def made(record: RecordAt, redis: Connection) -> Any:
    async with recording(record, redis) as found:
        for tenant in (ACME, GLOBEX):
            await found.versions.publish(tenant, "one")
        await found.projector.round()
        yield found


async def listed(made: Recording, name: str, tenant: TenantId = ACME, left_h: float = 48) -> ErasedSubject:
    """Somebody who is on the list from now on."""
    lists, now = SubjectRepository(made.redis), await made.redis.now()
    await lists.begin(tenant, KEY)
    person = ErasedSubject(name, subject_digest(KEY, name), Instant(now + round(left_h * HOUR)), now)
    await lists.keep(tenant, person)
    return person


async def looks(made: Recording) -> None:
    for _ in range(LOOK_EVERY):
        await made.projector.round()


async def recorded(made: Recording, tenant: str = "acme") -> set[str]:
    rows = await made.at.ask("ar_api", "select part from erased_person", tenant=tenant)
    return {part for (part,) in rows}


async def test_a_redis_that_has_lost_all_has_the_list_as_soon_as_the_tenant(made: Recording, raw: Any) -> None:
    person = await listed(made, "eve")
    await looks(made)
    await raw.flushall()

    await made.projector.round()

    found = await SubjectRepository(made.redis).of(ACME)
    assert (found.key, found.all) == (KEY, (person,))
    assert list(found.subjects.named_in("of Eve")) == [("Eve", "erased-eve")]
    left = await raw.pttl("alert-router:{acme}:subjects")
    assert 47 * 3_600_000 < left <= 48 * 3_600_000


async def test_each_change_is_recorded_and_nothing_of_another_tenant_is_seen(made: Recording) -> None:
    person = await listed(made, "eve")
    await looks(made)
    ended = replace(person, ended_at=person.begun_at, hidden=3)
    await SubjectRepository(made.redis).keep(ACME, ended)
    await listed(made, "bob", GLOBEX)
    await looks(made)

    assert (await recorded(made), await recorded(made, "globex")) == ({"key", "eve"}, {"key", "bob"})
    [(text,)] = await made.at.ask("ar_api", "select text from erased_person where part = 'eve'", tenant="acme")
    assert '"hidden":3' in text


async def test_what_redis_has_lost_in_part_comes_back_and_nobody_leaves_before_his_time(
    made: Recording, raw: Any
) -> None:
    await listed(made, "eve", left_h=24)
    await listed(made, "bob", left_h=48)
    await looks(made)
    await raw.hdel("alert-router:{acme}:subjects", "eve")

    await looks(made)

    assert {one.subject_id for one in (await SubjectRepository(made.redis).of(ACME)).all} == {"eve", "bob"}
    assert await raw.pttl("alert-router:{acme}:subjects") > 47 * 3_600_000


async def test_whose_time_has_passed_is_in_the_record_no_more(made: Recording, raw: Any) -> None:
    await listed(made, "eve")
    await looks(made)
    await made.at.ask("postgres", "update erased_person set until = now() - interval '1 hour'")
    await raw.delete("alert-router:{acme}:subjects")

    await looks(made)

    assert await recorded(made) == set()


async def test_a_list_by_another_key_is_left_alone_and_takes_the_place_of_the_other(
    made: Recording, raw: Any
) -> None:
    await listed(made, "eve")
    await looks(made)
    await raw.delete("alert-router:{acme}:subjects")
    lists, now = SubjectRepository(made.redis), await made.redis.now()
    await lists.begin(ACME, b"o" * 32)
    await lists.keep(ACME, ErasedSubject("mia", b"d" * 16, Instant(now + HOUR), now))

    await looks(made)

    assert await recorded(made) == {"key", "mia"}
    assert (await lists.of(ACME)).key == b"o" * 32


async def test_a_tenant_that_is_removed_leaves_no_row(made: Recording) -> None:
    await listed(made, "eve")
    await looks(made)

    await made.versions.remove(ACME)

    assert await recorded(made) == set()


async def test_the_control_api_reads_and_deletes_and_never_writes_one(made: Recording) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await made.at.ask("ar_api", "insert into erased_person values ('acme', 'x', 'y', now())", tenant="acme")
