"""What is remembered of bodies: within bounds, and each tenant's by itself."""

from dataclasses import replace

import pytest

from router.adapters.crypto.naming import TenantNames
from router.core.model.alert import TenantId
from router.ports.kafka import record_key
from router.ports.marks import Standing
from router.roles.ingest.known import MAX_BODIES, MAX_GROUPS, KnownBodies
from router.roles.ingest.learning import Learning, Outset
from tests.adapters.builders import ACME, BETA, NOON
from tests.bounds import tries
from tests.roles.builders import a_record, an_alert, key_of
from tests.roles.worker import a_site, a_worker


def noted(bodies: KnownBodies, tenant: TenantId, *names: str) -> list[bool]:
    return [bodies.is_noted(tenant, name.encode()) for name in names]


@tries("bodies that a worker knows to bring nothing new")
def test_so_many_bodies_are_remembered(beyond: int) -> None:
    bodies = KnownBodies()
    for number in range(MAX_BODIES + beyond):
        bodies.note(ACME, str(number).encode(), None)

    assert noted(bodies, ACME, "0", "1") == [beyond <= 0, True]
    assert len(bodies) == MAX_BODIES + min(beyond, 0)


def test_who_brings_more_forgets_its_own() -> None:
    bodies = KnownBodies(3)
    bodies.note(BETA, b"x", None)
    for name in "abcd":
        bodies.note(ACME, name.encode(), None)

    assert (noted(bodies, BETA, "x"), noted(bodies, ACME, *"abcd")) == ([True], [False, False, True, True])


def test_who_is_new_gets_a_place() -> None:
    bodies = KnownBodies(2)
    for name in "ab":
        bodies.note(ACME, name.encode(), None)
    bodies.note(BETA, b"x", None)

    assert (noted(bodies, BETA, "x"), noted(bodies, ACME, *"ab"), len(bodies)) == ([True], [False, True], 2)


def test_a_body_that_is_noted_again_is_the_newest() -> None:
    bodies = KnownBodies(2)
    for name in "abac":
        bodies.note(ACME, name.encode(), None)

    assert (noted(bodies, ACME, *"abc"), len(bodies)) == ([True, False, True], 2)


def test_one_tenant_is_forgotten_and_no_other() -> None:
    bodies = KnownBodies()
    bodies.note(ACME, b"a", None)
    bodies.note(BETA, b"a", None)
    bodies.forget(ACME)

    assert (noted(bodies, ACME, "a"), noted(bodies, BETA, "a"), len(bodies)) == ([False], [True], 1)


@tries("alert groups of such a body")
async def test_a_body_of_very_many_groups_is_not_known(beyond: int) -> None:
    worker = await a_worker(await a_site())
    read = (await worker.reader.read(a_record(an_alert()), NOON)).record
    assert read is not None
    one = replace(read, record=replace(read.record, key=record_key(ACME, read.seen.sender_group)))
    groups = [key_of(str(number)).group_id for number in range(MAX_GROUPS + beyond)]
    learning = Learning(KnownBodies())

    for _ in range(2):
        learning.begin([one.record], Outset({ACME: Standing("1", 1, "0" * 512)}, NOON))
        learning.landed(one, groups, 1)

    assert (learning.bodies.find(ACME, one.digest) is not None) is (beyond <= 0)


async def test_what_a_batch_teaches_is_as_tenants_stood_before_it() -> None:
    """A later batch that began meanwhile knows more: nothing that happened in between may seem to be known."""
    worker = await a_worker(await a_site())
    read = (await worker.reader.read(a_record(an_alert()), NOON)).record
    assert read is not None
    one = replace(read, record=replace(read.record, key=record_key(ACME, read.seen.sender_group)))
    before, later = Standing("1", 1, "0" * 512), Standing("1", 1, "1" * 512)
    learning, groups = Learning(KnownBodies()), [key_of("g").group_id]
    learning.begin([one.record], Outset({ACME: before}, NOON))
    learning.landed(one, groups, 1)
    learning.begin([replace(one.record, offset=9)], Outset({ACME: later}, NOON))

    learning.landed(one, groups, 1)

    known = learning.bodies.find(ACME, one.digest)
    assert known is not None
    assert (known.holds(before), known.holds(later)) == (True, False)


@pytest.mark.parametrize(("secret", "is_known"), [(b"a", True), (b"b", False), (b"", False)])
async def test_a_body_of_a_sealed_tenant_is_known_by_the_key_that_its_gateway_has_named(
    secret: bytes, is_known: bool
) -> None:
    worker = await a_worker(await a_site())
    read = (await worker.reader.read(a_record(an_alert()), NOON)).record
    assert read is not None
    key = TenantNames(b"a" * 32).of_record(record_key(ACME, read.seen.sender_group))
    one = replace(read, record=replace(read.record, key=key))
    learning = Learning(KnownBodies(), lambda _: TenantNames(secret * 32) if secret else None)

    for _ in range(2):
        learning.begin([one.record], Outset({ACME: Standing("1", 1, "0" * 512)}, NOON))
        learning.landed(one, [key_of("g").group_id], 1)

    assert (learning.bodies.find(ACME, one.digest) is not None) is is_known


async def test_a_batch_that_has_ended_teaches_nothing_more() -> None:
    worker = await a_worker(await a_site())
    read = (await worker.reader.read(a_record(an_alert()), NOON)).record
    assert read is not None
    learning = Learning(KnownBodies())
    learning.begin([read.record], Outset({ACME: Standing("1", 1, "0" * 512)}, NOON))
    learning.landed(read, [key_of("g").group_id], 1)
    assert learning.has_folded(read.record)

    learning.end([read.record])

    assert not learning.has_folded(read.record)
