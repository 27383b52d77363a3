"""What workspaces take and refuse is noted once in a while, and nobody waits for it."""

import pytest

from router.core.model.instant import SECOND
from router.core.slack.new_block import NEW_BLOCKS, NewBlock
from router.ports.slack import BlockTrial, Verdict
from router.roles.notify import trials as module
from router.roles.notify.trials import AGAIN_S, BlockTrials
from tests.bounds import tries
from tests.roles.worker import Site, a_site

CHART, CONTAINER = NewBlock.CHART, NewBlock.CONTAINER
TEAM = "T1-B1"


@pytest.fixture
async def site() -> Site:
    return await a_site()


@pytest.fixture
def trials(site: Site) -> BlockTrials:
    return BlockTrials(site.workspaces, site.clock, lambda: site.clock.time / SECOND)


async def test_the_same_is_noted_once_in_a_while_and_what_differs_at_once(site: Site, trials: BlockTrials) -> None:
    first = site.clock.time
    trials.note(TEAM, NEW_BLOCKS, Verdict.TAKEN)
    await trials.settled()
    site.clock.advance(SECOND)
    trials.note(TEAM, {CHART}, Verdict.REFUSED)
    trials.note(TEAM, {CONTAINER}, Verdict.TAKEN)
    await trials.settled()

    assert await site.workspaces.tried(TEAM) == {
        CHART: BlockTrial(Verdict.REFUSED, site.clock.time),
        CONTAINER: BlockTrial(Verdict.TAKEN, first),
    }

    site.pass_time(AGAIN_S)
    trials.note(TEAM, {CONTAINER}, Verdict.TAKEN)
    await trials.settled()
    assert (await site.workspaces.tried(TEAM))[CONTAINER].at == site.clock.time


async def test_what_redis_did_not_take_is_noted_the_next_time(site: Site, trials: BlockTrials) -> None:
    site.workspaces.faults.refuse("note_tried")
    trials.note(TEAM, {CHART}, Verdict.TAKEN)
    await trials.settled()
    assert await site.workspaces.tried(TEAM) == {}

    trials.note(TEAM, {CHART}, Verdict.TAKEN)
    await trials.settled()
    assert (await site.workspaces.tried(TEAM)).keys() == {CHART}


@tries("blocks of workspaces of which a worker remembers what it noted")
async def test_of_so_many_it_is_remembered(
    site: Site, trials: BlockTrials, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr(module, "MAX_NOTED", 3)
    first = site.clock.time
    for number in range(3 + beyond):
        trials.note(f"T{number}", {CHART}, Verdict.TAKEN)
    await trials.settled()
    site.clock.advance(SECOND)
    trials.note("T0", {CHART}, Verdict.TAKEN)
    await trials.settled()

    assert ((await site.workspaces.tried("T0"))[CHART].at == first) == (beyond <= 0)
