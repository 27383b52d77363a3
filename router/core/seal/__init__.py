"""Sealed payloads as values: what stands in front of a ciphertext, and what it is bound to."""
