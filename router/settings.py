"""The environment, read once into one frozen object; only the composition root and the command line import it.

Every setting is `ALERT_ROUTER_` and its name, nested with `__`: `ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS`. Tenants'
secrets are not settings: `router.adapters.environment` looks them up by tenant.
"""

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from router.core.parse import bounds
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_PACKAGE = Path(__file__).parent
_PREFIX = "ALERT_ROUTER_"
_NOT_SETTINGS = ("ALERT_ROUTER_SECRET__", "ALERT_ROUTER_SECRET_FILE__")
_OF_A_SERVICE = re.compile(r"_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_")
"""What Kubernetes calls the address of a service."""
_NEAR = 0.85
_KIBIBYTE, _MEBIBYTE = 1024, 1024 * 1024


def _shipped(name: str) -> Path:
    """A folder of the project: inside the package if that was installed from a wheel, else beside it."""
    within = _PACKAGE / name
    return within if within.is_dir() else _PACKAGE.parent / name


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class KafkaSettings(_Section):
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
    group_id: str = "alert-router"
    """The consumer group that all workers share."""
    create_topics: bool = False
    """Whether workers create missing topics."""
    partitions: int = Field(default=12, ge=1)
    """How many partitions a created topic gets: at most this many workers read records at once."""
    replication_factor: int = Field(default=1, ge=1)
    """On how many brokers a created topic is stored."""
    idempotent_producer: bool = True
    """Whether the producer is idempotent; false for engines that do not support it."""
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


class RedisSettings(_Section):
    """Redis or Valkey, with `noeviction` and an append-only file. Without `url`, as for Kafka."""

    url: SecretStr | None = None
    """redis://[:PASSWORD@]HOST:PORT/DATABASE; rediss:// with TLS. Of a cluster one or more nodes, comma-separated."""
    cluster: bool = False
    """Whether it is a Redis Cluster."""


class SecretsSettings(_Section):
    """Keys of the store of tenants' secrets, each 32 bytes as base64, comma-separated: the first seals, all open."""

    key: SecretStr | None = None
    """The keys themselves."""
    key_file: Path | None = None
    """A file with the keys."""


class SlackSettings(_Section):
    """Slack, and how fast it is called. Without `base_url`: Slack itself; under `up` and `demo`, the emulator."""

    base_url: str | None = None
    """The address of the Web API, with a slash at the end; the emulator prints its own as `slack`."""
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


class EmulatorSettings(_Section):
    """The Slack emulator and its page, where `up` starts them; port 0 takes a free one."""

    port: int = Field(default=0, ge=0, le=65535)
    """The Web API's port."""
    page_port: int = Field(default=0, ge=0, le=65535)
    """The port of the page that shows the channels."""
    channel_posts_per_s: float = Field(default=1, gt=0)
    """How many posts a second one channel accepts before the answer is 429."""
    channel_burst: int = Field(default=1, ge=1)
    """How many posts one channel accepts at once."""


class GatewaySettings(_Section):
    """The HTTP side, which receives alerts."""

    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 is all of them."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The port for alerts, /live, /ready and /metrics; 0 takes a free one."""
    max_body: int = Field(default=4 * _MEBIBYTE, ge=1024)
    """The largest body, in bytes; Kafka's topics and producers are configured to match."""
    body_timeout_s: float = Field(default=30, gt=0)
    """Seconds that a body may take to arrive before the sender gets a 408."""
    bodies_in_hand: int = Field(default=256 * _MEBIBYTE, ge=1024)
    """Bytes of all bodies that are being received or appended; one tenant's may have a fourth. Beyond: 503."""
    kafka_timeout_s: float = Field(default=5, gt=0)
    """How long Kafka may take before the sender gets a 503."""


class CeilingSettings(_Section):
    """The most that any tenant gets, whatever `platform.limits` in its file says."""

    alerts_per_s: int = Field(default=100_000, ge=1, le=1_000_000)
    """Alerts a second over all gateways, and requests; at once those of a minute."""
    kibibytes_per_s: int = Field(default=1_000_000, ge=1, le=1_000_000)
    """KiB of bodies a second."""
    active_alerts: int = Field(default=1_000_000, ge=1)
    """Alerts that may fire at once, and alert groups that may be open."""
    stored_bytes: int = Field(default=4096 * _MEBIBYTE, ge=1)
    """Bytes of alert groups in Redis."""


class LimitsSettings(_Section):
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


class WorkerSettings(_Section):
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
    in_flight: int = Field(default=256, ge=1)
    """Calls to Slack in flight: half of them at most in workspaces that do not answer, one each."""
    in_flight_per_tenant: int | None = Field(default=None, ge=1)
    """Calls in flight for one tenant; unset: as many as for one workspace."""
    in_flight_per_workspace: int | None = Field(default=None, ge=1)
    """Calls in flight in one workspace; unset: as many as its budgets let begin before the first of them is slow."""
    drain_s: float = Field(default=20, gt=0)
    """How long a worker that was asked to stop may take to finish what it has begun."""


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )

    kafka: KafkaSettings = KafkaSettings()
    redis: RedisSettings = RedisSettings()
    secrets: SecretsSettings = SecretsSettings()
    slack: SlackSettings = SlackSettings()
    gateway: GatewaySettings = GatewaySettings()
    limits: LimitsSettings = LimitsSettings()
    worker: WorkerSettings = WorkerSettings()
    ceilings: CeilingSettings = CeilingSettings()
    emulator: EmulatorSettings = EmulatorSettings()
    templates_dir: Path = _shipped("templates")
    """The folder of message templates."""
    locales_dir: Path = _shipped("locales")
    """The folder of translations."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The lowest level that is logged, on stderr, as JSON lines."""


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigurationError: one diagnostic for each variable that is invalid or unknown.
    """
    unknown = list(_unknown())
    if unknown:
        raise ConfigurationError(*unknown)
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise ConfigurationError(*(_diagnostic(one["loc"], one["msg"]) for one in wrong)) from None


def process_environment() -> dict[str, str]:
    """The environment as it is now, for looking up tenants' secrets."""
    return dict(os.environ)  # noqa: TID251 - this module alone reads the environment


def _diagnostic(location: tuple[int | str, ...], message: str) -> Diagnostic:
    return Diagnostic(message, source=f"{_PREFIX}{'__'.join(str(part) for part in location).upper()}")


def known_variables() -> set[str]:
    """The names of all settings."""
    kinds = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {
        _PREFIX + "__".join(part.upper() for part in (name, *below))
        for name, kind in kinds.items()
        for below in ([(one,) for one in kind.model_fields] if _is_section(kind) else [()])
    }


def _is_section(kind: object) -> TypeGuard[type[_Section]]:
    return isinstance(kind, type) and issubclass(kind, _Section)


def _unknown() -> Iterator[Diagnostic]:
    """Variables that are probably meant as settings. Kubernetes sets others, of services that are named like us."""
    known = known_variables()
    for name, value in sorted(process_environment().items()):
        variable = name.upper()
        if not value or not variable.startswith(_PREFIX) or variable.startswith(_NOT_SETTINGS):
            continue
        if variable in known or any(variable.startswith(f"{one}__") for one in known):
            continue
        if value.startswith("tcp://") or _OF_A_SERVICE.search(variable):
            continue
        near = next(iter(difflib.get_close_matches(variable, known, n=1, cutoff=_NEAR)), "")
        if near or "__" in variable:
            meant = f"did you mean {near}?" if near else "docs/settings.md has all"
            yield Diagnostic(f"unknown; {meant}", source=name)
