"""The trace of a record that is read: its sender's goes on where it is recorded, and ends folded or held."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from router.ports.kafka import OURS, TRACEPARENT, TRACESTATE, Record
from router.ports.tracing import Span, SpanKind, trace_of
from router.roles.ingest.origins import Worth
from router.roles.sampling import Sampling, context_of

_LOOKED_AT: Final = frozenset({TRACEPARENT, TRACESTATE})


@dataclass(frozen=True, slots=True)
class RecordTracing:
    """Begins spans of records; without `sampling` none. `bound` are the topics that belong to one tenant."""

    sampling: Sampling | None = None
    bound: Mapping[str, str] = field(default_factory=dict)

    def begin(self, record: Record, tenant: str, worth: Worth) -> Span | None:
        """The span of a record that could be read; None where its trace is not recorded."""
        if self.sampling is None:
            return None
        states = {name: value or b"" for name, value in record.headers if name in _LOOKED_AT}
        context = context_of(states.get(TRACEPARENT, b"").decode("ascii", errors="replace"))
        is_decided = bool(context) and states.get(TRACESTATE) == OURS and self._is_of_ours(record, worth)
        if not (is_decided or self.sampling.takes(context)):
            return None
        attributes: dict[str, str | int] = {
            "tenant": tenant,
            "messaging.destination.name": record.topic,
            "messaging.destination.partition.id": str(record.partition),
            "messaging.kafka.offset": record.offset,
        }
        return self.sampling.tracer.begin("ingest", SpanKind.CONSUMER, [context] if context else [], attributes)

    def _is_of_ours(self, record: Record, worth: Worth) -> bool:
        """Whether a gateway has appended it, as far as anybody looks: then it has drawn the lot already."""
        return worth is Worth.GOOD or (worth is Worth.NOT_ASKED and record.topic not in self.bound)


def recorded(record: Record) -> str:
    """The id of the trace that a gateway records of it, as the record has it; else ""."""
    states = dict(record.headers)
    context = context_of((states.get(TRACEPARENT) or b"").decode("ascii", errors="replace"))
    return trace_of(context) if context and states.get(TRACESTATE) == OURS else ""


def end(span: Span | None, outcome: str) -> None:
    """What became of a record."""
    if span is not None:
        span.end(outcome=outcome)
