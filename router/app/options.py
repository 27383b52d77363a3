"""Settings in the form in which adapters and roles take them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.unpack import UNPACKED_MAX
from router.app.pools import names_in, pool_here, topics_read
from router.app.slack import call_timeout_s
from router.core.budget.buckets import WorkspaceRates, begun_within
from router.core.decide.policy import CallTimes
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.rules.limits import Rate
from router.core.parse.bounds import BodyBounds
from router.errors import ConfigurationError
from router.http.answers import FORGOTTEN_S
from router.http.connections import ConnectionLimits
from router.http.protocol import Deadlines
from router.http.tls import ServerTls, TlsFiles
from router.roles.gateway.body import TENANT_SHARE, BodyLimits
from router.roles.ingest.event_topics import EventTopic
from router.roles.notify.fallback import FallbackOptions
from router.roles.notify.places import InFlightLimits
from router.settings import Settings

_SLOW_SHARE: Final = 5
_OTHERS_S: Final = 30.0
"""Of a request, for what neither its sender nor Kafka takes."""


def history_of(settings: Settings) -> Span:
    """For how long earlier episodes are kept."""
    return Span(round(settings.worker.history_days * 24 * HOUR))


def kafka_connection(settings: Settings) -> KafkaConnection:
    """How to reach Kafka."""
    kafka = settings.kafka
    if not kafka.bootstrap_servers:
        raise ConfigurationError(
            "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS is not set: name a broker, or try `alert-router up`"
        )
    password = kafka.sasl_password
    return KafkaConnection(
        bootstrap_servers=kafka.bootstrap_servers,
        security_protocol=kafka.security_protocol,
        sasl_mechanism=kafka.sasl_mechanism,
        sasl_username=kafka.sasl_username,
        sasl_password=password.get_secret_value() if password else None,
        ssl_cafile=kafka.ssl_cafile,
    )


def consumer_options(settings: Settings) -> ConsumerOptions:
    """How the inbound topics are consumed."""
    kafka = settings.kafka
    return ConsumerOptions(
        topics=topics_read(settings),
        group_id=names_in(kafka, pool_here(settings)).group,
        max_records=kafka.max_records,
        batch_timeout_ms=kafka.batch_timeout_ms,
        fetch_max_wait_ms=kafka.fetch_max_wait_ms,
        session_timeout_ms=kafka.session_timeout_ms,
        instance_id=kafka.instance_id,
        gap_wait_s=kafka.gap_wait_ms / 1000,
        drain_s=settings.worker.drain_s,
        max_unpacked=max(UNPACKED_MAX, 4 * settings.gateway.max_body),
    )


def event_topics(settings: Settings) -> Mapping[str, EventTopic]:
    """Whose events of Alertmanager each topic holds."""
    return {
        topic: EventTopic(
            tenant=TenantId(bound.tenant) if bound.tenant else None,
            label=bound.label or "",
            tenants={value: TenantId(tenant) for value, tenant in bound.tenants.items()},
            receiver=bound.alerts.receiver if bound.alerts else "",
        )
        for topic, bound in settings.kafka.event_topics.items()
    }


def body_bounds(settings: Settings) -> BodyBounds:
    """What one body and each of its alerts may hold."""
    limits = settings.limits
    return BodyBounds(
        alerts=limits.alerts_per_body,
        label_name=limits.label_name_bytes,
        label_value=limits.label_value_bytes,
        labels=limits.labels_per_alert,
        labels_bytes=limits.labels_bytes,
        annotation=limits.annotation_bytes,
        annotations=limits.annotations_per_alert,
        annotations_bytes=limits.annotations_bytes,
    )


def held_options(settings: Settings) -> ConsumerOptions:
    """How the held topic is consumed: by a group of its own, which all workers of a pool share as well."""
    names = names_in(settings.kafka, pool_here(settings))
    return replace(consumer_options(settings), topics=(names.held,), group_id=names.held_group)


def workspace_rates(settings: Settings) -> WorkspaceRates:
    """How fast one workspace is called."""
    slack = settings.slack
    return WorkspaceRates(
        channel=Rate(_span(slack.channel_interval_s), burst=1),
        posts=Rate(Span(MINUTE // slack.workspace_posts_per_min), burst=slack.workspace_posts_burst),
        edits=Rate(Span(MINUTE // slack.workspace_edits_per_min), burst=slack.workspace_edits_burst),
    )


def call_times(settings: Settings) -> CallTimes:
    """How long calls may take, and how long to wait after those that failed."""
    return CallTimes(
        lease=_span(settings.worker.lease_s),
        ambiguous_wait=_span(settings.slack.ambiguous_wait_s),
        park_retry=_span(settings.worker.park_retry_s),
        channel_retry=_span(settings.worker.channel_retry_s),
        longest_call=_span(settings.slack.longest_call_s),
    )


def fallback_options(settings: Settings) -> FallbackOptions:
    """How fast tenants' fallback receivers are notified."""
    return FallbackOptions(workspace_rates(settings), _span(settings.worker.lease_s))


def in_flight_limits(settings: Settings) -> InFlightLimits:
    """How many calls at once; one that has waited for a part of its time without an answer is slow."""
    worker, slow_after_s = settings.worker, call_timeout_s(settings) / _SLOW_SHARE
    begun = begun_within(_span(slow_after_s), workspace_rates(settings))
    return InFlightLimits(
        total=worker.in_flight,
        per_tenant=worker.in_flight_per_tenant or worker.in_flight_per_workspace or begun,
        per_workspace=worker.in_flight_per_workspace or begun,
        slow_after_s=slow_after_s,
        drain_s=worker.drain_s,
    )


def rewind_span(settings: Settings) -> Span:
    """How much is read again when Redis was started again."""
    return _span(settings.kafka.rewind_s)


def _span(seconds: float) -> Span:
    return Span(round(seconds * SECOND))


def body_limits(settings: Settings) -> BodyLimits:
    """How large, how slow and how many bodies may be."""
    gateway = settings.gateway
    at_once = gateway.connections // TENANT_SHARE
    return BodyLimits(gateway.max_body, gateway.body_timeout_s, gateway.bodies_in_hand, at_once)


def connection_limits(settings: Settings) -> ConnectionLimits:
    """How many connections senders may have."""
    in_all = settings.gateway.connections
    return ConnectionLimits(in_all, min(settings.gateway.connections_per_peer, in_all))


def server_tls(settings: Settings) -> ServerTls | None:
    """TLS for senders, where it is set.

    Raises:
        ConfigurationError: its files cannot be used.
    """
    gateway = settings.gateway
    if gateway.tls_certificate is None or gateway.tls_key is None:
        return None
    return ServerTls(TlsFiles(gateway.tls_certificate, gateway.tls_key, gateway.tls_client_ca))


def deadlines(settings: Settings) -> Deadlines:
    """How long senders may take; a request as long as all that it may wait for, one after the other."""
    gateway = settings.gateway
    request_s = gateway.body_timeout_s + gateway.kafka_timeout_s + FORGOTTEN_S + _OTHERS_S
    return Deadlines(gateway.header_timeout_s, gateway.idle_timeout_s, request_s)
