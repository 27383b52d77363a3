"""A call's span stands below the record that it shows first, with links to the others; without any there is none."""

import pytest
from prometheus_client.openmetrics.exposition import generate_latest
from structlog.testing import capture_logs

from router.core.slack.answer import Accepted, Answer, Unreached
from router.roles.notify.in_flight import Delivery
from router.roles.notify.tracing import TracedDeliveries, TracedSlack
from tests.adapters.builders import ACME
from tests.fakes.traces import FakeTraceContexts, FakeTracer
from tests.roles.builders import key_of
from tests.roles.test_sampling import SAMPLED
from tests.roles.worker import Site, Worker

GROUP = key_of().group_id
OTHER = SAMPLED.replace("b7ad", "b7ae")


class Traced:
    """A worker whose calls have spans."""

    def __init__(self, site: Site, worker: Worker) -> None:
        self.worker, self.tracer, self.contexts = worker, FakeTracer(), FakeTraceContexts(site.store)
        worker.delivery._slack = TracedSlack(site.slack, self.tracer)
        self.deliveries = TracedDeliveries(worker.delivery, self.contexts, self.tracer)

    async def make(self, delivery: Delivery) -> Answer:
        answer = await self.deliveries.call(delivery)
        await self.deliveries.settle(delivery, answer)
        return answer

    async def kept(self) -> list[str]:
        [found] = await self.contexts.find(ACME, [GROUP])
        return list(found)


@pytest.fixture
def traced(site: Site, worker: Worker) -> Traced:
    return Traced(site, worker)


async def test_the_call_to_slack_ends_the_trace_of_what_it_shows(traced: Traced) -> None:
    await traced.contexts.note(ACME, {GROUP: [SAMPLED, OTHER]})

    answer = await traced.make(await traced.worker.claim())

    notify, slack = traced.tracer.spans
    assert isinstance(answer, Accepted)
    assert (notify.name, notify.parents, notify.attributes["answer"]) == ("notify", [SAMPLED, OTHER], "accepted")
    assert (slack.name, slack.parents) == ("slack chat.postMessage", [notify.context])
    assert notify.ended
    assert slack.ended
    assert await traced.kept() == []


async def test_what_came_without_a_trace_has_no_span(traced: Traced) -> None:
    await traced.make(await traced.worker.claim())

    assert traced.tracer.spans == []


async def test_until_it_is_shown_each_call_is_of_the_trace(site: Site, traced: Traced) -> None:
    await traced.contexts.note(ACME, {GROUP: [SAMPLED]})
    site.slack.script.append(Unreached("dns"))

    await traced.make(await traced.worker.claim())

    assert traced.tracer.spans[-1].attributes["answer"] == "unreached"
    assert await traced.kept() == [SAMPLED]


async def test_what_is_folded_during_a_call_keeps_its_trace(traced: Traced) -> None:
    await traced.contexts.note(ACME, {GROUP: [SAMPLED]})
    delivery = await traced.worker.claim()
    answer = await traced.deliveries.call(delivery)
    await traced.contexts.note(ACME, {GROUP: [OTHER]})

    await traced.deliveries.settle(delivery, answer)

    assert await traced.kept() == [OTHER]


@pytest.mark.parametrize("step", ["find", "forget"])
async def test_redis_that_knows_no_contexts_keeps_no_call_up(site: Site, traced: Traced, step: str) -> None:
    await traced.contexts.note(ACME, {GROUP: [SAMPLED]})
    delivery = await traced.worker.claim()
    site.store.faults.refuse(step)

    assert isinstance(await traced.make(delivery), Accepted)
    assert site.group().message is not None


async def test_nothing_of_a_trace_goes_to_slack(site: Site, traced: Traced) -> None:
    await traced.contexts.note(ACME, {GROUP: [SAMPLED]})

    await traced.make(await traced.worker.claim())

    [made] = site.slack.calls
    assert SAMPLED.split("-")[1] not in repr(made)


async def test_the_line_and_the_time_of_what_is_shown_lead_to_its_trace(traced: Traced) -> None:
    await traced.contexts.note(ACME, {GROUP: [SAMPLED, OTHER]})

    with capture_logs() as logged:
        await traced.make(await traced.worker.claim())

    [trace] = [row["trace_id"] for row in logged if row["event"] == "notification_sent"]
    assert trace == SAMPLED.split("-")[1]
    led = [line for line in open_page(traced.worker).splitlines() if f'# {{trace_id="{trace}"}} ' in line]
    names = ("shown", "shown_own", "shown_imposed", "accept_to_shown")
    assert {line.partition("{")[0] for line in led} == {f"alert_router_{name}_seconds_bucket" for name in names}


async def test_without_a_trace_that_is_recorded_nothing_leads_to_one(traced: Traced) -> None:
    with capture_logs() as logged:
        await traced.make(await traced.worker.claim())

    assert "trace_id" not in repr(logged)
    assert "trace_id" not in open_page(traced.worker)


def open_page(worker: Worker) -> str:
    page: bytes = generate_latest(worker.metrics.registry)  # type: ignore[no-untyped-call]
    return page.decode()
