"""The settings by what they are about; a docstring below a setting is its line in docs/settings.md."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from router.config.pools import PoolText
from router.config.values import LocaleText, TimeZoneText
from router.core.parse import bounds
from router.settings.event_topics import EventTopicSettings

_KIBIBYTE, _MEBIBYTE = 1024, 1024 * 1024


class Section(BaseModel):
    """What all of them have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class KafkaSettings(Section):
    """Apache Kafka, or what speaks its protocol. Without `bootstrap_servers`, `up` embeds it, others refuse."""

    bootstrap_servers: str | None = None
    """Brokers, HOST:PORT, comma-separated."""
    inbound_topic: str = "alerts.inbound"
    """The topic to which the gateway, and producers of your own, append webhook bodies."""
    dead_letter_topic: str = "alerts.dead-letter"
    """The topic for records that cannot be used, with the reason and their origin."""
    held_topic: str = "alerts.held"
    """The topic for records of a tenant whose data cannot be used now: they wait there until it can."""
    events_topic: str = "alerts.events"
    """The topic that records each notification."""
    bound_topics: dict[str, str] = Field(default_factory=dict)
    """More inbound topics, each bound to one tenant, for producers that set no headers: JSON, topic to tenant."""
    event_topics: dict[str, EventTopicSettings] = Field(default_factory=dict)
    """Topics that Alertmanagers write their events to, each bound to a tenant: JSON, topic to {"tenant": ID}. Or to
    several: {"label": NAME, "tenants": {VALUE: ID}}, by a label of the alerts; what has another value is dropped.
    With "alerts": {"receiver": NAME} the alerts that go to that receiver there are taken from the events as well, for
    tenants with `platform.alertmanager`, which is asked each minute for what was lost."""
    unsigned: Literal["accept", "bound-only"] = "accept"
    """What becomes of records that no gateway has signed, in topics that are bound to no tenant: taken, or with
    `bound-only`, which wants `SIGNING__KEY`, dead-lettered. A bound topic's producer need not sign."""
    group_id: str = "alert-router"
    """The consumer group that all workers of the shared pool share."""
    pools: tuple[PoolText, ...] = ()
    """The pools that there are besides the shared one, for all roles alike: JSON, such as ["gold"]. `gold` has the
    inbound and held topics and the consumer group of the shared pool with `.gold` appended, and workers of its own;
    tenants are in it by `platform.pool`. Bound topics and those of events are the shared pool's."""
    create_topics: bool = False
    """Whether workers create missing topics."""
    partitions: int = Field(default=12, ge=1)
    """How many partitions a created topic gets: at most this many workers read records at once."""
    replication_factor: int = Field(default=1, ge=1)
    """On how many brokers a created topic is stored."""
    idempotent_producer: bool = True
    """Whether the producer is idempotent; false for engines that do not support it."""
    gap_wait_ms: int = Field(default=0, ge=0, le=10_000)
    """How long a record is waited for whose place the broker has passed over, as the one does that `up` embeds: it
    hands out what comes behind first. Apache Kafka does not; 0 waits for none."""
    fetch_max_wait_ms: int = Field(default=500, ge=1)
    """How long a broker may wait for records before it sends an empty answer."""
    batch_timeout_ms: int = Field(default=100, ge=1)
    """How long a worker collects records into a batch."""
    max_records: int = Field(default=200, ge=1)
    """The most records in a batch."""
    session_timeout_ms: int = Field(default=10_000, ge=1000)
    """After how long a silent worker loses its partitions; brokers take 6,000 and more."""
    instance_id: str | None = Field(default=None, min_length=1, max_length=249, pattern=r"^[a-zA-Z0-9._-]+$")
    """A name that this worker alone has and keeps when it is started again, as a StatefulSet's pod does. It then gets
    its partitions back at once and nobody else waits. Unset: another member of the group at each start."""
    rewind_s: float = Field(default=300, gt=0)
    """So much of the inbound topics is read again when Redis was started again, perhaps without what came last."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How connections to the brokers are secured."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How the user authenticates, with SASL."""
    sasl_username: str | None = None
    """The user, with SASL."""
    sasl_password: SecretStr | None = None
    """Its password."""
    ssl_cafile: Path | None = None
    """A PEM file of certificates to trust; by default the system's."""
    allow_plain: bool = False
    """Whether brokers on other machines may be reached without TLS: alerts cross the network in clear."""


class RedisSettings(Section):
    """Redis or Valkey, with `noeviction` and an append-only file. Without `url`, as for Kafka."""

    url: SecretStr | None = None
    """redis://[:PASSWORD@]HOST:PORT/DATABASE; rediss:// with TLS. Of a cluster one or more nodes, comma-separated."""
    cluster: bool = False
    """Whether it is a Redis Cluster."""
    allow_plain: bool = False
    """Whether servers on other machines may be reached without TLS: alerts and passwords cross networks in clear."""


