"""Silences: what is accepted as in Alertmanager, how many there may be, and how one ends before its time."""

from dataclasses import replace
from typing import Any, Final

import pytest

from router.control.silences import (
    MAX_EXPIRED,
    MAX_MATCHERS,
    MAX_PATTERNS,
    MAX_SILENCES,
    MAX_TEXT,
    SilenceControl,
    SilenceRequest,
)
from router.core.match.matcher import parse_matchers
from router.core.match.patterns import compiled_pattern
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, SECOND, Instant, Span
from router.core.model.rules.silence import KEPT_ENDED, Silence
from router.errors import ConfigurationError, OperationError
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries
from tests.fakes.silences import FakeSilences
from tests.fakes.store import FakeStore
from tests.fakes.tenants import FakeTenants

WANTED: Final = SilenceRequest((("a=b",),), "ana", "new disks", HOUR)


@pytest.fixture
async def store() -> FakeStore:
    store = FakeStore()
    for tenant in (ACME, BETA):
        await FakeTenants(store).publish(tenant, "a")
    return store


@pytest.fixture
def silences(store: FakeStore) -> SilenceControl:
    return SilenceControl(FakeSilences(store), FakeTenants(store), store.clock)


def wanted(*sets: Any, **changes: Any) -> SilenceRequest:
    return replace(WANTED, matcher_sets=sets or WANTED.matcher_sets, **changes)


async def listed(silences: SilenceControl, *, expired: bool = False) -> list[tuple[str, str]]:
    found = await silences.listed(ACME, expired=expired)
    return [(one.silence.comment, one.state) for one in found]


async def test_a_silence_begins_now_and_has_an_id_its_author_and_its_comment(
    store: FakeStore, silences: SilenceControl
) -> None:
    made = await silences.add(ACME, wanted(['c=~"d.*",a=b', "e!=f"], ["g=h"]))
    other = await silences.add(ACME, WANTED)

    now = store.clock.time
    assert [[str(one) for one in matchers] for matchers in made.matcher_sets] == [
        ['a="b"', 'c=~"d.*"', 'e!="f"'], ['g="h"']
    ]  # fmt: skip
    assert (made.starts_at, made.ends_at) == (now, now + HOUR)
    assert (made.author, made.comment) == ("ana", "new disks")
    assert len({made.silence_id, other.silence_id}) == 2
    assert {one.silence for one in await silences.listed(ACME, expired=False)} == {made, other}
    assert await silences.listed(BETA, expired=True) == []


async def test_a_start_that_has_passed_is_now_and_one_to_come_is_kept(
    store: FakeStore, silences: SilenceControl
) -> None:
    now = store.clock.time
    past = await silences.add(ACME, wanted(starts_at=Instant(now - HOUR)))
    later = await silences.add(ACME, wanted(starts_at=Instant(now + HOUR), ends_at=Instant(now + 3 * HOUR)))

    assert (past.starts_at, past.ends_at) == (now, now + HOUR)
    assert (later.starts_at, later.ends_at) == (now + HOUR, now + 3 * HOUR)


