"""Metrics of their own alerts, as a tenant writes them down in Prometheus' words."""

import math
import re
from itertools import pairwise
from typing import Annotated, Final

from pydantic import AfterValidator, Field, model_validator

from router.config.document.appearance import Section
from router.config.suggestion import quoted
from router.config.values import Matchers, MatchersText, WordText

MAX_METRIC_MATCHERS: Final = 20
"""Matchers of one metric."""

MAX_METRIC_LABELS: Final = 5
"""Labels of one metric."""

MAX_BUCKETS: Final = 20
"""Upper bounds in `buckets`."""

_MAX_NAME: Final = 100
_SHOWN: Final = 200
_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_COUNTER: Final = "_total"
_TAKEN: Final = ("_total", "_bucket", "_sum", "_count", "_created", "_info")
_OURS: Final = "alert_router_"


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None or len(text) > _MAX_NAME:
        raise ValueError(
            f"{quoted(text[:_SHOWN])} is not the name of a metric; use letters, digits and _, at most {_MAX_NAME} "
            "characters, for example checkout_alerts_total"
        )
    if text.startswith(_OURS):
        raise ValueError(f"begins with {_OURS}, as the metrics of the service do; choose another name")
    return text


def _labels(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > MAX_METRIC_LABELS:
        raise ValueError(f"has {len(names)} labels; at most {MAX_METRIC_LABELS} are allowed: each value is a series")
    for name in names:
        if _NAME.fullmatch(name) is None or name.startswith("__") or name == "le":
            raise ValueError(f"{quoted(name)} is not a label that a series can have; use for example severity")
        if names.count(name) > 1:
            raise ValueError(f"{quoted(name)} is given twice; keep one")
    return names


def _few(matchers: tuple[Matchers, ...]) -> tuple[Matchers, ...]:
    count = sum(len(one.parsed) for one in matchers)
    if count > MAX_METRIC_MATCHERS:
        raise ValueError(f"has {count} matchers; at most {MAX_METRIC_MATCHERS} are allowed; use a pattern")
    return matchers


def _buckets(bounds: tuple[float, ...]) -> tuple[float, ...]:
    if not 1 <= len(bounds) <= MAX_BUCKETS:
        raise ValueError(f"has {len(bounds)} bounds; 1 to {MAX_BUCKETS} are allowed; that of all is added")
    if not all(map(math.isfinite, bounds)):
        raise ValueError("should be finite numbers; that of all is added")
    if any(low >= high for low, high in pairwise(bounds)):
        raise ValueError("should be upper bounds, each higher than the one before")
    return bounds


class NumberRule(Section):
    """Where the number of a histogram stands: in a label or in an annotation."""

    label: WordText | None = Field(default=None, examples=["utilization"])
    """A label whose value is a number."""
    annotation: WordText | None = Field(default=None, examples=["value"])
    """An annotation whose text is a number, as `{{ $value }}` prints it in a rule."""

    @model_validator(mode="after")
    def _either(self) -> "NumberRule":
        if (self.label is None) == (self.annotation is None):
            raise ValueError("needs either label or annotation")
        return self


class MetricEntry(Section):
    """A metric of the tenant's own alerts: any gateway has it, as `/metrics/tenants/TENANT`."""

    name: Annotated[str, AfterValidator(_name)] = Field(examples=["checkout_alerts_total"])
    """Its name in Prometheus; that of a counter ends in `_total`."""
    help: WordText | None = Field(default=None, examples=["Alerts of the checkout."])
    """What it says, for whoever reads the page. Default: what it counts, in short."""
    matchers: Annotated[tuple[MatchersText, ...], AfterValidator(_few)] = Field(
        default=(), examples=[['service="checkout"']]
    )
    """Which alerts count: conditions on labels, as on a route. An alert counts once each time it begins to fire."""
    labels: Annotated[tuple[str, ...], AfterValidator(_labels)] = Field(default=(), examples=[["severity"]])
    """Labels of the alerts whose values have series of their own, up to 100 series; all others are `_other`."""
    value: NumberRule | None = Field(default=None, examples=[{"annotation": "value"}])
    """A number of the alert: the metric is a histogram of it. An alert without a number does not count."""
    buckets: Annotated[tuple[float, ...], AfterValidator(_buckets)] | None = Field(
        default=None, examples=[[0.5, 0.8, 0.9, 1]]
    )
    """The upper bounds of the histogram, without that of all."""

    @model_validator(mode="after")
    def _kind(self) -> "MetricEntry":
        if (self.value is None) != (self.buckets is None):
            raise ValueError("value and buckets belong together: a histogram has both, a counter neither")
        if self.value is None and (not self.name.endswith(_COUNTER) or self.name == _COUNTER):
            raise ValueError(f"{quoted(self.name)} is a counter, so its name ends in {_COUNTER}, as Prometheus wants")
        if self.value is not None and self.name.endswith(_TAKEN):
            raise ValueError(f"{quoted(self.name)} is a histogram, so its name ends in none of {', '.join(_TAKEN)}")
        return self
