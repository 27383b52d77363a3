"""What nothing uses is named, and what anything uses is not."""

from tests.config.lint.documents import HEAD, warnings

USED = """\
route: {receiver: a, group_by: [], routes: [{matchers: [x=y], receiver: b, mute_time_intervals: [nights]}]}
receivers: [{name: a, slack: {channel: '#a'}}, {name: b}, {name: c, slack: {channel: '#c'}}, {name: d}]
fallback: c
heartbeats: [{matchers: [h=i], every: 10m, receiver: c}]
time_intervals: [{name: nights, time_intervals: [{weekdays: [monday]}]}]
"""


def test_receivers_and_intervals_that_nothing_names_are_unused() -> None:
    assert warnings(HEAD + USED) == [
        "5:94: receivers[3]: no route has the receiver `d`; name it in one, or remove it",
    ]
    assert warnings(HEAD + USED.replace("mute_time_intervals: [nights]", "").replace(", {name: d}", "")) == [
        "8:18: time_intervals[0]: no route is muted or active in `nights`; name it in one, or remove it",
    ]


def test_an_interval_in_which_a_route_is_active_is_used() -> None:
    assert warnings(HEAD + USED.replace("mute_", "active_").replace(", {name: d}", "")) == []