class SecretsSettings(Section):
    """Keys of the store of tenants' secrets, each 32 bytes as base64, comma-separated: the first seals, all open."""

    key: SecretStr | None = None
    """The keys themselves."""
    key_file: Path | None = None
    """A file with the keys."""


class SigningSettings(Section):
    """Keys that sign what passes through Kafka and Redis, written as those of secrets; all roles have the same."""

    key: SecretStr | None = None
    """The keys themselves: the first signs, all verify. Without any, nothing is signed and nothing verified."""
    key_file: Path | None = None
    """A file with the keys."""
    unsigned_stored: Literal["refuse", "accept"] = "refuse"
    """With a key: what becomes of stored tokens, configurations and silences without a signature. While an
    installation changes over, `accept`, until `alert-router sign` has signed them."""


class SlackSettings(Section):
    """Slack, and how fast it is called. Without `base_url`: Slack itself; under `up` and `demo`, the emulator."""

    base_url: str | None = None
    """The address of the Web API, with a slash at the end; the emulator prints its own as `slack`."""
    allow_plain: bool = False
    """Whether that address may be http:// on another machine: tokens cross the network in clear."""
    timeout_s: float = Field(default=10, gt=0)
    """How long a call may take."""
    channel_interval_s: float = Field(default=1.1, gt=0)
    """Seconds between two posts in one channel; Slack accepts about one a second."""
    workspace_posts_per_min: int = Field(default=240, ge=1)
    """Posts a minute in one workspace, on average."""
    workspace_posts_burst: int = Field(default=20, ge=1)
    """How many posts may be sent at once."""
    workspace_edits_per_min: int = Field(default=40, ge=1)
    """Edits a minute in one workspace, on average; Slack accepts 50 from a whole company."""
    workspace_edits_burst: int = Field(default=8, ge=1)
    """How many edits may be made at once."""
    ambiguous_wait_s: float = Field(default=10, gt=0)
    """How long to wait before looking in Slack for a post that it gave no clear answer to, or posting it again."""
    longest_call_s: float = Field(default=60, gt=0)
    """How long Slack may still carry out an edit that it gave no clear answer to; then it is made once more."""


class EmulatorSettings(Section):
    """The Slack emulator and its page, where `up` starts them; port 0 takes a free one."""

    port: int = Field(default=0, ge=0, le=65535)
    """The Web API's port."""
    page_port: int = Field(default=0, ge=0, le=65535)
    """The port of the page that shows the channels."""
    channel_posts_per_s: float = Field(default=1, gt=0)
    """How many posts a second one channel accepts before the answer is 429."""
    channel_burst: int = Field(default=1, ge=1)
    """How many posts one channel accepts at once."""


