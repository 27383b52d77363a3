"""Where a document puts its tenant: what the audit log names of a change of it, beside the digests of its texts."""

from collections.abc import Iterator
from typing import Final

from router.config.stored import cell_of, has_own_keys, pool_of, shard_size_of
from router.core.pool import SHARED_NAME, shown_pool

POOL: Final = "platform.pool"
SHARD: Final = "platform.shard"
CELL: Final = "platform.cell"
KEYS: Final = "platform.keys"
_NOWHERE: Final = {POOL: SHARED_NAME, SHARD: None, CELL: None, KEYS: None}
"""Of a tenant without a document, so that of its first one nothing is named that is so by default."""


def placement_changes(before: str | None, after: str) -> Iterator[tuple[str, str | None, str | None]]:
    """What moves with a stored text in place of another, or of none.

    Each is the key, what stood there and what stands there now; None is absent.
    """
    old, new = _NOWHERE if before is None else _placed(before), _placed(after)
    return ((key, old[key], new[key]) for key in _NOWHERE if old[key] != new[key])


def _placed(text: str) -> dict[str, str | None]:
    shard = shard_size_of(text)
    return {
        POOL: shown_pool(pool_of(text)),
        SHARD: None if shard is None else str(shard),
        CELL: cell_of(text) or None,
        KEYS: "own" if has_own_keys(text) else None,
    }
