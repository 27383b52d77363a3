"""Examples of `docs/api.md`: requests, and what is answered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

_JSON: Final = ("Content-Type: application/json",)


@dataclass(frozen=True, slots=True)
class Example:
    """A request to a route: what its path is filled with, query, headers, body; and the answer, None for 204."""

    query: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    headers: Sequence[str] = ()
    body: Any = None
    answer: Any = None


EXAMPLES: Final[Mapping[str, Example]] = MappingProxyType({
    "GET /tenants/{tenant}/configuration/diff": Example(
        query="?from=1&to=2",
        answer={
            "from": 1,
            "to": 2,
            "part": "tenant",
            "changes": ['route.receiver: "team" -> "oncall"'],
            "diff": "--- version 1\n+++ version 2\n@@ -1 +1 @@\n-route: {receiver: team}\n+route: {receiver: oncall}",
        },
    ),
    "POST /tenants/{tenant}/silences": Example(
        headers=_JSON,
        body={"matcher_sets": [['alertname="DiskFull"']], "comment": "new disks", "duration": "2h"},
        answer={
            "id": "6a8d6c0e-6a2f-4d0b-9a55-0d9f3c8d8f11",
            "matcher_sets": [['alertname="DiskFull"']],
            "starts_at": "2026-11-28T10:00:00Z",
            "ends_at": "2026-11-28T12:00:00Z",
            "author": "ana",
            "comment": "new disks",
        },
    ),
    "DELETE /tenants/{tenant}/silences/{silence}": Example(
        filled={"{silence}": "6a8d6c0e-6a2f-4d0b-9a55-0d9f3c8d8f11"}
    ),
    "POST /tenants/{tenant}/dead-letters/redrive": Example(
        headers=_JSON,
        body={"ids": ["alerts.inbound-3-1742", "alerts.inbound-3-9"]},
        answer={
            "items": [
                {"id": "alerts.inbound-3-1742", "outcome": "redriven", "detail": ""},
                {"id": "alerts.inbound-3-9", "outcome": "not_there", "detail": "there is no such dead letter"},
            ]
        },
    ),
    "POST /tenants/{tenant}/subjects/export": Example(
        headers=_JSON,
        body={"value": "eve@example.com"},
        answer={
            "items": [
                {
                    "id": "0f7c2c1e6a5b4d3c9e8f7a6b5c4d3e2f",
                    "receiver": "team",
                    "labels": {"alertname": "DiskFull"},
                    "closed": False,
                    "notified_at": "2026-11-28T10:00:00Z",
                    "message": {"channel": "C0123456", "ts": "1795860000.000100"},
                    "alerts": [
                        {
                            "fingerprint": "c1f3a7b2d4e5f607",
                            "firing": True,
                            "starts_at": "2026-11-28T09:59:30Z",
                            "ends_at": None,
                            "labels": {"alertname": "DiskFull", "user": "eve@example.com"},
                            "annotations": {},
                            "links": {"generator": ""},
                        }
                    ],
                }
            ],
            "unreadable": 0,
        },
    ),
    "POST /tenants/{tenant}/subjects/plan": Example(
        headers=_JSON,
        body={"value": "eve@example.com"},
        answer={
            "plan": "3f0a1c5d7b9e2468ace013579bdf2468ace013579bdf2468ace013579bdf2468",
            "erasure": None,
            "alert_groups": 1,
            "messages": 1,
            "known_by": 0,
        },
    ),
    "POST /tenants/{tenant}/erasures": Example(
        headers=_JSON,
        body={
            "value": "eve@example.com",
            "plan": "3f0a1c5d7b9e2468ace013579bdf2468ace013579bdf2468ace013579bdf2468",
        },
        answer={
            "erasure": "1f8e2c3a",
            "mark": "erased-1f8e2c3a",
            "digest": "9b1d6f0c2e4a8b7d5f3e1c9a7b5d3f1e8c6a4b2d0f9e7c5a3b1d8f6e4c2a0b9d",
            "begun_at": "2026-11-28T10:00:00Z",
            "ended_at": None,
            "until": "2026-12-05T10:00:00Z",
            "steps": {
                "list": "done", "alert_groups": "open", "messages": "done", "group_keys": "done", "certify": "open"
            },
            "alert_groups": 1,
            "messages": 1,
            "waiting": [],
            "stuck": [],
            "known_by": 0,
            "hidden": 0,
            "left": [
                {"kind": "Redis:subjects", "why": "ingest hides the person by it", "until": "2026-12-05T10:00:00Z"}
            ],
        },
    ),
    "GET /tenants/{tenant}/isolation": Example(
        answer={"level": "bound", "data": "shared", "budget": "own", "keys": "shared", "topic": "own",
                "workers": "shared", "pool": "shared", "store": "shared", "region": "any",
                "shard": None}
    ),
})  # fmt: skip
"""By their routes."""