class GatewaySettings(Section):
    """The HTTP side, which receives alerts."""

    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 is all of them."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The port for alerts; 0 takes a free one."""
    operations_port: int = Field(default=8082, ge=0, le=65535)
    """The port for /live, /ready and /metrics; 0 takes a free one, as `up` and `demo` do unless this is set."""
    connections: int = Field(default=2048, ge=16)
    """Connections at once; beyond, one that waits gives way. Fewer where so many descriptors cannot be had."""
    connections_per_peer: int = Field(default=512, ge=8)
    """Those of one address, or of an IPv6 network of 64 bits. A proxy in front needs as many as `connections`."""
    header_timeout_s: float = Field(default=10, gt=0)
    """Seconds that TLS, and then the head of a request, may take before the connection is closed."""
    idle_timeout_s: int = Field(default=75, ge=1)
    """Seconds that a connection may be idle between two requests."""
    tls_certificate: Path | None = None
    """A PEM file with the certificate and its chain: alerts are taken over TLS alone. Read again when it changes."""
    tls_key: Path | None = None
    """A PEM file with its key, without a passphrase."""
    tls_client_ca: Path | None = None
    """PEM certificates of those who sign for senders, who may then show a certificate in place of a token."""
    max_body: int = Field(default=4 * _MEBIBYTE, ge=1024)
    """The largest body, in bytes; Kafka's topics and producers are configured to match."""
    body_timeout_s: float = Field(default=30, gt=0)
    """Seconds that a body may take to arrive before the sender gets a 408."""
    bodies_in_hand: int = Field(default=256 * _MEBIBYTE, ge=1024)
    """Bytes of all bodies that are being received or appended; one tenant's may have a fourth. Beyond: 503."""
    kafka_timeout_s: float = Field(default=5, gt=0)
    """How long Kafka may take before the sender gets a 503."""

    @model_validator(mode="after")
    def _has_whole_tls(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("TLS needs both, tls_certificate and tls_key")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ValueError("tls_client_ca needs tls_certificate and tls_key")
        return self


class CeilingSettings(Section):
    """The most that any tenant gets, whatever its file says."""

    alerts_per_s: int = Field(default=100_000, ge=1, le=1_000_000)
    """Alerts a second over all gateways, and requests; at once those of a minute."""
    kibibytes_per_s: int = Field(default=1_000_000, ge=1, le=1_000_000)
    """KiB of bodies a second."""
    notifications_per_min: int = Field(default=6_000, ge=1, le=1_000_000)
    """Notifications a minute, and at once; Slack's own limits, and those of a workspace, hold besides."""
    shortest_interval_s: float = Field(default=0.1, ge=0.001, le=3600)
    """Seconds that `group_interval`, `repeat_interval` and `stale_after` of a route come to at least."""
    active_alerts: int = Field(default=1_000_000, ge=1)
    """Alerts that may fire at once, and alert groups that may be open."""
    stored_bytes: int = Field(default=4096 * _MEBIBYTE, ge=1)
    """Bytes of alert groups in Redis."""


class LimitsSettings(Section):
    """What one body and one alert may hold, in gateways and workers alike; sizes are bytes of UTF-8."""

    alerts_per_body: int = Field(default=bounds.MAX_ALERTS, ge=1, le=bounds.MAX_ALERTS)
    """Alerts of one body."""
    label_name_bytes: int = Field(default=bounds.MAX_LABEL_NAME, ge=64, le=4096)
    """The name of a label or an annotation."""
    label_value_bytes: int = Field(default=bounds.MAX_LABEL_VALUE, ge=1024, le=64 * _KIBIBYTE)
    """The value of a label."""
    labels_per_alert: int = Field(default=bounds.MAX_LABELS, ge=16, le=1024)
    """Labels of one alert."""
    labels_bytes: int = Field(default=bounds.MAX_LABELS_BYTES, ge=2048, le=256 * _KIBIBYTE)
    """All labels of one alert, names and values."""
    annotation_bytes: int = Field(default=bounds.MAX_ANNOTATION, ge=bounds.MAX_ANNOTATION, le=256 * _KIBIBYTE)
    """The value of an annotation; what is longer is cut."""
    annotations_per_alert: int = Field(default=bounds.MAX_ANNOTATIONS, ge=16, le=1024)
    """Annotations of one alert; those beyond are left out and counted."""
    annotations_bytes: int = Field(default=bounds.MAX_ANNOTATIONS_BYTES, ge=2 * bounds.MAX_ANNOTATION, le=_MEBIBYTE)
    """All annotations of one alert, names and values, as they are stored."""


class WorkerSettings(Section):
    """The worker: how much it does at once, and after how long another worker may take over."""

    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 is all of them."""
    port: int = Field(default=8081, ge=0, le=65535)
    """The port for /live, /ready and /metrics; 0 takes a free one."""
    lease_s: float = Field(default=30, gt=0)
    """After how long a call counts as lost; longer than any call may take."""
    park_retry_s: float = Field(default=60, gt=0)
    """After how long a dead token is asked about again, and a refused message tried."""
    channel_retry_s: float = Field(default=300, gt=0)
    """After how long a dead channel is tried again, by one message."""
    pool: PoolText | None = None
    """The pool that this worker is of, one of KAFKA__POOLS; unset: the shared one."""
    in_flight: int = Field(default=256, ge=1)
    """Calls to Slack in flight: half of them at most in workspaces that do not answer, one each."""
    in_flight_per_tenant: int | None = Field(default=None, ge=1)
    """Calls in flight for one tenant; unset: as many as for one workspace."""
    in_flight_per_workspace: int | None = Field(default=None, ge=1)
    """Calls in flight in one workspace; unset: as many as its budgets let begin before the first of them is slow."""
    drain_s: float = Field(default=20, gt=0)
    """How long a worker that was asked to stop may take to finish what it has begun."""
    history_days: float = Field(default=30, gt=0, le=365)
    """For how many days it is kept when an alert group fired before, for its next message."""


class MetricsSettings(Section):
    """What is measured tenant by tenant."""

    tenants: int = Field(default=100, ge=1, le=1000)
    """How many tenants metrics name, the busiest; the others are measured together, as `_other`."""


class OperatorSettings(Section):
    """A Slack channel of the operators: what is wrong with tenants, one message a kind. Without `channel`: none."""

    channel: str | None = Field(default=None, min_length=1, max_length=80)
    """The channel: #name or ID."""
    token: SecretStr | None = None
    """The bot token that posts there."""
    token_file: Path | None = None
    """A file with that token."""
    language: LocaleText = "en"
    """The language of the messages: en, fr, de, es, it, or one of these with a region, such as fr-FR."""
    time_zone: TimeZoneText = "UTC"
    """The time zone of the messages, by its IANA name."""
