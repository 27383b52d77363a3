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
    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaSettings(_Section):
    """Apache Kafka, or what speaks its protocol. Unset `bootstrap_servers`: `up` embeds an engine, others refuse."""

    bootstrap_servers: str | None = None
    inbound_topic: str = "alerts.inbound"
    dead_letter_topic: str = "alerts.dead-letter"
    events_topic: str = "alerts.events"
    bound_topics: dict[str, str] = Field(default_factory=dict)
    """Further inbound topics, each bound to one tenant, for producers that set no headers: JSON, topic to tenant."""
    group_id: str = "alert-router"
    create_topics: bool = False
    partitions: int = Field(default=12, ge=1)
    replication_factor: int = Field(default=1, ge=1)
    idempotent_producer: bool = True
    fetch_max_wait_ms: int = Field(default=500, ge=1)
    batch_timeout_ms: int = Field(default=100, ge=1)
    max_records: int = Field(default=200, ge=1)
    session_timeout_ms: int = Field(default=30_000, ge=1000)
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_cafile: Path | None = None


class RedisSettings(_Section):
    """Redis or Valkey, with `noeviction` and an append-only file. Unset `url`: as for Kafka."""

    url: SecretStr | None = None


class SecretsSettings(_Section):
    """Keys of the store of tenants' secrets, base64 of 32 bytes each, comma-separated: the first seals, all open."""

    key: SecretStr | None = None
    key_file: Path | None = None


class SlackSettings(_Section):
    """Slack, and how fast we speak to it. Unset `base_url`: Slack itself; under `up` and `demo` our emulator."""

    base_url: str | None = None
    timeout_s: float = Field(default=10, gt=0)
    channel_interval_s: float = Field(default=1.1, gt=0)
    workspace_posts_per_min: int = Field(default=240, ge=1)
    workspace_posts_burst: int = Field(default=20, ge=1)
    workspace_edits_per_min: int = Field(default=40, ge=1)
    workspace_edits_burst: int = Field(default=8, ge=1)
    ambiguous_wait_s: float = Field(default=10, gt=0)


class EmulatorSettings(_Section):
    """Our Slack emulator and its page, where `up` starts them; port 0 takes a free one."""

    port: int = Field(default=0, ge=0, le=65535)
    page_port: int = Field(default=0, ge=0, le=65535)
    channel_posts_per_s: float = Field(default=1, gt=0)
    channel_burst: int = Field(default=1, ge=1)


class GatewaySettings(_Section):
    """The HTTP side: where alerts come in."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    max_body: int = Field(default=4 * _MEBIBYTE, ge=1024)
    kafka_timeout_s: float = Field(default=5, gt=0)


class WorkerSettings(_Section):
    """The worker: how much at once, and how long a call may take before somebody else may make it again."""

    host: str = "127.0.0.1"
    port: int = Field(default=8081, ge=0, le=65535)
    lease_s: float = Field(default=30, gt=0)
    park_retry_s: float = Field(default=60, gt=0)
    in_flight: int = Field(default=64, ge=1)
    in_flight_per_tenant: int = Field(default=8, ge=1)
    in_flight_per_workspace: int = Field(default=16, ge=1)
    drain_s: float = Field(default=20, gt=0)


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix="ALERT_ROUTER_", env_nested_delimiter="__", frozen=True, extra="ignore", env_ignore_empty=True
    )

    kafka: KafkaSettings = KafkaSettings()
    redis: RedisSettings = RedisSettings()
    secrets: SecretsSettings = SecretsSettings()
    slack: SlackSettings = SlackSettings()
    gateway: GatewaySettings = GatewaySettings()
    worker: WorkerSettings = WorkerSettings()
    emulator: EmulatorSettings = EmulatorSettings()
    templates_dir: Path = _shipped("templates")
    locales_dir: Path = _shipped("locales")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


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
