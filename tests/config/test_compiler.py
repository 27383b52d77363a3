"""The compiled tree means what Alertmanager would make of the same words."""

from zoneinfo import ZoneInfo

import pytest

from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.core.match.matcher import Matcher, Operator
from router.core.model.alert_state import ShownState
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.rules.appearance import Emoji, PersonalFields, Redaction, ShownLabels
from router.core.model.rules.inhibit import InhibitRule, InhibitRules
from router.core.model.rules.interval import ALWAYS_ACTIVE, IntervalSpec, Minutes, Range, TimeInterval
from router.core.model.rules.limits import Rate
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.receiver import Layout, LinkForm, OnChange, Receiver, Style
from router.core.model.rules.route import GroupBy, Route, Timing
from router.core.model.rules.severity import Severity
from router.core.model.rules.tenant import Tenant
from router.core.route.tree import match
from tests.config.samples import EXAMPLE, SMALL, changed

DEFAULTS = Timing(Span(0), Span(30 * SECOND), Span(4 * HOUR), Span(12 * HOUR), Span(10 * MINUTE), Span(5 * SECOND))


def compiled(text: str) -> Tenant:
    return compile_tenant(read_document(text, "acme.yaml"), 7)


def test_the_design_s_example_compiles_to_the_tree_it_describes() -> None:
    critical = Matcher("severity", Operator.EQUAL, "critical")
    team = Matcher("team", Operator.MATCHES, "db|storage")
    default, oncall, storage = ReceiverName("default"), ReceiverName("oncall"), ReceiverName("storage")
    hourly = Timing(Span(0), Span(30 * SECOND), HOUR, Span(12 * HOUR), Span(10 * MINUTE), Span(5 * SECOND))
    group = ("alertname", "service")

    tenant = compiled(EXAMPLE)

    assert tenant.route == Route(
        matchers=(),
        path=("{}",),
        receiver=default,
        group_by=group,
        timing=DEFAULTS,
        continue_=False,
        routes=(
            Route((critical,), ("{}", '{severity="critical"}'), oncall, group, hourly, True, ()),
            Route((team,), ("{}", '{team=~"db|storage"}'), storage, group, DEFAULTS, False, ()),
        ),
    )
    assert tenant.receivers == {
        default: Receiver(default, "#alerts", (), "fr-FR", True, OnChange.THREAD),
        oncall: Receiver(oncall, "C0123456", ("<!subteam^S012>",), "en", True, OnChange.THREAD),
        storage: Receiver(storage, "#storage", (), "fr-FR", False, OnChange.THREAD),
    }
    assert (tenant.tenant_id, tenant.version, tenant.token) == ("acme", 7, "slack")
    assert (tenant.locale, tenant.time_zone) == ("fr-FR", "Europe/Paris")
    assert tenant.severity == Severity("severity", ("critical", "error", "warning", "info"))
    assert tenant.notifications == Rate(SECOND, 20)
    assert tenant.inbound.alerts == Rate(Span(1000), 5000)


def test_a_severity_may_have_aliases() -> None:
    tenant = compiled(changed("tenant: acme", "tenant: acme\nseverity: {order: [{critical: [page, p1]}, info]}"))

    assert tenant.severity == Severity("severity", ("critical", "info"), (("page", "critical"), ("p1", "critical")))


def test_what_is_left_out_has_the_design_s_defaults() -> None:
    tenant = compiled(SMALL)

    assert (tenant.locale, tenant.time_zone) == ("en", "UTC")
    assert tenant.severity == Severity("severity", ("critical", "error", "warning", "info"))
    assert (tenant.notifications, tenant.inbound.alerts) == (Rate(SECOND, 20), Rate(Span(1000), 5000))
    assert (tenant.route.timing, tenant.route.group_by) == (DEFAULTS, GroupBy.AS_SENT)
    assert all(receiver.locale == "en" for receiver in tenant.receivers.values())


