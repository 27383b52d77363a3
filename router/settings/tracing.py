"""The settings of traces."""

from pydantic import Field

from router.settings.sections import Section


class TracingSettings(Section):
    """Traces by OpenTelemetry, which need the extra `tracing`. Without `endpoint` there are none."""

    endpoint: str | None = None
    """Where a collector takes traces by OTLP over HTTP, such as https://collector:4318/v1/traces."""
    sample_ratio: float = Field(default=0.1, ge=0, le=1)
    """The share of requests and records whose traces are recorded, whatever their senders ask for."""
    service_name: str = Field(default="alert-router", min_length=1, max_length=255)
    """`service.name` of all spans."""
    allow_plain: bool = False
    """Whether that address may be http:// on another machine: names of tenants cross the network in clear."""
