"""What an alertmanager.yml says is carried over, or listed with its line: nothing is dropped silently."""

from typing import Any

import pytest

from router.config.alertmanager.document import Imported, import_alertmanager
from router.config.alertmanager.writing import written
from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.config.tree import read_tree
from router.core.match.matcher import all_match
from router.core.match.reading import Reading
from router.errors import ConfigurationError

ROUTE = "route: {receiver: a}\nreceivers: [{name: a}]\n"


def imported(text: str) -> Imported:
    """The file as a document, which is valid as it is written."""
    found = import_alertmanager(text, "acme", "am.yml")
    read_document(written(found, "am.yml"), "result")
    return found


def slack(config: str) -> tuple[dict[str, Any], list[str]]:
    """One entry of `slack_configs` as the receiver's part, and what is left of it."""
    found = imported(f"route: {{receiver: a}}\nreceivers:\n- name: a\n  slack_configs:\n  - channel: '#a'\n{config}")
    [receiver] = found.document["receivers"]
    return receiver["slack"], [str(one) for one in found.leftovers]


def test_the_least_there_is_gets_alertmanagers_defaults_where_ours_differ() -> None:
    assert imported(ROUTE).document == {
        "version": 1,
        "tenant": "acme",
        "platform": {"slack": {"token": {"secret": "slack"}}},
        "route": {
            "receiver": "a",
            "group_by": [],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
        },
        "receivers": [{"name": "a"}],
    }


def test_all_three_forms_of_matchers_are_one_and_hold_together() -> None:
    text = """\
route:
  receiver: a
  routes:
    - match: {b: "1", a: 'x"y', c: }
      match_re: {d: e|f}
      matchers: ['{g!="h",i=~j}', k!~l]
      continue: yes
      group_wait: 0s
receivers: [{name: a}]
"""
    [route] = imported(text).document["route"]["routes"]

    assert route == {
        "matchers": ['a="x\\"y"', 'b="1"', 'c=""', 'd=~"e|f"', '{g!="h",i=~j}', "k!~l"],
        "continue": True,
        "group_wait": "0s",
    }


@pytest.mark.parametrize(("written_as", "text"), [("1", "1"), ("true", "true"), ("010", "010"), ("1.50", "1.50")])
def test_a_value_is_the_text_that_stands_there_as_in_go(written_as: str, text: str) -> None:
    found = imported(f"route: {{receiver: a, routes: [{{match: {{x: {written_as}}}}}]}}\nreceivers: [{{name: a}}]")

    assert found.document["route"]["routes"] == [{"matchers": [f'x="{text}"']}]


@pytest.mark.parametrize("empty", ["match:", "matchers: []", "match: {}", "continue: false"])
def test_what_is_empty_is_nothing(empty: str) -> None:
    found = imported(f"route:\n  receiver: a\n  routes:\n  - receiver: a\n    {empty}\nreceivers: [{{name: a}}]")

    assert found.document["route"]["routes"] == [{"receiver": "a"}]
    assert found.leftovers == ()


def test_inhibition_and_time_intervals_keep_their_meaning_in_todays_words() -> None:
    found = imported(
        ROUTE
        + """\
inhibit_rules:
- {name: n, source_match: {severity: critical}, target_match_re: {severity: warning|info}, equal: [a, b]}
- {target_matchers: [severity=info]}
mute_time_intervals: [{name: old, time_intervals: [{weekdays: [saturday]}]}]
time_intervals:
- name: new
  time_intervals: [{times: [{start_time: 01:00, end_time: 02:30}], months: [1:3], location: Europe/Paris}]
"""
    )

    assert found.document["inhibit_rules"] == [
        {
            "name": "n",
            "source_matchers": ['severity="critical"'],
            "target_matchers": ['severity=~"warning|info"'],
            "equal": ["a", "b"],
        },
        {"source_matchers": ['alertname=~"(?s).*"'], "target_matchers": ["severity=info"]},
    ]
    assert found.document["time_intervals"] == [
        {"name": "old", "time_intervals": [{"weekdays": ["saturday"]}]},
        {
            "name": "new",
            "time_intervals": [
                {
                    "times": [{"start_time": "01:00", "end_time": "02:30"}],
                    "months": ["1:3"],
                    "location": "Europe/Paris",
                }
            ],
        },
    ]
    assert found.leftovers == ()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("", {"send_resolved": False}),
        ("    send_resolved: true", {}),
        ("    send_resolved: on\n    update_message: true", {"on_change": "edit"}),
        ("    send_resolved: true\n    post_updates_to_thread: true", {"on_change": "thread"}),
        ("    send_resolved: true\n    title: '{{ template \"slack.default.title\" . }}'", {}),
        ("    send_resolved: true\n    color: '{{ if eq .Status \"firing\" }}danger{{ else }}good{{ end }}'", {}),
        ("    send_resolved: true\n    pretext: <!here>", {"mention": ["<!here>"]}),
    ],
)
def test_a_channel_and_how_it_is_written_to(config: str, expected: dict[str, Any]) -> None:
    found, left = slack(config)

    found.pop("template", None)
    assert found == {"channel": "#a", **expected}
    assert left == []


