"""`alert-router import`: a file that validates, a list of what it lacks, and amtool's word on its routes."""

import os
from pathlib import Path

import pytest

from tests.cli.running import run

ORIGINAL = """\
global: {resolve_timeout: 5m}
route:
  receiver: team
  routes: [{match: {severity: critical}, receiver: pager}]
receivers:
- {name: team, slack_configs: [{channel: '#team', api_url: 'https://hooks.example/a'}]}
- {name: pager, pagerduty_configs: [{service_key: x}]}
"""
AMTOOL = """\
#!/bin/sh
case "$*" in
*critical*) echo {critical} ;;
*) echo team ;;
esac
"""


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "alertmanager.yml"
    path.write_text(ORIGINAL, encoding="utf-8")
    return path


def install(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Make amtool this script."""
    program = folder / "amtool"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


async def test_the_result_is_printed_and_what_it_lacks_is_listed_beside(original: Path) -> None:
    done = await run("import", str(original), "--tenant", "acme", "--no-amtool")

    assert done.code == 0
    assert done.out.startswith("# From alertmanager.yml, by `alert-router import`.")
    assert "tenant: acme\n" in done.out
    assert [line.split(": ")[2] for line in done.err.splitlines()] == [
        "global.resolve_timeout",
        "receivers[0].slack_configs[0].api_url",
        "receivers[1].pagerduty_configs",
        "group_wait 30s and group_interval 5m",
    ]


async def test_a_file_that_is_written_validates(original: Path, tmp_path: Path) -> None:
    out = tmp_path / "acme.yaml"
    done = await run("import", str(original), "--tenant", "acme", "--no-amtool", "--out", str(out))

    assert (done.code, done.out) == (0, "")
    assert (await run("tenant", "validate", str(out))).code == 0


async def test_amtool_is_asked_where_it_is_installed(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, tmp_path, AMTOOL.replace("{critical}", "pager"))
    done = await run("import", str(original), "--tenant", "acme")

    assert done.code == 0
    assert done.err.endswith("amtool: the same receivers for 3 label sets\n")


async def test_a_difference_to_amtool_is_an_error(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, tmp_path, AMTOOL.replace("{critical}", "other"))
    done = await run("import", str(original), "--tenant", "acme")

    assert done.code == 2
    assert "routed differently: alertname=Sample severity=critical: pager here, other by amtool" in done.err


async def test_an_amtool_that_does_not_read_the_file_is_named(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, tmp_path, "#!/bin/sh\necho 'amtool: error: too old' >&2\nexit 1\n")
    done = await run("import", str(original), "--tenant", "acme")

    assert done.code == 0
    assert done.err.endswith(f"warning: not compared: amtool does not read {original}: too old\n")


async def test_a_wrong_tenant_and_a_wrong_file_are_named(original: Path, tmp_path: Path) -> None:
    named = await run("import", str(original), "--tenant", "Acme", "--no-amtool")
    assert (named.code, "tenant: `Acme` is not a valid name" in named.err) == (2, True)

    missing = await run("import", str(tmp_path / "nothing.yml"), "--tenant", "acme")
    assert (missing.code, "No such file" in missing.err) == (2, True)
