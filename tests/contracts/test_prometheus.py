"""What is asked of a Prometheus, of the adapter on a real one and of its fake."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from router.adapters.prometheus.client import PrometheusClient
from router.core.context.chart import Line
from router.core.model.instant import HOUR, MINUTE, Instant
from router.core.model.rules.context import PrometheusAccess
from router.ports.prometheus import Prometheus
from tests.fakes.prometheus import FakePrometheus
from tests.prometheus.incidents import NAMES, RULES, history
from tests.prometheus.server import prometheus

POINTS: Final = 20
USED: Final = '1 - node_filesystem_avail_bytes{fstype!="tmpfs"} / node_filesystem_size_bytes'
ERRORS: Final = (
    'sum by (service) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m]))'
)
LATENCY: Final = "histogram_quantile(0.99, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m])))"
QUEUES: Final = "queue_depth and on (queue) queue_consumers > 0"


@dataclass
class Asked:
    """What is asked, how, and the time at which its history ends."""

    prometheus: Prometheus
    access: PrometheusAccess
    now: Instant

    def times(self) -> tuple[Instant, ...]:
        """The last hour in so many points; the last of them is now."""
        step = HOUR // (POINTS - 1)
        return tuple(Instant(self.now - step * before) for before in reversed(range(POINTS)))

    async def lines(self, query: str) -> dict[str, Line]:
        """What a query came to in the last hour, by the label that tells its series apart."""
        lines = await self.prometheus.values(self.access, "", query, self.times())
        return {one.labels.get("instance") or one.labels.get("service") or str(one.labels): one for one in lines}


def fake() -> FakePrometheus:
    """One that knows what the real one has of the same history."""
    flat = tuple([0.5] * POINTS)
    rising = tuple(0.71 + 0.25 * place / (POINTS - 1) for place in range(POINTS))
    disk = {"fstype": "ext4", "mountpoint": "/data"}
    checkout = {"service": "checkout"}
    none = (None,) * 2
    return FakePrometheus(
        rules={name: frozenset({_EXPRESSIONS[name]}) for name in NAMES},
        series={
            USED: [Line({**disk, "instance": "db-1"}, rising), Line({**disk, "instance": "db-2"}, flat)],
            ERRORS: [
                Line(checkout, (*none, *[1 / 101] * 8, *[0.2] * 10)),
                Line({"service": "search"}, (*none, *[1 / 101] * 18)),
            ],
            LATENCY: [Line(checkout, (*none, *[0.42] * 8, *[1.0] * 10))],
            'absent(up{job="exporter"})': [Line({"job": "exporter"}, tuple([1.0] * POINTS))],
            "kube_deployment_spec_replicas": [
                Line({"__name__": "kube_deployment_spec_replicas", "deployment": name}, tuple([count] * POINTS))
                for name, count in (("api", 5.0), ("web", 3.0))
            ],
            QUEUES: [
                Line(
                    {"__name__": "queue_depth", "broker": "a", "queue": "orders"},
                    tuple(10 + 400 * place / (POINTS - 1) for place in range(POINTS)),
                )
            ],
            "vector(1) + 1": [Line({}, tuple([2.0] * POINTS))],
            "vector(1) / 0": [Line({}, (None,) * POINTS)],
        },
    )


_EXPRESSIONS: Final = {
    "DiskFilling": f"{USED} > 0.9",
    "ErrorRatio": f"{ERRORS} > 0.05",
    "LatencyHigh": f"{LATENCY} > 0.5",
    "ExporterAbsent": 'absent(up{job="exporter"})',
    "ReplicasMissing": "kube_deployment_spec_replicas > kube_deployment_status_replicas_available",
    "QueueGrowing": "queue_depth > 100 and on (queue) queue_consumers > 0",
}


@pytest.fixture(params=["fake", "real"])
async def asked(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Asked]:
    now = Instant(time.time_ns() // 1_000)
    if request.param == "fake":
        yield Asked(fake(), PrometheusAccess("http://prometheus:9090"), now)
        return
    client = PrometheusClient()
    async with prometheus(tmp_path, RULES, history(now)) as server:
        try:
            yield Asked(client, PrometheusAccess(server.url, timeout=MINUTE), now)
        finally:
            await client.close()


async def test_the_rules_of_a_name_are_listed_as_they_are_printed(asked: Asked) -> None:
    for name in NAMES:
        assert await asked.prometheus.expressions(asked.access, "", name) == {_EXPRESSIONS[name]}
    assert await asked.prometheus.expressions(asked.access, "", "Other") == frozenset()


async def test_a_disk_that_fills_rises_up_to_now(asked: Asked) -> None:
    lines = await asked.lines(USED)

    assert lines.keys() == {"db-1", "db-2"}
    rising = [one for one in lines["db-1"].values if one is not None]
    assert len(rising) == POINTS
    assert rising == sorted(rising)
    assert [rising[0], rising[-1]] == pytest.approx([0.71, 0.96], abs=0.005)
    assert set(lines["db-2"].values) == {0.5}
    assert lines["db-1"].labels == {"fstype": "ext4", "instance": "db-1", "mountpoint": "/data"}


async def test_a_ratio_of_errors_has_a_line_for_each_service(asked: Asked) -> None:
    lines = await asked.lines(ERRORS)

    assert lines["checkout"].values[-1] == pytest.approx(0.2, abs=0.01)
    assert lines["search"].values[-1] == pytest.approx(1 / 101, abs=0.001)
    assert lines["checkout"].values[5] == pytest.approx(1 / 101, abs=0.001)


async def test_where_a_query_has_no_value_there_is_none(asked: Asked) -> None:
    lines = await asked.lines(LATENCY)

    assert lines["checkout"].values[0] is None
    assert lines["checkout"].values[-1] == pytest.approx(1.0)


async def test_an_absent_metric_is_one_line_at_one(asked: Asked) -> None:
    [line] = await asked.prometheus.values(asked.access, "", 'absent(up{job="exporter"})', asked.times())

    assert (line.labels, set(line.values)) == ({"job": "exporter"}, {1.0})


async def test_one_side_of_two_vectors_is_asked_alone(asked: Asked) -> None:
    lines = await asked.prometheus.values(asked.access, "", "kube_deployment_spec_replicas", asked.times())

    assert {one.labels["deployment"]: set(one.values) for one in lines} == {"api": {5.0}, "web": {3.0}}


async def test_what_is_joined_on_a_label_leaves_the_others_out(asked: Asked) -> None:
    [line] = await asked.prometheus.values(asked.access, "", QUEUES, asked.times())

    assert line.labels == {"__name__": "queue_depth", "broker": "a", "queue": "orders"}
    assert line.values[-1] == pytest.approx(410.0, abs=2.0)


async def test_a_query_is_asked_as_it_is_written(asked: Asked) -> None:
    [line] = await asked.prometheus.values(asked.access, "", "vector(1) + 1", asked.times())

    assert set(line.values) == {2.0}


async def test_a_value_that_is_not_finite_is_none(asked: Asked) -> None:
    [line] = await asked.prometheus.values(asked.access, "", "vector(1) / 0", asked.times())

    assert set(line.values) == {None}


async def test_a_query_without_series_has_no_lines(asked: Asked) -> None:
    assert list(await asked.prometheus.values(asked.access, "", "nothing_of_this_name", asked.times())) == []
    assert list(await asked.prometheus.values(asked.access, "", "vector(1) + 1", [])) == []


async def test_one_time_can_be_asked_for(asked: Asked) -> None:
    [line] = await asked.prometheus.values(asked.access, "", "vector(1) + 1", asked.times()[-1:])

    assert line.values == (2.0,)
