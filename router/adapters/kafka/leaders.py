"""Which partitions can be written and read now: those that have a leader."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from router.core.shard import Shard, ranked

_by_key: Final = DefaultPartitioner()
_NOBODY: Final = -1
_LONG: Final = 256
"""Bytes of a key that are hashed by the partitioner itself, byte by byte in Python; of a longer one its digest is."""


def choose(key: bytes | None, every: Sequence[int], led: Sequence[int]) -> int:
    """The partition of a record: by its key, among those with a leader where that one has none.

    Records of one key may therefore stand in two partitions; no order between records matters to us.
    """
    short = hashlib.sha256(key).digest() if key is not None and len(key) > _LONG else key
    partition: int = _by_key(short, every, led)
    if led and partition not in led:
        partition = _by_key(short, sorted(led), led)
    return partition


def choose_within(shard: Shard, key: bytes | None, every: Collection[int], led: Collection[int]) -> int:
    """The partition of a record of a shard: by its key, among those of the shard that have a leader.

    Where none of them has one, it is the first behind them that does: a record is taken rather than kept apart.
    """
    order = ranked(shard.tenant, 1 + max(every))
    own = order[: shard.size]
    ready = [one for one in own if one in led]
    if led and not ready:
        return next(one for one in order if one in led)
    return choose(key, own, ready)


def without_leader(cluster: Any, partitions: set[TopicPartition]) -> list[TopicPartition]:  # noqa: ANN401 - aiokafka is not typed
    """Those that nobody leads, by what is known of the cluster."""
    return sorted(one for one in partitions if cluster.leader_for_partition(one) in {None, _NOBODY})


def standing(cluster: Any, topics: Sequence[str]) -> list[str]:  # noqa: ANN401 - aiokafka is not typed
    """Topics to which nothing can be appended, since none of their partitions has a leader."""
    return [
        one for one in topics if cluster.partitions_for_topic(one) and not cluster.available_partitions_for_topic(one)
    ]
