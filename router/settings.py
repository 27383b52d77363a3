"""The environment, read once into one frozen object; only the composition root imports this module.

Every setting is `ALERT_ROUTER_` and its name, nested with `__`: `ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS`. Secrets of
tenants are not settings: `router.adapters.secrets` looks them up by tenant.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from router.errors import ConfigurationError

_PACKAGE = Path(__file__).parent
_MEBIBYTE = 1024 * 1024


def _shipped(name: str) -> Path:
    """A folder of ours: within the package where that was installed from a wheel, else beside it."""
    within = _PACKAGE / name
    return within if within.is_dir() else _PACKAGE.parent / name


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class KafkaSettings(_Section):
    """Apache Kafka, or what speaks its protocol. Unset `bootstrap_servers`: `up` embeds an engine, others refuse."""

    bootstrap_servers: str | None = None
    """Brokers, HOST:PORT, comma-separated."""
    inbound_topic: str = "alerts.inbound"
    """Where the gateway, and producers of your own, append bodies."""
    dead_letter_topic: str = "alerts.dead-letter"
    """Where records go that cannot be used, with the reason and their origin."""
    events_topic: str = "alerts.events"
    """Where each notification is noted."""
    bound_topics: dict[str, str] = Field(default_factory=dict)
    """Further inbound topics, each bound to one tenant, for producers that set no headers: JSON, topic to tenant."""
    group_id: str = "alert-router"
    """The consumer group that all workers share."""
    create_topics: bool = False
    """Whether workers make missing topics."""
    partitions: int = Field(default=12, ge=1)
    """How many partitions a topic that is made gets: at most so many workers take records at once."""
    replication_factor: int = Field(default=1, ge=1)
    """On how many brokers a topic that is made is kept."""
    idempotent_producer: bool = True
    """Whether the producer is idempotent; false for engines that cannot."""
    fetch_max_wait_ms: int = Field(default=500, ge=1)
    """How long a broker may wait for records before it answers empty."""
    batch_timeout_ms: int = Field(default=100, ge=1)
    """How long a worker gathers records into a batch."""
    max_records: int = Field(default=200, ge=1)
    """How many records a batch may have."""
    session_timeout_ms: int = Field(default=30_000, ge=1000)
    """After how long a worker that is silent loses its partitions."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How connections to the brokers are secured."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How the user proves who it is, with SASL."""
    sasl_username: str | None = None
    """The user, with SASL."""
    sasl_password: SecretStr | None = None
    """Its password."""
    ssl_cafile: Path | None = None
    """Certificates to trust, a PEM file; unset: the system's."""


class RedisSettings(_Section):
    """Redis or Valkey, with `noeviction` and an append-only file. Unset `url`: as for Kafka."""

    url: SecretStr | None = None
    """redis://[:PASSWORD@]HOST:PORT/DATABASE; rediss:// with TLS."""


class SecretsSettings(_Section):
    """Keys of the store of tenants' secrets, base64 of 32 bytes each, comma-separated: the first seals, all open."""

    key: SecretStr | None = None
    """The keys themselves."""
    key_file: Path | None = None
    """A file that holds them."""


class SlackSettings(_Section):
    """Slack, and how fast we speak to it. Unset `base_url`: Slack itself; under `up` and `demo` our emulator."""

    base_url: str | None = None
    """The address of the Web API, with the slash at its end; the emulator prints its own as `slack`."""
    timeout_s: float = Field(default=10, gt=0)
    """How long a call may take."""
    channel_interval_s: float = Field(default=1.1, gt=0)
    """Seconds between two posts in one channel; Slack takes about one a second."""
    workspace_posts_per_min: int = Field(default=240, ge=1)
    """Posts a minute in one workspace, in the long run."""
    workspace_posts_burst: int = Field(default=20, ge=1)
    """So many posts at once."""
    workspace_edits_per_min: int = Field(default=40, ge=1)
    """Edits a minute in one workspace, in the long run; Slack takes 50 from the whole company."""
    workspace_edits_burst: int = Field(default=8, ge=1)
    """So many edits at once."""
    ambiguous_wait_s: float = Field(default=10, gt=0)
    """How long to wait before a post is made again to which Slack gave no clear answer."""


class EmulatorSettings(_Section):
    """Our Slack emulator and its page, where `up` starts them; port 0 takes a free one."""

    port: int = Field(default=0, ge=0, le=65535)
    """The Web API's port."""
    page_port: int = Field(default=0, ge=0, le=65535)
    """The port of the page that shows the channels."""
    channel_posts_per_s: float = Field(default=1, gt=0)
    """Posts a second that it takes in one channel before it answers 429."""
    channel_burst: int = Field(default=1, ge=1)
    """So many posts at once."""


class GatewaySettings(_Section):
    """The HTTP side: where alerts come in."""

    host: str = "127.0.0.1"
    """Where to listen; 0.0.0.0 is everywhere."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The port for alerts, /live, /ready and /metrics; 0 takes a free one."""
    max_body: int = Field(default=4 * _MEBIBYTE, ge=1024)
    """The largest body, in bytes; Kafka's topics and producers follow it."""
    kafka_timeout_s: float = Field(default=5, gt=0)
    """How long Kafka may take before the sender is answered 503."""


class WorkerSettings(_Section):
    """The worker: how much at once, and how long a call may take before somebody else may make it again."""

    host: str = "127.0.0.1"
    """Where to listen; 0.0.0.0 is everywhere."""
    port: int = Field(default=8081, ge=0, le=65535)
    """The port for /live, /ready and /metrics; 0 takes a free one."""
    lease_s: float = Field(default=30, gt=0)
    """After how long a call counts as lost; longer than any call may take."""
    park_retry_s: float = Field(default=60, gt=0)
    """After how long a dead token or channel is tried again."""
    in_flight: int = Field(default=64, ge=1)
    """Calls to Slack at once."""
    in_flight_per_tenant: int = Field(default=8, ge=1)
    """Of which for one tenant."""
    in_flight_per_workspace: int = Field(default=16, ge=1)
    """Of which in one workspace."""
    drain_s: float = Field(default=20, gt=0)
    """How long a worker that is told to stop may finish what is in hand."""


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix="ALERT_ROUTER_",
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
    worker: WorkerSettings = WorkerSettings()
    emulator: EmulatorSettings = EmulatorSettings()
    templates_dir: Path = _shipped("templates")
    """The folder of message templates."""
    locales_dir: Path = _shipped("locales")
    """The folder of catalogues."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """What is logged, on stderr, as JSON lines."""


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigurationError: one line for each variable that is wrong or unknown within a section.
    """
    try:
        return Settings()
    except ValidationError as error:
        findings = [_finding(one["loc"], one["msg"]) for one in error.errors(include_url=False, include_input=False)]
        raise ConfigurationError(*findings) from None


def process_environment() -> dict[str, str]:
    """The environment as it is now, for the look-up of tenants' secrets."""
    return dict(os.environ)  # noqa: TID251 - this module alone reads the environment


def _finding(location: tuple[int | str, ...], message: str) -> str:
    return f"ALERT_ROUTER_{'__'.join(str(part) for part in location).upper()}: {message}"
