"""Settings of key services that cannot work are refused where a process starts, by what to set."""

from pathlib import Path
from typing import Any

import pytest

from router.app.key_services import key_service
from router.errors import ConfigurationError
from router.settings import AwsKmsSettings, SealingSettings, Settings, TransitSettings

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


ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")


def with_kms(service: str, **aws_kms: Any) -> Settings:
    return Settings(sealing=SealingSettings(service=service), aws_kms=AwsKmsSettings(**aws_kms))


@pytest.mark.parametrize(
    ("service", "aws_kms", "named"),
    [
        ("aws-kms", {}, "AWS_KMS__ID: is not set, and SEALING__SERVICE is aws-kms"),
        ("file", {"id": ARN}, "AWS_KMS__ID: .*SEALING__SERVICE to aws-kms"),
        ("aws-kms", {"id": "alias/alert-router"}, "AWS_KMS__REGION"),
    ],
)
def test_what_aws_kms_lacks_is_named(no_region: None, service: str, aws_kms: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=f"ALERT_ROUTER_{named}"):
        key_service(with_kms(service, **aws_kms))


def test_an_arn_has_its_region(no_region: None) -> None:
    assert key_service(with_kms("aws-kms", id=ARN)) is not None


def test_an_alias_is_looked_for_where_aws_tools_would(no_region: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    assert key_service(with_kms("aws-kms", id="alias/alert-router")) is not None


def test_a_profile_that_is_not_there_is_named(no_region: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(ConfigurationError, match="nobody"):
        key_service(with_kms("aws-kms", id="alias/alert-router"))


def test_without_the_extra_what_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match=r"AWS_KMS__ID: needs botocore.*alert-router\[aws\]"):
        key_service(with_kms("aws-kms", id=ARN))
