"""A tenant is moved by its file, and what it leaves behind is waited for, however often that is begun."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pytest

from router.config.stored import load, pool_of
from router.control.isolation.promised import NO_PROMISE, Pooled
from router.control.moving import TAKEN, Drain, Move, Moving
from router.control.provenance import provenance
from router.control.tenants import TenantControl
from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Span
from router.core.pool import SHARED, Pool, in_pool
from router.errors import ConfigurationError, OperationError
from router.ports.moving import Place
from tests.adapters.builders import ACME
from tests.config.samples import SMALL
from tests.control.fakes import FakeGroups, FakeVersions, content

GOLD: Final = Pool("gold")
BY: Final = provenance("eve", "eve@desk", "its own workers")
LONG: Final = Span(60 * SECOND)


@dataclass
class FakePlaces:
    """Topics, each with how far it reaches, and is read after each look."""

    at_end: dict[str, dict[int, int]] = field(default_factory=dict)
    reading: dict[str, list[Mapping[int, int]]] = field(default_factory=dict)
    asked: list[Place] = field(default_factory=list)

    async def ends(self, place: Place) -> Mapping[int, int]:
        self.asked.append(place)
        return self.at_end.get(place.topic, {})

    async def read(self, place: Place) -> Mapping[int, int]:
        script = self.reading.get(place.topic, [{}])
        return script.pop(0) if len(script) > 1 else script[0]


class Site:
    """A record with one tenant, and what moves it."""

    def __init__(self, text: str = SMALL) -> None:
        self.versions, self.places = FakeVersions(), FakePlaces()
        self.control = TenantControl(self.versions, FakeGroups(), promise=Pooled((GOLD, Pool("silver")), NO_PROMISE))
        self.text, self.behind, self.paused = text, 0, list[Span]()
        self.moving = Moving(self.control, self.places, self, _place, self.pause)

    async def pool(self, tenant: TenantId) -> Pool:
        """What Redis has, some looks behind."""
        if self.behind:
            self.behind -= 1
            return Pool("behind")
        active = await self.versions.active(tenant)
        return SHARED if active is None else pool_of(active.text)

    async def pause(self, span: Span) -> None:
        self.paused.append(span)

    async def begun(self, pool: Pool = GOLD) -> Move:
        move = await self.moving.plan(ACME, pool)
        await self.moving.begin(move, BY)
        return move


def _place(pool: Pool) -> Place:
    return Place(in_pool("in", pool), in_pool("group", pool))


@pytest.fixture
async def site() -> Site:
    site = Site()
    await site.control.publish(await site.control.plan(content(site.text), "acme.yaml"))
    return site


async def test_a_plan_stores_nothing_and_names_what_is_to_be_read(site: Site) -> None:
    move = await site.moving.plan(ACME, GOLD)

    assert (move.before, move.after, move.left) == (SHARED, GOLD, Place("in", "group"))
    assert "platform.pool" in move.change.summary
    assert await site.pool(ACME) == SHARED


async def test_the_file_gets_the_pool_and_keeps_all_else_that_is_written_in_it(site: Site) -> None:
    await site.begun()

    active = await site.control.active(ACME)
    assert active.version == 2
    assert load(active.text).document.platform.pool == GOLD
    back = await site.begun(SHARED)
    assert back.left == Place("in.gold", "group.gold")
    assert load((await site.control.active(ACME)).text).document == content(SMALL).document
    recorded = [one.recorded for one in await site.versions.versions(ACME)]
    assert [one.provenance.author for one in recorded[:2] if one] == ["eve", "eve"]


async def test_who_is_there_already_changes_nothing_and_goes_on_waiting_for_where_it_was(site: Site) -> None:
    await site.begun()
    site.places.at_end["in"], site.places.reading["in"] = {0: 7}, [{0: 7}]

    again = await site.begun()

    assert again.change.unchanged
    assert again.left == Place("in", "group")
    assert await site.moving.drain(again, LONG) == Drain(0)
    assert site.places.asked == [Place("in", "group")]


async def test_who_was_never_elsewhere_waits_for_nothing(site: Site) -> None:
    move = await site.begun(SHARED)

    assert await site.moving.drain(move, LONG) == Drain(0)
    assert (site.paused, site.places.asked) == ([], [])


async def test_the_end_is_looked_at_once_gateways_have_the_file(site: Site) -> None:
    move = await site.begun()
    site.behind = 2
    site.places.at_end["in"] = {0: 7, 1: 3}
    site.places.reading["in"] = [{0: 5}, {0: 7, 1: 2}, {0: 9, 1: 3}]

    assert await site.moving.drain(move, LONG) == Drain(0)
    assert site.paused == [SECOND, SECOND, TAKEN, SECOND, SECOND]


async def test_what_is_not_read_in_time_is_counted(site: Site) -> None:
    move = await site.begun()
    site.places.at_end["in"], site.places.reading["in"] = {0: 7, 1: 3, 2: 1}, [{1: 3}]

    assert await site.moving.drain(move, Span(2 * SECOND)) == Drain(2)


async def test_a_pool_that_is_not_there_is_refused_before_anything_is_stored(site: Site) -> None:
    with pytest.raises(ConfigurationError, match="`bronze` is not among the pools"):
        await site.moving.plan(ACME, Pool("bronze"))


async def test_a_tenant_without_configuration_cannot_be_moved() -> None:
    with pytest.raises(OperationError, match="no configuration"):
        await Site().moving.plan(ACME, GOLD)
