"""Pools: sets of tenants with workers of their own, inside one installation."""

import re
from typing import Final, NewType

Pool = NewType("Pool", str)

SHARED: Final = Pool("")
"""The pool of all tenants whose file names none: its names are those of the settings."""
SHARED_NAME: Final = "shared"
"""What people call that one; no other has this name."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


def is_pool_name(text: str) -> bool:
    """Whether a pool may be called so: at most 32 lower-case letters, digits, and hyphens between them."""
    return _NAME.fullmatch(text) is not None and text != SHARED_NAME


def in_pool(name: str, pool: Pool) -> str:
    """What a pool calls a topic or a consumer group of its own, by what the shared pool calls it."""
    return f"{name}.{pool}" if pool else name


def shown_pool(pool: Pool) -> str:
    """How people read it."""
    return pool or SHARED_NAME
