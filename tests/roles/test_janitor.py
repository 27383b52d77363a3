"""Silences go once they have been over for as long as they are kept, also where nobody makes another one."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.core.match.matcher import parse_matchers
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant
from router.core.model.rules.silence import KEPT_ENDED, Silence
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.roles.janitor import Janitor
from tests.adapters.builders import ACME, BETA
from tests.fakes.silences import FakeSilences
from tests.fakes.store import FakeStore


class Answers:
    """How often old answers were to be deleted."""

    def __init__(self) -> None:
        self.forgotten = 0

    async def forget(self) -> None:
        self.forgotten += 1


@dataclass
class World:
    """Two tenants, and those who clean up after them."""

    store: FakeStore = field(default_factory=FakeStore)
    answers: Answers = field(default_factory=Answers)

    @property
    def silences(self) -> FakeSilences:
        return FakeSilences(self.store)

    async def listed(self) -> list[TenantId]:
        return [ACME, BETA]

    def janitor(self) -> Janitor:
        return Janitor(self, self.silences, self.answers, self.store.clock, Metrics(CollectorRegistry()))


async def silence(world: World, name: str, ended_h: float, tenant: TenantId = ACME) -> None:
    now = world.store.clock.time
    end = Instant(now - round(ended_h * HOUR))
    made = Silence(name, (parse_matchers("a=b"),), Instant(end - HOUR), end, "ana")
    await world.silences.store(tenant, [made], [])


async def left(world: World, tenant: TenantId = ACME) -> list[str]:
    return [one.silence_id for one in await world.silences.all_of(tenant)]


async def looked(janitor: Janitor) -> list[Any]:
    with capture_logs() as lines:
        await janitor.look()
    return [(one["tenant"], one["kind"], one["count"]) for one in lines if one["event"] == "outdated_deleted"]


async def test_what_is_over_for_long_goes_and_is_counted_and_all_else_stays() -> None:
    world, kept = World(), KEPT_ENDED / HOUR
    for name, ended_h in {"long": kept + 1, "longer": kept + 100, "just": kept - 1, "active": -1}.items():
        await silence(world, name, ended_h)
    await silence(world, "other", kept - 1, BETA)
    janitor = world.janitor()

    assert await looked(janitor) == [(ACME, "silences", 2)]
    assert (sorted(await left(world)), await left(world, BETA)) == (["active", "just"], ["other"])
    assert janitor.metrics.outdated_deleted.labels("silences")._value.get() == 2


async def test_what_is_gone_is_counted_once_by_whoever_looks() -> None:
    world = World()
    await silence(world, "long", KEPT_ENDED / HOUR + 1)

    assert [len(await looked(world.janitor())) for _ in range(2)] == [1, 0]


async def test_it_goes_as_soon_as_its_time_has_passed() -> None:
    world = World()
    await silence(world, "soon", KEPT_ENDED / HOUR)
    assert await looked(world.janitor()) == []

    world.store.clock.time = Instant(world.store.clock.time + 1)

    assert await looked(world.janitor()) == [(ACME, "silences", 1)]


async def test_old_answers_go_also_where_nobody_asks_for_one() -> None:
    world = World()

    await looked(world.janitor())

    assert world.answers.forgotten == 1


async def test_while_redis_is_away_nothing_is_counted() -> None:
    world = World()
    await silence(world, "long", KEPT_ENDED / HOUR + 1)
    world.store.faults.away = True
    with pytest.raises(UnavailableError):
        await world.janitor().look()
    world.store.faults.away = False

    assert await looked(world.janitor()) == [(ACME, "silences", 1)]
