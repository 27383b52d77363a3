"""Sizes of shards, in tenants' files."""

from typing import Annotated, Final

from pydantic import AfterValidator

_MOST: Final = 999


def _size(value: int) -> int:
    if not 1 <= value <= _MOST:
        raise ValueError(f"{value} is out of range; a shard has 1 to {_MOST} partitions")
    return value


ShardNumber = Annotated[int, AfterValidator(_size)]
