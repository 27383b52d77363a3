"""Proofs of RFC 6962: an entry is in a tree (inclusion), or a tree grew out of a smaller one (consistency).

A proof is a list of hashes, from the leaves to the root. Who verifies one needs no other entry of the log.
"""

from collections.abc import Iterable, Sequence

from router.control.audit.tree import EMPTY_ROOT, node_hash


class Hashes:
    """The hashes of all complete subtrees of a log: twice as many as it has entries, 64 bytes an entry."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.add(leaf)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def add(self, leaf: bytes) -> None:
        """One more leaf, given by its hash."""
        for level in self._levels:
            level.append(leaf)
            if len(level) & 1:
                return
            leaf = node_hash(level[-2], level[-1])
        self._levels.append([leaf])

    def root(self, size: int) -> bytes:
        """The root of the tree of the first `size` leaves."""
        return self._over(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The proof that the leaf at `index` is in the tree of the first `size`.

        Raises:
            ValueError: it is not, or there are fewer leaves.
        """
        if not 0 <= index < size <= self.size:
            raise ValueError(f"entry {index} is not in a tree of {size} of {self.size} entries")
        return tuple(self._path(index, 0, size))

    def consistency(self, old: int, size: int) -> tuple[bytes, ...]:
        """The proof that the tree of the first `size` leaves begins with that of the first `old`.

        Raises:
            ValueError: it does not, or there are fewer leaves.
        """
        if not 0 < old <= size <= self.size:
            raise ValueError(f"a tree of {old} does not become one of {size} of {self.size} entries")
        return tuple(self._grown(old, 0, size))

    def _path(self, index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + _split(high - low)
        if index < middle:
            return [*self._path(index, low, middle), self._over(middle, high)]
        return [*self._path(index, middle, high), self._over(low, middle)]

    def _grown(self, old: int, low: int, high: int) -> list[bytes]:
        if old == high:
            return [] if low == 0 else [self._over(low, high)]
        middle = low + _split(high - low)
        if old <= middle:
            return [*self._grown(old, low, middle), self._over(middle, high)]
        return [*self._grown(old, middle, high), self._over(low, middle)]

    def _over(self, low: int, high: int) -> bytes:
        """The hash over the leaves from `low` to before `high`, a subtree of some tree of this log."""
        width = high - low
        if width.bit_count() == 1:
            return self._levels[width.bit_length() - 1][low // width]
        middle = low + _split(width)
        return node_hash(self._over(low, middle), self._over(middle, high))


def root_of_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof of inclusion leads to; None if it has not the length of one."""
    place, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            place, last = _up_to_odd(place, last)
        else:
            result = node_hash(result, sibling)
        place, last = place >> 1, last >> 1
    return result if last == 0 and 0 <= index < size else None


def is_consistent(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof of consistency shows that the tree of `size` leaves begins with that of `old`."""
    if not 0 < old < size or not proof:
        return 0 < old == size and old_root == new_root and not proof
    place, last = _up_to_even(old - 1, size - 1)
    before, *rest = proof if old.bit_count() > 1 else (old_root, *proof)
    after = before
    for sibling in rest:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            place, last = _up_to_odd(place, last)
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(width: int) -> int:
    """The largest power of two below the width."""
    return 1 << ((width - 1).bit_length() - 1)


def _up_to_odd(place: int, last: int) -> tuple[int, int]:
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _up_to_even(place: int, last: int) -> tuple[int, int]:
    while place & 1:
        place, last = place >> 1, last >> 1
    return place, last
