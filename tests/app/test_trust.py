"""Certificates that servers are trusted by: a file that has none is named, before anybody asks."""

from pathlib import Path
from typing import Final

import pytest

from router.app.trust import trust_of
from router.errors import ConfigurationError
from tests.http.certificates import authority

SETTING: Final = "ALERT_ROUTER_TRANSIT__CA_FILE"


def test_certificates_of_the_file_come_to_those_of_the_system(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(authority().certificate())
    own = trust_of(file, SETTING).cert_store_stats()["x509"]
    assert own == trust_of(None, SETTING).cert_store_stats()["x509"] + 1


@pytest.mark.parametrize(
    "text", ["", "\n", "no certificate", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_certificates_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=f"^{SETTING}: .*no PEM certificates"):
        trust_of(file, SETTING)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        trust_of(tmp_path / "nowhere", SETTING)