@pytest.mark.parametrize(
    ("limits", "notifications", "inbound"),
    [
        ("{notifications: {rate: 0.5/m}}", Rate(Span(2 * MINUTE), 20), Rate(Span(1000), 5000)),
        ("{notifications: {burst: 3}}", Rate(SECOND, 3), Rate(Span(1000), 5000)),
        ("{inbound: {rate: 7/m, burst: 1}}", Rate(SECOND, 20), Rate(Span(8_571_429), 1)),
        ("{inbound: {rate: 1/h}}", Rate(SECOND, 20), Rate(HOUR, 5000)),
    ],
)
def test_a_rate_becomes_the_time_between_two(limits: str, notifications: Rate, inbound: Rate) -> None:
    tenant = compiled(changed("C0123456]}}", f"C0123456]}}, limits: {limits}}}"))

    assert (tenant.notifications, tenant.inbound.alerts) == (notifications, inbound)


def three_levels(*levels: str) -> str:
    """A root, its child and its grandchild, each with what is given."""
    root, child, grandchild = levels
    return f"""
version: 1
tenant: acme
platform: {{slack: {{token: {{secret: slack}}}}}}
route: {{receiver: r, {root} routes: [{{ {child} routes: [{{ {grandchild} }}] }}] }}
receivers: [{{name: r, slack: {{channel: C0123456}}}}, {{name: s, slack: {{channel: C0123456}}}}]
"""


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("", "", ""), (GroupBy.AS_SENT, GroupBy.AS_SENT, GroupBy.AS_SENT)),
        (("group_by: [a],", "", ""), (("a",), ("a",), ("a",))),
        (("", "group_by: [a],", ""), (GroupBy.AS_SENT, ("a",), ("a",))),
        (("group_by: [a],", "group_by: [],", ""), (("a",), (), ())),
        (("group_by: ['...'],", "", "group_by: [b, a]"), (GroupBy.ALL_LABELS, GroupBy.ALL_LABELS, ("b", "a"))),
        (("group_by: [a],", "group_by: ['...'],", ""), (("a",), GroupBy.ALL_LABELS, GroupBy.ALL_LABELS)),
    ],
)
def test_group_by_is_inherited_until_set(levels: tuple[str, str, str], expected: tuple[object, ...]) -> None:
    assert tuple(route.group_by for route in compiled(three_levels(*levels)).route.walk()) == expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("", "", ""), ("r", "r", "r")),
        (("", "receiver: s,", ""), ("r", "s", "s")),
        (("", "receiver: s,", "receiver: r"), ("r", "s", "r")),
    ],
)
def test_the_receiver_is_inherited_until_set(levels: tuple[str, str, str], expected: tuple[str, ...]) -> None:
    assert tuple(route.receiver for route in compiled(three_levels(*levels)).route.walk()) == expected


@pytest.mark.parametrize("word", ["group_wait", "group_interval", "repeat_interval", "stale_after", "reopen_within"])
def test_each_interval_is_inherited_on_its_own(word: str) -> None:
    root, child, grandchild = compiled(three_levels("", f"{word}: 7m,", f"{word}: 1h30m")).route.walk()
    others = {name for name in Timing.__slots__ if name != word}

    assert [getattr(child.timing, word), getattr(grandchild.timing, word)] == [7 * MINUTE, 90 * MINUTE]
    assert all(getattr(grandchild.timing, name) == getattr(DEFAULTS, name) for name in others)
    assert root.timing == DEFAULTS


@pytest.mark.parametrize("word", ["group_wait", "reopen_within"])
def test_an_interval_of_nothing_overrides_the_inherited_one(word: str) -> None:
    _, child, grandchild = compiled(three_levels("", f"{word}: 5m,", f"{word}: 0")).route.walk()

    assert (getattr(child.timing, word), getattr(grandchild.timing, word)) == (5 * MINUTE, 0)


def test_matchers_and_continue_are_not_inherited() -> None:
    _, child, grandchild = compiled(three_levels("", "matchers: [a=b], continue: true,", "")).route.walk()

    assert (len(child.matchers), child.continue_) == (1, True)
    assert (len(grandchild.matchers), grandchild.continue_) == (0, False)


def test_a_path_is_alertmanager_s_route_key_level_by_level() -> None:
    child = """matchers: ['{b="2", a=~"x|y"}', 'a!=z'],"""
    *_, deepest = compiled(three_levels("", child, 'matchers: [\'"ü b"="q\\""\']')).route.walk()

    assert deepest.path == ("{}", '{a=~"x|y",a!="z",b="2"}', '{"ü b"="q\\""}')


