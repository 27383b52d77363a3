"""Alerts that Alertmanager lists and nobody has reported, appended to the inbound topic like any other."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from router.core.match.labels import Labels
from router.core.model.alert import AlertId, Status, TenantId
from router.core.model.instant import MINUTE, Instant, Span, to_rfc3339
from router.core.model.muted import ListedAlert
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, SOURCE, TENANT, RecordLog, Source, record_key

MAX_APPENDED: Final = 2_000
"""Alerts of a tenant that are appended after one comparison; the rest after the next ones."""
_IN_ONE: Final = 50
"""Alerts of one body."""
_PATIENCE: Final = Span(10 * MINUTE)
"""What was appended is not appended again for so long while it is not known: it waits to be read, or was refused."""

Listed = Mapping[AlertId, Sequence[ListedAlert]]
"""What is listed: each alert in each of its groups."""


@dataclass(frozen=True, slots=True)
class Appending:
    """Appends to `topic`; `waiting` is what was appended and is not known yet, and since when."""

    records: RecordLog
    topic: str
    waiting: dict[TenantId, Mapping[AlertId, Instant]] = field(default_factory=dict)

    async def append(self, tenant: TenantId, unknown: Listed, at: Instant) -> None:
        """Append what is unknown as observed at `at`, when Alertmanager was asked.

        Raises:
            UnavailableError: Kafka does not take all; the next comparison finds the rest once more.
            PayloadError: it never will.
        """
        before = self.waiting.get(tenant, {})
        waiting = {one: since for one, since in before.items() if one in unknown and at - since < _PATIENCE}
        wanted = [one for one in unknown if one not in waiting][:MAX_APPENDED]
        await self._append(tenant, [listed for one in wanted for listed in unknown[one]], at)
        self.waiting[tenant] = {**waiting, **dict.fromkeys(wanted, at)}

    async def _append(self, tenant: TenantId, alerts: Sequence[ListedAlert], at: Instant) -> None:
        observed = to_rfc3339(at).encode()
        headers = (
            (TENANT, tenant.encode()),
            (RECEIVED_AT, observed),
            (OBSERVED_AT, observed),
            (SOURCE, Source.PART.encode()),
        )
        for labels, some in _by_group(alerts):
            key = record_key(tenant, json.dumps(labels, sort_keys=True))
            await self.records.append(self.topic, _body(labels, some, at), key, headers)


def _by_group(alerts: Iterable[ListedAlert]) -> Iterator[tuple[Labels, Sequence[ListedAlert]]]:
    """The alerts of each group, so many at a time."""
    groups: dict[tuple[tuple[str, str], ...], list[ListedAlert]] = {}
    for one in alerts:
        groups.setdefault(tuple(sorted(one.group_labels.items())), []).append(one)
    for labels, members in groups.items():
        for start in range(0, len(members), _IN_ONE):
            yield dict(labels), members[start : start + _IN_ONE]


def _body(labels: Labels, alerts: Sequence[ListedAlert], at: Instant) -> bytes:
    return json.dumps({"version": "4", "groupLabels": labels, "alerts": [_sent(one, at) for one in alerts]}).encode()


def _sent(one: ListedAlert, at: Instant) -> Mapping[str, object]:
    status = Status.RESOLVED if one.has_ended(at) else Status.FIRING
    ends = {"endsAt": to_rfc3339(one.ends_at)} if status is Status.RESOLVED else {}
    return {
        "status": status,
        "labels": one.known.labels,
        "annotations": one.annotations,
        "startsAt": to_rfc3339(one.starts_at),
        "generatorURL": one.generator_url,
        "fingerprint": one.known.fingerprint,
        **ends,
    }
