"""A tenant's partitions are few, always the same, spread evenly, and nearly all stay when a topic gets more."""

from collections import Counter
from itertools import pairwise
from math import comb
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from router.core.model.alert import TenantId
from router.core.shard import Shard, ranked
from tests.examples import examples

TENANTS: Final = [TenantId(f"tenant-{number}") for number in range(6_000)]
PARTITIONS: Final = 12
SIZE: Final = 2

names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).map(TenantId)


def test_the_partitions_of_a_tenant_are_what_they_were_in_the_first_version() -> None:
    """A gateway of another version must find the same ones: these numbers never change."""
    assert ranked(TenantId("acme"), 12) == (4, 6, 3, 7, 1, 11, 0, 5, 10, 8, 9, 2)
    assert Shard(TenantId("globex"), 2).of(48) == (3, 1)


@given(names, st.integers(1, 999), st.integers(1, 200))
@examples(100)
def test_a_shard_is_so_many_different_partitions_or_all(tenant: TenantId, size: int, partitions: int) -> None:
    found = Shard(tenant, size).of(partitions)

    assert len(set(found)) == len(found) == min(size, partitions)
    assert set(found) <= set(range(partitions))


@given(names, st.integers(1, 20), st.integers(1, 100))
@examples(100)
def test_a_partition_that_is_added_takes_at_most_one_place(tenant: TenantId, size: int, partitions: int) -> None:
    before, after = set(Shard(tenant, size).of(partitions)), set(Shard(tenant, size).of(partitions + 1))

    assert after <= before | {partitions}
    assert len(before - after) <= 1


@given(names, st.integers(1, 20), st.integers(1, 100))
@examples(100)
def test_a_larger_shard_has_all_of_the_smaller_one(tenant: TenantId, size: int, partitions: int) -> None:
    assert set(Shard(tenant, size).of(partitions)) <= set(Shard(tenant, size + 1).of(partitions))


def test_every_partition_is_of_as_many_tenants() -> None:
    of = Counter(one for tenant in TENANTS for one in Shard(tenant, SIZE).of(PARTITIONS))
    expected = len(TENANTS) * SIZE / PARTITIONS

    assert set(of) == set(range(PARTITIONS))
    assert all(abs(count / expected - 1) < 0.15 for count in of.values())


def test_growth_moves_no_more_tenants_than_it_must() -> None:
    """A new partition is in the shards of its share of them, and each of those gives up one of its own."""
    for before, after in pairwise(range(PARTITIONS, PARTITIONS + 5)):
        moved = sum(set(Shard(one, SIZE).of(before)) != set(Shard(one, SIZE).of(after)) for one in TENANTS)
        assert abs(moved / len(TENANTS) - SIZE / after) < 0.02


def test_two_tenants_have_all_partitions_in_common_as_seldom_as_chance_has_it() -> None:
    shards = Counter(frozenset(Shard(one, SIZE).of(PARTITIONS)) for one in TENANTS)
    same = sum(comb(count, 2) for count in shards.values()) / comb(len(TENANTS), 2)

    assert len(shards) == comb(PARTITIONS, SIZE)
    assert abs(same * comb(PARTITIONS, SIZE) - 1) < 0.1
