"""A record goes to the partition of its key, and elsewhere only where nobody leads that one."""

from time import process_time
from types import SimpleNamespace
from typing import Any, Final

import pytest
from aiokafka import TopicPartition

from router.adapters.kafka.leaders import choose, choose_within, standing, without_leader
from router.core.shard import Shard, ranked
from tests.adapters.builders import ACME

EVERY: Final = [0, 1, 2, 3]
KEYS: Final = [b"key-%d" % number for number in range(100)]


def cluster(**leaders: dict[int, int]) -> Any:
    """What a client knows of topics: partitions and who leads them."""
    return SimpleNamespace(
        partitions_for_topic=lambda topic: set(leaders[topic]) if topic in leaders else None,
        available_partitions_for_topic=lambda topic: {one for one, led in leaders[topic].items() if led != -1},
        leader_for_partition=lambda one: leaders.get(one.topic, {}).get(one.partition),
    )


def test_a_key_has_a_partition_of_its_own_as_long_as_somebody_leads_it() -> None:
    usual = {key: choose(key, EVERY, EVERY) for key in KEYS}
    now = {key: choose(key, EVERY, [3, 1]) for key in KEYS}

    assert set(usual.values()) == set(EVERY)
    assert set(now.values()) == {1, 3}
    assert all(now[key] == usual[key] for key in KEYS if usual[key] in {1, 3})
    assert now == {key: choose(key, EVERY, [1, 3]) for key in KEYS}


@pytest.mark.parametrize("key", [b"key", None])
def test_without_any_leader_the_choice_is_as_ever_and_without_a_key_it_is_among_those_with_one(
    key: bytes | None,
) -> None:
    assert choose(key, EVERY, []) in EVERY
    assert choose(None, EVERY, [2]) == 2


def test_a_long_key_has_a_partition_of_its_own_too_and_costs_little_more_than_a_short_one() -> None:
    prefix = b"k" * 100_000
    began = process_time()
    chosen = {number: choose(b"%b-%d" % (prefix, number), EVERY, EVERY) for number in range(100)}
    spent = process_time() - began

    assert set(chosen.values()) == set(EVERY)
    assert chosen[7] == choose(b"%b-7" % prefix, EVERY, EVERY)
    assert spent < 1.0  # byte by byte, in Python, these ten megabytes take five seconds and more


def test_records_of_a_shard_are_in_its_partitions_those_of_one_key_in_one() -> None:
    shard = Shard(ACME, 2)
    usual = {key: choose_within(shard, key, EVERY, EVERY) for key in KEYS}

    assert set(usual.values()) == set(shard.of(len(EVERY)))
    assert {choose_within(shard, None, EVERY, EVERY) for _ in KEYS} == set(shard.of(len(EVERY)))
    assert {choose_within(Shard(ACME, 9), key, EVERY, EVERY) for key in KEYS} == set(EVERY)


def test_of_a_shard_those_with_a_leader_take_everything_and_then_the_next_one_alone() -> None:
    first, second, third, fourth = ranked(ACME, len(EVERY))

    def taken(*led: int) -> set[int]:
        return {choose_within(Shard(ACME, 2), key, EVERY, led) for key in KEYS}

    assert taken(second, third, fourth) == {second}
    assert taken(third, fourth) == {third}
    assert taken() == {first, second}


def test_partitions_that_nobody_leads_are_named() -> None:
    known = cluster(inbound={0: 1, 1: -1, 2: 7})

    found = without_leader(known, {TopicPartition("inbound", at) for at in range(4)} | {TopicPartition("new", 0)})

    assert found == [TopicPartition("inbound", 1), TopicPartition("inbound", 3), TopicPartition("new", 0)]


def test_a_topic_stands_still_when_nobody_leads_any_partition_of_it() -> None:
    known = cluster(some={0: 1, 1: -1}, none={0: -1, 1: -1})

    assert standing(known, ["some", "none", "unknown"]) == ["none"]
