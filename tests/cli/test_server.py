"""`--server` and its variable: each command asks the control API, asks nobody, or refuses by its name."""

from typing import Final

import pytest

from router.cli.commands import COMMANDS as ALONE
from router.cli.commands import GROUPS
from router.cli.server import ANSWERED
from tests.cli.exports import VERIFIER
from tests.cli.running import fed, refused
from tests.cli.test_help import COMMANDS

SERVER: Final = "https://control.example.com"

REFUSE: Final = {
    "audit checkpoint": "",
    "audit export": "evidence",
    "audit verify": f"--key {VERIFIER}",
    "control adopt": "",
    "control discard": "acme",
    "control migrate": "",
    "control status": "",
    "hold": "",
    "monitoring render": "--tenant acme monitoring",
    "recover": "",
    "release": "",
    "sealing destroy": "acme --all",
    "sealing list": "",
    "sealing pin": "acme",
    "sealing reseal": "acme",
    "sealing rewrap": "",
    "sealing rotate": "acme",
    "isolation rights": "--pool gold",
    "secret rotate": "",
    "sign": "",
    "slo": "--tenant acme",
    "isolation check": "",
    "isolation move": "--tenant acme --pool gold",
    "isolation plan": "--tenant acme --pool gold",
    "retention report": "",
    "tenant check": "acme",
    "tenant erase": "acme",
    "tenant export": "acme copy",
    "tenant resume": "acme",
    "tenant send-test": "acme all",
    "tenant suspend": "acme",
}
"""What needs more than an API hands out, with arguments that it takes."""
OF_FILES: Final = {
    "access lint", "access show", "access test", "audit key", "import", "isolation lint", "route test",
    "schema access", "schema isolation", "schema platform", "schema tenant", "secret key", "tenant upstream",
    "tenant validate",
}  # fmt: skip
"""What reads files alone, or nothing."""
RUNNING: Final = {"control serve", "demo", "emulator", "gateway", "projector", "seal", "up", "worker"}
"""What runs until it is stopped, by settings of its own."""


def answered() -> set[str]:
    """The commands that a control API answers, as they are typed."""
    alone = {one.function: name for name, one in ALONE.items()}
    below = {one.function: f"{group} {name}" for group, some in GROUPS.items() for name, one in some.commands.items()}
    return {{**alone, **below}[function] for function in ANSWERED}


def test_each_command_asks_asks_nobody_or_refuses() -> None:
    kinds = (answered(), set(REFUSE), OF_FILES, RUNNING)
    assert sorted(name for kind in kinds for name in kind) == sorted(COMMANDS)


@pytest.mark.parametrize("command", REFUSE)
async def test_what_no_api_answers_refuses_by_name(command: str) -> None:
    words = [*command.split(), *REFUSE[command].split()]
    refused(await fed(b"", *words, SERVER=SERVER), 2, f"`alert-router {command}`", "without --server")
    refused(await fed(b"", *words, "--server", SERVER), 2, f"`alert-router {command}`", "ALERT_ROUTER_SERVER")


@pytest.mark.parametrize("command", sorted(OF_FILES | RUNNING))
async def test_what_asks_nobody_refuses_a_server_that_is_typed(command: str) -> None:
    helped = await fed(b"", *command.split(), "--help")
    assert "--server" not in helped.out
