"""Metrics that a tenant makes of its alerts, as they are written and as the core has them."""

import pytest

from router.config import stored
from router.config.compile.tenant import compile_tenant, load_sender_limits
from router.config.read import read_document
from router.core.match.matcher import parse_matchers
from router.core.model.rules.metric import CustomMetric, CustomMetrics, NumberIn, Part
from router.errors import ConfigurationError
from tests.config.samples import SMALL

BOTH = """\
metrics:
  - {name: checkout_total, matchers: ['service="checkout"'], labels: [severity]}
  - {name: disk_ratio, help: How full., value: {annotation: value}, buckets: [0.8, 1]}
"""
AS_RULES = CustomMetrics(
    (
        CustomMetric(
            "checkout_total",
            'How often alerts that match {service="checkout"} began to fire.',
            parse_matchers('service="checkout"'),
            ("severity",),
        ),
        CustomMetric("disk_ratio", "How full.", (), (), NumberIn(Part.ANNOTATION, "value"), (0.8, 1.0)),
    )
)


def test_a_counter_has_labels_and_a_histogram_a_value_and_buckets() -> None:
    assert compile_tenant(read_document(SMALL + BOTH, "acme.yaml"), 7).metrics == AS_RULES


def test_without_a_word_nothing_is_counted() -> None:
    assert not compile_tenant(read_document(SMALL, "acme.yaml"), 7).metrics


def test_a_gateway_knows_them_by_the_stored_document() -> None:
    text = SMALL + BOTH

    assert load_sender_limits(stored.dump(read_document(text, "acme.yaml"), text), 7).metrics == AS_RULES


def test_a_histogram_that_is_not_described_says_what_it_holds() -> None:
    text = f"{SMALL}metrics: [{{name: size, value: {{label: size}}, buckets: [1]}}]\n"

    [metric] = compile_tenant(read_document(text, "acme.yaml"), 7).metrics.metrics

    assert metric.help == "The label size of all alerts when they began to fire."


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("name: alerts", "metrics[0]: `alerts` is a counter, so its name ends in _total"),
        ("name: _total", "metrics[0]: `_total` is a counter, so its name ends in _total"),
        ("name: a-b_total", "metrics[0].name: `a-b_total` is not the name of a metric"),
        ("name: a:b_total", "metrics[0].name: `a:b_total` is not the name of a metric"),
        ("name: alert_router_x_total", "metrics[0].name: begins with alert_router_"),
        ("name: a_total, buckets: [1]", "metrics[0]: value and buckets belong together"),
        ("name: a, value: {label: x}", "metrics[0]: value and buckets belong together"),
        ("name: a_sum, value: {label: x}, buckets: [1]", "metrics[0]: `a_sum` is a histogram, so its name ends in"),
        ("name: a, value: {}, buckets: [1]", "metrics[0].value: needs either label or annotation"),
        ("name: a, value: {label: x, annotation: y}, buckets: [1]", "metrics[0].value: needs either"),
        ("name: a, value: {label: x}, buckets: [1, 1]", "metrics[0].buckets: should be upper bounds"),
        ("name: a, value: {label: x}, buckets: [2, 1]", "metrics[0].buckets: should be upper bounds"),
        ("name: a, value: {label: x}, buckets: [.inf]", "metrics[0].buckets"),
        ("name: a, value: {label: x}, buckets: []", "metrics[0].buckets: has 0 bounds; 1 to 20 are allowed"),
        ("name: a_total, labels: [le]", "metrics[0].labels: `le` is not a label that a series can have"),
        ("name: a_total, labels: [__name__]", "metrics[0].labels: `__name__` is not a label"),
        ("name: a_total, labels: [a.b]", "metrics[0].labels: `a.b` is not a label"),
        ("name: a_total, labels: [a, a]", "metrics[0].labels: `a` is given twice"),
        ("name: a_total, matchers: ['a=~(']", "metrics[0].matchers[0]"),
        ("name: a_total}, {name: a_total", "metrics[1].name: `a_total` is taken by metrics[0]"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(metric: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_document(f"{SMALL}metrics: [{{{metric}}}]\n", "acme.yaml")
    [one] = caught.value.diagnostics
    assert str(one).split(": ", 1)[1].startswith(words)


def test_a_label_that_counts_as_never_sent_is_refused() -> None:
    text = f"{SMALL}ignore_labels: [uid]\nmetrics: [{{name: a_total, labels: [uid]}}]\n"
    with pytest.raises(ConfigurationError, match="`uid` is among ignore_labels, so it counts as never sent"):
        read_document(text, "acme.yaml")


def test_a_label_that_names_a_person_is_refused() -> None:
    text = f"{SMALL}personal: {{labels: [user]}}\nmetrics: [{{name: a_total, labels: [user]}}]\n"
    with pytest.raises(ConfigurationError, match=r"`user` names a person \(`personal`\); count by another label"):
        read_document(text, "acme.yaml")
