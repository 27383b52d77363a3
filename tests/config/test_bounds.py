"""Every bound of a document, just below it, at it and above: refused where it is, with what to do."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from router.config import stored
from router.config.anchors import MAX_DEPTH
from router.config.bounds import (
    MAX_CHANNELS,
    MAX_HEARTBEATS,
    MAX_INHIBIT_RULES,
    MAX_INTERVALS,
    MAX_MATCHERS,
    MAX_METRICS,
    MAX_PATTERN_SIZE,
    MAX_PATTERNS,
    MAX_RECEIVERS,
    MAX_REDACTION_SIZE,
    MAX_ROUTES,
    MAX_SEVERITIES,
    MAX_SPECS,
    MAX_TEMPLATES,
    MAX_VALUES,
    too_many,
)
from router.config.check import check
from router.config.compile.tenant import compile_tenant
from router.config.document.addresses import MAX_MENTIONING
from router.config.document.heartbeats import MAX_OF_ONE
from router.config.document.inhibition import MAX_EQUAL, MAX_ON_A_SIDE
from router.config.document.intervals import MAX_ENTRIES, MAX_NAMES
from router.config.document.metrics import MAX_BUCKETS, MAX_METRIC_LABELS, MAX_METRIC_MATCHERS
from router.config.document.personal import MAX_PERSONAL
from router.config.document.tenant import TenantDocument
from router.config.read import read_document
from router.config.stored import MAX_STORED
from router.config.tree import MAX_BYTES
from router.config.validated import MAX_DIAGNOSTICS
from router.config.values import (
    MAX_GROUP_BY,
    MAX_MATCHERS_TEXT,
    MAX_MENTIONS,
    MAX_REDACTED,
    MAX_REDACTED_PATTERN,
)
from router.core.match.patterns import MAX_LENGTH, compiled_pattern
from router.diagnostic import Diagnostic, path_text
from router.errors import ConfigurationError
from tests.bounds import tries
from tests.cost import times_as_dear

Json = dict[str, Any]

SLACK = {"channel": "#alerts"}
DEFAULT = {"name": "default", "slack": SLACK}


def a_document(**parts: Any) -> Json:
    """The least that a document needs, and these parts."""
    slack = {"token": {"secret": "slack"}}
    needed = {"version": 1, "tenant": "acme", "platform": {"slack": slack}, "route": {"receiver": "default"}}
    return needed | {"receivers": [DEFAULT]} | parts


def with_routes(matchers: list[list[str]]) -> Json:
    return a_document(route={"receiver": "default", "routes": [{"matchers": one} for one in matchers]})


def inhibiting(source: list[str], target: list[str] | None = None) -> Json:
    return {"source_matchers": source, "target_matchers": target or []}


def nested(routes: int) -> Json:
    """Routes on three levels."""
    inner: list[Json] = [{"routes": [{} for _ in range(99)]} for _ in range(routes // 100)]
    return a_document(route={"receiver": "default", "routes": [*inner, *({} for _ in range(routes % 100))]})


def diverse(count: int) -> Json:
    """As many different patterns as that, and each twice."""
    return with_routes([[f"a=~x{number % count}"] for number in range(2 * count)])


def costly(size: int) -> Json:
    """Patterns whose instructions are as many as that together."""
    wanted = [MAX_LENGTH - 4 - number for number in range(size // MAX_LENGTH)]
    texts = ["x" * length for length in wanted]
    rest = size - sum(compiled_pattern(text).size for text in texts)
    parts = [rest] if rest < MAX_LENGTH else [rest // 2 - 10, rest - rest // 2 + 10]
    return with_routes([[f"a=~{text}"] for text in [*texts, *("y" * (part - 4) for part in parts)]])


BOUNDS: list[tuple[str, int, Callable[[int], Json], str, str]] = [
    ("routes", MAX_ROUTES, lambda n: with_routes([[]] * n), f"route.routes[{MAX_ROUTES}]", "merge some"),
    ("routes below others", MAX_ROUTES, nested, f"route.routes[{MAX_ROUTES // 100}]", "merge some"),
    ("matchers", MAX_MATCHERS, lambda n: with_routes([["a=b", 'a!~"c"'] * 2] * (n // 4) + [["x=y"] * (n % 4)]),
     f"route.routes[{MAX_MATCHERS // 4}].matchers", "merge some"),
    ("receivers", MAX_RECEIVERS, lambda n: a_document(receivers=[DEFAULT, *({"name": f"r{i}", "slack": SLACK}
     for i in range(n - 1))]), f"receivers[{MAX_RECEIVERS}]", "remove some"),
    ("templates", MAX_TEMPLATES, lambda n: a_document(templates=[{"name": f"t{i}", "parts": {"title": "x"}}
     for i in range(n)]), f"templates[{MAX_TEMPLATES}]", "remove some"),
    ("heartbeats", MAX_HEARTBEATS, lambda n: a_document(heartbeats=[{"matchers": [f"a=w{i}"], "every": "5m",
     "receiver": "default"} for i in range(n)]), f"heartbeats[{MAX_HEARTBEATS}]", "remove some"),
    ("a heartbeat's matchers", MAX_OF_ONE, lambda n: a_document(heartbeats=[{"matchers":
     [f"a{i}=b" for i in range(n)], "every": "5m", "receiver": "default"}]), "heartbeats[0].matchers",
     "1 to 20 matchers"),
    ("inhibition rules", MAX_INHIBIT_RULES, lambda n: a_document(inhibit_rules=[inhibiting([f"a=w{i}"])
     for i in range(n)]), f"inhibit_rules[{MAX_INHIBIT_RULES}]", "remove some"),
    ("a rule's sources", MAX_ON_A_SIDE, lambda n: a_document(inhibit_rules=[inhibiting(
     [f"a{i}=b" for i in range(n)])]),
     "inhibit_rules[0].source_matchers", "use a pattern"),
    ("a rule's targets", MAX_ON_A_SIDE, lambda n: a_document(inhibit_rules=[inhibiting(["a=b"], [",".join(
     f"a{i}=b" for i in range(n))])]), "inhibit_rules[0].target_matchers", "use a pattern"),
    ("a rule's equal labels", MAX_EQUAL, lambda n: a_document(inhibit_rules=[inhibiting(["a=b"]) | {"equal":
     [f"l{i}" for i in range(n)]}]), "inhibit_rules[0].equal", "at most 20"),
    ("metrics", MAX_METRICS, lambda n: a_document(metrics=[{"name": f"m{i}_total"} for i in range(n)]),
     f"metrics[{MAX_METRICS}]", "remove some"),
    ("a metric's matchers", MAX_METRIC_MATCHERS, lambda n: a_document(metrics=[{"name": "m_total", "matchers":
     [f"a{i}=b" for i in range(n)]}]), "metrics[0].matchers", "use a pattern"),
    ("a metric's labels", MAX_METRIC_LABELS, lambda n: a_document(metrics=[{"name": "m_total", "labels":
     [f"l{i}" for i in range(n)]}]), "metrics[0].labels", "each value is a series"),
    ("a metric's buckets", MAX_BUCKETS, lambda n: a_document(metrics=[{"name": "m", "value": {"label": "v"},
     "buckets": list(range(n))}]), "metrics[0].buckets", "1 to 20"),
    ("time intervals", MAX_INTERVALS, lambda n: a_document(time_intervals=[{"name": f"i{i}"} for i in range(n)]),
     f"time_intervals[{MAX_INTERVALS}]", "remove some"),
    ("parts of time intervals", MAX_SPECS, lambda n: a_document(time_intervals=[{"name": "a"}, {"name": "b",
     "time_intervals": [{}] * 9}, {"name": "c", "time_intervals": [{}] * (n - 9)}]),
     "time_intervals[2].time_intervals", "merge some"),
    ("weekdays of an interval", MAX_ENTRIES, lambda n: a_document(time_intervals=[{"name": "a", "time_intervals":
     [{"weekdays": ["sunday"] * n}]}]), "time_intervals[0].time_intervals[0].weekdays", "use ranges"),
    ("time intervals of a route", MAX_NAMES, lambda n: a_document(route={"receiver": "default", "routes": [
     {"mute_time_intervals": ["a"] * n}]}, time_intervals=[{"name": "a"}]), "route.routes[0].mute_time_intervals",
     "put several into one"),
    ("channels", MAX_CHANNELS, lambda n: a_document(platform={"slack": {"token": {"secret": "slack"}, "channels":
     ["#alerts", *(f"#c{i}" for i in range(n - 1))]}}), f"platform.slack.channels[{MAX_CHANNELS}]", "remove some"),
    ("severities", MAX_SEVERITIES, lambda n: a_document(severity={"order": [f"s{i}" for i in range(n)]}),
     f"severity.order[{MAX_SEVERITIES}]", "remove some"),
    ("emoji", MAX_SEVERITIES, lambda n: a_document(emoji={"severity": {f"s{i}": ":x:" for i in range(n)}}),
     f"emoji.severity.s{MAX_SEVERITIES}", "remove some"),
    ("patterns", MAX_PATTERNS, diverse, f"route.routes[{MAX_PATTERNS}].matchers[0]", "merge patterns"),
    ("instructions", MAX_PATTERN_SIZE, costly, "route.routes[10].matchers[0]", "merge patterns"),
    ("a pattern's length", MAX_LENGTH, lambda n: with_routes([[f"a=~{'x' * n}"]]), "route.routes[0].matchers[0]",
     "shorten it"),
    ("a matcher's length", MAX_MATCHERS_TEXT, lambda n: with_routes([["a=" + "x" * (n - 2)]]),
     "route.routes[0].matchers[0]", "one string a matcher"),
    ("group_by", MAX_GROUP_BY, lambda n: a_document(route={"receiver": "default", "group_by": [f"l{i}" for i in
     range(n)]}), "route.group_by", "'...' means all"),
    ("mentions", MAX_MENTIONS, lambda n: a_document(receivers=[{"name": "default", "slack": {**SLACK, "mention":
     [f"<@U{i}>" for i in range(n)]}}]), "receivers[0].slack.mention", "use a user group"),
    ("a mention's values", MAX_MENTIONING, lambda n: a_document(receivers=[{"name": "default", "slack": {**SLACK,
     "mention": {"label": "team", "map": {f"t{i}": "<!here>" for i in range(n)}}}}]),
     "receivers[0].slack.mention.map", "use several receivers"),
    ("redacted labels", MAX_REDACTED, lambda n: a_document(redact={"labels": [f"l{i}" for i in range(n)]}),
     "redact.labels", "at most 20"),
    ("personal labels", MAX_PERSONAL, lambda n: a_document(personal={"labels": [f"l{i}" for i in range(n)]}),
     "personal.labels", "at most 20"),
    ("redacted patterns", MAX_REDACTED, lambda n: a_document(redact={"patterns": [f"x{i}" for i in range(n)]}),
     "redact.patterns", "at most 20"),
    ("a redacted pattern's length", MAX_REDACTED_PATTERN, lambda n: a_document(redact={"patterns": ["x" * n]}),
     "redact.patterns[0]", "1 to 200 characters"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("most", "document", "path", "remedy"), [one[1:] for one in BOUNDS], ids=[one[0] for one in BOUNDS]
)
@tries(
    "routes",
    "matchers of all routes",
    "receivers",
    "templates of a tenant",
    "matchers of one heartbeat",
    "heartbeats",
    "inhibition rules",
    "matchers on one side of an inhibition rule",
    "labels of one `equal`",
    "metrics of a tenant",
    "matchers of one metric",
    "labels of one metric",
    "upper bounds of one histogram",
    "time intervals",
    "parts of all time intervals",
    "entries of one list of a time interval",
    "time intervals of one list of a route",
    "channels of a tenant",
    "severities",
    "labels of one `group_by`",
    "mentions of one receiver",
    "values of one `mention.map`",
    "one string of matchers",
    "names, or patterns, in one list of `redact`, `hide_labels`, `show_labels`",
    "names in one list of `personal`",
    "pattern of `redact`",
    "different patterns of all routes",
    "patterns of all routes, compiled",
)
def test_one_more_is_refused_where_it_is_with_the_remedy(
    most: int, document: Callable[[int], Json], path: str, remedy: str, beyond: int
) -> None:
    if beyond <= 0:
        assert isinstance(check(document(most + beyond)), TenantDocument)
        return
    (found,) = refused(document(most + beyond))
    assert path_text(found.path) == path
    assert remedy in found.message


def refused(document: Json) -> tuple[Diagnostic, ...]:
    found = check(document)
    assert not isinstance(found, TenantDocument)
    return found


def test_redacting_patterns_that_cost_too_much_together_are_refused() -> None:
    (found,) = refused(a_document(redact={"patterns": [r"\pL+", r"\pL*x"]}))
    assert path_text(found.path) == "redact.patterns[1]"
    assert "at most 2000 are allowed; leave out or shorten some" in found.message


def test_the_patterns_of_inhibition_rules_count_with_those_of_routes() -> None:
    document = diverse(MAX_PATTERNS)
    assert isinstance(check(document | {"inhibit_rules": [inhibiting(["a=~x1"], ["a=~x2"])]}), TenantDocument)
    (found,) = refused(document | {"inhibit_rules": [inhibiting(["a=~x1"], ["b=c", "b=~x2"])]})
    assert path_text(found.path) == "inhibit_rules[0].target_matchers[1]"
    assert "more than 500 different patterns" in found.message


def test_the_patterns_of_metrics_count_with_those_of_routes() -> None:
    metric = {"name": "a_total", "matchers": ["b=c", "b=~x2"]}
    (found,) = refused(diverse(MAX_PATTERNS) | {"metrics": [metric]})
    assert path_text(found.path) == "metrics[0].matchers[1]"
    assert "more than 500 different patterns" in found.message


@tries("values of a file, keys and entries on all levels")
def test_a_document_may_have_as_many_values_as_the_bound(beyond: int) -> None:
    lists = [[0] * 999 for _ in range(MAX_VALUES // 1_000)]
    lists[0] = [0] * (999 + beyond)
    assert ([*too_many({"x": lists[:-1], "y": lists[-1][:-1]})] == []) is (beyond <= 0)


def test_a_document_with_more_values_is_refused_before_it_is_validated() -> None:
    (found,) = refused(a_document(route={"receiver": "default", "group_by": [1] * (MAX_VALUES + 1)}))
    assert found.message == f"more than {MAX_VALUES} values on all levels together; shorten the document"


def test_of_a_stored_document_that_is_wrong_everywhere_the_number_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"2000 things are wrong; `tenant validate` names them"):
        stored.load(json.dumps({"v": 1, "document": a_document(**{f"x{n}": 1 for n in range(2_000)}), "source": ""}))


@tries("tenant's file")
def test_a_text_may_have_as_many_bytes_as_the_bound(beyond: int) -> None:
    text = json.dumps(a_document(), indent=1)
    text += "\n#" + "x" * (MAX_BYTES - len(text) - 2 + beyond)
    if beyond <= 0:
        assert read_document(text, "acme.yaml").tenant == "acme"
        return
    with pytest.raises(ConfigurationError, match=r"1:1: the document is larger than 1024 KiB; shorten it"):
        read_document(text, "acme.yaml")


def test_a_kilobyte_of_costly_patterns_is_refused_at_once_by_file_line_and_column() -> None:
    """Twenty such routes once stopped gateway and worker for 2.7 s."""
    routes = "\n".join(rf"""    - {{matchers: ['a=~"(?:\\pL?){{300}}x{number}"']}}""" for number in range(20))
    text = (
        "version: 1\ntenant: acme\nplatform: {slack: {token: {secret: slack}}}\n"
        'receivers: [{name: default, slack: {channel: "#alerts"}}]\n'
        f"route:\n  receiver: default\n  routes:\n{routes}\n"
    )
    began = time.thread_time()
    with pytest.raises(ConfigurationError) as caught:
        read_document(text, "acme.yaml")
    assert time.thread_time() - began < 1
    first = str(caught.value.diagnostics[0])
    assert first.startswith("acme.yaml:8:19: route.routes[0].matchers[0]: ")
    assert "needs more than 64 KiB when compiled; shorten it or split it in several" in first
    assert len(caught.value.diagnostics) == 20


def test_what_was_stored_is_held_to_the_same_bounds() -> None:
    document = {"v": 1, "document": diverse(MAX_PATTERNS + 1), "source": ""}
    with pytest.raises(ConfigurationError, match=r"stored configuration.*more than 500 different patterns"):
        stored.load(json.dumps(document))


def test_compiling_is_linear_in_receivers_and_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """800 receivers and as many templates once took 1.7 s, twice as many four times that."""
    monkeypatch.setattr("router.config.bounds._LISTS", {})

    def compiled(count: int) -> Callable[[], object]:
        templates = [{"name": f"t{number}", "parts": {"title": "x"}} for number in range(count)]
        slack = [{**SLACK, "template": one["name"]} for one in templates]
        receivers = [DEFAULT, *({"name": f"r{number}", "slack": one} for number, one in enumerate(slack))]
        document = check(a_document(receivers=receivers, templates=templates))
        assert isinstance(document, TenantDocument)
        return lambda: compile_tenant(document, 1)

    assert times_as_dear(compiled(800), compiled(200), rounds=3) < 10


@tries("depth of a tenant's file")
def test_a_text_may_be_nested_as_deep_as_the_bound(beyond: int) -> None:
    depth = MAX_DEPTH + beyond
    with pytest.raises(ConfigurationError) as caught:
        read_document("x: " + "[" * (depth - 1) + "1" + "]" * (depth - 1), "acme.yaml")
    assert ("nested deeper" not in str(caught.value)) is (beyond <= 0)


@tries("mistakes that are reported at once")
def test_of_very_many_mistakes_the_first_are_reported(beyond: int) -> None:
    count = MAX_DIAGNOSTICS + beyond
    text = json.dumps(a_document(**{f"key{number}": 1 for number in range(count)}))
    with pytest.raises(ConfigurationError) as caught:
        read_document(text, "acme.yaml")
    found = caught.value.diagnostics
    assert len(found) == min(count, MAX_DIAGNOSTICS + 1)
    assert ("and more" in found[-1].message) is (count > MAX_DIAGNOSTICS)


@tries("stored document")
def test_a_stored_text_may_be_as_long_as_the_bound(beyond: int) -> None:
    """One that is not too long is refused for another reason: it is not a document."""
    with pytest.raises(ConfigurationError) as caught:
        stored.load("x" * (MAX_STORED + beyond))
    assert ("more than 8 MiB" in str(caught.value)) is (beyond > 0)


@tries("patterns of `redact`, compiled")
def test_redacting_patterns_may_cost_as_much_as_the_bound(beyond: int) -> None:
    wanted = MAX_REDACTION_SIZE + beyond
    texts = [f"{number}" * 190 for number in range(1, 10)]
    rest = wanted - sum(compiled_pattern(text).size for text in texts)
    texts += ["x" * (rest // 2 - 4), "y" * (rest - rest // 2 - 4)]
    assert sum(compiled_pattern(text).size for text in texts) == wanted
    found = check(a_document(redact={"patterns": texts}))
    assert isinstance(found, TenantDocument) is (beyond <= 0)
