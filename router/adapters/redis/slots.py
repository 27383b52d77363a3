"""Which server of a cluster has which of the 16,384 slots, as the cluster itself says."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from redis.crc import key_slot

SLOTS: Final = 16_384

Address = tuple[str, int]


class SlotMap:
    """The owner of every slot; None where nobody serves it."""

    def __init__(self) -> None:
        self._owners: list[Address | None] = [None] * SLOTS

    def owner(self, key: str) -> Address | None:
        """Who has a key: its slot is that of what stands in braces, else of all of it."""
        return self._owners[key_slot(key.encode())]

    @property
    def masters(self) -> list[Address]:
        """All who have slots."""
        return [one for one in dict.fromkeys(self._owners) if one is not None]

    @property
    def is_complete(self) -> bool:
        """Whether every slot is served."""
        return None not in self._owners

    def note(self, slot: int, owner: Address) -> None:
        """A slot has moved."""
        self._owners[slot] = owner

    def replace(self, reply: Iterable[Sequence[Any]], asked: Address) -> None:
        """Take in an answer to CLUSTER SLOTS; a server that does not know its own host is the one that was asked."""
        owners: list[Address | None] = [None] * SLOTS
        for first, last, master, *_ in reply:
            owner = address(master[0], int(master[1]), asked)
            owners[int(first) : int(last) + 1] = [owner] * (int(last) + 1 - int(first))
        self._owners = owners


def address(host: object, port: int, asked: Address) -> Address:
    """Where a server is that another one names; it may leave out the host, or name it `?`."""
    named = str(host or "")
    return (named if named not in {"", "?"} else asked[0]), port
