"""The settings of the record; a docstring below a setting is its line in docs/settings.md."""

from pathlib import Path

from pydantic import Field, SecretStr

from router.settings.sections import Section


class PostgresSettings(Section):
    """PostgreSQL, the record of tenants, one login a task. Without `url` Redis is the record, as it always was."""

    url: SecretStr | None = None
    """postgresql://ar_api:PASSWORD@HOST:PORT/DATABASE, for commands: what they change is recorded there."""
    projector_url: SecretStr | None = None
    """The same with the login ar_projector, for `alert-router projector`."""
    migrator_url: SecretStr | None = None
    """The same with the login ar_migrator, for `alert-router control migrate`."""
    allow_plain: bool = False
    """Whether servers on other machines may be reached without TLS: sealed secrets and passwords cross networks."""


class ControlSettings(Section):
    """The control API, which asks the record; it needs `POSTGRES__URL`."""

    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 is all of them. Over a network put TLS in front: keys and tokens pass it."""
    port: int = Field(default=8084, ge=0, le=65535)
    """The port of the API; 0 takes a free one."""
    operations_port: int = Field(default=8085, ge=0, le=65535)
    """The port for /live, /ready and /metrics; 0 takes a free one."""
    access_file: Path | None = None
    """The access document: who may do what. Read again when it changes; without one API keys alone are let in."""
    issuers_ca_file: Path | None = None
    """PEM certificates that issuers of tokens are trusted by besides those of the system; read at the start."""
    isolation_file: Path | None = None
    """The isolation policy that is in force, which the API shows; read at the start."""


class ProjectorSettings(Section):
    """The projector, which brings the record to Redis."""

    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 is all of them."""
    port: int = Field(default=8083, ge=0, le=65535)
    """The port for /live, /ready and /metrics; 0 takes a free one."""