def test_where_there_is_a_text_and_no_title_ours_stands_above_it() -> None:
    written = "{channel: '#x', pretext: Hello, text: 'Words for {{ .CommonLabels.job }}'}"
    found = imported(f"route: {{receiver: a}}\nreceivers:\n- {{name: a, slack_configs: [{written}]}}\n")

    [template] = found.document["templates"]
    above, heading, words = template["parts"]["title"].split("\n")
    assert (above, words) == ("Hello", "Words for {{ labels.job }}")
    assert "state" in heading
    assert "subject" in heading


@pytest.mark.parametrize("sources", ["source_matchers: []", "source_matchers: ['{}']", "source_match: {}", "name: n"])
@pytest.mark.parametrize("labels", [{}, {"job": "x"}, {"alertname": "A"}, {"alertname": "two\nlines"}])
def test_without_sources_every_alert_is_one_as_in_alertmanager(sources: str, labels: dict[str, str]) -> None:
    found = imported(ROUTE + f"inhibit_rules: [{{{sources}, target_matchers: [a=b]}}]")

    [rule] = compile_tenant(read_document(written(found, "am.yml"), "result"), 1).inhibit_rules.rules
    assert all_match(rule.source, Reading(labels))
    assert found.leftovers == ()


def test_of_rules_of_one_name_the_later_ones_are_numbered() -> None:
    rule = "{name: same, source_matchers: [a=b], target_matchers: [c=d]}"
    found = imported(ROUTE + f"inhibit_rules: [{rule}, {rule}, {rule}]")

    assert [one["name"] for one in found.document["inhibit_rules"]] == ["same", "same (2)", "same (3)"]


def test_titles_and_texts_become_templates_that_receivers_with_the_same_share() -> None:
    each = "{{ range .Alerts }}{{ .Labels.pod }}{{ end }}"
    one = f"{{channel: '#x', title: '{{{{ .CommonLabels.alertname }}}}', text: '{each}'}}"
    found = imported(
        "route: {receiver: Team X}\nreceivers:\n"
        + "".join(f"- {{name: {name}, slack_configs: [{one}]}}\n" for name in ("Team X", "y"))
    )

    assert found.document["templates"] == [
        {"name": "team-x", "parts": {"title": "{{ labels.alertname }}", "alert": "{{ labels.pod }}"}}
    ]
    assert [one["slack"]["template"] for one in found.document["receivers"]] == ["team-x", "team-x"]
    assert found.leftovers == ()


@pytest.mark.parametrize("channel", ["'#{{ .CommonLabels.team }}'", "'{{ .Receiver }}'", "'no channel'"])
def test_of_an_entry_without_a_channel_nothing_is_carried_over_and_that_is_listed_once(channel: str) -> None:
    entry = f"{{channel: {channel}, title: '{{{{ .CommonLabels.job }}}}', text: <!here>, color: red, username: x}}"
    found = imported(f"route: {{receiver: a}}\nreceivers:\n- name: a\n  slack_configs:\n  - {entry}\n")

    assert found.document["receivers"] == [{"name": "a"}]
    assert "templates" not in found.document
    [line] = found.leftovers
    assert str(line).startswith("am.yml:5:6: receivers[0].slack_configs[0].channel: not carried over: ")
    assert "so nothing of this entry is carried over; name a channel there and import it again" in str(line)


