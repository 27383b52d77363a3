"""Bodies that users have reported, at a live gateway: each is accepted, shown, and in the books; none is lost."""

import json
from pathlib import Path
from typing import Final

from tests.e2e.system import System
from tests.e2e.webhooks import firing

FIELD_CASES: Final = Path(__file__).parents[1] / "data" / "field-cases"
NAMES: Final = {
    *("QueueStuck", "CpuHigh", "Orders per minute (DatasourceNoData)", "Memory", "JobFails", "InstanceDown"),
    *("KubeDeploymentReplicasMismatch", "DiskFill", "DbDown", "DiskFull", "NodeDown", "KubeJobFailed"),
}


async def test_every_alert_of_a_reported_body_is_accepted_and_shown(fast: System) -> None:
    bodies = [path.read_bytes() for path in sorted(FIELD_CASES.glob("p*.json")) if "legacy" not in path.name]
    assert len(bodies) > 15
    async with fast.tenant("reported") as tenant:
        for content in bodies:
            count = len(json.loads(content)["alerts"])
            reply = await tenant.post(content)
            assert (reply.status, reply.body) == (202, {"accepted": count}), content
            tenant.sent += 1 if b"prometheus_replica" in content else count  # two replicas, one alert
        books = await tenant.settled()

        shown = [message.text for message in await tenant.messages()]
        assert {name for name in NAMES if not any(name in text for text in shown)} == set()
        assert books["accepted"] == tenant.sent
        assert "dead_letters" not in books


async def test_what_leads_nowhere_is_counted_and_not_sent(fast: System) -> None:
    async with fast.tenant("silent") as tenant:
        await tenant.send(firing("Watchdog"), firing("DiskFull"))
        books = await tenant.settled()

        [message] = await tenant.messages()
        assert message.text.startswith("FIRING, critical: DiskFull")
        assert (books["changes"], books["notified"], books["suppressed:no_destination"]) == (2, 1, 1)


async def test_a_label_sends_alerts_to_its_channel_and_to_no_other(fast: System) -> None:
    async with fast.tenant("addressed") as tenant:
        named = {"Here": "team-db", "Hidden": "#secret", "Unknown": "#team-x"}
        await tenant.send(*(firing(name, instance=name, channel=channel) for name, channel in named.items()))
        await tenant.settled()

        [db], [usual] = await tenant.messages("team-db"), await tenant.messages()
        assert [name for name in named if f"{name}: words" in db.text] == ["Here"]
        assert [name for name in named if f"{name}: words" in usual.text] == ["Hidden", "Unknown"]
        assert await tenant.messages("secret") == []


async def test_one_fingerprint_for_several_alerts_shows_each_that_fires(fast: System) -> None:
    async with fast.tenant("one-fingerprint") as tenant:
        reply = await tenant.post((FIELD_CASES / "p08-one-fingerprint-four-alerts.json").read_bytes())
        assert reply.body == {"accepted": 3}
        tenant.sent += 3
        await tenant.settled()

        text = (await tenant.message()).text
        assert "FIRING, critical: CpuHigh" in text
        assert ("host=h-1" in text, "host=h-2" in text, "host=h-3" in text) == (True, False, True)
