"""Documents, bodies and records that the tests of the roles begin with."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from router.config import stored
from router.config.read import read_document
from router.core.model.alert import AlertId, Fingerprint, identify
from router.core.model.instant import Instant, to_rfc3339
from router.core.model.key import GroupKey
from router.core.model.rules.names import ReceiverName
from router.ports.kafka import Record
from tests.adapters.builders import NOON

CHANNEL, OTHER_CHANNEL = "C0123456", "C0765432"
INBOUND, DEAD, EVENTS, HELD = "alerts.inbound", "alerts.dead-letter", "alerts.events", "alerts.held"


@cache
def a_document(
    tenant: str = "acme",
    *,
    channel: str = CHANNEL,
    route: str = "",
    receivers: str = "",
    alertmanager: str = "",
    prometheus: str = "",
    context: str = "",
    keys: str = "",
    pool: str = "",
    shard: int = 0,
) -> str:
    """A configuration as it is stored: one route to `default`, with these additions; without a channel it is null."""
    slack = f', slack: {{channel: "{channel}"}}' if channel else ""
    own = (f", keys: {keys}" if keys else "") + (f", pool: {pool}" if pool else "")
    own += f", shard: {shard}" if shard else ""
    upstream = f', alertmanager: {{url: "{alertmanager}"}}' if alertmanager else ""
    upstream += f', prometheus: {{url: "{prometheus}", only: all}}' if prometheus else ""
    beside = f"context: {{{context}}}" if context else ""
    text = f"""\
version: 1
tenant: {tenant}
platform: {{slack: {{token: {{secret: slack}}}}{own}{upstream}}}
route:
  receiver: default
{route}
receivers:
  - {{name: default{slack}}}
{receivers}
{beside}
"""
    return stored.dump(read_document(text, tenant), text)


ELSEWHERE = a_document(
    route="""\
  routes:
    - {matchers: ['alertname=~".+"'], receiver: elsewhere}
""",
    receivers=f'  - {{name: elsewhere, slack: {{channel: "{OTHER_CHANNEL}"}}}}',
)
"""The same tenant, with everything at another receiver."""


def id_of(name: str, **labels: str) -> AlertId:
    """The id of that alert."""
    return identify(Fingerprint(name), {"alertname": name, **labels})


def an_alert(name: str = "A", status: str = "firing", *, starts: Instant = NOON, **labels: str) -> dict[str, Any]:
    """One alert of a body; its fingerprint is its name, so that failures can be read."""
    return {
        "status": status,
        "labels": {"alertname": name, **labels},
        "annotations": {},
        "startsAt": to_rfc3339(starts),
        "endsAt": to_rfc3339(starts) if status == "resolved" else "0001-01-01T00:00:00Z",
        "fingerprint": name,
    }


def a_resolve(name: str = "A", *, ended: Instant = NOON) -> dict[str, Any]:
    return an_alert(name, "resolved", starts=ended)


def a_body(*alerts: object, group: str = "g") -> bytes:
    """A webhook body of one sender group, whose name is its only group label."""
    envelope = {"version": "4", "groupKey": group, "groupLabels": {"group": group}, "externalURL": "http://am"}
    return json.dumps({**envelope, "alerts": alerts}).encode()


def a_record(
    *alerts: object,
    tenant: str = "acme",
    group: str = "g",
    received: Instant = NOON,
    offset: int = 0,
    value: bytes | None = None,
    headers: Sequence[tuple[str, bytes | None]] | None = None,
    topic: str = INBOUND,
) -> Record:
    """A record with these alerts in its body, or with that value."""
    own = [("tenant", tenant.encode()), ("received_at", to_rfc3339(received).encode())]
    return Record(
        topic=topic,
        partition=3,
        offset=offset,
        timestamp=received,
        key=b"key",
        value=a_body(*alerts, group=group) if value is None else value,
        headers=tuple(own if headers is None else headers),
    )


def key_of(group: str = "g", receiver: str = "default", path: tuple[str, ...] = ("{}",)) -> GroupKey:
    """The stored group that a sender's group of that name is folded into."""
    return GroupKey(ReceiverName(receiver), path, (("group", group),))
