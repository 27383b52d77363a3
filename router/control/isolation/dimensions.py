"""In what tenants are kept apart, and what each way of it guarantees."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Data(StrEnum):
    """Where a tenant's data is."""

    SHARED = "shared"
    """In Redis and PostgreSQL with that of others: no tenant reads, changes or is shown what is another's."""


class Budget(StrEnum):
    """Whose limits a tenant uses up."""

    OWN = "own"
    """Its own: what it uses up of them takes nothing from another's, and in one workspace tenants take turns."""


class Topic(StrEnum):
    """Where a tenant's records wait."""

    SHARED = "shared"
    """With those of others: a record counts for the tenant that a gateway, or its header, names, and for no other."""
    OWN = "own"
    """Those of its own producers in a topic of its own: a record there is this tenant's, or is set aside."""


class Workers(StrEnum):
    """Whose workers serve a tenant."""

    SHARED = "shared"
    """Those of its pool, in turns with the others there: nobody keeps another one waiting for its own work."""
    SHARD = "shard(K)"
    """Those of its pool, of which at most K read its records, from K partitions that are always the same: what it
    sends stands before nobody whose partitions are others. Notifying is everybody's, in turns."""
    OWN = "own"
    """Those of a pool that is its alone, with a topic and turns of their own: nobody else's backlog, crash or busy
    worker is the tenant's."""


class Store(StrEnum):
    """Where a tenant's alerts are stored."""

    SHARED = "shared"
    """In the Kafka and the Redis of its cell, with those of others there."""
    OWN = "own"
    """In those of a cell that is its alone: nobody else's data fills, slows or stops them; no other has
    its own."""


class Region(StrEnum):
    """Where in the world that is; besides these the name of a region."""

    ANY = "any"
    """Wherever its cell is."""
    NAMED = "named"
    """Where its cell says: what comes in for it, and what is stored of its alerts, is in no other region's cell."""


_SHARD: Final = re.compile(r"shard\(([1-9][0-9]{0,2})\)")


def shard_in(workers: str) -> int | None:
    """How many partitions a level leaves a tenant, by its `workers`; None: as many as there are."""
    sized = _SHARD.fullmatch(workers)
    return None if sized is None else int(sized[1])


NOT_BUILT: Final[Mapping[str, str]] = {
    "database": "there is one record in PostgreSQL for all cells; run an installation of its own",
}
"""Dimensions that somebody may well ask for, each with what to do instead."""
