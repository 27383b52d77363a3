"""What an older Redis does not know is taken over from the events: it is edited on, and not posted again."""

import copy
from collections.abc import AsyncIterator, Sequence

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import MINUTE, NEVER, Instant
from router.errors import UnavailableError
from router.ports.kafka import Record
from router.roles.recovery.adoption import Adoption
from router.roles.recovery.shown_since import ShownSince
from tests.adapters.builders import ACME, BETA
from tests.core.builders import a_policy
from tests.roles.builders import a_record, an_alert, key_of
from tests.roles.recovery.past import FakePast
from tests.roles.worker import Site, Worker, a_site, a_worker


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


def watching(worker: Worker, past: FakePast) -> ShownSince:
    site = worker.site
    adoption = Adoption(site.groups, worker.transitions, site.clock, a_policy().times)
    return ShownSince(worker.tenants, past, adoption)


async def forgotten(worker: Worker) -> Record:
    """An alert is shown, and Redis comes back as it was before; the record of it."""
    tenants = worker.site.store.tenants
    before = copy.deepcopy(tenants[ACME])
    record = a_record(an_alert(), received=worker.site.clock.time)
    await worker.take(record)
    await worker.due.advance(worker.rules(), [key_of().group_id])
    await worker.settle_down()
    worker.relay.look_at(ACME)
    await worker.relay.flush()
    tenants[ACME] = before
    return record


def since(worker: Worker) -> Instant:
    return Instant(worker.site.clock.time - 5 * MINUTE)


async def test_a_message_that_redis_does_not_know_of_is_gone_on_with(site: Site, worker: Worker) -> None:
    record = await forgotten(worker)
    shown = len(site.slack.calls)

    with capture_logs() as logs:
        await watching(worker, FakePast(worker)).take_over(since(worker))
    await worker.take(record)
    await worker.settle_down()

    assert site.group().message is not None
    assert len(site.slack.calls) == shown, "folded again, it is nothing new"
    assert [one["messages"] for one in logs if one["event"] == "messages_taken_over"] == [1]


async def test_to_go_on_reads_no_events_again(worker: Worker) -> None:
    past = FakePast(worker)
    shown = watching(worker, past)

    await shown.take_over(since(worker))
    await shown.go_on()

    assert past.events_read == 1


async def test_a_tenant_that_is_away_keeps_nobody_waiting(site: Site, worker: Worker) -> None:
    await forgotten(worker)
    site.groups.faults.refuse("apply", 20)

    with capture_logs() as logs:
        await watching(worker, FakePast(worker)).take_over(since(worker))

    assert [one["tenant"] for one in logs if one["event"] == "messages_not_taken_over"] == [ACME]


async def test_a_tenant_that_was_away_is_taken_over_as_soon_as_it_is_back(site: Site, worker: Worker) -> None:
    record = await forgotten(worker)
    shown = watching(worker, FakePast(worker))
    calls = len(site.slack.calls)
    site.groups.faults.refuse("apply", 2)

    with capture_logs() as logs:
        await shown.take_over(since(worker))
        await shown.go_on()
        await shown.go_on()
        await shown.go_on()
    await worker.take(record)
    await worker.settle_down()

    assert site.group().message is not None
    assert len(site.slack.calls) == calls, "folded again, it is nothing new"
    assert [one["event"] for one in logs if one["event"].startswith("messages_")] == [
        "messages_not_taken_over",
        "messages_taken_over",
    ]


async def test_while_kafka_does_not_answer_nothing_is_done(worker: Worker) -> None:
    class Away(FakePast):
        async def events(self, since: Instant = NEVER) -> AsyncIterator[Sequence[Record]]:
            async for batch in super().events(since):
                yield batch
            raise UnavailableError("Kafka: away")

    shown = watching(worker, Away(worker))

    for _ in range(2):
        with pytest.raises(UnavailableError):
            await shown.take_over(since(worker))
