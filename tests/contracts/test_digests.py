"""A digest stands at the front of the lane that it absorbs from, and remembers what it counted of each group."""

from dataclasses import replace

from router.core.model.group import AlertGroup, Digest, DigestRef, Row
from router.core.model.instant import Instant
from router.core.model.key import DIGEST_PATH, GroupId, GroupKey
from router.core.model.operation import Lane
from router.core.model.phase import Idle, Queued, Rank, Tries
from router.core.model.rules.names import ReceiverName
from router.core.model.transition import Transition
from router.ports.state import ApplyResult
from tests.adapters.builders import ACME, NOON, POSTS, queued, store, waiting, write
from tests.contracts.engines import Engine
from tests.contracts.shelf import Shelf

KEY = GroupKey(ReceiverName("all"), DIGEST_PATH, (("channel", "C1"),))
ROWS = (Row("DiskFull", "critical", Instant(7), firing=3, stale=1), Row("", "", Instant(1), resolved=9, rerouted=2))
ONE, TWO = GroupId("1" * 32), GroupId("2" * 32)


def a_digest(lane: Lane | None = POSTS, *, life: int = 0) -> AlertGroup:
    counted = Digest(
        lane=lane,
        joined=4,
        counted_from=NOON,
        spared=((ONE, NOON),),
        life=life,
        groups=2,
        rows=ROWS,
        criticals=((TWO, ("alertname", "A", "zone", "1")),),
    )
    return AlertGroup(KEY, firing=3, digest=counted)


async def test_it_comes_back_as_it_was(shelf: Shelf) -> None:
    await store(shelf.groups, [write(AlertGroup(KEY, digest=Digest()), a_digest())])

    [found] = await shelf.groups.load(ACME, [KEY.group_id])

    assert found == replace(a_digest(), rev=1)


async def test_a_group_that_it_shows_comes_back_as_one(shelf: Shelf) -> None:
    shown = replace(waiting("A"), message=DigestRef(KEY.group_id))
    await shelf.put(shown)

    [found] = await shelf.groups.load(ACME, [shown.key.group_id])

    assert isinstance(found, AlertGroup)
    assert found.shown_by == KEY.group_id
    assert found.posted is None


async def test_while_it_absorbs_it_is_the_first_of_its_lane_whatever_it_does_itself(shelf: Shelf) -> None:
    [first] = [await shelf.put(queued(waiting("A"), rank=Rank.URGENT))]
    begun = a_digest()
    await store(shelf.groups, [write(AlertGroup(KEY, digest=Digest()), begun)])
    front = [KEY.group_id, first.key.group_id]
    assert await shelf.schedule.heads(ACME, [POSTS], 5) == [front]

    calling = replace(begun, rev=1, phase=Queued(POSTS, Rank.NORMAL, Tries(NOON)))
    await store(shelf.groups, [write(replace(begun, rev=1), calling)])
    assert await shelf.schedule.heads(ACME, [POSTS], 5) == [front]

    at_rest = replace(calling, rev=2, phase=Idle())
    await store(shelf.groups, [write(replace(calling, rev=2), at_rest)])
    assert await shelf.schedule.heads(ACME, [POSTS], 5) == [front]

    await store(shelf.groups, [write(replace(at_rest, rev=3), replace(a_digest(None), rev=3))])
    assert await shelf.schedule.heads(ACME, [POSTS], 5) == [front[1:]]


async def test_its_lane_is_looked_at_though_nobody_else_stands_there(shelf: Shelf) -> None:
    await store(shelf.groups, [write(AlertGroup(KEY, digest=Digest()), a_digest())])
    assert POSTS in (await shelf.schedule.due(ACME, NOON, 10)).lanes

    await store(shelf.groups, [write(replace(a_digest(), rev=1), replace(a_digest(None), rev=1))])
    assert POSTS not in (await shelf.schedule.due(ACME, NOON, 10)).lanes


async def test_what_it_counted_of_a_group_is_remembered_for_this_life(shelf: Shelf) -> None:
    await store_shares(shelf, a_digest(), {ONE: ROWS, TWO: ROWS[:1]}, rev=0)
    await store_shares(shelf, a_digest(), {TWO: ()}, rev=1)

    assert await shelf.groups.shares(ACME, a_digest(), [ONE, TWO]) == {ONE: ROWS}
    assert await shelf.groups.shares(ACME, a_digest(life=1), [ONE]) == {}
    assert await shelf.groups.shares(ACME, a_digest(), []) == {}


async def store_shares(shelf: Shelf, digest: AlertGroup, shares: dict[GroupId, tuple[Row, ...]], *, rev: int) -> None:
    before = replace(digest, rev=rev)
    one = replace(write(before, before), transition=Transition(before, shares=shares))
    assert await store(shelf.groups, [one]) == [ApplyResult.OK]


async def test_digests_of_a_workspace_are_counted_while_they_are_shown(engine: Engine) -> None:
    limiter = engine.limiter

    counts = [await limiter.open_digests("T1", name) for name in ("acme/1", "acme/2", "acme/1", "globex/1")]

    assert counts == [1, 2, 2, 3]
    assert await limiter.open_digests("T2", "acme/1") == 1
