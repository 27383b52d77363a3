"""Names of metrics and the form of logs. One line a telling; constant names, identifiers, no contents."""

import logging
import sys
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_MAX_LOGGED: Final = 10_000
_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Metrics:
    """All metrics of a process, on the registry passed in. Tenants are no labels: there may be thousands."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.requests = Counter(
            "alert_router_gateway_requests", "Requests to the gateway by HTTP status.", ["status"], registry=registry
        )
        self.records = Counter(
            "alert_router_records", "Kafka records by what became of them.", ["outcome"], registry=registry
        )
        self.dead_letters = Counter(
            "alert_router_dead_letters", "Dead letters by reason.", ["reason"], registry=registry
        )
        self.alerts = Counter("alert_router_alerts_folded", "Alerts folded into notifications.", registry=registry)
        self.changes = Counter("alert_router_changes", "Changes of alerts.", registry=registry)
        self.tellings = Counter("alert_router_tellings", "Tellings by reason.", ["reason"], registry=registry)
        self.parked = Counter(
            "alert_router_notifications_parked", "Notifications set aside, by class.", ["reason"], registry=registry
        )
        self.slack_calls = Counter(
            "alert_router_slack_calls", "Calls to Slack by method and class of answer.", ["method", "answer"],
            registry=registry,
        )  # fmt: skip
        self.budget_waits = Counter(
            "alert_router_budget_waits", "Calls that waited for a budget.", ["method"], registry=registry
        )
        self.shown = Histogram(
            "alert_router_accept_to_shown_seconds",
            "From acceptance to being shown.",
            registry=registry,
            buckets=_SECONDS,
        )
        self.render_failures = Counter(
            "alert_router_render_failures", "Messages that fell back to the plain one.", registry=registry
        )
        self.template_failures = Counter(
            "alert_router_template_failures",
            "Parts that tenants wrote and that failed, so that the built-in ones stood in.",
            ["part"],
            registry=registry,
        )
        self.store_errors = Counter(
            "alert_router_store_errors",
            "Failures of Redis or Kafka by what was being done.",
            ["role"],
            registry=registry,
        )
        self.suspended = Gauge(
            "alert_router_tenants_suspended", "Tenants for whom nothing is sent until they are resumed.",
            registry=registry,
        )  # fmt: skip
        self.ready = Gauge("alert_router_ready", "1 when the process takes work.", registry=registry)


class TemplateFailures:
    """Counts the failures of parts that tenants wrote; logs each part of each tenant once, not once a message."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._logged: set[tuple[str, str]] = set()
        self._log = structlog.get_logger("router.templates")

    def __call__(self, part: str, tenant: str, error: Exception) -> None:
        """Take note of one."""
        self._metrics.template_failures.labels(part=part).inc()
        if (tenant, part) not in self._logged and len(self._logged) < _MAX_LOGGED:
            self._logged.add((tenant, part))
            self._log.warning("template_failed", tenant=tenant, part=part, error_type=type(error).__name__)


def configure_logging(level: str) -> None:
    """JSON lines on stderr, ours and the libraries' alike."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("router").setLevel(level)
    for chatty in ("aiokafka", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
