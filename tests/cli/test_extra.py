"""Without the extra `local`: what needs it says so, and everything else works."""

import sys

import pytest

from tests.cli.running import refused, run
from tests.cli.test_preview import INCIDENT

PACKAGES = ("alert_router_local", "slack_emulator", "slack_view")


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python cannot import these packages, whether they have been imported before or not."""
    known = [name for name in sys.modules if name.partition(".")[0] in PACKAGES]
    for name in (*PACKAGES, *known):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize("command", ["up", "demo", "emulator", "preview"])
async def test_a_command_that_needs_the_extra_names_it(command: str) -> None:
    done = await run(command, *(INCIDENT if command == "preview" else ()))

    refused(done, 2, f"error: {command}", "needs the extra \"local\": pip install 'alert-router[local]'")


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize("command", ["up", "demo", "emulator", "preview"])
async def test_their_help_does_not_need_it(command: str) -> None:
    assert (await run(command, "--help")).code == 0


@pytest.mark.usefixtures("without_extra")
async def test_the_calls_of_a_preview_do_not_need_it() -> None:
    done = await run("preview", *INCIDENT, "--json")

    assert (done.code, done.err) == (0, "")
    assert '"chat.postMessage"' in done.out
