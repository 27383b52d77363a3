"""Every stored kind: a key, a topic or a table that has no row here fails the tests."""

from typing import Final

from router.control.kinds.elsewhere import TABLES, TOPICS
from router.control.kinds.kind import Kind, Place
from router.control.kinds.shared_keys import INDEX_KEYS, WORKSPACE_KEYS
from router.control.kinds.tenant_keys import TENANT_KEYS

KINDS: Final = (*TENANT_KEYS, *INDEX_KEYS, *WORKSPACE_KEYS, *TOPICS, *TABLES)


def kinds_in(place: Place) -> tuple[Kind, ...]:
    """The kinds that are stored in a place."""
    return tuple(one for one in KINDS if one.place is place)
