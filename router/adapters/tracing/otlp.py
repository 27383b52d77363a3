"""Spans of OpenTelemetry's SDK, exported in batches by a thread of its own.

Nothing waits for the exporter: what its queue does not take is dropped. Whether a trace is recorded is decided before
a span is begun, so that the SDK records all of them. Its own variables (`OTEL_EXPORTER_OTLP_HEADERS`,
`OTEL_EXPORTER_OTLP_CERTIFICATE`, ...) hold.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import Final

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context
from opentelemetry.trace import Span as SdkSpan
from opentelemetry.trace import SpanKind as SdkKind

import router
from router.ports.tracing import SpanKind, Value

_KINDS: Final = {
    SpanKind.SERVER: SdkKind.SERVER,
    SpanKind.CONSUMER: SdkKind.CONSUMER,
    SpanKind.INTERNAL: SdkKind.INTERNAL,
    SpanKind.CLIENT: SdkKind.CLIENT,
}
_CLOSE_S: Final = 5.0
_log = structlog.get_logger("router.tracing")


@dataclass(frozen=True, slots=True)
class OtlpSpan:
    """A span of the SDK."""

    span: SdkSpan

    @property
    def context(self) -> str:
        """What names it, as a W3C `traceparent`."""
        own = self.span.get_span_context()
        return f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}"

    def end(self, **attributes: Value) -> None:
        """It is over now."""
        self.span.set_attributes(attributes)
        self.span.end()


class OtlpTracer:
    """Spans on their way to a collector, which has `close_s` seconds for the last of them."""

    def __init__(self, exporter: SpanExporter, service_name: str, close_s: float = _CLOSE_S) -> None:
        self._close_s = close_s
        resource = Resource.create({"service.name": service_name, "service.version": router.__version__})
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("router", router.__version__)

    def begin(self, name: str, kind: SpanKind, parents: Sequence[str], attributes: Mapping[str, Value]) -> OtlpSpan:
        """Begin a span below the first of these contexts, with links to the others."""
        known = [_context(one) for one in parents]
        below = set_span_in_context(NonRecordingSpan(known[0]), Context()) if known else Context()
        links = [Link(one) for one in known[1:]]
        return OtlpSpan(self._tracer.start_span(name, below, _KINDS[kind], attributes, links))

    async def close(self) -> None:
        """Export what is left, as far as that takes no longer than a few seconds.

        The SDK's own bounds hold for each batch, and its last thread is waited for besides: where a collector hangs,
        nothing of that keeps the process up.
        """
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def end() -> None:
            self._end()
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(ended.set)

        Thread(target=end, name="last-traces", daemon=True).start()
        try:
            async with asyncio.timeout(self._close_s):
                await ended.wait()
        except TimeoutError:
            _log.warning("traces_not_exported", error=f"the collector took longer than {self._close_s} s")

    def _end(self) -> None:
        try:
            self._provider.force_flush()
            self._provider.shutdown()
        except Exception as error:  # noqa: BLE001 - an exporter's; nothing waits for it
            _log.warning("traces_not_exported", error=str(error))


def otlp_exporter(endpoint: str) -> SpanExporter:
    """An exporter to a collector's address for traces."""
    return OTLPSpanExporter(endpoint=endpoint, timeout=_CLOSE_S)


def _context(traceparent: str) -> SpanContext:
    _, trace, span, flags = traceparent.split("-")
    return SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16) & 1))
