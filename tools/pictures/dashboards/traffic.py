"""What senders do while dashboards are recorded: some minutes of several tenants, a storm, and faults of Slack."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

SECONDS: Final = 360
"""How long it takes."""
TENANT: Final = "acme"
"""The one with the storm, whose dashboard is drawn."""
LIKE_IT: Final = ("umbrella", "hooli", "stark")
"""Tenants of the same file as `acme`, beside those of the demo."""
BEATS: Final = {"acme": 1.2, "globex": 0.9, "initech": 0.7, "umbrella": 0.5, "hooli": 0.3, "stark": 0.2}
"""Alerts a second of each tenant, on average."""
_NAMES: Final = ("DiskFillingUp", "OrdersFailing", "HighLatency", "CertificateExpires", "QueueGrowing")
_CLUSTERS: Final = ("eu-west-1", "us-east-1")
_STORM: Final = range(150, 200)
_STORM_BEATS: Final = 4
_OPEN: Final = "0001-01-01T00:00:00Z"
_LIFE: Final = 30
"""So many alerts later one is resolved."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at a second: a path of the Slack emulator and what it is asked."""

    at: int
    path: str
    asked: Mapping[str, Any]


_TWICE: Final = {"method": "chat.update", "team_id": "TGLOBEX", "retry_after": 12, "times": 2}
FAULTS: Final = (
    Fault(90, "faults", {"kind": "rate_limited", **_TWICE}),
    Fault(120, "tokens/status", {"token": "xoxb-emulated-initech", "status": "revoked"}),
    Fault(180, "tokens/status", {"token": "xoxb-emulated-initech", "status": "active"}),
    Fault(260, "faults", {"kind": "service_unavailable", "method": "chat.postMessage", "times": 6}),
)  # fmt: skip


def bodies(second: int, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Whose sender posts what in this second: firing alerts, and those resolved that fired some time before."""
    for tenant, beats in BEATS.items():
        before, after = _sent(tenant, beats, second), _sent(tenant, beats, second + 1)
        alerts = [alert for number in range(before, after) for alert in _alerts(number, now)]
        if alerts:
            yield tenant, _body(alerts)


def spoilt(second: int) -> Sequence[bytes]:
    """Bodies that no gateway takes, of a sender that is broken from time to time."""
    return [b"{"] if second % 7 == 0 and second // 60 % 2 else []


def _sent(tenant: str, beats: float, second: int) -> int:
    """How many alerts have fired before a second: waves of two minutes, and in the storm several times as many."""
    waves = second - 30 * math.cos(second / 20 + beats) + 30 * math.cos(beats)
    storm = sum(1 for one in _STORM if one < second) if tenant == TENANT else 0
    return max(0, round(beats * (waves * 0.5 + second * 0.5 + storm * _STORM_BEATS)))


def _alerts(number: int, now: datetime) -> Iterator[dict[str, Any]]:
    yield _alert(number, now, _OPEN)
    if number >= _LIFE:
        yield _alert(number - _LIFE, now, _text(now))


def _alert(number: int, began: datetime, ends: str) -> dict[str, Any]:
    name = _NAMES[number % len(_NAMES)]
    labels = {
        "alertname": name,
        "cluster": _CLUSTERS[number // 3 % len(_CLUSTERS)],
        "instance": f"node-{number % 97}",
        "severity": "critical" if number % 4 == 0 else "warning",
    }
    status = "firing" if ends == _OPEN else "resolved"
    return {"status": status, "labels": labels, "annotations": {}, "startsAt": _text(began), "endsAt": ends}


def _body(alerts: Sequence[Mapping[str, Any]]) -> bytes:
    name = alerts[0]["labels"]["alertname"]
    webhook = {"version": "4", "receiver": "all", "groupKey": f"{{}}:{name}", "groupLabels": {"alertname": name}}
    return json.dumps({**webhook, "status": "firing", "alerts": alerts}).encode()


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
