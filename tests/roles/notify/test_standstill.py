"""A worker that does no work is not ready; one tenant's trouble is not the worker's."""

import asyncio

from router.core.model.instant import SECOND, Instant
from router.ports.schedule import Leftover
from router.roles.notify.backlog import STARVED_AFTER
from router.roles.notify.standstill import Standstill
from tests.adapters.builders import ACME
from tests.roles.worker import Site, Worker


async def test_a_worker_that_is_well_takes_turns_and_hears_from_slack(worker: Worker) -> None:
    still = Standstill(worker.pulse, worker.backlog, worker.places)

    assert await still.turns_taken()
    assert await still.slack_answers()


async def test_a_worker_of_whose_tenants_nobody_is_served_takes_no_turns(site: Site, worker: Worker) -> None:
    due = Instant(site.clock.time - STARVED_AFTER - SECOND)
    worker.backlog.take_note({ACME: Leftover(due, has_events=False, routed=1, is_lost=False)}, site.clock.time)

    assert not await Standstill(worker.pulse, worker.backlog, worker.places).turns_taken()


async def test_a_worker_whose_calls_all_hang_does_not_hear_from_slack(worker: Worker) -> None:
    worker.places._in_time.clear()
    worker.places.slow("W1", asyncio.get_running_loop().time())

    assert not await Standstill(worker.pulse, worker.backlog, worker.places).slack_answers()
