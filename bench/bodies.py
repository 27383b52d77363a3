"""Webhook bodies as Alertmanager sends them."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from router.core.model.alert import fingerprint

_OPEN = "0001-01-01T00:00:00Z"


def body(*alerts: Mapping[str, str], name: str, summary: str = "Something is wrong") -> bytes:
    """A body of firing alerts with these labels, all of one name, which have fired for a minute."""
    return encoded([labelled({"alertname": name, "severity": "warning", **one}, summary) for one in alerts], name)


def encoded(alerts: Sequence[Mapping[str, Any]], name: str) -> bytes:
    """A body of these alerts as they are."""
    return json.dumps(
        {
            "version": "4",
            "receiver": "all",
            "status": "firing",
            "groupKey": f'{{}}:{{alertname="{name}"}}',
            "groupLabels": {"alertname": name},
            "commonLabels": {"alertname": name},
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example:9093",
            "truncatedAlerts": 0,
            "alerts": alerts,
        }
    ).encode()


def labelled(labels: Mapping[str, str], summary: str = "Something is wrong") -> dict[str, Any]:
    """A firing alert with these labels."""
    since = datetime.now(UTC) - timedelta(minutes=1)
    return {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": summary},
        "startsAt": since.isoformat(),
        "endsAt": _OPEN,
        "generatorURL": "http://prometheus.example:9090/graph",
        "fingerprint": fingerprint(labels),
    }
