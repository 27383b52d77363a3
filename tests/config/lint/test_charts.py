"""Whoever asks for charts that nobody can draw learns why."""

from tests.config.lint.documents import HEAD, warnings

ASKED = """\
route: {receiver: a, group_by: [], routes: [{matchers: [x=y], receiver: b}]}
receivers: [{name: a, slack: {channel: '#a', chart: true}}, {name: b}]
"""
PROMETHEUS = "slack: {token: {secret: slack}}, prometheus: {url: 'http://prometheus:9090', only: all}"


def test_a_chart_that_is_asked_for_needs_a_prometheus() -> None:
    assert warnings(HEAD + ASKED) == [
        "5:53: receivers[0].slack.chart: no chart is drawn, since the operator has named no Prometheus "
        "(`platform.prometheus`)",
    ]
    assert warnings(HEAD.replace("slack: {token: {secret: slack}}", PROMETHEUS) + ASKED) == []


def test_nobody_who_says_nothing_of_charts_is_warned() -> None:
    assert warnings(HEAD + ASKED.replace(", chart: true", "")) == []
    assert warnings(HEAD + ASKED.replace("chart: true", "chart: false")) == []
