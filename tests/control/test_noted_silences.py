"""Silences that are noted: nothing is changed that the audit log does not have."""

from dataclasses import replace

import pytest

from router.control.noted_silences import Note, NotedSilences
from router.control.silences import SilenceControl, SilenceRequest
from router.core.model.instant import HOUR, Instant, Span
from router.core.model.rules.silence import KEPT_ENDED
from router.errors import UnavailableError
from router.ports.audit import Action, Entry, Outcome
from tests.adapters.builders import ACME
from tests.control.audit.builders import an_entry
from tests.fakes.silences import FakeSilences
from tests.fakes.store import FakeStore
from tests.fakes.tenants import FakeTenants

WANTED = SilenceRequest((("a=b",),), "ana", "new disks", Span(HOUR))


@pytest.fixture
async def store() -> FakeStore:
    store = FakeStore()
    await FakeTenants(store).publish(ACME, "a")
    return store


async def refused(_: Entry) -> None:
    raise UnavailableError("PostgreSQL is away")


def noting(store: FakeStore, notes: list[Entry], stored: FakeSilences) -> SilenceControl:
    async def note(entry: Entry) -> None:
        notes.append(entry)

    return noted_by(store, note, stored)


def noted_by(store: FakeStore, note: Note, stored: FakeSilences) -> SilenceControl:
    silences = NotedSilences(stored, note, Action.SILENCE_ADD, lambda *_: an_entry())
    return SilenceControl(silences, FakeTenants(store), store.clock)


async def test_a_silence_that_is_added_again_under_its_id_is_one_silence(store: FakeStore) -> None:
    stored = FakeSilences(store)
    silences, asked = noting(store, [], stored), replace(WANTED, silence_id="s1")
    for _ in range(2):
        assert (await silences.add(ACME, asked)).silence_id == "s1"
        store.clock.time = Instant(store.clock.time + KEPT_ENDED + WANTED.duration + HOUR)
    assert [one.silence_id for one in await stored.all_of(ACME)] == ["s1"]


async def test_where_nothing_can_be_noted_nothing_is_silenced(store: FakeStore) -> None:
    with pytest.raises(UnavailableError):
        await noted_by(store, refused, FakeSilences(store)).add(ACME, WANTED)
    assert await FakeSilences(store).all_of(ACME) == []


async def test_a_change_that_was_noted_and_failed_is_noted_as_that(store: FakeStore) -> None:
    notes = list[Entry]()
    stored = FakeSilences(store)
    stored.faults.refuse("store")
    silences = noting(store, notes, stored)
    with pytest.raises(UnavailableError):
        await silences.add(ACME, WANTED)
    assert [one.outcome for one in notes] == [Outcome.DONE, Outcome.FAILED]
    assert len({one.id for one in notes}) == len(notes)
