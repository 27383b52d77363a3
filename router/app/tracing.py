"""Traces joined, where the settings name a collector: nothing of OpenTelemetry is imported before that."""

import importlib.util
import random
from dataclasses import dataclass
from typing import Protocol

from router.adapters.redis.connection import Connection
from router.adapters.redis.traces import RedisTraceContexts
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.ports.slack import Slack
from router.ports.tracing import TraceContexts, Tracer
from router.roles.gateway.tracing import RequestTracing
from router.roles.ingest.tracing import RecordTracing
from router.roles.notify.in_flight import Deliveries
from router.roles.notify.tracing import TracedDeliveries, TracedSlack
from router.roles.sampling import Sampling
from router.settings import Settings

_NOT_INSTALLED = "needs OpenTelemetry, which is not installed here: pip install 'alert-router[tracing]'"


class Exporting(Tracer, Protocol):
    """A tracer that has something to finish."""

    async def close(self) -> None:
        """Export what is left."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """What records traces; without a tracer every part is as it would be without traces."""

    tracer: Exporting | None = None
    sampling: Sampling | None = None

    def of_requests(self) -> RequestTracing:
        """A gateway's part."""
        return RequestTracing(self.sampling)

    def of_records(self, settings: Settings) -> RecordTracing:
        """Ingest's part."""
        return RecordTracing(self.sampling, settings.kafka.bound_topics)

    def contexts(self, redis: Connection) -> TraceContexts | None:
        """Where contexts wait."""
        return None if self.tracer is None else RedisTraceContexts(redis)

    def of_slack(self, slack: Slack) -> Slack:
        """Slack as deliveries call it."""
        return slack if self.tracer is None else TracedSlack(slack, self.tracer)

    def of_deliveries(self, deliveries: Deliveries, redis: Connection) -> Deliveries:
        """Deliveries as they are sent."""
        return (
            deliveries
            if self.tracer is None
            else TracedDeliveries(deliveries, RedisTraceContexts(redis), self.tracer)
        )

    async def close(self) -> None:
        """Export what is left."""
        if self.tracer is not None:
            await self.tracer.close()


def build_tracing(settings: Settings) -> Tracing:
    """Traces, if there is an address to send them to.

    Raises:
        ConfigurationError: there is one, and the extra is not installed.
    """
    own = settings.tracing
    if own.endpoint is None:
        return Tracing()
    if importlib.util.find_spec("opentelemetry") is None:
        raise ConfigurationError(Diagnostic(_NOT_INSTALLED, source="ALERT_ROUTER_TRACING__ENDPOINT"))
    from router.adapters.tracing.otlp import OtlpTracer, otlp_exporter  # noqa: PLC0415 - an extra

    tracer = OtlpTracer(otlp_exporter(own.endpoint), own.service_name)
    return Tracing(tracer, Sampling(tracer, own.sample_ratio, random.SystemRandom().random))
