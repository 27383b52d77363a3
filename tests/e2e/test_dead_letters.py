"""Dead letters by the command line: listed, looked at, and redriven once what was wrong is put right."""

import json
from typing import Any

import pytest

from tests import brokers
from tests.e2e.system import Finished, System, command
from tests.e2e.webhooks import PRIVATE_WORDS, body, firing, resolved
from tests.waiting import eventually


async def dead_letter(system: System, *arguments: str) -> Finished:
    """`alert-router dead-letter` on the engines of this system."""
    return await command(
        "dead-letter", *arguments,
        REDIS__URL=system.ready["redis"],
        KAFKA__BOOTSTRAP_SERVERS=system.ready["kafka"],
        KAFKA__IDEMPOTENT_PRODUCER=str(brokers.IDEMPOTENT).lower(),
    )  # fmt: skip


async def listed(system: System, tenant: str) -> list[dict[str, Any]]:
    found = await dead_letter(system, "list", "--tenant", tenant, "--json", "--since", "1h")
    assert found.code == 0, found
    rows: list[dict[str, Any]] = json.loads(found.out)
    return rows


async def stands_in_kafka(system: System, tenant: bytes) -> bool:
    letters = await system.kafka.records("alerts.dead-letter")
    return any(("dead_letter_tenant", tenant) in one.headers for one in letters)


@pytest.mark.long
@pytest.mark.night
async def test_an_alert_beyond_a_cap_is_redriven_once_when_there_is_room(fast: System) -> None:
    async with fast.tenant("revived") as tenant:
        await tenant.send(firing("First"))
        await tenant.settled()
        await tenant.post(body(firing("Second")))
        await eventually(lambda: stands_in_kafka(fast, b"revived"))
        [row] = await listed(fast, "revived")
        assert (row["reason"], row["stage"], row["redriven_at"]) == ("over_active_alerts", "fold", None)

        shown = await dead_letter(fast, "show", row["id"])
        assert "Second" in shown.out
        assert "over_active_alerts (fold)" in shown.out
        await tenant.send(resolved("First"))
        await tenant.settled()

        again = await dead_letter(fast, "redrive", "--tenant", "revived", "--json")
        tenant.sent += 1
        await tenant.settled()

        assert (again.code, json.loads(again.out)) == (0, [{"id": row["id"], "outcome": "redriven", "detail": ""}])
        assert [one.text for one in await tenant.messages() if "FIRING" in one.text and "Second" in one.text] != []
        assert (await tenant.books())["redriven"] == 1
        [row] = await listed(fast, "revived")
        assert row["redriven_at"] is not None

        twice = await dead_letter(fast, "redrive", row["id"])
        assert (twice.code, twice.out) == (
            1,
            f"{row['id']} already redriven: it was redriven before; --force does it again\n",
        )
        assert PRIVATE_WORDS in shown.out
