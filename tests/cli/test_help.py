"""Help that helps: each command says in a line what it is for, and shows how it is called."""

import asyncio
import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import typer

from router.cli.commands import COMMANDS as ALONE
from router.cli.commands import GROUPS, app
from router.cli.later import Later, imported
from tests.cli.running import run
from tests.e2e.system import clean_environment


def commands(command: Any, *path: str) -> Iterator[str]:
    """Every command there is, as it is typed."""
    if not hasattr(command, "commands"):
        yield " ".join(path)
        return
    for name, below in command.commands.items():
        if getattr(below, "hidden", False):
            continue
        yield from commands(below, *path, name)


COMMANDS = list(commands(typer.main.get_command(app)))
LATER: list[Later] = [*ALONE.values(), *(one for group in GROUPS.values() for one in group.commands.values())]
LIGHT = {
    "router",
    "router.__main__",
    "router.diagnostic",
    "router.errors",
    "router.cli",
    "router.cli.commands",
    "router.cli.access_commands",
    "router.cli.alert_commands",
    "router.cli.later",
}
HEAVY = {
    "aiohttp", "aiokafka", "alert_router_local", "babel", "cryptography", "fastapi", "faststream", "jinja2",
    "prometheus_client", "pydantic", "re2", "redis", "ruamel", "slack_emulator", "slack_sdk", "slack_view",
    "starlette", "structlog", "uvicorn",
}  # fmt: skip


def test_all_commands_are_looked_at() -> None:
    assert {"up", "tenant apply", "tenant check", "tenant send-test", "secret set", "schema tenant"} <= set(COMMANDS)
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


@pytest.mark.parametrize("later", LATER, ids=lambda later: later.function)
def test_lists_show_the_first_line_of_what_a_command_says_of_itself(later: Later) -> None:
    module, _, function = later.function.partition(":")
    documented = inspect.getdoc(getattr(import_module(f"router.cli.{module}"), function))

    assert documented is not None
    assert documented.splitlines()[0] == later.line


@pytest.mark.parametrize(
    ("command", "by_typer"), [("--help", set()), ("tenant --help", {"pydantic"}), ("secret --help", {"pydantic"})]
)
async def test_help_imports_no_command_and_nothing_that_is_slow(command: str, by_typer: set[str]) -> None:
    """Typer itself takes pydantic to read a program's options before it comes to a command."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "importtime", "-m", "router", *command.split(),
        env=clean_environment(), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, err = await process.communicate()
    imported = set(re.findall(r"^import time:.*\| +([\w.]+)$", err.decode(), re.MULTILINE))

    assert process.returncode == 0
    assert {name for name in imported if name.partition(".")[0] == "router"} <= LIGHT
    assert {name.partition(".")[0] for name in imported} & HEAVY <= by_typer
    assert "typer" in imported


async def test_the_program_itself_lists_its_commands_and_how_to_complete_them() -> None:
    done = await run("--help")

    assert done.code == 0
    assert [name for name in COMMANDS if name.split()[0] not in done.out] == []
    assert "--install-completion" in done.out
    assert "--show-completion" in done.out


async def test_a_shell_is_shown_what_may_follow(monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_paragraphs_of_help_are_as_wide_as_the_terminal() -> None:
    written = {later.function: imported(later).help for later in LATER}

    assert [name for name, text in written.items() if "\n" in text.replace("\n\n", "")] == []
    done = await run("up", "--help")
    assert (
        "An embedded Slack shows its channels on a web page, whose address is `page` in that line. With" in done.out
    )
