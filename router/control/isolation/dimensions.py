"""In what tenants are kept apart, and what each way of it guarantees."""

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
    OWN = "own"
    """Those of a pool that is its alone, with a topic and turns of their own: nobody else's backlog, crash or busy
    worker is the tenant's."""


NOT_BUILT: Final[Mapping[str, str]] = {
    "store": "there is no Redis or database of a tenant's own yet; run an installation of its own",
    "region": "there are no regions yet; run an installation in each",
}
"""Dimensions that somebody may well ask for, each with what to do instead."""

NOT_PRESET: Final[Mapping[str, str]] = {
    "sovereign": "it needs a region and a key service of the tenant's own, which are not built yet; use `dedicated`, "
    "or run an installation of its own",
}
"""Names of levels that people know and that nothing here would keep, each with why."""
