"""The trace of a request: begun once its sender is known, and handed on in the headers of its record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId
from router.ports.kafka import OURS, TRACEPARENT, TRACESTATE
from router.ports.tracing import Span, SpanKind, trace_of, unsampled
from router.roles.sampling import Sampling, context_of

_NAME: Final = "POST /v1/tenants/{tenant}/alerts"


@dataclass(frozen=True, slots=True)
class RequestTrace:
    """What goes with the record; `span` is there where the trace is recorded."""

    headers: Sequence[tuple[str, bytes]] = ()
    span: Span | None = None

    @property
    def trace(self) -> str:
        """Its id, where it is recorded; else ""."""
        return "" if self.span is None else trace_of(self.span.context)

    def end(self, status: int) -> None:
        """The request is answered."""
        if self.span is not None:
            self.span.end(**{"http.response.status_code": status})


@dataclass(frozen=True, slots=True)
class RequestTracing:
    """Without `sampling` a sender's context is passed on as it is, for whoever else reads the records."""

    sampling: Sampling | None = None

    def begin(self, tenant: TenantId, traceparent: str) -> RequestTrace:
        """The trace of a request with this header, which may hold anything."""
        context, sampling = context_of(traceparent), self.sampling
        if sampling is not None and sampling.takes(context):
            parents = [context] if context else []
            attributes = {"tenant": tenant, "http.request.method": "POST"}
            span = sampling.tracer.begin(_NAME, SpanKind.SERVER, parents, attributes)
            return RequestTrace(((TRACEPARENT, span.context.encode()), (TRACESTATE, OURS)), span)
        if not context:
            return _NOTHING
        passed_on = context if sampling is None else unsampled(context)
        return RequestTrace(((TRACEPARENT, passed_on.encode()),))


_NOTHING: Final = RequestTrace()
