"""Events of a sealed tenant call alerts by names: whoever has the keys reads from them which these are."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.core.model.alert import AlertId
from router.core.model.alert_state import LastShown, ShownState
from router.core.model.event import Event, EventKind, Shown
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import NEVER, Instant
from router.core.model.registers import Registers
from router.core.seal.envelope import KeyPurpose
from router.ports.events import read_place
from router.ports.kafka import Record
from router.roles.sealed import OpenedPast, Opening
from tests.adapters.builders import ACME, NOON, key_of, store, waiting, write
from tests.fakes.keys import FakeStoredKeys
from tests.roles.builders import EVENTS
from tests.roles.sealing import a_keyring
from tests.schemas import assert_valid

ALERT = AlertId("0011223344556677-8899aabbccddeeff")
SHOWN = Shown(key_of(), {ALERT: LastShown(ShownState.FIRING, Registers(NOON, NEVER, NOON, NEVER))})
SENT = Event(
    EventKind.SENT, "first", "post", message=MessageRef("C1", "1.2"), decided_at=NOON, delivered_at=NOON, shown=SHOWN
)


@pytest.fixture(autouse=True)
async def _active(raw: Any) -> None:
    await raw.set(keys.tenant_key(ACME, "epoch"), "1")
    await raw.set(keys.tenant_key(ACME, "active"), "3")


class ThisPast:
    """These events."""

    def __init__(self, *events: Record) -> None:
        self.these = events

    async def exists(self) -> bool:
        return True

    async def events(self, since: Instant = NEVER) -> AsyncIterator[Sequence[Record]]:
        yield list(self.these)

    async def received(self, since: Instant) -> AsyncIterator[Sequence[Record]]:
        yield []


async def written(redis: Connection, raw: Any, groups: GroupStore, body: str = "") -> str:
    """The event as it waits for Kafka."""
    group = waiting()
    assert await store(groups, [replace(write(AlertGroup(group.key), group, events=(SENT,)), body=body)]) == ["ok"]
    [(_, entry)] = await raw.xrange(keys.tenant_key(ACME, "outbox"))
    return str(entry["event"])


async def opened(stored: FakeStoredKeys, event: str) -> Any:
    """The same as recovery reads it."""
    record = Record(EVENTS, 0, 0, NOON, f"{ACME}/{key_of().group_id}".encode(), event.encode(), ())
    past = OpenedPast(ThisPast(record), Opening(await a_keyring(stored, ())))
    [[found]] = [batch async for batch in past.events()]
    return json.loads(found.value or b"")


async def test_an_alert_in_an_event_has_a_name_and_is_read_as_what_it_was(redis: Connection, raw: Any) -> None:
    stored = FakeStoredKeys()
    event = await written(redis, raw, GroupStore(redis, await a_keyring(stored)))

    assert_valid("event", json.loads(event))
    assert not [one for one in ALERT.split("-") if one in event]
    assert read_place(await opened(stored, event)).shown == SHOWN


async def test_an_event_from_before_there_were_names_is_read_as_ever(redis: Connection, raw: Any) -> None:
    stored = FakeStoredKeys()
    vault = await a_keyring(stored)
    rows = dict(stored.rows[ACME])
    stored.rows[ACME] = {key: text for key, text in rows.items() if key.purpose is not KeyPurpose.NAME}
    event = await written(redis, raw, GroupStore(redis, vault))
    stored.rows[ACME] = rows

    assert ALERT in event
    assert read_place(await opened(stored, event)).shown == SHOWN


async def test_an_event_whose_names_nobody_can_read_stays_as_it_is(redis: Connection, raw: Any) -> None:
    stored = FakeStoredKeys()
    event = await written(redis, raw, GroupStore(redis, await a_keyring(stored)))
    stored.rows[ACME] = {
        key: "" if key.purpose is KeyPurpose.NAME else text for key, text in stored.rows[ACME].items()
    }

    assert await opened(stored, event) == json.loads(event)


@pytest.mark.parametrize("sealed", [False, True])
async def test_the_body_that_a_group_folded_last_is_noted_by_a_name(
    redis: Connection, raw: Any, sealed: bool
) -> None:
    """Noted again it is the same: nobody is to forget it."""
    digest, marks = "0123456789abcdef01234567", keys.tenant_key(ACME, "marks")
    groups = GroupStore(redis, await a_keyring(FakeStoredKeys(), (ACME,) if sealed else ()))
    await written(redis, raw, groups, digest)
    before = await raw.get(marks)
    [known] = await groups.load(ACME, [key_of().group_id])
    assert isinstance(known, AlertGroup)
    await raw.delete(marks)
    assert await store(groups, [replace(write(known, known), body=digest)]) == ["ok"]

    assert before
    assert await raw.get(marks) is None
    noted = await raw.hget(keys.group_key(ACME, key_of().group_id), "body")
    assert (noted == digest) is not sealed
    assert noted
