"""One trace from the sender's webhook to the call to Slack, as a collector gets it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.system import up
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import body, firing

TRACE, SENDER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
STEPS = ["POST /v1/tenants/{tenant}/alerts", "ingest", "notify", "slack chat.postMessage"]


class Collector:
    """Takes traces by OTLP over HTTP."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.address = ""

    async def take(self, request: web.Request) -> web.Response:
        found = ExportTraceServiceRequest.FromString(await request.read())
        self.spans += [span for one in found.resource_spans for scope in one.scope_spans for span in scope.spans]
        return web.Response()

    def of(self, trace: str) -> list[Span]:
        return sorted(
            (one for one in self.spans if one.trace_id.hex() == trace), key=lambda one: one.start_time_unix_nano
        )


@asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    found, app = Collector(), web.Application()
    app.router.add_post("/v1/traces", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    found.address = f"http://{host}:{port}/v1/traces"
    try:
        yield found
    finally:
        await runner.cleanup()


async def notified(files: Path, **settings: str) -> None:
    """One alert, from its webhook to its message, in a system that has ended then."""
    async with up(files, **FAST_SETTINGS, **settings) as system, system.tenant("traced") as tenant:
        reply = await tenant.post(body(firing()), traceparent=f"00-{TRACE}-{SENDER}-01")
        assert reply.status == 202
        tenant.sent += 1
        await tenant.settled()


@pytest.mark.night
@pytest.mark.long
async def test_a_webhook_and_its_message_are_one_trace(tmp_path: Path) -> None:
    files = write(tmp_path / "tenants", [document("traced")])
    async with collector() as traces:
        await notified(files, TRACING__ENDPOINT=traces.address, TRACING__SAMPLE_RATIO="1")
        spans = traces.of(TRACE)  # what was left was exported at the end

    assert [one.name for one in spans] == STEPS
    assert [one.parent_span_id.hex() for one in spans] == [SENDER, *(one.span_id.hex() for one in spans[:-1])]
