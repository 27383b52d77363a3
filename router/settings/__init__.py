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

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from router.config.values import CellText
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.settings.audit import AuditSettings
from router.settings.aws_kms import AwsKmsSettings
from router.settings.cells import CellSettings, wrong_cell
from router.settings.plain import plain_collector, plain_connections, plain_kms, plain_record, plain_transit
from router.settings.pools import wrong_pools
from router.settings.postgres import ControlSettings, PostgresSettings, ProjectorSettings
from router.settings.retention import RetentionSettings
from router.settings.sealing import SealingSettings
from router.settings.sections import (
    CeilingSettings,
    EmulatorSettings,
    GatewaySettings,
    KafkaSettings,
    LimitsSettings,
    MetricsSettings,
    OperatorSettings,
    RedisSettings,
    SecretsSettings,
    Section,
    SigningSettings,
    SlackSettings,
    WorkerSettings,
)
from router.settings.tracing import TracingSettings
from router.settings.transit import TransitSettings

__all__ = [
    "AuditSettings",
    "AwsKmsSettings",
    "CeilingSettings",
    "CellSettings",
    "ControlSettings",
    "EmulatorSettings",
    "GatewaySettings",
    "KafkaSettings",
    "LimitsSettings",
    "MetricsSettings",
    "OperatorSettings",
    "PostgresSettings",
    "ProjectorSettings",
    "RedisSettings",
    "RetentionSettings",
    "SealingSettings",
    "SecretsSettings",
    "Settings",
    "SigningSettings",
    "SlackSettings",
    "TracingSettings",
    "TransitSettings",
    "WorkerSettings",
    "known_variables",
    "process_environment",
    "read_settings",
]

_PACKAGE = Path(__file__).parent.parent
_PREFIX = "ALERT_ROUTER_"
_NOT_SETTINGS = ("ALERT_ROUTER_SECRET__", "ALERT_ROUTER_SECRET_FILE__")
_OF_A_SERVICE = re.compile(r"_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_")
"""What Kubernetes calls the address of a service."""
_NEAR = 0.85


def _shipped(name: str) -> Path:
    """A folder of the project: inside the package if that was installed from a wheel, else beside it."""
    within = _PACKAGE / name
    return within if within.is_dir() else _PACKAGE.parent / name


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
    postgres: PostgresSettings = PostgresSettings()
    projector: ProjectorSettings = ProjectorSettings()
    control: ControlSettings = ControlSettings()
    secrets: SecretsSettings = SecretsSettings()
    sealing: SealingSettings = SealingSettings()
    transit: TransitSettings = TransitSettings()
    aws_kms: AwsKmsSettings = AwsKmsSettings()
    signing: SigningSettings = SigningSettings()
    audit: AuditSettings = AuditSettings()
    retention: RetentionSettings = RetentionSettings()
    slack: SlackSettings = SlackSettings()
    gateway: GatewaySettings = GatewaySettings()
    limits: LimitsSettings = LimitsSettings()
    worker: WorkerSettings = WorkerSettings()
    ceilings: CeilingSettings = CeilingSettings()
    operator: OperatorSettings = OperatorSettings()
    metrics: MetricsSettings = MetricsSettings()
    tracing: TracingSettings = TracingSettings()
    emulator: EmulatorSettings = EmulatorSettings()
    cell: CellText | None = None
    """The cell that this process is of, one of CELLS: it serves the tenants whose `platform.cell` is that. Unset:
    those that name none."""
    cells: dict[CellText, CellSettings] = Field(default_factory=dict)
    """The cells that there are, for all roles of all of them alike: JSON, name to {"url": URL}, where senders reach
    its gateways. "region": NAME is where it is, "control_url": URL where its control API is."""
    templates_dir: Path = _shipped("templates")
    """The folder of message templates."""
    locales_dir: Path = _shipped("locales")
    """The folder of translations."""
    server: str | None = None
    """The control API that commands ask in place of Redis and PostgreSQL, such as https://control.example.com."""
    server_allow_plain: bool = False
    """Whether it may be asked over plain HTTP on another machine: the network is trusted."""
    token: SecretStr | None = None
    """What commands show it: an API key, or an access token of your identity provider."""
    token_file: Path | None = None
    """A file with that."""
    ca_file: Path | None = None
    """PEM certificates that its own is verified by, in place of the system's."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The lowest level that is logged, on stderr, as JSON lines."""


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigurationError: one diagnostic for each variable that is invalid, unknown, or sends secrets in clear.
    """
    unknown = list(_unknown())
    if unknown:
        raise ConfigurationError(*unknown)
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise ConfigurationError(*(_diagnostic(one["loc"], one["msg"]) for one in wrong)) from None
    except SettingsError as error:
        section = str(error).split('"')[1]
        raise ConfigurationError(_diagnostic((section,), "one of its variables is not the JSON it must be")) from None
    in_clear = [
        *plain_connections(settings.kafka, settings.redis, settings.slack),
        *plain_collector(settings.tracing),
        *plain_record(settings.postgres),
        *plain_transit(settings.transit),
        *plain_kms(settings.aws_kms),
    ]
    of_pools, of_cells = wrong_pools(settings.kafka, settings.worker), wrong_cell(settings.cell, settings.cells)
    if wrong_here := [*in_clear, *of_pools, *of_cells]:
        raise ConfigurationError(*wrong_here)
    return settings


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


def _is_section(kind: object) -> TypeGuard[type[Section]]:
    return isinstance(kind, type) and issubclass(kind, Section)


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
