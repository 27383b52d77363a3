"""What a message shows beside its alerts, through HTTP, Kafka, Redis and Slack."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.system import Message, System, Tenant
from tests.e2e.webhooks import firing, resolved


async def happen(tenant: Tenant, began_min: float, ended_min: float) -> None:
    """An alert fired and ended so many minutes ago, and both were shown."""
    now = datetime.now(UTC)
    starts, ends = ((now - timedelta(minutes=ago)).isoformat() for ago in (began_min, ended_min))
    await tenant.send({**firing(), "startsAt": starts})
    await tenant.settled()
    await tenant.send({**resolved(), "startsAt": starts, "endsAt": ends})
    await tenant.settled()


async def message_of(tenant: Tenant, channel: str) -> Message:
    """The only message of a channel."""
    [message] = await tenant.messages(channel)
    return message


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


@pytest.mark.long
async def test_a_message_links_to_what_else_fires_in_another_channel_until_its_next_edit(fast: System) -> None:
    async with fast.tenant("relates") as tenant:
        await tenant.send(firing("Latency", service="checkout"))
        await tenant.send(firing("Elsewhere", service="search"))
        await tenant.settled()
        latency = await message_of(tenant, "latency")
        await tenant.send(firing("Errors", service="checkout"))
        await tenant.settled()

        [errors] = [one for one in await tenant.messages() if "Errors" in one.text]
        assert "1 other alert of service=checkout fires: Latency" in plain(errors.text)
        assert f"/p{latency.ts.replace('.', '')}|Latency>" in errors.card
        assert "https://relates.slack.com/archives/C" in errors.card

        await tenant.send(resolved("Latency", service="checkout"))
        await tenant.settled()
        [unchanged] = [one for one in await tenant.messages() if "Errors" in one.text]
        assert unchanged.card == errors.card
        await tenant.send(firing("Errors", service="checkout"), firing("Errors", "node-2", service="checkout"))
        await tenant.settled()

        [edited] = [one for one in await tenant.messages() if "Errors" in one.text]
        assert "node-2" in edited.card
        assert "checkout fires" not in edited.card