@pytest.mark.parametrize(
    ("config", "left"),
    [
        (
            "    username: x",
            "6:5: receivers[0].slack_configs[0].username: not carried over: the bot's own name",
        ),
        ("    color: '#fff'", "6:5: receivers[0].slack_configs[0].color: not carried over: the colour is"),
        (
            "    text: '{{ .ExternalURL }}'",
            "6:5: receivers[0].slack_configs[0].text: not carried over: it uses",
        ),
        ("    text: '{{ range .Alerts }}{{ . }}{{ end }}'", "6:5: receivers[0].slack_configs[0].text: not"),
        ("  webhook_configs: []", "6:3: receivers[0].webhook_configs: not carried over: here is Slack alone"),
        ("  lables: {a: b}", "6:3: receivers[0].lables: not carried over: no key of a receiver"),
    ],
)
def test_what_cannot_be_carried_over_is_listed_where_it_stands(config: str, left: str) -> None:
    _, [line] = slack(config)

    assert line.removeprefix("am.yml:").startswith(left)


@pytest.mark.parametrize(
    ("more", "left"),
    [
        (
            "global: {resolve_timeout: 5m}",
            "3:10: global.resolve_timeout: not carried over: the Alertmanager in",
        ),
        ("global: {smtp_from: a@b}", "3:10: global.smtp_from: not carried over: it belongs to receivers that"),
        ("templates: [x]", "3:1: templates: not carried over: templates in files"),
        (
            "inhibit_rules: [{source_matchers: [x], target_matchers: []}]",
            "3:17: inhibit_rules[0]: not carried",
        ),
        ("inhibit_rules: {}", "3:1: inhibit_rules: not carried over: should be a list"),
        (
            "time_intervals: [{time_intervals: []}]",
            "3:18: time_intervals[0]: not carried over: a time interval",
        ),
        (
            "time_intervals: [{name: n, time_intervals: [{location: Local}]}]",
            "3:46: time_intervals[0].time_intervals[0].location: not carried over: Local is wherever",
        ),
        ("whatever: 1", "3:1: whatever: not carried over: no key of a tenant's document"),
    ],
)
def test_so_is_what_stands_beside(more: str, left: str) -> None:
    line = str(imported(ROUTE + more).leftovers[0])

    assert line.removeprefix("am.yml:").startswith(left)


@pytest.mark.parametrize(
    ("route", "left", "kept"),
    [
        ("group_wait: x", "group_wait: not carried over: 'x' is not a valid duration", {}),
        ("repeat_interval: 2y", "repeat_interval: not carried over: 2y is longer than 1y", {"repeat_interval": "1y"}),
        ("group_interval: 0s", "group_interval: not carried over: Alertmanager refuses 0", {}),
        ("matchers: ['x']", "matchers: not carried over: 'x' is not a valid matcher", {"matchers": ['alertname=""']}),
        ("matchers: x", "matchers: not carried over: should be a list of texts", {}),
        ("match: {a: [b]}", "match: not carried over: should be a mapping of texts", {}),
        ("labels: {a: b}", "labels: not carried over: labels of routes are for Alertmanager's templates", {}),
    ],
)
def test_of_a_route_too(route: str, left: str, kept: dict[str, Any]) -> None:
    text = f"route:\n  receiver: a\n  routes:\n  - receiver: a\n    {route}\nreceivers: [{{name: a}}]"
    found = imported(text)

    [line] = found.leftovers
    assert str(line).startswith(f"am.yml:5:5: route.routes[0].{left}")
    assert found.document["route"]["routes"] == [{"receiver": "a", **kept}]


