"""Tree and proofs are those of RFC 6962: compared with a slow reading of its text, and changed by one byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.control.audit.proofs import Hashes, is_consistent, root_of_inclusion
from router.control.audit.tree import Edge, append, from_head, leaf_hash, root, to_head
from router.ports.audit import AuditHead
from tests.control.audit import reference

ENTRIES = st.integers(0, 70).map(lambda size: [bytes([number]) for number in range(size)])
SOME = ENTRIES.filter(bool)


def edge_of(entries: list[bytes]) -> Edge:
    edge = Edge()
    for entry in entries:
        edge = append(edge, leaf_hash(entry))
    return edge


def hashes_of(entries: list[bytes]) -> Hashes:
    return Hashes(map(leaf_hash, entries))


@given(ENTRIES)
def test_the_right_edge_alone_gives_the_root_that_all_leaves_give(entries: list[bytes]) -> None:
    edge = edge_of(entries)

    assert root(edge) == reference.tree_hash(entries)
    assert len(edge.roots) == len(entries).bit_count()
    assert from_head(to_head(edge)) == edge


@given(SOME, st.data())
def test_a_proof_of_inclusion_is_the_rfcs_and_leads_to_the_root(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))
    hashes = hashes_of(entries)
    proof = hashes.inclusion(index, size)

    assert list(proof) == reference.path(index, entries[:size])
    assert hashes.root(size) == reference.tree_hash(entries[:size])
    assert root_of_inclusion(leaf_hash(entries[index]), index, size, proof) == hashes.root(size)


@given(SOME, st.data())
def test_a_proof_of_inclusion_that_was_changed_leads_elsewhere(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    proof = list(hashes_of(entries).inclusion(index, len(entries)))
    other = leaf_hash(entries[index] + b"x")

    assert root_of_inclusion(other, index, len(entries), proof) != reference.tree_hash(entries)
    assert root_of_inclusion(leaf_hash(entries[index]), index, len(entries), [*proof, other]) is None
    if proof:
        assert root_of_inclusion(leaf_hash(entries[index]), index, len(entries), proof[:-1]) is None
        proof[data.draw(st.integers(0, len(proof) - 1))] = other
        assert root_of_inclusion(leaf_hash(entries[index]), index, len(entries), proof) != root(edge_of(entries))


@given(SOME, st.data())
def test_a_log_that_grew_proves_it_to_who_holds_an_earlier_root(entries: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(entries)))
    before, after = reference.tree_hash(entries[:old]), reference.tree_hash(entries)
    proof = hashes_of(entries).consistency(old, len(entries))

    assert list(proof) == reference.proof(old, entries)
    assert is_consistent(old, before, len(entries), after, proof)
    assert not is_consistent(old, leaf_hash(before), len(entries), after, proof)
    assert not is_consistent(old, before, len(entries), leaf_hash(after), proof)
    assert not is_consistent(old, before, len(entries), after, [*proof, before])


def test_consistency_holds_between_any_two_trees_of_a_log() -> None:
    entries = [bytes([number]) for number in range(34)]
    hashes = hashes_of(entries)
    pairs = [(old, size) for size in range(1, 35) for old in range(1, size + 1)]

    assert all(
        is_consistent(old, hashes.root(old), size, hashes.root(size), hashes.consistency(old, size))
        for old, size in pairs
    )


def test_no_tree_is_consistent_with_one_that_holds_another_entry() -> None:
    honest, forged = ([bytes([n]) for n in range(20)] for _ in range(2))
    forged[3] = b"x"
    proof = hashes_of(forged).consistency(13, 20)

    assert not is_consistent(13, hashes_of(honest).root(13), 20, hashes_of(forged).root(20), proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 4), (0, 0)])
def test_there_is_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        hashes_of([b"a", b"b", b"c"]).inclusion(index, size)


@pytest.mark.parametrize(("old", "size"), [(0, 3), (3, 2), (1, 4)])
def test_there_is_no_proof_between_trees_that_are_not_there(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="does not become"):
        hashes_of([b"a", b"b", b"c"]).consistency(old, size)


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="not the edge"):
        from_head(AuditHead(3, bytes(32)))
