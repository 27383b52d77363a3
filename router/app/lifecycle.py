"""Start and stop order of every role, and the wait for a signal in between.

Started from the bottom up, stopped from the top down: take no more, finish what is in hand, commit, leave.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import structlog

from router.adapters.kafka.producer import OVERHEAD
from router.adapters.kafka.topics import ensure_topics, topic_settings
from router.app.activity import build_naming, build_near_limits
from router.app.calm import calm
from router.app.cells import following, other_cells
from router.app.compose import Base, build_base, build_gateway, gateway_keyring, sender_limits
from router.app.descriptors import fitting
from router.app.heartbeats import gateway_open
from router.app.key_files import warn_of_open_files
from router.app.operators import notes
from router.app.origins import warn_if_nothing_is_signed, warn_of_unsigned
from router.app.pools import held_here, inbound_here, pool_here
from router.app.retention import kept_in_topics
from router.app.sealing import build_key_making
from router.app.serving import alerts_server, operations_server, serving, stopped_after
from router.app.shutdown import Shutdown, supervised
from router.app.waiting import redis_ready
from router.app.worker import Worker, build_worker
from router.core.model.alert import TenantId
from router.core.model.rules.limits import SenderLimits
from router.core.pool import shown_pool
from router.errors import UnavailableError
from router.http.operations import Check
from router.http.server import bind
from router.ports.kafka import Stamped
from router.roles.changes import OnChange
from router.roles.gateway.accept import Gateway
from router.roles.gateway.elsewhere import ONE_CELL
from router.roles.pools import OwnTenants, PoolSizes
from router.roles.tenants import ActiveRules, ActiveTenants
from router.settings import Settings

_FLUSH_S: Final = 5.0


async def run_gateway(settings: Settings, shutdown: Shutdown) -> None:
    """A gateway until SIGTERM."""
    base, own = build_base(fitting(settings)), settings.gateway
    warn_if_nothing_is_signed(base)
    warn_of_open_files(base)
    tenants, checks = sender_limits(base), _not_opened("redis")
    keyring = gateway_keyring(base, tenants)
    elsewhere = other_cells(base.settings, base.redis)
    gateway = build_gateway(base, tenants, keyring, elsewhere or ONE_CELL)
    alerts = alerts_server(base, gateway, keyring, bind(own.host, own.port, "ALERT_ROUTER_GATEWAY__PORT"))
    listener = bind(own.host, own.operations_port, "ALERT_ROUTER_GATEWAY__OPERATIONS_PORT")
    operations = operations_server(base, checks, gateway.note, listener)
    async with (
        serving(alerts, operations),
        opened(base, tenants),
        supervised(tenants.watch(_nobody), *following(elsewhere)),
        accepting(base, tenants, gateway) as found,
        stopped_after(alerts, operations),
    ):
        _open(checks, found, alerts=alerts.url, operations=operations.url)
        await shutdown.wait()


async def run_worker(settings: Settings, shutdown: Shutdown) -> None:
    """A worker until SIGTERM; it is alive while it waits for its group to let it in, and until all is finished."""
    base, checks = build_base(settings), _not_opened("redis", "partitions")
    listener = bind(settings.worker.host, settings.worker.port, "ALERT_ROUTER_WORKER__PORT")
    operations = operations_server(base, checks, base.tenants.hold.note, listener)
    async with serving(operations), opened(base):
        await ensure_all_topics(base)
        async with stopped_after(operations), working(base) as found:
            _open(checks, found, operations=operations.url)
            await shutdown.wait()


def _open(checks: dict[str, Check], found: Mapping[str, Check], **urls: str) -> None:
    """All is there: from now on `found` decides whether the process is ready."""
    checks.clear()
    checks.update(found)
    structlog.get_logger("router.app").info("serving", **urls)


def _not_opened(*names: str) -> dict[str, Check]:
    """The checks of a process that waits for its engines."""
    return dict.fromkeys(names, _not_yet)


async def _not_yet() -> bool:
    return False


@asynccontextmanager
async def opened(base: Base, tenants: ActiveRules[Any] | None = None) -> AsyncIterator[None]:
    """Redis reached, configuration loaded, the producer on its way; `tenants` are all rules unless they are given.

    Raises:
        ConfigurationError: Redis refuses us.
    """
    tenants = base.tenants if tenants is None else tenants
    base.metrics.process.suspended.set_function(lambda: len(tenants.suspended))
    base.metrics.process.on_hold.set_function(lambda: tenants.hold.is_on)
    base.metrics.process.configuration_version.set_function(lambda: tenants.sequence)
    base.metrics.process.configuration_age.set_function(lambda: tenants.looked_s_ago)
    sizes = PoolSizes(tenants, frozenset(base.settings.kafka.pools), base.metrics.pools)
    base.metrics.looks.append(sizes.look)
    try:
        await redis_ready(base.redis, tenants)
    except BaseException:
        await base.redis.close()
        raise
    await base.producer.start()
    try:
        async with calm():
            yield
    finally:
        await base.producer.close()
        await base.redis.close()
        await base.tracing.close()


async def ensure_all_topics(base: Base) -> None:
    """The topics that a worker reads and writes; of the shared pool, all that there are."""
    kafka = base.settings.kafka
    by_broker = dict.fromkeys([*inbound_here(base.settings), kafka.dead_letter_topic], Stamped.BY_BROKER)
    others = dict.fromkeys([*held_here(base.settings), kafka.events_topic], Stamped.BY_PRODUCER)
    largest, kept = base.settings.gateway.max_body + OVERHEAD, kept_in_topics(base.settings)
    topics = {
        topic: topic_settings(kafka.replication_factor, largest, stamped, kept[topic])
        for topic, stamped in (others | by_broker).items()
    }
    await ensure_topics(
        base.kafka,
        list(topics),
        create=kafka.create_topics,
        partitions=kafka.partitions,
        replication_factor=kafka.replication_factor,
        settings=topics,
    )


@asynccontextmanager
async def accepting(
    base: Base, tenants: ActiveRules[SenderLimits] | ActiveTenants, gateway: Gateway
) -> AsyncIterator[Mapping[str, Check]]:
    """A gateway's copy of tokens kept fresh; `tenants` are opened, and somebody follows their changes."""
    senders = gateway.authentication.senders
    base.metrics.gateway.serving.set(1)
    with suppress(UnavailableError):  # they are watched, and until then it is not ready
        await senders.load()
        await gateway.clock.measure()

    async def tokens_loaded() -> bool:
        return senders.can_judge and tenants.loaded

    is_open = gateway_open(base, tenants)
    async with supervised(
        senders.watch(), gateway.admission.memory.watch(), gateway.clock.watch(), is_open.watch(), *notes(base)
    ):
        yield {"kafka": base.producer.reached, "tokens": tokens_loaded, "clock": gateway.clock.is_right}