def test_alerts_take_the_compiled_routes() -> None:
    root = compiled(EXAMPLE).route

    assert [r.receiver for r in match(root, {"severity": "critical", "team": "db"})] == ["oncall", "storage"]
    assert [r.receiver for r in match(root, {"severity": "critical"})] == ["oncall"]
    assert [r.receiver for r in match(root, {"team": "dbx"})] == ["default"]


def test_a_receiver_that_no_route_uses_is_kept() -> None:
    text = changed(", receiver: oncall", "")

    assert "oncall" in compiled(text).receivers


def test_what_is_redacted_is_kept_as_written() -> None:
    rule = "redact: {labels: [customer], annotations: [customer_email], patterns: ['\\b\\d{16}\\b']}\n"

    assert compiled(SMALL + rule).redaction == Redaction(
        frozenset({"customer"}), frozenset({"customer_email"}), (r"\b\d{16}\b",)
    )
    assert compiled(SMALL).redaction == Redaction()


def test_what_names_a_person_is_kept_as_written_and_stands_in_no_record_either() -> None:
    tenant = compiled(SMALL + "redact: {labels: [customer]}\npersonal: {labels: [user], annotations: [email]}\n")

    assert tenant.personal == PersonalFields(frozenset({"user"}), frozenset({"email"}))
    assert tenant.redaction == Redaction(frozenset({"customer"}))
    assert tenant.unwritten == Redaction(frozenset({"customer", "user"}), frozenset({"email"}))


def test_a_receiver_takes_a_template_of_the_tenants_own() -> None:
    ours = "templates: [{name: ours, base: compact, parts: {title: a, footer: b}}]\nversion: 1"
    text = changed("channel: C0123456}", "channel: C0123456, template: ours}", changed("version: 1", ours))

    receivers = compiled(text).receivers

    assert receivers[ReceiverName("oncall")].layout == Layout(Style.COMPACT, (("footer", "b"), ("title", "a")))
    assert receivers[ReceiverName("default")].layout == Layout()


def test_labels_and_emoji_of_messages_are_the_tenants_own() -> None:
    more = "hide_labels: [uid]\nshow_labels: [job]\n"
    more += "emoji: {severity: {critical: ':fire:'}, state: {resolved: ':ok:'}}\nroute:"
    tenant = compiled(SMALL.replace("route:", more, 1))
    assert tenant.shown_labels == ShownLabels(frozenset({"uid"}), frozenset({"job"}))
    assert tenant.emoji == Emoji((("critical", ":fire:"),), ((ShownState.RESOLVED, ":ok:"),))


def test_a_receiver_has_the_tenants_threshold_for_digests_unless_it_has_its_own() -> None:
    text = changed("channel: C0123456}", "channel: C0123456, digest: {threshold: 0}}")
    by_default, tenants = compiled(text), compiled(text.replace("route:", "digest: {threshold: 30}\nroute:", 1))

    above = [{name: one.digest_above for name, one in rules.receivers.items()} for rules in (by_default, tenants)]

    assert above == [{"default": 10, "oncall": 0}, {"default": 30, "oncall": 0}]
    assert (by_default.digest_looks, tenants.digest_looks) == ((10, 10), (30, 30))


def test_by_default_labels_of_machinery_are_hidden() -> None:
    tenant = compiled(SMALL)
    machinery = {"prometheus", "replica", "prometheus_replica", "uid", "pod_template_hash", "endpoint"}
    assert tenant.shown_labels.hidden == machinery
    assert tenant.emoji == Emoji()


def test_replicas_of_prometheus_are_ignored_unless_the_tenant_names_other_labels_or_none() -> None:
    assert compiled(SMALL).ignored_labels == {"prometheus_replica"}
    assert compiled(SMALL.replace("route:", "ignore_labels: [a, b]\nroute:", 1)).ignored_labels == {"a", "b"}
    assert compiled(SMALL.replace("route:", "ignore_labels: []\nroute:", 1)).ignored_labels == frozenset()


