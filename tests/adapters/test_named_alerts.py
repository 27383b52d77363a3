"""Alerts of a sealed tenant stand in Redis by names, and are found by whatever they were stored, before and after."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from router.adapters.redis import keys
from router.adapters.redis.comparisons import RedisComparisons
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.sources import RedisSources
from router.adapters.redis.surroundings import RedisSurroundings
from router.core.context.listing import Listing, ListingChange, SharedKey
from router.core.context.surroundings import Wanted
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.registers import Registers
from router.core.model.rules.inhibit import SourceKey
from router.core.mute.inhibition import Source, SourceChange
from router.errors import KeyUnavailableError
from router.ports.state import UnknownForm
from router.roles.keyring import Keyring
from tests.adapters.builders import ACME, NOON, after, an_alert_state, idle, key_of, store, waiting, write
from tests.contracts.shelf import FAR
from tests.fakes.keys import FakeStoredKeys
from tests.roles.sealing import a_keyring

ID, ALERT, OTHER = key_of().group_id, AlertId("A0"), AlertId("A1")
DOWN, RELATED = SourceKey("rule1:s:aabbccddeeff"), SharedKey("0011223344556677")
YEAR, YEARS = after(31_000_000), after(100_000_000)


@pytest.fixture(autouse=True)
async def _active(raw: Any) -> None:
    await raw.set(keys.tenant_key(ACME, "epoch"), "1")
    await raw.set(keys.tenant_key(ACME, "active"), "3")


class Site:
    """Redis, the tenant's keys, and processes by whose configuration the tenant is sealed or in clear."""

    def __init__(self, redis: Connection, stored: FakeStoredKeys) -> None:
        self.redis, self.stored = redis, stored

    async def groups(self, *, sealed: bool) -> GroupStore:
        return GroupStore(self.redis, await self.vault(sealed=sealed))

    async def vault(self, *, sealed: bool) -> Keyring:
        keyring = await a_keyring(self.stored, ())
        keyring._is_sealed = lambda tenant: sealed and tenant == ACME
        return keyring


@pytest.fixture
async def site(redis: Connection) -> Site:
    stored = FakeStoredKeys()
    await a_keyring(stored)
    return Site(redis, stored)


async def loaded(groups: GroupStore) -> AlertGroup:
    [found] = await groups.load(ACME, [ID])
    assert isinstance(found, AlertGroup)
    return found


async def everything(raw: Any) -> str:
    """All that Redis holds, as text."""
    found = list[Any]()
    for key in await raw.keys("*"):
        match await raw.type(key):
            case "hash":
                found.append((key, await raw.hgetall(key)))
            case "zset":
                found.append((key, await raw.zrange(key, 0, -1)))
            case "set":
                found.append((key, await raw.smembers(key)))
            case "string":
                found.append((key, await raw.get(key)))
            case _:
                found.append((key, await raw.xrange(key)))
    return repr(found)


LISTED = ListingChange(Listing("A", 1, 2, MessageRef("C1", "17.1"), "same", ("aa",)), (RELATED,), YEARS)


async def put(groups: GroupStore, then: AlertGroup | None = None, **changes: Any) -> None:
    [before] = await groups.load(ACME, [ID])
    known = before if isinstance(before, AlertGroup) else AlertGroup(key_of())
    one = replace(write(known, then or known), **changes)
    assert await store(groups, [one]) == ["ok"]


@pytest.mark.parametrize("sealed", [False, True])
async def test_no_digest_of_labels_by_which_an_alert_is_known_stands_in_redis(
    site: Site, raw: Any, sealed: bool
) -> None:
    """In clear all of them do, or this would prove nothing."""
    group = waiting(alerts=2)
    group = replace(group, alerts={AlertId(f"fingerprint-{one}"): state for one, state in group.alerts.items()})
    change = SourceChange(dict.fromkeys(group.alerts, YEARS), [])
    await put(await site.groups(sealed=sealed), group, sources={DOWN: change}, listing=LISTED)
    found = await everything(raw)

    digests = [*group.alerts, DOWN.rpartition(":")[2], RELATED]
    assert [one in found for one in digests] == [not sealed] * len(digests)


@pytest.mark.parametrize("turns", list(product([False, True], repeat=4)))
async def test_a_tenant_that_is_sealed_or_put_in_clear_finds_what_it_had_stored(
    site: Site, raw: Any, turns: tuple[bool, ...]
) -> None:
    """As a whole, in parts, by the index of what fires, and for the comparison: each alert once, as it was last."""
    expected = waiting(alerts=2)
    await put(await site.groups(sealed=turns[0]), expected)
    for number, sealed in enumerate(turns[1:]):
        groups = await site.groups(sealed=sealed)
        changed = an_alert_state(registers=Registers(start=NOON, seen_firing=after(number + 1)))
        expected = replace(await loaded(groups), alerts={**expected.alerts, ALERT: changed})
        await put(groups, expected)

        for as_read in (False, True):
            reader = await site.groups(sealed=as_read)
            assert (await loaded(reader)).alerts == expected.alerts
            [part] = await reader.load_parts([(ACME, key_of(), [ALERT])])
            assert isinstance(part, AlertGroup)
            assert dict(part.alerts) == {ALERT: changed}
            assert sorted((await reader.members(ACME, [ID]))[0]) == [ALERT, OTHER]
            [where] = await reader.firing_in([(ACME, key_of().receiver, [ALERT, OTHER])])
            assert where == {ALERT: [ID], OTHER: [ID]}
            comparisons = RedisComparisons(site.redis, await site.vault(sealed=sealed))
            assert await comparisons.firing(ACME, [key_of().receiver]) == {ID: [ALERT, OTHER]}
    fields = [one for one in await raw.hkeys(keys.group_key(ACME, ID)) if one.startswith("a:")]
    assert len(fields) == len(expected.alerts)


