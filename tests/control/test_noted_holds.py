"""Holds that are noted: once they are in force, and as failed where they are not."""

import pytest

from router.config import stored
from router.control.hold import HoldControl
from router.control.noted_holds import NotedHolds
from router.control.tenants import TenantControl
from router.errors import OperationError, UnavailableError
from router.ports.audit import Action, Entry, Outcome
from router.ports.control import Everybody
from tests.adapters.builders import ACME
from tests.adapters.postgres.recording import attempt
from tests.config.samples import EXAMPLE
from tests.control.fakes import FakeGroups, FakeVersions, content
from tests.fakes.store import FakeStore
from tests.fakes.tenants import FakeHolds


class World:
    """A tenant that may be held, and what was noted, each with whether it was on hold by then."""

    def __init__(self) -> None:
        self.versions = FakeVersions()
        self.notes: list[Entry] = []
        holds = HoldControl(TenantControl(self.versions, FakeGroups()), self.versions, FakeHolds(FakeStore()))
        self.holds = NotedHolds(holds, self.note, attempt)
        self.is_away = False

    async def note(self, entry: Entry) -> None:
        if self.is_away:
            raise UnavailableError("PostgreSQL: gone")
        self.notes.append(entry)

    @property
    def noted(self) -> list[tuple[Action, str, Outcome]]:
        return [(one.action, one.tenant or "", one.outcome) for one in self.notes]


@pytest.fixture
async def world() -> World:
    made = World()
    await made.versions.publish(ACME, stored.dump(content().document, EXAMPLE))
    return made


async def test_what_is_held_and_released_is_noted(world: World) -> None:
    assert [await world.holds.hold(ACME), await world.holds.release(ACME)] == [True, True]
    assert await world.holds.hold_everybody() == Everybody(True, 0)
    assert await world.holds.release_everybody() == Everybody(True, 0)
    done = Outcome.DONE
    assert world.noted == [
        (Action.TENANT_SUSPEND, "acme", done), (Action.TENANT_RESUME, "acme", done),
        (Action.TENANT_SUSPEND, "*", done), (Action.TENANT_RESUME, "*", done),
    ]  # fmt: skip


async def test_a_hold_is_in_force_whatever_becomes_of_its_entry(world: World) -> None:
    world.is_away = True
    with pytest.raises(UnavailableError):
        await world.holds.hold(ACME)
    world.is_away = False
    assert not await world.holds.hold(ACME)


async def test_a_hold_that_failed_is_noted_as_that(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_: HoldControl) -> Everybody:
        raise UnavailableError("Redis: gone")

    monkeypatch.setattr(HoldControl, "hold_everybody", away)
    with pytest.raises(UnavailableError):
        await world.holds.hold_everybody()
    assert world.noted == [(Action.TENANT_SUSPEND, "*", Outcome.FAILED)]
    assert world.notes[0].error == "Redis: gone"


async def test_a_tenant_that_nobody_knows_is_refused_and_not_noted(world: World) -> None:
    await world.versions.remove(ACME)
    with pytest.raises(OperationError):
        await world.holds.hold(ACME)
    assert world.notes == []
