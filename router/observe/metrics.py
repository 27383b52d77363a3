"""All metrics of a process, made of the rows of `observe.table`, so that they are one list on each page and here."""

import platform
from collections.abc import Awaitable, Callable
from typing import Final

import prometheus_client
import structlog
from prometheus_client import CollectorRegistry

import router
from router.core.model.instant import SECOND
from router.observe.holds import SlackHolds
from router.observe.metric import counter, gauge, histogram
from router.observe.problems import TenantProblems
from router.observe.table import control, gateway, ingest, notify, pools, process, projector, sender, tenants
from router.observe.tenants import TenantMetrics

_MAX_LOGGED: Final = 10_000
ROWS: Final = (
    *process.ROWS,
    *gateway.ROWS,
    *ingest.ROWS,
    *notify.ROWS,
    *pools.ROWS,
    *projector.ROWS,
    *control.ROWS,
    *sender.ROWS,
    *tenants.ROWS,
)
"""All of them."""


class Metrics:
    """All metrics, on the registry passed in, and by tenant; `observe.page` writes both."""

    def __init__(self, registry: CollectorRegistry) -> None:
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry
        self.records, self.dead_letters = counter(ingest.RECORDS, registry), counter(ingest.DEAD_LETTERS, registry)
        self.understated = counter(ingest.UNDERSTATED, registry)
        self.signatures, self.redriven = counter(ingest.SIGNATURES, registry), counter(ingest.REDRIVEN, registry)
        self.alerts, self.changes = counter(ingest.ALERTS_FOLDED, registry), counter(ingest.CHANGES, registry)
        self.rewinds = counter(ingest.REWINDS, registry)
        self.suppressed = counter(notify.SUPPRESSED, registry)
        self.notifications, self.parked = counter(notify.NOTIFICATIONS, registry), counter(notify.PARKED, registry)
        self.slack_calls, self.budget_waits = (
            counter(notify.SLACK_CALLS, registry),
            counter(notify.BUDGET_WAITS, registry),
        )
        self.blocks_refused = counter(notify.BLOCKS_REFUSED, registry)
        self.render_failures = counter(notify.RENDER_FAILURES, registry)
        self.template_failures = counter(notify.TEMPLATE_FAILURES, registry)
        self.store_errors = counter(notify.STORE_ERRORS, registry)
        self.leases_lapsed = counter(notify.LEASES_LAPSED, registry)
        self.accepted_to_shown, self.shown = histogram(notify.ACCEPTED_TO_SHOWN, registry), ShownMetrics(registry)
        self.events_waiting = gauge(notify.EVENTS_WAITING, registry)
        self.operators_failing = gauge(notify.OPERATORS_FAILING, registry)
        self.outdated_deleted = counter(control.OUTDATED_DELETED, registry)
        self.process, self.gateway = ProcessMetrics(registry), GatewayMetrics(registry)
        self.clocks, self.redis = ClockMetrics(registry), RedisMetrics(registry)
        self.backlog, self.digests = BacklogMetrics(registry), DigestMetrics(registry)
        self.upstream, self.sealing = UpstreamMetrics(registry), SealingMetrics(registry)
        self.projection, self.control_serving = ProjectionMetrics(registry), gauge(control.SERVING, registry)
        self.control_undescribed, self.sender = counter(control.UNDESCRIBED, registry), SenderMetrics(registry)
        self.lanes, self.holds = LaneMetrics(registry), SlackHolds(registry)
        self.pools, self.problems = PoolMetrics(registry), TenantProblems(registry)
        self.tenants = TenantMetrics()
        self.looks: list[Callable[[], Awaitable[None]]] = []
        """Each brings up to date what an engine is asked for when metrics are read; may raise `UnavailableError`."""


