"""What a source holds back through HTTP, Kafka, Redis and Slack, and what is shown when it ends."""

import json

import pytest

from tests.e2e.system import System
from tests.e2e.webhooks import Alert, firing, resolved
from tests.waiting import eventually


def slow(cluster: str) -> Alert:
    return firing("Slow", f"node-{cluster}", severity="warning", cluster=cluster)


@pytest.mark.long
async def test_a_source_holds_its_targets_back_until_it_ends(fast: System) -> None:
    async with fast.tenant("inhibits") as tenant:

        async def shown(*names: str) -> bool:
            texts = [one.text for one in await tenant.messages()]
            return len(texts) == len(names) and all(any(name in text for text in texts) for name in names)

        async def is_held() -> bool:
            return await events(fast) == [("inhibited", "held")] and await shown("ClusterDown")

        await tenant.send(slow("eu"))
        await tenant.send(firing("ClusterDown", "lb", cluster="eu"))
        await eventually(is_held, within_s=10)
        assert (await tenant.books())["pending"] == 1

        await tenant.send(slow("eu"), slow("us"))

        async def another() -> bool:
            return await shown("ClusterDown", "node-us") and (await tenant.books())["pending"] == 1

        await eventually(another, within_s=10)
        assert not any("node-eu" in text for one in await tenant.messages() for text in one.texts)

        await tenant.send(resolved("ClusterDown", "lb", cluster="eu"))
        books = await tenant.settled()

        assert any("node-eu" in one.text for one in await tenant.messages())
        assert books["changes"] == books["notified"] == 4


async def events(system: System) -> list[tuple[str, str]]:
    """What was held back, and by what."""
    found = [json.loads(one.value) for one in await system.kafka.records("alerts.events")]
    mine = [one for one in found if (one["tenant"], one["event"]) == ("inhibits", "group_held")]
    return [(one["reason"], one["outcome"]) for one in mine]
