"""Records of a batch that are brought to their end one after another: one tenant's, or several tenants' in turns."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from router.ports.kafka import Record
from router.roles.ingest.read import ReadRecord
from router.roles.offload import LARGE

_TENANT: Final = "tenant"

Owner = str
"""The tenant that a record names, before anybody has looked whether there is one; "" for none."""


@dataclass(slots=True)
class Share:
    """What has not ended of a batch: `read` is left over from a step that failed, and comes before `left`."""

    owners: tuple[Owner, ...]
    left: deque[Record]
    read: deque[ReadRecord] = field(default_factory=deque)
    alone: bool = False
    """Whether its records are taken one by one, since one of them brings an error of ours about."""
    attempts: int = 0
    """Attempts at the first record, or unanswered steps in a row."""

    def __bool__(self) -> bool:
        return bool(self.read or self.left)

    @property
    def first(self) -> Record:
        """The record that comes next."""
        return self.read[0].record if self.read else self.left[0]

    def rest(self) -> list[Record]:
        """All that has not ended."""
        return [*(one.record for one in self.read), *self.left]

    def read_again(self) -> None:
        """Forget what was read: a tenant may be gone by now."""
        self.left.extendleft(one.record for one in reversed(self.read))
        self.read.clear()


def owner_of(record: Record, bound: Mapping[str, str]) -> Owner:
    """Whose record it seems to be."""
    named = next((value for name, value in record.headers if name == _TENANT and value), b"")
    return bound.get(record.topic) or named.decode(errors="replace")


def shares_of(records: Iterable[Record], bound: Mapping[str, str], apart: Iterable[Owner]) -> list[Share]:
    """One share for all whose records are small, a record of each in turn; one for each other owner.

    A large body is worked on beside the event loop, and nobody else's records wait for it.
    """
    mine: dict[Owner, list[Record]] = {}
    for record in records:
        mine.setdefault(owner_of(record, bound), []).append(record)
    alone = {owner for owner, ones in mine.items() if any(len(one.value or b"") > LARGE for one in ones)}
    alone |= mine.keys() & set(apart)
    together = {owner: ones for owner, ones in mine.items() if owner not in alone}
    return [
        *([Share(tuple(together), deque(in_turns(list(together.values()))))] if together else []),
        *(Share((owner,), deque(mine[owner])) for owner in mine if owner in alone),
    ]


def split(share: Share, bound: Mapping[str, str]) -> list[Share]:
    """A share for each owner, whose order is kept."""
    share.read_again()
    mine: dict[Owner, deque[Record]] = {}
    for record in share.left:
        mine.setdefault(owner_of(record, bound), deque()).append(record)
    return [Share((owner,), left) for owner, left in mine.items()]


def in_turns(queues: Sequence[Sequence[Record]]) -> list[Record]:
    """The first of each, the second of each, and so on."""
    return [one for turn in zip_longest(*queues) for one in turn if one is not None]
