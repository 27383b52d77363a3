"""What is done with tenants' keys is noted before it is done, and again where it is refused or fails."""

import pytest

from router.control.noted_sealing import NotedSealing
from router.control.sealing import SealedData, SealingControl
from router.core.model.instant import HOUR, Instant, Span
from router.errors import KeyUnavailableError, OperationError, UnavailableError
from router.ports.audit import Action, Entry, Outcome
from router.ports.sealing import Losses
from tests.adapters.builders import ACME, NOON
from tests.adapters.postgres.recording import attempt
from tests.control.test_sealing import Values
from tests.fakes.keys import FakeKeyService, FakeStoredKeys
from tests.roles.sealing import a_keyring


class World:
    """A tenant with keys, and what was noted, each with how many keys were good by then."""

    def __init__(self, stored: FakeStoredKeys, service: FakeKeyService, sealed: SealedData) -> None:
        self.stored, self.service, self.notes = stored, service, list[tuple[Entry, int]]()
        control = SealingControl(stored, service, lambda: b"n" * 32, sealed)
        self.sealing, self.is_away = NotedSealing(control, self.note, attempt), False

    @property
    def good(self) -> int:
        return sum(text != "" for text in self.stored.rows[ACME].values())

    async def note(self, entry: Entry) -> None:
        if self.is_away:
            raise UnavailableError("PostgreSQL: gone")
        self.notes.append((entry, self.good))

    @property
    def noted(self) -> list[tuple[Action, Outcome]]:
        return [(one.action, one.outcome) for one, _ in self.notes]


@pytest.fixture
async def world() -> World:
    stored = FakeStoredKeys()
    keyring = await a_keyring(stored)
    stored.at = Instant(NOON + HOUR)
    return World(stored, FakeKeyService(), SealedData(Values(), keyring, Span(24 * HOUR)))


async def test_keys_that_are_destroyed_are_named_before_they_are_gone(world: World) -> None:
    count = world.good
    await world.sealing.destroy(ACME, None)

    [(entry, there)] = world.notes
    assert (entry.action, entry.tenant, entry.outcome) == (Action.SEALING_DESTROY, ACME, Outcome.DONE)
    assert (len(entry.diff), there, world.good) == (count, count, 0)
    assert {one.path for one in entry.diff} == {f"keys/{key.purpose}/{key.epoch}" for key in world.stored.rows[ACME]}


async def test_what_cannot_be_noted_is_not_destroyed(world: World) -> None:
    world.is_away, before = True, dict(world.stored.rows[ACME])

    with pytest.raises(UnavailableError):
        await world.sealing.destroy(ACME, None)

    assert world.stored.rows[ACME] == before


async def test_a_rotation_is_noted_and_once_more_where_it_fails(world: World) -> None:
    await world.sealing.rotate(ACME)
    world.service.is_away = True
    with pytest.raises(KeyUnavailableError):
        await world.sealing.rotate(ACME)

    assert world.noted == [
        (Action.SEALING_ROTATE, Outcome.DONE),
        (Action.SEALING_ROTATE, Outcome.DONE),
        (Action.SEALING_ROTATE, Outcome.FAILED),
    ]
    assert len({one.id for one, _ in world.notes}) == 3


async def test_one_that_is_refused_is_noted_as_that(world: World) -> None:
    await world.sealing.destroy(ACME, None, Losses.ACCEPT)
    with pytest.raises(OperationError, match="were destroyed"):
        await world.sealing.rotate(ACME)

    assert world.noted[-1] == (Action.SEALING_ROTATE, Outcome.DENIED)


async def test_what_wraps_again_is_noted_where_there_was_anything_to_wrap(world: World) -> None:
    assert await world.sealing.rewrap(ACME) == 0
    assert world.noted == []

    world.service.newest = 2
    assert await world.sealing.rewrap(ACME) == world.good

    [(entry, _)] = world.notes
    assert (entry.action, entry.diff[0].after) == (Action.SEALING_REWRAP, f"{world.good} again")