@pytest.mark.parametrize("turns", list(product([False, True], repeat=3)))
async def test_an_alert_that_ends_ends_wherever_it_was_listed(site: Site, raw: Any, turns: tuple[bool, ...]) -> None:
    await put(await site.groups(sealed=turns[0]), waiting(alerts=2))
    await put(await site.groups(sealed=turns[1]), waiting(alerts=2, rev=1))
    groups = await site.groups(sealed=turns[2])
    ended = {
        one: replace(state, registers=Registers(start=NOON, end=NOON, seen_resolved=NOON))
        for one, state in (await loaded(groups)).alerts.items()
    }
    await put(groups, idle(replace(await loaded(groups), alerts=ended, firing=0)))

    for sealed in (False, True):
        reader = await site.groups(sealed=sealed)
        assert await reader.firing_in([(ACME, key_of().receiver, [ALERT, OTHER])]) == [{}]
    assert await raw.hgetall(keys.where_key(ACME, key_of().receiver)) == {}


async def test_whoever_does_not_know_yet_what_makes_names_waits_where_something_has_one(site: Site) -> None:
    """To it the alert would be new, and notified again."""
    await put(await site.groups(sealed=True), waiting())
    site.stored.rows[ACME] = {key: text for key, text in site.stored.rows[ACME].items() if key.purpose != "name"}
    late = await site.groups(sealed=True)

    with pytest.raises(KeyUnavailableError, match="not known here yet"):
        await late.load_parts([(ACME, key_of(), [ALERT])])
    with pytest.raises(KeyUnavailableError, match="not known here yet"):
        await late.load(ACME, [ID])
    with pytest.raises(KeyUnavailableError, match="not known here yet"):
        await late.firing_in([(ACME, key_of().receiver, [ALERT])])


async def test_a_tenant_put_in_clear_whose_keys_were_destroyed_goes_on_in_clear(site: Site, raw: Any) -> None:
    await put(await site.groups(sealed=True), waiting())
    site.stored.rows[ACME] = dict.fromkeys(site.stored.rows[ACME], "")
    clear, fresh = await site.groups(sealed=False), waiting("B")

    assert await clear.load(ACME, [ID]) == [UnknownForm(ID, "3, destroyed")]
    assert await clear.firing_in([(ACME, key_of().receiver, [ALERT])]) == [{}]
    assert await store(clear, [write(AlertGroup(fresh.key), fresh)]) == ["ok"]
    assert await raw.hget(keys.group_key(ACME, key_of("B").group_id), "n") is None
    assert await clear.load(ACME, [key_of("B").group_id]) == [replace(fresh, rev=1)]


async def test_an_alert_whose_fingerprint_looks_like_a_name_is_one_in_clear(site: Site, raw: Any) -> None:
    """Senders choose fingerprints: none makes a tenant one that has names."""
    alert = AlertId("~0123-0011223344556677")
    group = waiting()
    group = replace(group, alerts={alert: an_alert_state()}, firing=1)
    await put(await site.groups(sealed=False), group)

    comparisons = RedisComparisons(site.redis, await site.vault(sealed=False))
    assert await comparisons.firing(ACME, [key_of().receiver]) == {ID: [alert]}
    assert await raw.hget(keys.where_key(ACME, key_of().receiver), "~") is None


async def sources(site: Site, *, sealed: bool) -> Any:
    return await RedisSources(site.redis, await site.vault(sealed=sealed)).latest(ACME, [DOWN])


async def test_a_source_that_was_stated_in_clear_counts_and_ends_once_the_tenant_is_sealed(site: Site) -> None:
    await put(await site.groups(sealed=False), waiting(), sources={DOWN: SourceChange({ALERT: YEAR}, [])})
    assert await sources(site, sealed=True) == {DOWN: Source(ALERT, YEAR)}

    await put(await site.groups(sealed=True), sources={DOWN: SourceChange({ALERT: YEARS}, [])})
    assert await sources(site, sealed=True) == {DOWN: Source(ALERT, YEARS)}
    assert await sources(site, sealed=False) == {}

    await put(await site.groups(sealed=True), sources={DOWN: SourceChange({}, [ALERT])})
    assert await sources(site, sealed=True) == {}


async def test_whoever_awaits_a_source_is_due_when_it_ends_also_where_one_was_stored_in_clear(
    site: Site, raw: Any
) -> None:
    clear, named = await site.groups(sealed=False), await site.groups(sealed=True)
    await put(clear, waiting(), sources={DOWN: SourceChange({ALERT: YEARS}, [])})
    target = waiting("B", due=FAR)
    [answer] = await store(named, [replace(write(AlertGroup(target.key), target), awaits=frozenset({DOWN}))])
    assert answer == "ok"
    due, waits = keys.tenant_key(ACME, "due"), await raw.zscore(keys.tenant_key(ACME, "due"), key_of("B").group_id)
    await put(named, sources={DOWN: SourceChange({ALERT: YEARS}, [])})
    assert await raw.zscore(due, key_of("B").group_id) == waits > NOON // 1_000

    await put(named, sources={DOWN: SourceChange({}, [ALERT])})
    assert await raw.zscore(due, key_of("B").group_id) == NOON // 1_000


async def test_related_groups_are_found_by_names(site: Site) -> None:
    await put(await site.groups(sealed=True), waiting(), listing=LISTED)
    wanted = [Wanted(key_of("Z").group_id, (RELATED,), history=False)]
    [found] = await RedisSurroundings(site.redis, await site.vault(sealed=True)).find(ACME, wanted, NOON)

    assert found.listed[RELATED] == [LISTED.listing]
