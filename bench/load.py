"""The alerts of the comparisons, 600 bytes each, as webhook bodies and as Alertmanager takes them."""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from bench.bodies import encoded, labelled
from bench.documents import CHANNELS, Document, document

TENANTS: Final = tuple(f"fast-{number}" for number in range(10))
_NO_LIMIT: Final = {"rate": "1000000/s", "burst": 1000000}

Alert = dict[str, Any]


def new_run() -> str:
    """A name that no other round has."""
    return uuid4().hex[:8]


def alerts(run: str, group: int, count: int = 1, channels: int = CHANNELS) -> list[Alert]:
    """The alerts of one group, which belong to a tenant and a channel by its number."""
    name = f"Bench-{run}-{group}"
    channel = f"alerts-{group // len(TENANTS) % channels}"
    return [_alert(name, channel, number) for number in range(count)]


def tenant_of(group: int, tenants: Sequence[str] = TENANTS) -> str:
    """Whose group it is."""
    return tenants[group % len(tenants)]


def body(some: Sequence[Alert]) -> bytes:
    """A webhook body of one group."""
    return encoded(some, str(some[0]["labels"]["alertname"]))


def for_alertmanager(tenant: str, some: Sequence[Alert]) -> list[Alert]:
    """The same alerts as Prometheus sends them; a label leads them to the tenant."""
    kept = ("annotations", "startsAt", "generatorURL")
    return [{"labels": {**one["labels"], "tenant": tenant}} | {name: one[name] for name in kept} for one in some]


def as_post(some: Sequence[Alert]) -> bytes:
    """The content of a POST to Alertmanager."""
    return json.dumps(some).encode()


def unlimited(tenant: str) -> Document:
    """A tenant that no limit of its own holds back."""
    limited = document(tenant)
    limits = {"notifications": _NO_LIMIT, "inbound": _NO_LIMIT}
    return {**limited, "platform": {**limited["platform"], "limits": limits}}


def _alert(name: str, channel: str, number: int) -> Alert:
    labels = {
        "alertname": name,
        "channel": channel,
        "cluster": "eu-west-1",
        "instance": f"10.2.7.{number}:9100",
        "job": "checkout",
        "namespace": "shop",
        "pod": f"checkout-7d9c-x{number}",
        "severity": "warning",
    }
    alert = labelled(labels, f"p99 latency of 10.2.7.{number} above 500 ms")
    alert["annotations"] |= {
        "description": "Requests have been slow for 5 minutes. Customers wait.",
        "runbook_url": "https://runbooks.example/HighLatency",
    }
    return alert
