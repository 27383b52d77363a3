"""The Merkle tree of RFC 6962 over the entries, of which only the right edge is kept.

A tree of n leaves is a row of complete subtrees, one for each bit of n, the widest first. Appending a leaf joins
those of equal width, as adding one carries bits; so it costs two hashes on average and never more than log2 n.
"""

import hashlib
from dataclasses import dataclass
from functools import reduce
from typing import Final

from router.ports.audit import AuditHead

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree of `size` leaves: the roots of its complete subtrees, widest first."""

    size: int = 0
    roots: tuple[bytes, ...] = ()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two."""
    return hashlib.sha256(_NODE + left + right).digest()


def append(edge: Edge, leaf: bytes) -> Edge:
    """The edge with one more leaf, given by its hash."""
    roots, carry = list(edge.roots), edge.size
    while carry & 1:
        leaf = node_hash(roots.pop(), leaf)
        carry >>= 1
    return Edge(edge.size + 1, (*roots, leaf))


def root(edge: Edge) -> bytes:
    """The root of the tree."""
    if not edge.roots:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(edge.roots))


def to_head(edge: Edge) -> AuditHead:
    """As it is stored."""
    return AuditHead(edge.size, b"".join(edge.roots))


def from_head(head: AuditHead) -> Edge:
    """What was stored.

    Raises:
        ValueError: it is not the edge of a tree of that size.
    """
    if len(head.edge) != head.size.bit_count() * HASH_BYTES:
        raise ValueError(f"{len(head.edge)} bytes are not the edge of a tree of {head.size} entries")
    cuts = range(0, len(head.edge), HASH_BYTES)
    return Edge(head.size, tuple(head.edge[cut : cut + HASH_BYTES] for cut in cuts))
