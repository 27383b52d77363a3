"""Help that helps: each command says in a line what it is for, and shows how it is called."""

import pytest

from tests.cli.running import run

COMMANDS = [
    "token create", "token list", "token revoke", "secret set", "secret list", "secret rotate", "secret key",
    "schema tenant", "upstream", "emulator",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
async def test_help_has_a_purpose_in_one_line_and_an_example(command: str) -> None:
    done = await run(*command.split(), "--help")

    lines = [line.strip() for line in done.out.splitlines() if line.strip()]
    assert (done.code, done.err) == (0, "")
    assert lines[0].startswith(f"Usage: alert-router {command}")
    assert lines[1].endswith(".")
    assert any(line.startswith(f"Example: alert-router {command}") for line in lines)


@pytest.mark.parametrize("command", ["token list acme", "secret list acme", "secret rotate"])
async def test_commands_without_redis_configured_name_the_setting(command: str) -> None:
    done = await run(*command.split())

    assert (done.code, done.out) == (2, "")
    assert "ALERT_ROUTER_REDIS__URL" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "command", ["token", "secret", "schema", "token nonsense", "token create", "secret set acme"]
)
async def test_wrong_usage_exits_with_2_and_no_traceback(command: str) -> None:
    done = await run(*command.split())

    assert done.code == 2
    assert "Traceback" not in done.out + done.err
    assert "Usage: alert-router" in done.out + done.err