@asynccontextmanager
async def working(base: Base) -> AsyncIterator[Mapping[str, Check]]:
    """A worker that takes records and sends notifications."""
    worker = build_worker(base)
    base.metrics.pools.worker.labels(pool=shown_pool(pool_here(base.settings))).set(1)
    _warn_of_what_is_open(base)
    await worker.slack.start()

    try:
        async with (
            supervised(
                base.tenants.watch(_on_change(base, worker)),
                worker.relay.run(),
                worker.sweep.run(),
                worker.hiding.run(),
                worker.held.run(),
                worker.memory.watch(),
                worker.rewind.watch(),
                worker.losses.watch(),
                worker.heartbeats.progress.watch(),
                worker.heartbeats.open.watch(),
                worker.heartbeats.watchdog.run(),
                worker.beside.comparing.run(),
                build_naming(base).run(),
                *worker.operators.jobs(),
                *_notes(base),
            ),
            _notifying(worker),
        ):
            try:
                await worker.consumer.start()
                yield _worker_checks(base, worker)
            finally:
                await worker.consumer.stop()
    finally:
        await _close(worker)


def _on_change(base: Base, worker: Worker) -> OnChange:
    """What a worker does when the configuration of a tenant of its pool was changed."""

    async def changed(tenant: TenantId) -> None:
        if not base.pools.has(tenant):
            return  # the workers of its pool do
        worker.credentials.forget_failures()
        worker.relay.look_at(tenant)
        worker.hiding.note(tenant)
        await worker.lessons.open_all(tenant)
        await worker.reconfiguration.configuration_changed(tenant)
        worker.news.set()

    return changed


def _notes(base: Base) -> list[Coroutine[Any, Any, None]]:
    """What a worker does beside its work, for tenants and for operators."""
    making = build_key_making(base.settings, base.redis, base.keyring, OwnTenants(base.tenants, base.pools))
    return [making.run(), build_near_limits(base).run(), *notes(base)]


def _warn_of_what_is_open(base: Base) -> None:
    warn_of_unsigned(base)
    warn_of_open_files(base)


@asynccontextmanager
async def _notifying(worker: Worker) -> AsyncIterator[None]:
    """Turns are taken during the block; afterwards the one in hand is finished, and then the calls in flight."""
    try:
        async with supervised(worker.notifier.run(), stop=worker.notifier.stop):
            yield
    finally:
        await worker.in_flight.drain()
        await worker.beside.close()
        await worker.lessons.close()
        await worker.operators.finished()


async def _close(worker: Worker) -> None:
    await worker.held_topic.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(_FLUSH_S):
            await worker.relay.flush()
    await worker.credentials.close()
    await worker.slack.close()


def _worker_checks(base: Base, worker: Worker) -> Mapping[str, Check]:
    async def reading() -> bool:
        return worker.consumer.joined and worker.consumer.reads_all

    async def flowing() -> bool:
        return worker.consumer.flowing

    async def redis_reached() -> bool:
        await base.redis.ping()
        return True

    async def configuration_loaded() -> bool:
        return base.tenants.loaded

    async def data_there() -> bool:
        return not worker.lost.all_lost

    return {
        "partitions": reading,
        "ingest": flowing,
        "kafka": base.producer.reached,
        "redis": redis_reached,
        "configuration": configuration_loaded,
        "data": data_there,
        "turns": worker.standstill.turns_taken,
        "slack": worker.standstill.slack_answers,
    }


async def _nobody(_: object) -> None:
    return
