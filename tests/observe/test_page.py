"""The page of metrics is what Prometheus' own clients write and read, in either format."""

from collections.abc import Iterable
from typing import Final

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.exposition import generate_latest as plain_page
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from prometheus_client.openmetrics.exposition import generate_latest as open_page
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as plain_families
from prometheus_client.registry import Collector

from router.core.model.alert import TenantId
from router.observe.metric import Kind
from router.observe.metrics import ROWS, Metrics
from router.observe.page import OPENMETRICS, Pages
from router.observe.tenants import Level, Waiting

PLAIN: Final = "text/plain;version=0.0.4"
ACCEPTED: Final = [
    pytest.param(PLAIN, False, id="plain"),
    pytest.param(f"{OPENMETRICS};version=1.0.0", True, id="open"),
    pytest.param(
        f"{OPENMETRICS};version=1.0.0;escaping=allow-utf-8;q=0.6,{PLAIN};q=0.4,*/*;q=0.1", True, id="Prometheus"
    ),
    pytest.param(f"{OPENMETRICS};version=next;escaping=", True, id="a version that nobody knows"),
    pytest.param("text/html", False, id="a browser"),
    pytest.param("", False, id="nothing"),
]
ACME, ODD = TenantId("acme"), TenantId('o"d\\d')


@pytest.fixture
def metrics() -> Metrics:
    measured = Metrics(CollectorRegistry())
    measured.tenants.name([ACME, ODD])
    measured.tenants.accepted(ACME, 3)
    measured.tenants.waiting = lambda: {ACME: Waiting(2, 1, 0.25), TenantId("other"): Waiting(5, 0, 1e-7)}
    measured.tenants.levels = {ACME: Level(1.7e9, {"posts": 4, "edits": 0}, 1 / 3), ODD: Level()}
    return measured


class ByTheClient(Collector):
    """The same measured values, as objects of Prometheus' client."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics

    def collect(self) -> Iterable[Family]:
        yield from self.metrics.registry.collect()
        for row, series in self.metrics.tenants.series():
            kind = CounterMetricFamily if row.kind is Kind.COUNTER else GaugeMetricFamily
            family = kind(row.family, row.text, labels=tuple(row.labels))
            for labels, value in series:
                family.add_metric(labels, value)
            yield family


@pytest.mark.parametrize(("accept", "is_open"), ACCEPTED)
def test_a_page_is_what_prometheus_client_writes_of_the_same_values(
    metrics: Metrics, accept: str, is_open: bool
) -> None:
    write, families = (open_page, open_families) if is_open else (plain_page, plain_families)
    pages = Pages(metrics)

    for _ in range(2):
        page = pages.page(accept)
        assert page.media_type == (CONTENT_TYPE_LATEST if is_open else CONTENT_TYPE_PLAIN_0_0_4)
        read = [list(families(text.decode())) for text in (page.content, write(ByTheClient(metrics)))]
        assert read[0] == read[1]
        assert len(read[0]) == len(ROWS)


def test_whoever_is_no_longer_named_is_gone_from_the_next_page(metrics: Metrics) -> None:
    pages = Pages(metrics)
    assert b'tenant="acme"' in pages.page(PLAIN).content

    metrics.tenants.name([ODD])

    assert b'tenant="acme"' not in pages.page(PLAIN).content
    assert b'{tenant="o\\"d\\\\d"} ' in pages.page(PLAIN).content
