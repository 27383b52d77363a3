"""Alerts that a label sends elsewhere are groups of their own, and no text of theirs becomes an address."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.decide.policy import CallTimes, policy_for
from router.core.match.labels import Labels
from router.core.model.group import AlertGroup, Digest
from router.core.model.key import GroupKey, digest_key
from router.core.model.rules.by_label import ByLabel
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.receiver import Mentions, Receiver
from router.core.model.rules.route import GroupBy
from router.core.route.tree import assign
from tests.core.builders import a_receiver, a_route, a_tenant, alert_of, observed

CHANNELS: Final = ByLabel("slack_channel", {"#db": "#db", "db": "#db", "#web": "#web", "web": "#web"})
MENTIONS: Final[ByLabel[Mentions]] = ByLabel("team", {"db": ("<!subteam^S012>",)})
BY_LABELS: Final = replace(
    a_receiver(channel="#alerts", mention=("<!here>",)), channel_label=CHANNELS, mention_label=MENTIONS
)
TENANT: Final = a_tenant(receivers=[BY_LABELS])
NAME: Final = ReceiverName("default")


def groups(*labels: Labels, sent: Labels | None = None) -> list[GroupKey]:
    alerts = [alert_of(alertname="A", **one) for one in labels]
    return [one.key for one in assign(TENANT, observed(*alerts, group_labels=sent))]


def receiver_of(key: GroupKey) -> Receiver:
    return policy_for(TENANT, AlertGroup(key), CallTimes()).receiver


def test_each_channel_has_a_group_of_its_own() -> None:
    db, web = groups({"slack_channel": "#db"}, {"slack_channel": "web"})

    assert [receiver_of(one).channel for one in (db, web)] == ["#db", "#web"]
    assert dict(db.group) == {"alertname": "A", "slack_channel": "#db"}


def test_alerts_whose_label_names_no_channel_are_together_in_the_usual_one() -> None:
    [key] = groups({}, {"slack_channel": "#secret"}, {"slack_channel": ""}, {"slack_channel": "#DB"})

    assert receiver_of(key) == BY_LABELS
    assert dict(key.group) == {"alertname": "A"}


def test_those_who_mention_others_are_groups_of_their_own() -> None:
    db, others = groups({"team": "db"}, {"team": "web"}, {"team": "<!channel>"})

    assert [receiver_of(one).mention for one in (db, others)] == [("<!subteam^S012>",), ("<!here>",)]


def test_the_alerts_own_label_counts_and_not_that_of_the_senders_group() -> None:
    [key] = groups({"slack_channel": "#db"}, sent={"slack_channel": "#web", "x": "y"})

    assert receiver_of(key).channel == "#db"


@pytest.mark.parametrize("group_by", [GroupBy.ALL_LABELS, GroupBy.AS_SENT, (), ("slack_channel",), ("alertname",)])
def test_it_holds_for_every_grouping(group_by: tuple[str, ...] | GroupBy) -> None:
    tenant = a_tenant(a_route(group_by=group_by), [BY_LABELS])
    [found] = assign(tenant, observed(alert_of(alertname="A", slack_channel="db")))

    assert policy_for(tenant, AlertGroup(found.key), CallTimes()).receiver.channel == "#db"


def test_the_group_of_a_receiver_with_a_fixed_channel_is_what_it_was() -> None:
    [found] = assign(a_tenant(), observed(alert_of(alertname="A", slack_channel="#db")))

    assert found.key == GroupKey(NAME, ("{}",), (("alertname", "A"),))


def test_a_digest_stays_in_the_channel_that_it_began_in_while_it_may() -> None:
    in_db, gone = (AlertGroup(digest_key(NAME, channel), digest=Digest()) for channel in ("#db", "#secret"))

    assert policy_for(TENANT, in_db, CallTimes()).receiver.channel == "#db"
    assert policy_for(TENANT, gone, CallTimes()).receiver.channel == "#alerts"


@given(st.text(max_size=90), st.text(max_size=90))
def test_no_text_of_an_alert_is_ever_a_channel_or_a_mention(channel: str, team: str) -> None:
    [key] = groups({"slack_channel": channel, "team": team})
    to = receiver_of(key)

    assert to.channel in BY_LABELS.channels
    assert to.mention in {("<!here>",), ("<!subteam^S012>",)}
