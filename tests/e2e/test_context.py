"""What a message shows beside its alerts, through HTTP, Kafka, Redis and Slack."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import firing, resolved


async def happen(tenant: Tenant, began_min: float, ended_min: float) -> None:
    """An alert fired and ended so many minutes ago, and both were shown."""
    now = datetime.now(UTC)
    starts, ends = ((now - timedelta(minutes=ago)).isoformat() for ago in (began_min, ended_min))
    await tenant.send({**firing(), "startsAt": starts})
    await tenant.settled()
    await tenant.send({**resolved(), "startsAt": starts, "endsAt": ends})
    await tenant.settled()


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.long
async def test_the_third_incident_says_how_the_first_two_went(fast: System) -> None:
    async with fast.tenant("usual") as tenant:
        await happen(tenant, 100, 88)
        await happen(tenant, 70, 30)
        await tenant.send(firing(since_s=30))
        await tenant.settled()

        first, second, third = [plain(one.card) for one in await tenant.messages()]

        assert "before" not in first
        assert "2nd time in 7 days" in second
        assert "3rd time in 7 days" in third
        assert "lasted 40 min and 12 min before" in third
