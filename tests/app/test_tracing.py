"""Without a collector's address nothing of OpenTelemetry is imported for traces, and every part is as it would be."""

import subprocess
import sys
from unittest.mock import patch

import pytest

from router.app.tracing import Tracing, build_tracing
from router.errors import ConfigurationError
from router.settings import Settings, TracingSettings

PROGRAM = """
import sys
import router.__main__, router.app.lifecycle, router.app.worker
from router.app.tracing import build_tracing
from router.settings import Settings
build_tracing(Settings())
unwanted = "opentelemetry.sdk.trace", "opentelemetry.exporter", "google.protobuf"  # redis-py imports the rest
print(sorted(name for name in sys.modules if name.startswith(unwanted)))
"""


@pytest.mark.long
def test_nothing_is_imported_until_it_is_on() -> None:
    found = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True)

    assert found.stdout.strip() == "[]"


def test_without_an_address_nothing_is_traced() -> None:
    tracing = build_tracing(Settings())

    assert tracing == Tracing()
    assert tracing.of_requests().sampling is None
    assert tracing.of_records(Settings()).sampling is None


def test_without_the_extra_an_address_is_refused() -> None:
    settings = Settings(tracing=TracingSettings(endpoint="http://localhost:4318/v1/traces"))

    with (
        patch("importlib.util.find_spec", return_value=None),
        pytest.raises(ConfigurationError, match=r"alert-router\[tracing\]"),
    ):
        build_tracing(settings)
