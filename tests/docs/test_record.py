"""A first hour of the record, every command as docs/control-plane.md and then docs/audit.md print them."""

from pathlib import Path
from typing import Final

import pytest

from tests.docs.first_hour import to_run
from tests.docs.pages import TOP
from tests.docs.shell import shell

CONTROL_PLANE: Final = TOP / "docs/control-plane.md"
AUDIT: Final = TOP / "docs/audit.md"


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(240)
async def test_what_redis_holds_is_taken_in_changed_adopted_after_drift_and_verified(clone: Path) -> None:
    async with shell(clone, GATEWAY__PORT="0") as terminal:
        printed = "".join([await terminal.run(block) for page in (CONTROL_PLANE, AUDIT) for block in to_run(page)])

    at_once = printed.replace("\t", " ")
    for wanted in (
        '"event": "ready"', "ALERT_ROUTER_POSTGRES__MIGRATOR_URL", "the schema is at step",
        "the record holds all that Redis does",
        "another channel", "drift: tenant acme: changed, by ", "the record is away",
        "tenant acme is recorded as Redis holds it", "tenant.apply", "drift.adopt",
        "audit.example.com/alerts",
    ):  # fmt: skip
        assert wanted in at_once, (wanted, printed)
    assert at_once.count("nothing is wrong: ") == 4
