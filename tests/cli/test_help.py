"""Help that helps: each command says in a line what it is for, and shows how it is called."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from router.cli.commands import app
from tests.cli.running import run


def commands(command: Any, *path: str) -> Iterator[str]:
    """Every command there is, as it is typed."""
    if not hasattr(command, "commands"):
        yield " ".join(path)
        return
    for name, below in command.commands.items():
        yield from commands(below, *path, name)


COMMANDS = list(commands(typer.main.get_command(app)))


def test_all_commands_are_looked_at() -> None:
    assert {"up", "tenant apply", "tenant check", "send-test", "secret set", "schema tenant"} <= set(COMMANDS)
    assert len(COMMANDS) >= 20


@pytest.mark.parametrize("command", COMMANDS)
async def test_help_has_a_purpose_in_one_line_and_an_example(command: str) -> None:
    done = await run(*command.split(), "--help")

    lines = [line.strip() for line in done.out.splitlines() if line.strip()]
    assert (done.code, done.err) == (0, "")
    assert lines[0].startswith(f"Usage: alert-router {command}")
    assert lines[1].endswith(".") or lines[2].endswith(".")
    assert any(line.startswith(f"Example: alert-router {command}") for line in lines)
    assert "\x1b" not in done.out


async def test_the_program_itself_lists_its_commands_and_how_to_complete_them() -> None:
    done = await run("--help")

    assert done.code == 0
    assert [name for name in COMMANDS if name.split()[0] not in done.out] == []
    assert "--install-completion" in done.out
    assert "--show-completion" in done.out


async def test_a_shell_is_told_what_may_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_ALERT_ROUTER_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "alert-router tenant ro")
    monkeypatch.setenv("COMP_CWORD", "2")

    done = await run()

    assert done.out.split() == ["rollback"]


@pytest.mark.parametrize(
    "command",
    [
        "token list acme",
        "secret list acme",
        "secret rotate",
        "tenant list",
        "tenant check acme",
        "send-test acme all",
    ],
)
async def test_commands_without_redis_configured_name_the_setting(command: str) -> None:
    done = await run(*command.split())

    assert (done.code, done.out) == (2, "")
    assert "ALERT_ROUTER_REDIS__URL" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "command",
    ["token", "secret", "schema", "tenant", "token nonsense", "token create", "secret set acme", "tenant check",
     "send-test acme", "tenant rollback acme --to three"],
)  # fmt: skip
async def test_wrong_usage_exits_with_2_and_no_traceback(command: str) -> None:
    done = await run(*command.split())

    assert done.code == 2
    assert "Traceback" not in done.out + done.err
    assert "Usage: alert-router" in done.out + done.err
