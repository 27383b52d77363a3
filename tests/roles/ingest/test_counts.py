"""What a tenant counts of its alerts: with the merge that they come by, once, whoever loses a race or dies."""

from functools import partial
from typing import Final

import pytest

from router.core import engine
from router.core.model.observation import Observations
from router.core.route.tree import assign
from router.errors import UnavailableError
from router.roles.ingest.merge import Work
from tests.adapters.builders import ACME, after
from tests.core import builders as core
from tests.roles.builders import a_document
from tests.roles.worker import Site, Worker, a_worker

METRICS: Final = "metrics: [{name: alerts_total, labels: [severity]}]"


@pytest.fixture
async def site() -> Site:
    one = Site()
    await one.open(ACME, a_document(receivers=METRICS))
    return one


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


def work_of(worker: Worker, *names: str, when: float = 0) -> list[Work]:
    """One body of firing alerts, as ingest assigns it."""
    body: Observations = core.observed(
        *(core.an_alert(name, starts=after(0)) for name in names), when=after(when), group_labels={"group": "g"}
    )
    made = []
    for part in assign(worker.rules(ACME), body):
        made.append(Work(worker.rules(ACME), part.key, part.timing))
        made[-1].add(part.seen)
    return made


async def counted(site: Site, worker: Worker) -> dict[tuple[str, ...], tuple[float, ...]]:
    [metric] = worker.rules(ACME).metrics.metrics
    [found] = await site.counts.read(ACME, [metric.metric_id])
    return dict(found)


async def test_what_is_merged_is_counted_and_what_comes_again_is_not(site: Site, worker: Worker) -> None:
    names = [f"A{number}" for number in range(250)]

    await worker.merging.merge(work_of(worker, *names))
    await worker.merging.merge(work_of(worker, *names, "B", when=1))

    assert await counted(site, worker) == {("warning",): (251,)}


async def test_who_lost_a_race_counts_what_is_left(site: Site, worker: Worker) -> None:
    other = await a_worker(site)
    site.groups.faults.just_before("apply", partial(other.merging.merge, work_of(other, "A")))

    await worker.merging.merge(work_of(worker, "A", "B"))

    assert await counted(site, worker) == {("warning",): (2,)}


async def test_what_is_merged_again_after_a_loss_of_the_answer_counts_once(site: Site, worker: Worker) -> None:
    site.groups.faults.lose_reply("apply")
    with pytest.raises(UnavailableError):
        await worker.merging.merge(work_of(worker, "A"))

    await worker.merging.merge(work_of(worker, "A"))

    assert await counted(site, worker) == {("warning",): (1,)}


async def test_what_arrives_from_another_group_was_counted_there(site: Site, worker: Worker) -> None:
    await worker.merging.merge(work_of(worker, "A"), fold=engine.arrive)

    assert await counted(site, worker) == {}
