"""Half a minute that a real Alertmanager 0.35 recorded: its webhooks, and what its event recorder wrote meanwhile."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from router.core.model.alert import AlertId, Fingerprint, TenantId, identify
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant, parse_rfc3339
from router.ports.kafka import Record, RecordLog, Stamped
from router.roles.comparing.appending import Appending
from router.roles.comparing.comparing import Asked, Comparing, Stored
from router.roles.ingest.event_topics import EventTopic
from router.roles.ingest.marking import Marking
from router.roles.ingest.upstream import UpstreamEvents
from router.roles.signed import SignedLog
from tests.adapters.builders import ACME
from tests.roles.builders import INBOUND
from tests.roles.worker import Worker

DATA: Final = Path(__file__).parents[1] / "data"
TOPIC: Final = "alertmanager.events"
RECEIVER: Final = "router"
DISK: Final = {"alertname": "DiskFull", "cluster": "eu-1"}
DB_1: Final = identify(Fingerprint("69753bd921cca5e2"), {**DISK, "instance": "db-1", "severity": "warning"})
DB_2: Final = identify(Fingerprint("a853daf3f46740c4"), {**DISK, "instance": "db-2", "severity": "critical"})
CLUSTER: Final = identify(
    Fingerprint("95fe26e43b3a325e"), {"alertname": "ClusterDown", "cluster": "eu-1", "severity": "critical"}
)


@dataclass(frozen=True)
class Written:
    """A body or an event, when it was written, and of what kind it is."""

    at: Instant
    kind: str
    text: str

    @property
    def is_event(self) -> bool:
        return self.kind != "webhook"

    @property
    def mutes_db_2(self) -> bool:
        return self.kind == "silenceMutedAlert"

    def record(self, tenant: str = "acme", topic: str = TOPIC) -> Record:
        headers = () if self.is_event else (("tenant", tenant.encode()),)
        place = topic if self.is_event else INBOUND
        return Record(place, 0, 0, self.at, None, self.text.encode(), headers, Stamped.BY_BROKER)


@cache
def recorded() -> tuple[Written, ...]:
    """All of it, in the order in which it was written."""
    events = [_event(line) for line in _lines("alertmanager-0.35-events.jsonl")]
    sent = [one.at for one in events if one.kind == "notification"]
    bodies = [Written(at, "webhook", line) for at, line in zip(sent, _lines("alertmanager-0.35.jsonl"), strict=True)]
    return tuple(sorted([*events, *bodies], key=lambda one: (one.at, one.is_event)))


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


def _event(line: str) -> Written:
    body: dict[str, Any] = json.loads(line)
    [kind] = body["data"]
    return Written(parse_rfc3339(body["@timestamp"]), kind, line)


def inbound_log(worker: Worker) -> RecordLog:
    """Where a worker appends what it has found out: signed, if it has a key."""
    signing = worker.origins.signing
    return worker.site.records if signing is None else SignedLog(worker.site.records, signing)


def comparing(worker: Worker) -> Comparing:
    """What compares for the tenant of the recording, on this worker."""
    site = worker.site
    marking = Marking(site.groups, worker.transitions, site.clock)
    stored = Stored(site.comparisons, marking, Appending(inbound_log(worker), INBOUND))
    asked = Asked(worker.alertmanager, site.secrets, site.clock)
    return Comparing(worker.tenants, {TenantId(ACME): frozenset({RECEIVER})}, asked, stored, worker.metrics)


def listening(worker: Worker, topic: EventTopic | None = None) -> UpstreamEvents:
    """What takes the events of this worker."""
    site = worker.site
    marking = Marking(site.groups, worker.transitions, site.clock)
    topics = {TOPIC: topic or EventTopic(TenantId(ACME))}
    return UpstreamEvents(worker.tenants, marking, site.clock, worker.metrics, topics)


def shown(worker: Worker) -> dict[AlertId, tuple[str, str]]:
    """Each alert of the recording as its message shows it, and who mutes it."""
    groups = worker.site.store.tenants[ACME].groups.values()
    return {
        alert_id: (alert.last_shown.state.name, _by_whom(alert))
        for group in groups
        if isinstance(group, AlertGroup)
        for alert_id, alert in group.alerts.items()
    }


def _by_whom(alert: Any) -> str:
    known = alert.upstream
    return "" if known is None or known.muted is None else known.muted.author or known.muted.name
