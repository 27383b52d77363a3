"""Files with keys and tokens that every user may read are logged at the start, and those of their owner are not."""

from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from router.adapters.crypto.ring import fresh_key
from router.app.compose import build_base
from router.app.key_files import warn_of_open_files
from router.settings import (
    GatewaySettings,
    KafkaSettings,
    OperatorSettings,
    RedisSettings,
    SecretsSettings,
    Settings,
)
from router.settings.sections import SigningSettings

VARIABLES: Final = {
    "ALERT_ROUTER_SECRETS__KEY_FILE",
    "ALERT_ROUTER_SIGNING__KEY_FILE",
    "ALERT_ROUTER_OPERATOR__TOKEN_FILE",
    "ALERT_ROUTER_GATEWAY__TLS_KEY",
    "ALERT_ROUTER_SECRET_FILE__ACME__SLACK",
}


def settings_with(file: Path) -> Settings:
    return Settings(
        kafka=KafkaSettings(bootstrap_servers="127.0.0.1:1"),
        redis=RedisSettings(url=SecretStr("redis://127.0.0.1:1")),
        secrets=SecretsSettings(key_file=file),
        signing=SigningSettings(key_file=file),
        operator=OperatorSettings(token_file=file),
        gateway=GatewaySettings(tls_certificate=file, tls_key=file),
    )


@pytest.mark.parametrize(("mode", "logged"), [(0o600, set()), (0o640, set()), (0o644, VARIABLES), (0o604, VARIABLES)])
async def test_a_file_that_everybody_may_read_is_named(tmp_path: Path, mode: int, logged: set[str]) -> None:
    file = tmp_path / "key"
    file.write_text(fresh_key(), encoding="ascii")
    file.chmod(mode)
    base = build_base(settings_with(file), {"ALERT_ROUTER_SECRET_FILE__ACME__SLACK": str(file), "PATH": "/bin"})
    try:
        with capture_logs() as lines:
            warn_of_open_files(base)
    finally:
        await base.redis.close()

    assert {line["variable"] for line in lines} == logged
    assert {(line["event"], line["file"]) for line in lines} == (
        {("secret_file_open", str(file))} if logged else set()
    )


async def test_a_file_that_is_not_there_is_somebody_elses_error(tmp_path: Path) -> None:
    base = build_base(
        settings_with(tmp_path / "key").model_copy(
            update={"signing": SigningSettings(), "secrets": SecretsSettings()}
        ),
        {},
    )
    try:
        with capture_logs() as lines:
            warn_of_open_files(base)
    finally:
        await base.redis.close()

    assert lines == []
