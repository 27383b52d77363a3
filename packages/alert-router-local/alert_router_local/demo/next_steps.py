"""What to do while everything keeps running after the demo: watch the page, and post an alert by hand."""

import json
import shlex
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from alert_router_local.up import LocalSystem

_TENANT: Final = "acme"
_LABELS: Final = {"alertname": "QueueGrowing", "service": "billing", "severity": "critical"}


def next_steps(system: LocalSystem, now: datetime) -> Iterator[str]:
    """The address of the page, and a command to paste that posts an alert which starts now."""
    yield ""
    yield f"Everything keeps running until Ctrl-C. Watch it at {system.page}"
    yield f"and post an alert of your own at {_TENANT}:"
    yield ""
    yield curl(system, now)
    yield ""
    yield 'The same with "resolved" in place of each "firing" turns its message green.'


def curl(system: LocalSystem, now: datetime) -> str:
    """The complete command: address, token and body."""
    words = [
        ["curl", "--silent", "--show-error", f"{system.gateway}/v1/tenants/{_TENANT}/alerts"],
        ["--header", f"Authorization: Bearer {system.tokens[_TENANT]}"],
        ["--header", "Content-Type: application/json"],
        ["--data", json.dumps(_body(now), separators=(",", ":"))],
    ]
    return " \\\n  ".join(map(shlex.join, words))


def _body(now: datetime) -> dict[str, Any]:
    """Alertmanager's webhook, version 4, with one firing alert."""
    alert = {
        "status": "firing",
        "labels": _LABELS,
        "annotations": {"summary": "5000 invoices are waiting to be sent, and the number is growing"},
        "startsAt": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "endsAt": "0001-01-01T00:00:00Z",
    }
    name = {"alertname": _LABELS["alertname"]}
    group = f'{{}}:{{alertname="{name["alertname"]}"}}'
    return {
        "version": "4",
        "groupKey": group,
        "status": "firing",
        "receiver": _TENANT,
        "groupLabels": name,
        "alerts": [alert],
    }
