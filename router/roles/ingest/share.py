"""Records of a batch that are brought to their end one after another: one tenant's, or several tenants' in turns."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from router.ports.kafka import TENANT, Record
from router.roles.ingest.read import ReadRecord
from router.roles.offload import LARGE

TURN: Final = 32 * 1024
"""Bytes of one tenant's bodies that are taken before others' are: some 80 alerts, which take about 5 ms."""

Owner = str
"""The tenant that a record names, before anybody has looked whether there is one; "" for none."""


class Company(StrEnum):
    """Those whose records are taken in turns."""

    SMALL = "small"
    """Tenants whose rules are at hand, and whose records are small."""
    STRANGERS = "strangers"
    """Owners for each of whom Redis is asked first, or rules are compiled, if there is such a tenant at all."""


Claim = tuple[Company | None, Owner]
"""What only one step at a time works on: an owner's records, or those of all strangers."""


@dataclass(slots=True)
class Share:
    """What has not ended of a batch: `read` is left over from a step that failed, and comes before `left`.

    A step takes from `left`; `later` are owners whose records another batch's step works on.
    """

    owners: tuple[Owner, ...]
    left: deque[Record]
    company: Company | None = None
    """None for what is one owner's."""
    read: deque[ReadRecord] = field(default_factory=deque)
    later: deque[Record] = field(default_factory=deque)
    alone: bool = False
    """Whether its records are taken one by one, since one of them brings an error of ours about."""
    attempts: int = 0
    """Attempts at the first record, or unanswered steps in a row."""
    aside: list[asyncio.Task[None]] = field(default_factory=list)
    """What is set aside or held meanwhile: nobody's records wait for Kafka to take it, but the batch's end."""
    stepped: bool = False
    """Whether it has had a step of its own: only who has had one can have used up the others' time."""

    def __bool__(self) -> bool:
        return bool(self.read or self.left or self.later)

    @property
    def first(self) -> Record:
        """The record that comes next."""
        return self.read[0].record if self.read else self.left[0]

    def rest(self) -> list[Record]:
        """All that has not ended."""
        return [*(one.record for one in self.read), *self.left, *self.later]

    def claims(self, bound: Mapping[str, str]) -> Sequence[Claim]:
        """What a step of this share may work on."""
        if self.company is Company.STRANGERS:
            return [(self.company, "")]
        if self.company is None:
            return [(None, self.owners[0])]
        return list(dict.fromkeys((None, owner_of(one, bound)) for one in self.rest()))

    def take_up(self, mine: Set[Claim], bound: Mapping[str, str]) -> None:
        """The next step takes what is among these, in the order that it had; the rest is for later."""
        if self.company is not Company.SMALL:
            return
        rest = [*self.left, *self.later]
        self.left = deque(one for one in rest if (None, owner_of(one, bound)) in mine)
        self.later = deque(one for one in rest if (None, owner_of(one, bound)) not in mine)

    def read_again(self) -> None:
        """Forget what was read: a tenant may be gone by now."""
        self.left.extendleft(one.record for one in reversed(self.read))
        self.read.clear()


def owner_of(record: Record, bound: Mapping[str, str]) -> Owner:
    """Whose record it seems to be."""
    named = next((value for name, value in record.headers if name == TENANT and value), b"")
    return bound.get(record.topic) or named.decode(errors="replace")


def shares_of(
    records: Iterable[Record], bound: Mapping[str, str], apart: Iterable[Owner], strangers: Iterable[Owner] = ()
) -> list[Share]:
    """One share for all whose records are small, in turns, one for strangers, and one for each other owner.

    A large body is worked on beside the event loop, and what a stranger's record needs is a wait for each: nobody
    else's records wait for these.
    """
    mine: dict[Owner, list[Record]] = {}
    for record in records:
        mine.setdefault(owner_of(record, bound), []).append(record)
    alone = {owner for owner, ones in mine.items() if any(len(one.value or b"") > LARGE for one in ones)}
    alone |= mine.keys() & set(apart)
    strange = (mine.keys() & set(strangers)) - alone
    shares = {
        Company.SMALL: [owner for owner in mine if owner not in alone | strange],
        Company.STRANGERS: [owner for owner in mine if owner in strange],
    }
    return [
        *(_shared(company, {owner: mine[owner] for owner in owners}) for company, owners in shares.items() if owners),
        *(Share((owner,), deque(mine[owner])) for owner in mine if owner in alone),
    ]


def _shared(company: Company, mine: Mapping[Owner, Sequence[Record]]) -> Share:
    return Share(tuple(mine), deque(in_turns(list(mine.values()))), company if len(mine) > 1 else None)


def split(share: Share, bound: Mapping[str, str]) -> list[Share]:
    """A share for each owner, whose order is kept."""
    mine: dict[Owner, deque[Record]] = {}
    for record in share.rest():
        mine.setdefault(owner_of(record, bound), deque()).append(record)
    return [Share((owner,), left) for owner, left in mine.items()]


def in_turns(queues: Sequence[Sequence[Record]]) -> list[Record]:
    """A turn of each, those with the least first, and again; in one turn, the records of one owner that fit in it."""
    waiting = sorted((deque(one) for one in queues), key=lambda queue: sum(map(_size, queue)))
    found: list[Record] = []
    while waiting:
        for queue in waiting:
            room = TURN
            while queue and (room == TURN or _size(queue[0]) <= room):
                found.append(queue.popleft())
                room -= _size(found[-1])
        waiting = [queue for queue in waiting if queue]
    return found


def _size(record: Record) -> int:
    return len(record.value or b"") + 1
