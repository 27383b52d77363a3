"""A record's trace is recorded where a gateway of ours has decided so; of others a share, whatever they state."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from router.ports.kafka import Record
from router.ports.tracing import MAX_CONTEXTS
from router.roles.ingest.origins import Worth
from router.roles.ingest.tracing import RecordTracing
from router.roles.sampling import Sampling
from tests.adapters.builders import ACME
from tests.fakes.traces import FakeTraceContexts, FakeTracer
from tests.roles.builders import a_record, an_alert, key_of
from tests.roles.test_sampling import LEFT_OUT, SAMPLED
from tests.roles.worker import Site, Worker

OURS = b"alertrouter=1"
BOUND = {"alerts.bound": "acme"}


def stating(traceparent: str, tracestate: bytes = OURS, *, topic: str = "alerts.inbound") -> Record:
    record = a_record(an_alert())
    own = (("traceparent", traceparent.encode()), ("tracestate", tracestate))
    return replace(record, topic=topic, headers=(*record.headers, *own))


def is_recorded(record: Record, worth: Worth, *, by_lot: bool = False) -> bool:
    sampling = Sampling(FakeTracer(), 0.5, lambda: 0.1 if by_lot else 0.9)
    return RecordTracing(sampling, BOUND).begin(record, "acme", worth) is not None


@pytest.mark.parametrize(
    ("record", "worth", "decided"),
    [
        (stating(SAMPLED), Worth.GOOD, True),
        (stating(SAMPLED), Worth.NOT_ASKED, True),
        (stating(SAMPLED), Worth.MISSING, False),
        (stating(SAMPLED, topic="alerts.bound"), Worth.NOT_ASKED, False),
        (stating(SAMPLED, b"theirs=1"), Worth.GOOD, False),
        (stating("garbage"), Worth.GOOD, False),
        (a_record(an_alert()), Worth.GOOD, False),
    ],
)
def test_only_what_a_gateway_of_ours_has_decided_is_not_drawn(record: Record, worth: Worth, decided: bool) -> None:
    assert is_recorded(record, worth) is decided
    assert is_recorded(record, worth, by_lot=True)


def test_what_its_sender_leaves_out_is_left_out() -> None:
    assert not is_recorded(stating(LEFT_OUT, b""), Worth.MISSING, by_lot=True)


@pytest.fixture
def tracer(site: Site, worker: Worker) -> FakeTracer:
    """All traces of a worker are recorded."""
    tracer = FakeTracer()
    object.__setattr__(worker.reader, "tracing", RecordTracing(Sampling(tracer, 1.0, lambda: 0.0)))
    object.__setattr__(worker.transitions, "traces", FakeTraceContexts(site.store))
    return tracer


async def kept(worker: Worker) -> list[str]:
    """The contexts that the group waits with."""
    assert worker.transitions.traces is not None
    [found] = await worker.transitions.traces.find(ACME, [key_of().group_id])
    return list(found)


async def test_a_record_that_is_folded_leaves_its_context_with_the_group(worker: Worker, tracer: FakeTracer) -> None:
    await worker.take(stating(SAMPLED))

    [span] = tracer.spans
    assert (span.name, span.parents, span.ended, span.attributes["outcome"]) == ("ingest", [SAMPLED], True, "folded")
    assert await kept(worker) == [span.context]


async def test_of_many_records_of_one_group_few_contexts_are_kept(worker: Worker, tracer: FakeTracer) -> None:
    await worker.take(*(a_record(an_alert(f"A{number}")) for number in range(20)))

    assert len(tracer.spans) == 20
    assert await kept(worker) == [one.context for one in tracer.spans[:MAX_CONTEXTS]]


async def test_what_brings_nothing_to_show_leaves_none(site: Site, worker: Worker, tracer: FakeTracer) -> None:
    await worker.take(a_record(an_alert()))
    await worker.serve()
    before = await kept(worker)
    site.pass_time(60)

    await worker.take(a_record(an_alert(), received=site.clock.time))

    assert len(tracer.spans) == 2
    assert await kept(worker) == before


async def test_redis_that_keeps_no_context_keeps_no_record_up(site: Site, worker: Worker, tracer: FakeTracer) -> None:
    site.store.faults.refuse("note")

    await worker.take(a_record(an_alert()))

    assert tracer.spans[0].ended
    assert site.group().pending == 1


@pytest.mark.parametrize(
    ("traceparent", "tracestate", "named"),
    [
        (SAMPLED, OURS, [SAMPLED.split("-")[1]]),
        (SAMPLED, b"theirs=1", []),
        ("garbage", OURS, []),
        ("", b"", []),
    ],
)
async def test_the_line_of_a_refused_record_leads_to_the_trace_that_a_gateway_records(
    worker: Worker, traceparent: str, tracestate: bytes, named: list[str]
) -> None:
    with capture_logs() as logged:
        await worker.take(replace(stating(traceparent, tracestate), value=b"{"))

    [line] = [row for row in logged if row["event"] == "record_dead_lettered"]
    assert [value for name, value in line.items() if name == "trace_id"] == named
