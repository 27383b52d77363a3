"""Connections to Redis as a test finds it: alone, or a cluster."""

from typing import Final

from router.adapters.redis.connection import Connection

CLUSTERS: Final = set[str]()
"""The URLs of the clusters that this process has started."""


def is_cluster(url: str) -> bool:
    """Whether a cluster listens there."""
    return url in CLUSTERS


def redis_at(url: str) -> Connection:
    """The adapters' connection."""
    return Connection(url, cluster=is_cluster(url))
