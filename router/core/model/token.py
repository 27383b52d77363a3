"""A token's digest: what is kept in place of a token, so that a copy of Redis grants no access."""

import hashlib


def token_digest(token: str) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(token.encode()).hexdigest()
