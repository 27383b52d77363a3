"""A first hour with the control API, every command as docs/first-hour-api.md prints them."""

from pathlib import Path
from typing import Final

import pytest

from tests.docs.first_hour import to_run
from tests.docs.pages import TOP
from tests.docs.shell import shell

PAGE: Final = TOP / "docs/first-hour-api.md"
FREE: Final = {"GATEWAY__PORT": "0", "CONTROL__PORT": "0", "CONTROL__OPERATIONS_PORT": "0"}


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(480)
async def test_somebody_logs_in_applies_a_plan_is_denied_and_finds_both_in_the_trail(clone: Path) -> None:
    async with shell(clone, **FREE) as terminal:
        printed = "".join([await terminal.run(block) for block in to_run(PAGE)])

    at_once = printed.replace("\t", " ")
    for wanted in (
        '"event": "ready"', "the access document is valid", "plan: 0 create, 1 change, 0 unchanged, 0 remove",
        "nothing was changed", "tenant acme is changed, version 2 is active", "ana (ana@http://127.0.0.1:",
        "git.example.com/acme/alerts", "token.write of role tenant_admin", "denied: not_in_role", "allowed",
        "tenant.apply", "access.denied", "audit.read of role",
    ):  # fmt: skip
        assert wanted in at_once, (wanted, printed)
