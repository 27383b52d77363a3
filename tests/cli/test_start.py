"""What a command needs is imported when it runs, so that each comes at once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.samples import SMALL

HEAVY = ("aiohttp", "aiokafka", "fastapi", "faststream", "redis", "slack_sdk", "uvicorn", "prometheus_client")
"""Each takes a tenth of a second or more."""

PROGRAM = """
import json, sys
from router.__main__ import main
sys.argv = json.loads(sys.argv[1])
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def imported(*words: str) -> set[str]:
    """The modules that are there once a command has run."""
    program = [sys.executable, "-c", PROGRAM, json.dumps(["alert-router", *words])]
    printed = subprocess.run(program, capture_output=True, check=True, text=True)
    return set(json.loads(printed.stderr.splitlines()[-1]))


@pytest.mark.parametrize("words", [["--help"], ["tenant", "--help"]], ids=" ".join)
def test_help_imports_no_command(words: list[str]) -> None:
    assert not imported(*words) & {*HEAVY, "router.settings", "jinja2", "ruamel.yaml", "babel", "structlog"}


def test_files_without_templates_are_validated_without_engines_and_without_jinja(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(SMALL, encoding="utf-8")
    modules = imported("tenant", "validate", str(file))
    assert "router.config.document.tenant" in modules
    assert not modules & {*HEAVY, "jinja2", "router.adapters.locale.catalogue"}
