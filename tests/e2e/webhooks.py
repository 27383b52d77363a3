"""Bodies as Alertmanager sends them, with times that are true when they are built."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Alert = dict[str, Any]

PRIVATE_WORDS: Final = "words-of-an-annotation"
"""In every annotation; the suite fails if a log ever holds them."""

_OPEN: Final = "0001-01-01T00:00:00Z"


def firing(name: str = "DiskFull", instance: str = "node-1", *, since_s: float = 60, **labels: str) -> Alert:
    """An alert that has been firing for a while."""
    return _alert({"alertname": name, "instance": instance, "severity": "critical", **labels}, since_s, ended=False)


def resolved(name: str = "DiskFull", instance: str = "node-1", *, since_s: float = 60, **labels: str) -> Alert:
    """The same alert, ended just now."""
    return _alert({"alertname": name, "instance": instance, "severity": "critical", **labels}, since_s, ended=True)


def body(*alerts: Alert) -> bytes:
    """A webhook of version 4 with these alerts, grouped by the name of the first."""
    name = alerts[0].get("labels", {}).get("alertname", "")
    document = {
        "version": "4",
        "receiver": "all",
        "status": "firing" if any(one.get("status") == "firing" for one in alerts) else "resolved",
        "groupKey": f'{{}}:{{alertname="{name}"}}',
        "groupLabels": {"alertname": name},
        "commonLabels": {"alertname": name},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093",
        "truncatedAlerts": 0,
        "alerts": alerts,
    }
    return json.dumps(document).encode()


def _alert(labels: dict[str, str], since_s: float, *, ended: bool) -> Alert:
    now = datetime.now(UTC)
    return {
        "status": "resolved" if ended else "firing",
        "labels": labels,
        "annotations": {"summary": f"{labels['instance']}: {PRIVATE_WORDS}"},
        "startsAt": (now - timedelta(seconds=since_s)).isoformat(),
        "endsAt": now.isoformat() if ended else _OPEN,
        "generatorURL": "http://prometheus.example:9090/graph",
        "fingerprint": hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16],
    }
