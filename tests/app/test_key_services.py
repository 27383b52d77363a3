"""Settings of key services that cannot work are refused where a process starts, by what to set."""

from pathlib import Path
from typing import Any

import pytest

from router.app.key_services import key_service
from router.errors import ConfigurationError
from router.settings import SealingSettings, Settings, TransitSettings

URL = "https://openbao:8200"


def settings(transit: dict[str, Any], **sealing: Any) -> Settings:
    return Settings(sealing=SealingSettings(**sealing), transit=TransitSettings(**transit))


@pytest.mark.parametrize(
    ("transit", "sealing", "missing"),
    [
        ({}, {"service": "transit"}, "TRANSIT__URL"),
        ({"url": URL, "credential_file": "x"}, {}, "SEALING__SERVICE"),
        ({"url": URL}, {"service": "transit"}, "TRANSIT__CREDENTIAL_FILE"),
        ({"url": URL, "credential_file": "x", "login": "approle"}, {"service": "transit"}, "TRANSIT__ROLE"),
        ({"url": URL, "credential_file": "x", "ca_file": "/dev/null"}, {"service": "transit"}, "TRANSIT__CA_FILE"),
    ],
)
def test_what_is_missing_is_named(transit: dict[str, Any], sealing: dict[str, Any], missing: str) -> None:
    with pytest.raises(ConfigurationError, match=f"ALERT_ROUTER_{missing}"):
        key_service(settings(transit, **sealing))


def test_without_any_nothing_wraps() -> None:
    assert key_service(settings({})) is None


def test_transit_alone_is_enough(tmp_path: Path) -> None:
    assert key_service(settings({"url": URL, "credential_file": tmp_path / "t"}, service="transit")) is not None
