"""The page of metrics, in the text format that is asked for.

What is measured by tenant is most of it, and is written here: Prometheus' client would make an object of each value.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from router.observe.metric import Metric
from router.observe.metrics import Metrics
from router.observe.tenants import Series

OPENMETRICS: Final = "application/openmetrics-text"
_family = attrgetter("family")
_full_name = attrgetter("full_name")
_END: Final = b"# EOF\n"
"""Of a page in OpenMetrics' format."""


@dataclass(frozen=True, slots=True)
class Page:
    """What Prometheus reads."""

    content: bytes
    media_type: str


class Pages:
    """Writes pages; keeps the beginnings of the lines by tenant from one to the next."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._beginnings: dict[str, dict[tuple[str, ...], str]] = {}

    def page(self, accept: str) -> Page:
        """What is measured now, as OpenMetrics where the header `accept` names that, else as plain text."""
        if OPENMETRICS in accept:
            rest = openmetrics.generate_latest(self._metrics.registry, version="1.0.0")  # type: ignore[no-untyped-call]
            return Page(rest.removesuffix(_END) + self._by_tenant(_family) + _END, openmetrics.CONTENT_TYPE_LATEST)
        return Page(generate_latest(self._metrics.registry) + self._by_tenant(_full_name), CONTENT_TYPE_PLAIN_0_0_4)

    def _by_tenant(self, named: Callable[[Metric], str]) -> bytes:
        rows = self._metrics.tenants.series()
        return "".join(part for row, series in rows for part in self._lines(named(row), row, series)).encode()

    def _lines(self, name: str, row: Metric, series: Iterable[Series]) -> Iterator[str]:
        yield f"# HELP {name} {row.text}\n# TYPE {name} {row.kind}\n"
        before, now = self._beginnings.get(row.name, {}), dict[tuple[str, ...], str]()
        for labels, value in series:
            beginning = now[labels] = before.get(labels) or _beginning(row, labels)
            yield f"{beginning}{value}\n"
        self._beginnings[row.name] = now


def _beginning(row: Metric, labels: tuple[str, ...]) -> str:
    """The line of a series up to its value."""
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(row.labels, labels, strict=True))
    return f"{row.full_name}{{{pairs}}} "


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
