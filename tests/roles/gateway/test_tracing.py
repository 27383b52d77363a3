"""The trace of a request goes on in the headers of its record, and in nothing else."""

import pytest

from router.roles.gateway.tracing import RequestTracing
from router.roles.sampling import Sampling
from tests.adapters.builders import ACME
from tests.fakes.traces import FakeTracer
from tests.roles.test_sampling import LEFT_OUT, SAMPLED


def tracing(tracer: FakeTracer, ratio: float = 1.0) -> RequestTracing:
    return RequestTracing(Sampling(tracer, ratio, lambda: 0.5))


def test_without_traces_a_context_is_passed_on_as_it_is() -> None:
    trace = RequestTracing().begin(ACME, SAMPLED)

    assert (trace.headers, trace.span) == ((("traceparent", SAMPLED.encode()),), None)


@pytest.mark.parametrize("stated", ["", "garbage", SAMPLED + "\n"])
def test_without_traces_nothing_else_is(stated: str) -> None:
    assert RequestTracing().begin(ACME, stated).headers == ()


def test_a_trace_that_is_recorded_goes_on_below_its_senders() -> None:
    tracer = FakeTracer()

    trace = tracing(tracer).begin(ACME, SAMPLED)
    trace.end(202)

    [span] = tracer.spans
    assert span.parents == [SAMPLED]
    assert dict(trace.headers) == {"traceparent": span.context.encode(), "tracestate": b"alertrouter=1"}
    assert (span.ended, span.attributes["tenant"], span.attributes["http.response.status_code"]) == (
        True,
        "acme",
        202,
    )


@pytest.mark.parametrize("stated", ["", "garbage"])
def test_without_a_senders_context_it_begins_here(stated: str) -> None:
    tracer = FakeTracer()

    tracing(tracer).begin(ACME, stated)

    assert tracer.spans[0].parents == []


@pytest.mark.parametrize(("stated", "ratio"), [(SAMPLED, 0.1), (LEFT_OUT, 1.0)])
def test_one_that_is_not_recorded_is_passed_on_as_such(stated: str, ratio: float) -> None:
    tracer = FakeTracer()

    trace = tracing(tracer, ratio).begin(ACME, stated)
    trace.end(202)

    assert (trace.headers, tracer.spans) == ((("traceparent", LEFT_OUT.encode()),), [])