def test_a_receiver_that_sends_nothing_here_says_why_in_a_comment() -> None:
    text = """\
route: {receiver: "null", routes: [{receiver: missing}]}
receivers:
- name: "null"
- {name: pager, pagerduty_configs: [{}], webhook_configs: [{}]}
- {name: label, slack_configs: [{channel: '#{{ .CommonLabels.team }}'}]}
"""
    result = written(imported(text), "am.yml")

    assert "- name: 'null' # this receiver notifies nobody, there and here" in result
    assert "- name: pager # sends nothing here: pagerduty_configs, webhook_configs of Alertmanager" in result
    assert "- name: label # its channel is not a name or an ID there: name one" in result
    assert "- name: missing # a route names it, and the receivers do not have it" in result
    assert read_tree(result).diagnostics == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "am.yml: no `route`, so this is not an alertmanager.yml"),
        ("[]", "am.yml: no `route`, so this is not an alertmanager.yml"),
        ("route: [a]", "am.yml: no `route`, so this is not an alertmanager.yml"),
        ("route: {", "am.yml:1:9: not YAML"),
    ],
)
def test_anything_else_is_refused(text: str, finding: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        import_alertmanager(text, "acme", "am.yml")

    assert str(caught.value).startswith(finding)


TWO = "receivers: [{name: a, slack_configs: [{channel: '#a'}, {channel: '#b'}]}, {name: c}]"


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ("[]", [{"receiver": "a", "continue": True}, {"receiver": "a (2)"}]),
        (
            "[{match: {x: y}, continue: true, receiver: a}, {receiver: c}]",
            [
                {"matchers": ['x="y"'], "receiver": "a", "continue": True},
                {"matchers": ['x="y"'], "receiver": "a (2)", "continue": True},
                {"receiver": "c"},
            ],
        ),
        (
            "[{match: {x: y}, mute_time_intervals: [n], routes: [{match: {z: w}, receiver: c}]}]",
            [
                {
                    "matchers": ['x="y"'],
                    "mute_time_intervals": ["n"],
                    "routes": [
                        {"matchers": ['z="w"'], "receiver": "c"},
                        {"mute_time_intervals": ["n"], "receiver": "a", "continue": True},
                        {"mute_time_intervals": ["n"], "receiver": "a (2)"},
                    ],
                },
                {"receiver": "a", "continue": True},
                {"receiver": "a (2)"},
            ],
        ),
    ],
)
def test_a_receiver_with_two_channels_becomes_two_and_so_do_the_routes_to_it(
    routes: str, expected: list[dict[str, Any]]
) -> None:
    intervals = "time_intervals: [{name: n, time_intervals: [{}]}]"
    found = imported(f"route: {{receiver: a, routes: {routes}}}\n{TWO}\n{intervals}")

    below = found.document["route"]["routes"]
    assert below[: len(expected)] == expected or below == expected
    assert [one["name"] for one in found.document["receivers"]] == ["a", "a (2)", "c"]
    assert found.added == {"a (2)"}


def test_a_second_channel_takes_no_name_that_another_receiver_has() -> None:
    found = imported(f"route: {{receiver: a, routes: [{{receiver: a (2)}}]}}\n{TWO[:-1]}, {{name: a (2)}}]")

    assert [one["name"] for one in found.document["receivers"]] == ["a", "a (3)", "c", "a (2)"]


def test_what_a_route_below_passes_on_is_excluded_by_its_matcher() -> None:
    routes = "[{match: {x: y}, receiver: c, continue: true}, {match_re: {z: u|v}, receiver: c, continue: true}]"
    found = imported(f"route: {{receiver: a, routes: {routes}}}\n{TWO}")

    rest = ['x!="y"', 'z!~"u|v"']
    assert found.document["route"]["routes"][2:] == [
        {"matchers": rest, "receiver": "a", "continue": True},
        {"matchers": rest, "receiver": "a (2)"},
    ]
    assert found.leftovers == ()


def test_where_it_has_several_a_route_that_sends_nothing_takes_it_first() -> None:
    found = imported(
        "route: {receiver: a, routes: [{match: {x: y, z: w}, receiver: nowhere, continue: true}]}\n"
        f"{TWO[:-1]}, {{name: nowhere}}]"
    )

    matchers = ['x="y"', 'z="w"']
    assert found.document["route"]["routes"] == [
        {"matchers": matchers, "receiver": "nowhere", "continue": True},
        {"matchers": matchers, "receiver": "nowhere (2)"},
        {"receiver": "a", "continue": True},
        {"receiver": "a (2)"},
    ]
    assert found.added == {"a (2)", "nowhere (2)"}
    assert "- name: nowhere (2) # sends nothing: for what a route above has" in written(found, "am.yml")


def test_where_a_route_below_takes_everything_nothing_is_added() -> None:
    routes = "[{receiver: c, continue: true}]"
    found = imported(f"route: {{receiver: a, routes: {routes}}}\n{TWO}")

    assert found.document["route"]["routes"] == [{"receiver": "c", "continue": True}]


def test_a_channel_from_a_label_is_listed_with_what_it_may_be_here() -> None:
    found = imported(
        "route: {receiver: a}\n"
        "receivers: [{name: a, slack_configs: [{channel: '#{{ .CommonLabels.team }}', send_resolved: true}]}]"
    )

    [line] = found.leftovers
    assert 'it may then be channel: {label: team, matching: "#.*", else: "#alerts"}' in str(line)
