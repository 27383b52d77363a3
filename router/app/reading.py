"""The consumer of a worker, and what counts the batches that an engine makes wait."""

from collections.abc import Sequence

from router.adapters.kafka.consumer import Handle, RecordConsumer
from router.adapters.redis.groups import GroupStore
from router.app.compose import Base
from router.app.options import body_bounds, consumer_options, event_topics
from router.app.sealing import opening
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.kafka import Record
from router.roles.comparing.comparing import Comparing
from router.roles.ingest.hearing import Hearing
from router.roles.ingest.marking import Marking
from router.roles.ingest.shortcut import Shortcut
from router.roles.ingest.upstream import UpstreamEvents
from router.roles.transitions import Transitions


def build_consumer(
    base: Base, inbound: Shortcut, groups: GroupStore, transitions: Transitions, comparing: Comparing
) -> RecordConsumer:
    """What takes the records of the inbound topics, and the events that Alertmanagers write to theirs."""
    marking = Marking(groups, transitions, base.redis)
    topics, bounds = event_topics(base.settings), body_bounds(base.settings)
    events = UpstreamEvents(base.tenants, marking, base.redis, base.metrics, topics, bounds)
    hearing = Hearing(base.tenants, comparing, base.metrics, topics, base.signatures.ring)
    opened = opening(base.settings, base.keyring).before(apart(inbound.handle, hearing, events))
    handle = _counted(opened, base.metrics)
    return RecordConsumer(base.kafka, consumer_options(base.settings), handle, inbound.forget)


def apart(handle: Handle, hearing: Hearing, events: UpstreamEvents) -> Handle:
    """Events apart from bodies, which come first: an event is about what a body has brought, or an event like one."""

    async def handled(records: Sequence[Record]) -> None:
        found = [one for one in records if events.holds(one)]
        if not found:
            await handle(records)
            return
        heard = await hearing.hear(found)
        await handle([*(one for one in records if not events.holds(one)), *heard.bodies])
        await events.take(heard.left)

    return handled


def _counted(handle: Handle, metrics: Metrics) -> Handle:
    async def counted(records: Sequence[Record]) -> None:
        try:
            await handle(records)
        except UnavailableError:
            metrics.store_errors.labels(role="ingest").inc()
            raise

    return counted
