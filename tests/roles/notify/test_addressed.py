"""Where a label of the alerts says where they go: each channel has its messages, its lane and its digest."""

from collections import Counter
from typing import Final

import pytest

from router.config import stored
from router.config.read import read_document
from tests.adapters.builders import ACME
from tests.roles.builders import a_record, an_alert
from tests.roles.storms import GROUPS, balanced, go_on, groups_of
from tests.roles.worker import Site, Worker, a_worker

TEXT: Final = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}, channels: ["#alerts", "#db", "#web"]}}
route: {receiver: default}
receivers:
  - {name: default, slack: {channel: {label: slack_channel, else: "#alerts"}}}
"""


@pytest.fixture
async def worker() -> Worker:
    """A tenant whose alerts name their channel."""
    site = Site()
    await site.open(ACME, stored.dump(read_document(TEXT, "acme"), TEXT))
    return await a_worker(site)


async def test_one_body_is_shown_in_the_channels_that_its_alerts_name(worker: Worker) -> None:
    alerts = [an_alert(name, slack_channel=name) for name in ("db", "web", "elsewhere", "secret")]
    await worker.take(a_record(*alerts))

    await go_on(worker, 5)

    shown = {channel: message.text for (channel, _), message in worker.site.slack.messages.items()}
    assert shown == {"#db": "db firing", "#web": "web firing", "#alerts": "elsewhere firing, secret firing"}
    await balanced(worker.site)


async def test_a_storm_in_one_channel_becomes_its_digest_and_leaves_the_others_alone(worker: Worker) -> None:
    now = worker.site.clock.time
    for group in GROUPS:
        await worker.take(a_record(an_alert(starts=now, slack_channel="db"), group=group, received=now))
    await worker.take(a_record(an_alert("B", starts=now, slack_channel="web"), group="other", received=now))

    await go_on(worker, 20)

    [digest] = [one for one in groups_of(worker.site) if one.digest is not None]
    assert digest.posted is not None
    assert (digest.posted.channel, digest.closed) == ("#db", False)
    made = Counter(channel for channel, _ in worker.site.slack.messages)
    assert made["#web"] == 1
    assert made["#db"] < 5
    await balanced(worker.site)


async def test_when_a_channel_may_no_longer_be_named_its_message_moves_to_the_usual_one(worker: Worker) -> None:
    await worker.take(a_record(an_alert(slack_channel="db")))
    await go_on(worker, 5)

    text = TEXT.replace('"#db", ', "")
    await worker.site.tenants.publish(ACME, stored.dump(read_document(text, "acme"), text))
    await worker.tenants.load()
    await worker.reconfiguration.configuration_changed(ACME)
    await go_on(worker, 60)

    shown = {channel: message.text for (channel, _), message in worker.site.slack.messages.items()}
    assert shown["#alerts"] == "A firing"
    assert "firing" not in shown["#db"]
    await balanced(worker.site)
