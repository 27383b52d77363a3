"""What a person knows a group by."""

from dataclasses import replace

from router.core.model.group import AlertGroup
from router.core.model.key import GroupKey
from tests.core.builders import Story, a_key


def test_a_group_is_known_by_the_name_that_it_is_grouped_by() -> None:
    key = GroupKey(a_key().receiver, a_key().path, (("alertname", "Disk"),))
    assert AlertGroup(key).alert_name == "Disk"


def test_else_by_that_of_one_of_its_alerts_or_by_none() -> None:
    story = Story(state=AlertGroup(GroupKey(a_key().receiver, a_key().path, (("team", "db"),)))).fire("Lag")
    assert story.state.alert_name == "Lag"
    assert replace(story.state, alerts={}).alert_name == ""
