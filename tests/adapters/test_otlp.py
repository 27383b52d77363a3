"""Spans of OpenTelemetry as a collector gets them."""

import threading
from collections.abc import Sequence
from threading import Event

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from router.adapters.tracing.otlp import OtlpTracer
from router.ports.tracing import SpanKind, is_context, wants_a_trace
from tests.roles.test_sampling import SAMPLED

OTHER = SAMPLED.replace("0af7", "1af7")


async def exported(*parents: str) -> tuple[ReadableSpan, str]:
    """A span below and beside these, and its context."""
    exporter = InMemorySpanExporter()
    tracer = OtlpTracer(exporter, "ours")
    span = tracer.begin("ingest", SpanKind.CONSUMER, list(parents), {"tenant": "acme"})
    span.end(outcome="folded")
    await tracer.close()
    [made] = exporter.get_finished_spans()
    return made, span.context


async def test_a_span_names_its_parent_and_links_the_others() -> None:
    made, context = await exported(SAMPLED, OTHER)

    assert made.parent is not None
    assert made.context is not None
    assert f"{made.context.trace_id:032x}" == SAMPLED.split("-")[1] == context.split("-")[1]
    assert f"{made.parent.span_id:016x}" == SAMPLED.split("-")[2]
    assert [f"{one.context.trace_id:032x}" for one in made.links] == [OTHER.split("-")[1]]
    assert dict(made.attributes or {}) == {"tenant": "acme", "outcome": "folded"}
    assert (made.name, made.kind.name, made.resource.attributes["service.name"]) == ("ingest", "CONSUMER", "ours")


async def test_without_parents_a_trace_begins() -> None:
    made, context = await exported()

    assert made.parent is None
    assert is_context(context)
    assert wants_a_trace(context)


class Broken(SpanExporter):
    """A collector that is away."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        raise OSError("away")

    def shutdown(self) -> None:
        raise OSError("away")


async def test_a_collector_that_is_away_keeps_nobody_up() -> None:
    tracer = OtlpTracer(Broken(), "ours")

    tracer.begin("ingest", SpanKind.CONSUMER, [], {}).end()

    await tracer.close()


class Hanging(SpanExporter):
    """A collector that takes connections and never answers."""

    def __init__(self) -> None:
        self.asked, self.let_go = Event(), Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.let_go.wait()
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self.let_go.wait()


async def test_a_collector_that_hangs_keeps_nobody_up() -> None:
    exporter, before = Hanging(), set(threading.enumerate())
    tracer = OtlpTracer(exporter, "ours", close_s=0.05)
    tracer.begin("ingest", SpanKind.CONSUMER, [], {}).end()

    await tracer.close()

    left = set(threading.enumerate()) - before
    assert exporter.asked.is_set()
    assert left
    assert all(thread.daemon for thread in left), "the process ends without them"
    exporter.let_go.set()
