"""All metrics of a process, in one table: attribute, name, what it counts, labels.

Tenants are no labels but of their problems: there may be thousands.
"""

from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from router.observe.problems import TenantProblems

_PREFIX: Final = "alert_router_"
_MAX_LOGGED: Final = 10_000
ROLES: Final = ("ingest", "notifier", "settle", "relay")
"""What `store_errors` counts failures of."""
_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Metrics:
    """All metrics, on the registry passed in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        count = self._counter
        self.requests = count("gateway_requests", "Requests to the gateway by HTTP status.", "status")
        self.records = count("records", "Kafka records by what became of them.", "outcome")
        self.dead_letters = count("dead_letters", "Dead letters by reason.", "reason")
        self.signatures = count(
            "record_signatures", "Records of topics bound to nobody, by their signature.", "worth"
        )
        self.redriven = count("records_redriven", "Records that came again out of the dead letters.")
        self.alerts = count("alerts_folded", "Alerts folded into alert groups.")
        self.changes = count("changes", "Changes of alerts.")
        self.suppressed = count("changes_suppressed", "Changes that are never shown, by reason.", "reason")
        self.notifications = count("notifications", "Notifications sent, by reason.", "reason")
        self.parked = count("groups_parked", "Alert groups set aside, by class of the reason.", "reason")
        self.slack_calls = count("slack_calls", "Calls to Slack by method and class of answer.", "method", "answer")
        self.budget_waits = count("budget_waits", "Calls that waited for a budget.", "method")
        self.render_failures = count("render_failures", "Messages that fell back to the plain one.")
        self.template_failures = count(
            "template_failures", "Parts that tenants wrote and that failed; built-in ones were used instead.", "part"
        )
        self.rewinds = count("rewinds", "How often records were read again, since Redis was another run.")
        self.store_errors = count("store_errors", "Failures of Redis or Kafka by what was being done.", "role")
        for role in ROLES:
            self.store_errors.labels(role=role)
        self.leases_lapsed = count("leases_lapsed", "Calls whose worker died or stalled, by method.", "method")
        self.shown = _seconds("accept_to_shown_seconds", "From acceptance to being shown.", registry)
        self.suspended = self._gauge("tenants_suspended", "Tenants for whom nothing is sent until they are resumed.")
        self.on_hold = self._gauge("on_hold", "1 while sending is on hold for everybody.")
        self.events_waiting = self._gauge(
            "events_waiting", "Events that Kafka has not taken yet, of tenants for whom that was tried and failed."
        )
        self.ready = self._gauge("ready", "1 when the process takes work.")
        self.clocks = ClockMetrics(registry)
        self.backlog, self.digests = BacklogMetrics(registry), DigestMetrics(registry)
        self.upstream, self.connections = UpstreamMetrics(registry), ConnectionMetrics(registry)
        self.operators_failing = _operators_failing(registry)
        self.problems = TenantProblems(registry, _PREFIX)

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(_PREFIX + name, documentation, labels, registry=self.registry)

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(_PREFIX + name, documentation, registry=self.registry)


def _seconds(name: str, documentation: str, registry: CollectorRegistry) -> Histogram:
    return Histogram(_PREFIX + name, documentation, registry=registry, buckets=_SECONDS)


def _operators_failing(registry: CollectorRegistry) -> Gauge:
    name = f"{_PREFIX}operator_channel_failing"
    return Gauge(name, "1 while the operators' own channel takes no messages.", registry=registry)


class DigestMetrics:
    """What digests take in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        absorbing, absorbed = f"{_PREFIX}digests_absorbing", f"{_PREFIX}groups_absorbed"
        self.absorbing = Gauge(
            absorbing, "Digests that take in new alert groups just now, of all tenants.", registry=registry
        )
        self.absorbed = Counter(absorbed, "Alert groups that digests took in.", registry=registry)


class ClockMetrics:
    """Whose clocks are wrong."""

    def __init__(self, registry: CollectorRegistry) -> None:
        ahead, skew = f"{_PREFIX}clock_ahead_seconds", f"{_PREFIX}clock_skew"
        self.ahead = Gauge(
            ahead, "How far this machine's clock is ahead of Redis'; what is stamped is corrected.", registry=registry
        )
        self.skew = Counter(skew, "Times that cannot be right, by whose they are.", ["clock"], registry=registry)


class ConnectionMetrics:
    """The connections of a gateway's senders."""

    def __init__(self, registry: CollectorRegistry) -> None:
        held, ended = f"{_PREFIX}gateway_connections", f"{_PREFIX}gateway_connections_ended"
        expires = f"{_PREFIX}gateway_certificate_expires_timestamp_seconds"
        self.expires = Gauge(expires, "When the gateway's certificate expires; 0 without TLS.", registry=registry)
        self.open = Gauge(held, "Connections of senders that a gateway holds.", registry=registry)
        self.ended = Counter(ended, "Connections that the gateway cut off, by reason.", ["reason"], registry=registry)


class UpstreamMetrics:
    """What Alertmanager itself says of alerts, asked or by its events."""

    def __init__(self, registry: CollectorRegistry) -> None:
        asked, events = f"{_PREFIX}alertmanager_asked", f"{_PREFIX}alertmanager_events"
        charts = f"{_PREFIX}charts"
        self.charts = Counter(
            charts,
            "Questions for the chart of an alert group, by what became of them.",
            ["outcome"],
            registry=registry,
        )
        self.asked = Counter(
            asked, "How often Alertmanager was asked about alerts that it leaves out.", ["outcome"], registry=registry
        )
        self.events = Counter(
            events, "Events of Alertmanager's own recorder, by what became of them.", ["outcome"], registry=registry
        )


class BacklogMetrics:
    """What waits, of all tenants, as each worker sees it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, documentation: str) -> Gauge:
            return Gauge(_PREFIX + name, documentation, registry=registry)

        self.pending = gauge("pending_changes", "Changes of alerts that are to be shown, of all tenants.")
        self.parked = gauge("parked_groups", "Alert groups that are set aside now, of all tenants.")
        self.oldest_due = gauge("oldest_due_seconds", "For how long the work has been due that waits longest.")
        self.lag = gauge("ingest_lag_records", "Records of this worker's partitions that are not read yet.")


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
