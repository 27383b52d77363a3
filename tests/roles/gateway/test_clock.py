"""What gateways stamp: Redis' time, however wrong their own clocks are, and with Redis away as well."""

from dataclasses import dataclass, field
from typing import Final

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.adapters.redis.connection import Connection
from router.app.clocks import steady_clock, wall_clock
from router.core.model.instant import SECOND, Instant
from router.core.parse.webhook import parse
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.kafka import Record
from router.roles.gateway.append import Inbound, InboundLog
from router.roles.gateway.clock import TOLERANCE, GatewayClock, OwnClocks
from tests.adapters.builders import ACME, NOON, after
from tests.bounds import tries
from tests.fakes.clock import FakeClock
from tests.roles.builders import INBOUND, a_body, a_resolve, an_alert, id_of
from tests.roles.worker import Site, Worker

_BOOTED: Final = 1_000 * SECOND


@dataclass
class Machine:
    """A machine whose time of day is ahead of Redis' by so many seconds."""

    redis: FakeClock = field(default_factory=FakeClock)
    ahead_s: float = 0
    set_by_s: float = 0
    answer_takes_s: float = 0
    metrics: Metrics = field(default_factory=lambda: Metrics(CollectorRegistry()))

    def __post_init__(self) -> None:
        self.clock = GatewayClock(self, OwnClocks(self._wall, self._steady), self.metrics)

    async def read(self) -> Instant:
        """Redis has the time when half of the way is done."""
        self.redis.advance(round(self.answer_takes_s * SECOND / 2))
        found = await self.redis.read()
        self.redis.advance(round(self.answer_takes_s * SECOND / 2))
        return found

    def shown(self) -> float | None:
        """How far ahead the metric calls this machine."""
        return self.metrics.registry.get_sample_value("alert_router_clock_ahead_seconds")

    def _wall(self) -> Instant:
        return Instant(self.redis.time + round((self.ahead_s + self.set_by_s) * SECOND))

    def _steady(self) -> Instant:
        return Instant(self.redis.time - NOON + _BOOTED)


@pytest.mark.parametrize("ahead_s", [0, 3, -3, 400, -400])
async def test_the_time_is_redis_however_far_a_machine_is_from_it(ahead_s: float) -> None:
    machine = Machine(ahead_s=ahead_s)

    await machine.clock.measure()
    machine.redis.advance(7 * SECOND)

    assert machine.clock.now() == after(7)
    assert await machine.clock.is_right()
    assert machine.shown() == ahead_s


async def test_half_of_a_round_trip_is_taken_for_the_way_back() -> None:
    machine = Machine(answer_takes_s=1)

    await machine.clock.measure()

    assert machine.clock.now() == machine.redis.time


async def test_before_the_first_measure_it_is_the_machines_own_and_not_trusted() -> None:
    machine = Machine(ahead_s=3)
    machine.redis.faults.away = True

    assert machine.clock.now() == after(3)
    with pytest.raises(UnavailableError):
        await machine.clock.is_right()


async def test_while_redis_is_away_the_last_measure_holds() -> None:
    machine = Machine(ahead_s=3)
    await machine.clock.measure()
    machine.redis.faults.away = True

    with pytest.raises(UnavailableError):
        await machine.clock.measure()
    machine.redis.advance(3600 * SECOND)

    assert machine.clock.now() == after(3600)
    assert await machine.clock.is_right()


async def test_an_answer_that_took_too_long_means_nothing() -> None:
    machine = Machine(ahead_s=3)
    await machine.clock.measure()
    machine.answer_takes_s = 5

    with pytest.raises(UnavailableError, match=r"it took 5\.0 s"):
        await machine.clock.measure()

    assert machine.clock.now() == after(5)


@tries("what a gateway's clock may have jumped while Redis is away")
async def test_a_time_of_day_that_was_set_is_not_trusted_before_it_is_measured_again(beyond: int) -> None:
    machine = Machine()
    await machine.clock.measure()
    machine.redis.faults.away = True
    machine.set_by_s = TOLERANCE / SECOND + beyond

    if beyond <= 0:
        assert await machine.clock.is_right()
        return
    with pytest.raises(UnavailableError):
        await machine.clock.is_right()
    machine.redis.faults.away = False
    assert await machine.clock.is_right()


async def test_a_machine_that_is_off_is_named_once_a_minute() -> None:
    machine = Machine(ahead_s=-400)

    with capture_logs() as logs:
        await machine.clock.measure()
        await machine.clock.measure()

    assert [(one["event"], one["ahead_s"]) for one in logs] == [("clock_off", -400)]


@pytest.mark.parametrize("ahead_s", [3, -400])
async def test_that_is_so_with_a_real_redis(redis: Connection, ahead_s: int) -> None:
    own = OwnClocks(lambda: Instant(wall_clock() + ahead_s * SECOND), steady_clock)
    clock = GatewayClock(redis, own, Metrics(CollectorRegistry()))

    await clock.measure()

    assert abs(clock.now() - await redis.read()) < SECOND / 2


async def received(site: Site, machine: Machine, *alerts: object) -> Record:
    """What the worker reads of a body that this machine has accepted."""
    body = a_body(*alerts)
    now = machine.clock.now()
    await InboundLog(site.records, lambda _: INBOUND).append(Inbound(ACME, body, parse(body, now).sender_group, now))
    one = site.records.records[-1]
    return Record(INBOUND, 0, len(site.records.records), NOON, one.key, one.value, tuple(one.all_headers))


@pytest.mark.parametrize("ahead_s", [3, 400])
async def test_what_fired_through_a_gateway_that_is_ahead_ends_at_once_through_another(
    site: Site, worker: Worker, ahead_s: float
) -> None:
    wrong, right = Machine(site.clock, ahead_s), Machine(site.clock)
    await wrong.clock.measure()
    await right.clock.measure()

    await worker.take(await received(site, wrong, an_alert("A")))
    site.pass_time(0.1)
    await worker.take(await received(site, right, a_resolve("A")))

    assert site.dead == []
    assert not site.group().alerts[id_of("A")].registers.firing
