"""The audit log as values: entries as bytes, their Merkle tree, proofs, signed checkpoints, and what verifies all."""