class ProcessMetrics:
    """Whether the process works, what it is, and what it knows of configurations."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.ready = gauge(process.READY, registry)
        self.suspended = gauge(process.SUSPENDED, registry)
        self.on_hold = gauge(process.ON_HOLD, registry)
        self.configuration_version = gauge(process.CONFIGURATION_VERSION, registry)
        self.configuration_age = gauge(process.CONFIGURATION_AGE, registry)
        gauge(process.BUILD_INFO, registry).labels(router.__version__, platform.python_version()).set(1)


class RedisMetrics:
    """How Redis keeps what is stored there."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.part_used = gauge(process.REDIS_PART_USED, registry)
        self.evicting = gauge(process.REDIS_EVICTING, registry)
        self.unsaved = gauge(process.REDIS_UNSAVED, registry)


class GatewayMetrics:
    """What senders ask of a gateway, and their connections."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.serving = gauge(gateway.SERVING, registry)
        self.requests, self.records = counter(gateway.REQUESTS, registry), counter(gateway.RECORDS, registry)
        self.open = gauge(gateway.CONNECTIONS, registry)
        self.ended = counter(gateway.CONNECTIONS_ENDED, registry)
        self.expires = gauge(gateway.CERTIFICATE_EXPIRES, registry)


class SenderMetrics:
    """What a sender is answered that has its bodies sealed beside it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = counter(sender.REQUESTS, registry)


class ShownMetrics:
    """How long notifications take from when they are due, split by who makes them wait."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._whole = histogram(notify.SHOWN, registry)
        self._own, self._imposed = histogram(notify.SHOWN_OWN, registry), histogram(notify.SHOWN_IMPOSED, registry)

    def observe(self, own: int, imposed: int, exemplar: dict[str, str]) -> None:
        """One took so many microseconds of ours, and as many as budgets imposed; the exemplar may be empty."""
        self._whole.observe((own + imposed) / SECOND, exemplar)
        self._own.observe(own / SECOND, exemplar)
        self._imposed.observe(imposed / SECOND, exemplar)


class DigestMetrics:
    """What digests take in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.absorbing = gauge(notify.ABSORBING, registry)
        self.absorbed = counter(notify.ABSORBED, registry)


class SealingMetrics:
    """Keys of tenants whose data is sealed, and what could not be sealed or opened."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.keys, self.failures = gauge(process.TENANT_KEYS, registry), counter(process.SEALING_FAILURES, registry)


class PoolMetrics:
    """Who is in which pool, and which one this process works for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.tenants, self.worker = gauge(pools.TENANTS, registry), gauge(pools.WORKER, registry)


class LaneMetrics:
    """The lanes in which something waits."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.waiting, self.longest = gauge(notify.LANES, registry), gauge(notify.LONGEST_LANE, registry)


class ClockMetrics:
    """Whose clocks are wrong."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.ahead = gauge(gateway.CLOCK_AHEAD, registry)
        self.skew = counter(gateway.CLOCK_SKEW, registry)


class UpstreamMetrics:
    """What Alertmanager and Prometheus are asked about alerts, and what comes by Alertmanager's events."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.charts = counter(notify.CHARTS, registry)
        self.asked = counter(ingest.ALERTMANAGER_ASKED, registry)
        self.events = counter(ingest.ALERTMANAGER_EVENTS, registry)


class ProjectionMetrics:
    """Whether what is recorded is in force, and its audit log signed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.age, self.behind = gauge(projector.PROJECTION_AGE, registry), gauge(projector.BEHIND, registry)
        self.drift = gauge(projector.DRIFT, registry)
        self.succeeded = gauge(projector.SUCCEEDED, registry)
        self.record_away, self.unsigned = gauge(projector.RECORD_AWAY, registry), gauge(projector.UNSIGNED, registry)


class BacklogMetrics:
    """What waits, of all tenants, as each worker sees it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pending = gauge(notify.PENDING, registry)
        self.parked = gauge(notify.PARKED_GROUPS, registry)
        self.oldest_due = gauge(notify.OLDEST_DUE, registry)
        self.lag = gauge(ingest.LAG, registry)


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
