"""A worker that takes alerts from Alertmanager's events, and compares what fires with what is listed."""

from typing import Final

from router.app.reading import apart
from router.core.model.alert import AlertId, Fingerprint, TenantId
from router.core.model.instant import MINUTE, NEVER, SECOND, Instant, parse_rfc3339
from router.core.model.muted import KnownAlert, ListedAlert, Muted, MutedBy
from router.ports.kafka import Record, Stamped
from router.ports.signing import Signing
from router.roles.ingest.event_topics import EventTopic
from router.roles.ingest.hearing import Hearing
from router.roles.ingest.origins import Unsigned
from tests.adapters.builders import ACME
from tests.roles.builders import INBOUND, a_document
from tests.roles.upstream import (
    DISK,
    RECEIVER,
    TOPIC,
    Written,
    comparing,
    listening,
    recorded,
    shown,
)
from tests.roles.worker import Worker, a_site, a_worker

ADDRESS: Final = "http://alertmanager:9093"
OURS: Final = EventTopic(TenantId(ACME), receiver=RECEIVER)
EVENTS: Final = [one for one in recorded() if one.is_event]
LAST: Final = recorded()[-1].at
OVER: Final = {"RESOLVED", "ENDED", "NOTHING"}
BY_ANA: Final = Muted(MutedBy.SILENCED, "s1", NEVER, "ana")


def listed(name: str, fingerprint: str, muted: Muted | None = None, *, ends: Instant = NEVER) -> ListedAlert:
    """An alert of the recording's disks as the API lists it."""
    labels = {**DISK, "instance": name, "severity": "critical" if name == "db-2" else "warning"}
    starts = parse_rfc3339("2026-11-26T00:21:05.984275603Z")
    summary = {"summary": "Disk 97 % full"}
    return ListedAlert(KnownAlert(Fingerprint(fingerprint), labels, muted), DISK, summary, starts, ends)


LISTED_DB_2: Final = listed("db-2", "a853daf3f46740c4")


class Router:
    """A worker that takes alerts from events, and compares."""

    def __init__(self, worker: Worker, topic: EventTopic = OURS) -> None:
        self.worker, self.site = worker, worker.site
        self.comparing = comparing(worker)
        hearing = Hearing(worker.tenants, self.comparing, worker.metrics, {TOPIC: topic}, worker.origins.signing)
        self._handle = apart(worker.ingest.handle, hearing, listening(worker))
        self._read = 0

    async def take(self, *written: Written) -> None:
        """Records of one batch, and the calls that they cause."""
        await self._handle([one.record() for one in written])
        await self.worker.settle_down()

    async def compare(self, *alerts: ListedAlert, times: int = 1) -> None:
        """Alertmanager lists these, as many minutes long, and what that appends is folded."""
        self.worker.alertmanager.groups = list(alerts)
        self.worker.alertmanager.known = [one.known for one in alerts]
        for _ in range(times):
            self.site.clock.advance(MINUTE)
            await self.comparing.look()
            await self.fold_appended()

    async def fold_appended(self) -> None:
        """Fold what was appended to the inbound topic meanwhile."""
        found = [one for one in self.site.records.records if one.topic == INBOUND]
        now, news = self.site.clock.time, found[self._read :]
        self._read = len(found)
        await self._handle([
            Record(INBOUND, 0, 0, now, one.key, one.value, tuple(one.all_headers), Stamped.BY_BROKER) for one in news
        ])  # fmt: skip
        await self.worker.settle_down()

    def states(self) -> dict[AlertId, str]:
        """How the alerts of the recording are shown."""
        return {alert: state for alert, (state, _) in shown(self.worker).items()}

    def outcomes(self) -> dict[str, float]:
        """What became of events."""
        samples = next(
            one.samples
            for one in self.worker.metrics.registry.collect()
            if one.name == "alert_router_alertmanager_events"
        )
        return {one.labels["outcome"]: one.value for one in samples if one.name.endswith("_total") and one.value}


async def a_router(
    at: Instant = LAST,
    alertmanager: str = ADDRESS,
    topic: EventTopic = OURS,
    signing: Signing | None = None,
    unsigned: Unsigned = Unsigned.ACCEPT,
) -> Router:
    site = await a_site()
    site.clock.time = Instant(at + SECOND)
    document = a_document(route="  group_interval: 100ms", alertmanager=alertmanager)
    await site.open(ACME, document)
    return Router(await a_worker(site, signing=signing, unsigned=unsigned), topic)


def posts(router: Router) -> int:
    """How many messages were posted, without replies."""
    return sum(one.call.method == "chat.postMessage" and one.call.parent is None for one in router.site.slack.calls)