@pytest.mark.parametrize(
    ("matchers", "finding"),
    [
        ((["a"],), "'a' is not a valid matcher"),
        ((['a=~"("'],), "missing"),
        (([],), "at least one matcher must not match the empty string"),
        (([""],), "at least one matcher must not match the empty string"),
        (([" {} "],), "at least one matcher must not match the empty string"),
        ((['a=""'],), '{a=""} holds for every alert without these labels'),
        ((['a!="b"', 'c=~".*"', 'd!~"e"'],), "at least one matcher must not match the empty string"),
        ((["a=b"], ['c!="d"']), '{c!="d"} holds for every alert'),
    ],
)
async def test_each_set_needs_a_matcher_that_does_not_match_the_empty_string(
    silences: SilenceControl, matchers: Any, finding: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await silences.add(ACME, wanted(*matchers))

    assert finding in str(caught.value)
    assert await listed(silences) == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"comment": " "}, "a comment of 1 to 4000 characters is needed"),
        ({"author": ""}, "the author should be 1 to 200 visible characters; use --author"),
        ({"ends_at": Instant(1)}, "the end is not to come"),
        ({"duration": Span(11 * 365 * 24 * HOUR)}, "the longest is 10y"),
    ],
)
async def test_what_makes_no_silence_is_refused_with_what_to_do(
    silences: SilenceControl, changes: dict[str, Any], finding: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await silences.add(ACME, wanted(**changes))

    assert finding in str(caught.value)


async def test_an_end_before_the_start_is_refused(store: FakeStore, silences: SilenceControl) -> None:
    now = store.clock.time
    with pytest.raises(ConfigurationError, match="the end is not after the start"):
        await silences.add(ACME, wanted(starts_at=Instant(now + HOUR), ends_at=Instant(now + HOUR)))


async def test_one_that_is_ended_is_expired_at_once_and_twice_is_no_error(
    store: FakeStore, silences: SilenceControl
) -> None:
    active = await silences.add(ACME, wanted(comment="active"))
    pending = await silences.add(ACME, wanted(comment="pending", starts_at=Instant(store.clock.time + HOUR)))
    assert await listed(silences) == [("active", "active"), ("pending", "pending")]
    _, number = await FakeTenants(store).changed_since(0)

    ended = [await silences.expire(ACME, one.silence_id) for one in (active, pending)]
    store.clock.advance(SECOND)

    assert ended == [True, True]
    assert await listed(silences) == []
    assert sorted(await listed(silences, expired=True)) == [("active", "expired"), ("pending", "expired")]
    assert await silences.expire(ACME, active.silence_id) is False
    assert (await FakeTenants(store).changed_since(number))[0] == [ACME]


async def test_a_silence_that_replaces_another_ends_it(store: FakeStore, silences: SilenceControl) -> None:
    first = await silences.add(ACME, wanted(comment="first"))

    second = await silences.add(ACME, wanted(comment="second", duration=Span(2 * HOUR), replaces=first.silence_id))
    store.clock.advance(SECOND)

    assert second.silence_id != first.silence_id
    assert await listed(silences, expired=True) == [("first", "expired"), ("second", "active")]


async def test_unknown_tenants_and_silences_are_refused(silences: SilenceControl) -> None:
    made = await silences.add(ACME, WANTED)

    with pytest.raises(OperationError, match="tenant 'nobody' has no configuration"):
        await silences.add(TenantId("nobody"), WANTED)
    with pytest.raises(OperationError, match="tenant 'nobody' has no configuration"):
        await silences.listed(TenantId("nobody"), expired=False)
    with pytest.raises(OperationError, match=r"tenant 'beta' has no silence .*; see: alert-router silence list beta"):
        await silences.expire(BETA, made.silence_id)
    with pytest.raises(OperationError, match="tenant 'acme' has no silence 'x'"):
        await silences.add(ACME, wanted(replaces="x"))
    assert len(await listed(silences)) == 1


async def test_what_is_over_is_listed_for_five_days_and_then_forgotten_with_the_next_change(
    store: FakeStore, silences: SilenceControl
) -> None:
    await silences.add(ACME, wanted(comment="old"))
    store.clock.advance(Span(HOUR + KEPT_ENDED))
    assert await listed(silences, expired=True) == [("old", "expired")]

    store.clock.advance(SECOND)
    assert await listed(silences, expired=True) == []
    await silences.add(ACME, wanted(comment="new"))

    assert [one.comment for one in store.tenants[ACME].silences.values()] == ["new"]


def filled(store: FakeStore, count: int, end: Instant) -> None:
    """So many silences, straight into the store."""
    for number in range(count):
        one = Silence(f"{number:05}", (parse_matchers(f"a={number}"),), NEVER, Instant(end + number), "ana", "why")
        store.tenants[ACME].silences[one.silence_id] = one


@tries("silences of a tenant that are active or to come")
async def test_a_tenant_may_have_so_many_silences(store: FakeStore, silences: SilenceControl, beyond: int) -> None:
    filled(store, MAX_SILENCES - 1 + beyond, Instant(store.clock.time + HOUR))

    if beyond <= 0:
        await silences.add(ACME, WANTED)
        return
    with pytest.raises(OperationError, match=r"1000 silences .* the most it may have; end some first"):
        await silences.add(ACME, WANTED)
    await silences.add(ACME, wanted(replaces="00003"))


@tries("silences of a tenant that are over")
async def test_of_those_that_are_over_the_last_are_kept(
    store: FakeStore, silences: SilenceControl, beyond: int
) -> None:
    filled(store, MAX_EXPIRED + beyond, Instant(store.clock.time - HOUR))

    await silences.add(ACME, WANTED)

    assert ("00000" in store.tenants[ACME].silences) is (beyond <= 0)
    assert len(store.tenants[ACME].silences) == 1 + min(MAX_EXPIRED, MAX_EXPIRED + beyond)


@tries("matchers of a silence")
async def test_a_silence_may_have_so_many_matchers(silences: SilenceControl, beyond: int) -> None:
    names = [f"a{number}=b" for number in range(MAX_MATCHERS + beyond)]
    request = wanted(names[:10], [",".join(names[10:])])

    if beyond <= 0:
        assert sum(map(len, (await silences.add(ACME, request)).matcher_sets)) == len(names)
        return
    with pytest.raises(ConfigurationError, match="51 matchers; at most 50 are allowed"):
        await silences.add(ACME, request)


@tries("matchers of a silence in one argument, and its comment")
async def test_a_text_of_a_silence_has_so_many_characters(silences: SilenceControl, beyond: int) -> None:
    matchers, comment = "a=" + "x" * (MAX_TEXT - 2 + beyond), "x" * (MAX_TEXT + beyond)

    if beyond <= 0:
        await silences.add(ACME, wanted([matchers], comment=comment))
        return
    with pytest.raises(ConfigurationError, match="matchers of more than 4000 characters"):
        await silences.add(ACME, wanted([matchers]))
    with pytest.raises(ConfigurationError, match="a comment of 1 to 4000 characters"):
        await silences.add(ACME, wanted(comment=comment))


@tries("patterns of a tenant's silences, compiled")
async def test_the_patterns_of_all_silences_may_cost_so_much(
    store: FakeStore, silences: SilenceControl, beyond: int
) -> None:
    text = "x" * 500
    size = compiled_pattern(text).size
    for number in range(MAX_PATTERNS // size - 1):
        one = Silence(str(number), (parse_matchers(f"a=~{text}"),), NEVER, Instant(store.clock.time + HOUR), "ana")
        store.tenants[ACME].silences[str(number)] = one
    left = MAX_PATTERNS - size * (MAX_PATTERNS // size - 1) + beyond
    last = [f"a=~{'y' * (part - 4)}" for part in (left // 2, left - left // 2)]
    assert sum(compiled_pattern(one[3:]).size for one in last) == left

    if beyond <= 0:
        await silences.add(ACME, wanted(last))
        return
    with pytest.raises(OperationError, match="would have more than 10000 instructions; use = where you can"):
        await silences.add(ACME, wanted(last))
