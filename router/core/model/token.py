"""A token's digest, which is stored in place of the token, so that a copy of Redis grants no access."""

import hashlib
from typing import Final

ID_LENGTH: Final = 8
"""How many digits of its digest name a token."""


def token_digest(token: str) -> str:
    """SHA-256 as hex. Tokens are random, so they cannot be guessed from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_id(token: str) -> str:
    """How a token is named: by the first digits of its digest."""
    return token_digest(token)[:ID_LENGTH]