@pytest.mark.parametrize(
    ("style", "own", "form"),
    [
        ("default", "", LinkForm.BUTTONS),
        ("detailed", "", LinkForm.BUTTONS),
        ("compact", "", LinkForm.TEXT),
        ("default", ", links: text", LinkForm.TEXT),
        ("compact", ", links: buttons", LinkForm.BUTTONS),
    ],
)
def test_links_are_as_the_style_has_them_or_as_the_receiver_wants_them(style: str, own: str, form: LinkForm) -> None:
    text = changed('slack: {channel: "#alerts"}', f'slack: {{channel: "#alerts", template: {style}{own}}}')
    assert compiled(text).receivers[ReceiverName("default")].link_form is form


HEARTBEATS = """\
heartbeats:
  - {matchers: ['alertname="Watchdog"', 'cluster=~"a|b"'], every: 10m, receiver: oncall}
"""


def test_a_heartbeat_is_named_by_its_matchers() -> None:
    [found] = compile_tenant(read_document(SMALL + HEARTBEATS, "acme.yaml"), 1).heartbeats

    assert (found.name, found.every, found.receiver) == (
        '{alertname="Watchdog",cluster=~"a|b"}',
        600_000_000,
        "oncall",
    )


INHIBITION = """
inhibit_rules:
  - name: down
    source_matchers: ['alertname="ClusterDown"']
    target_matchers: ['severity="warning"']
    equal: [zone, cluster]
  - {source_matchers: ['b="2", a="1"'], target_matchers: [], equal: [cluster]}
"""


def test_an_inhibition_rule_without_a_name_is_named_by_what_it_says() -> None:
    rules = compiled(SMALL + INHIBITION).inhibit_rules

    down, other = rules.rules
    equal = Operator.EQUAL
    source, target = Matcher("alertname", equal, "ClusterDown"), Matcher("severity", equal, "warning")
    assert down == InhibitRule("down", (source,), (target,), ("cluster", "zone"))
    assert other == InhibitRule(
        '{a="1",b="2"} inhibits {} with equal cluster',
        (Matcher("a", equal, "1"), Matcher("b", equal, "2")),
        (),
        ("cluster",),
    )
    assert rules == InhibitRules((down, other))


def test_the_grace_of_possible_targets_is_inherited_like_other_intervals() -> None:
    route = changed("receiver: oncall", "receiver: oncall, inhibit_grace: 0s")
    assert [one.timing.inhibit_grace for one in compiled(route).route.walk()] == [5 * SECOND, 0]


def test_the_patterns_of_rules_bound_what_patterns_see_as_those_of_routes_do() -> None:
    rule = "inhibit_rules: [{source_matchers: ['x=~\"a.*\"'], target_matchers: ['y=~\"b.*\"']}]\n"
    assert set(compiled(SMALL + rule).pattern_sizes) >= {"x", "y"}


def test_a_route_has_the_intervals_that_it_names_and_those_below_it_their_own() -> None:
    text = changed(
        "{matchers: ['a=\"b\"'], receiver: oncall}\n",
        "{mute_time_intervals: [nights, never], active_time_intervals: [all], routes: [{receiver: oncall}]}\n"
        "time_intervals:\n"
        "  - name: nights\n"
        "    time_intervals:\n"
        "      - {times: [{start_time: 22:00, end_time: 24:00}], weekdays: [friday:monday, Wednesday],\n"
        "         days_of_month: [1:7, -1], months: [6, july:august], years: [2026], location: Europe/Paris}\n"
        "  - {name: never}\n"
        "  - {name: all, time_intervals: [{weekdays: [sunday:saturday], months: [1:12],\n"
        "     times: [{start_time: 00:00, end_time: 24:00}, {start_time: 01:00, end_time: 02:00}]}]}\n",
    )
    [muted] = compiled(text).route.routes
    nights, never = muted.intervals.mute

    assert nights.specs == (
        IntervalSpec(
            (Minutes(1320, 1440),),
            frozenset({5, 6, 0, 1, 3}),
            (Range(1, 7), Range(-1, -1)),
            frozenset({6, 7, 8}),
            (Range(2026, 2026),),
            ZoneInfo("Europe/Paris"),
        ),
    )
    assert (nights.name, never) == ("nights", TimeInterval("never", ()))
    assert [one.specs for one in muted.intervals.active] == [(IntervalSpec(zone=ZoneInfo("UTC")),)]
    assert muted.routes[0].intervals == ALWAYS_ACTIVE
