"""Signatures of what is stored: who can write Redis alone can mint nothing, since no key is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from redis.exceptions import WatchError

from router.adapters.redis.connection import Connection
from router.adapters.redis.server import Pipeline
from router.ports.signing import Purpose, SignedRow, Signing, Standing, Untrusted, Verdict

_DISTRUST: Final[Mapping[Verdict, Untrusted]] = {
    Verdict.WRONG: Untrusted.SIGNATURE_WRONG,
    Verdict.UNKNOWN_KEY: Untrusted.KEY_UNKNOWN,
}


class Unsigned(StrEnum):
    """What becomes of what is stored without a signature."""

    REFUSE = "refuse"
    ACCEPT = "accept"
    """While an installation changes over, until `alert-router sign` has signed it."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signs and verifies what a stored value consists of, as texts in their order. Without a ring all is trusted."""

    ring: Signing | None = None
    unsigned: Unsigned = Unsigned.REFUSE

    def sign(self, purpose: Purpose, *parts: str) -> str:
        """The signature of the parts; "" without a ring."""
        return self.ring.sign(purpose, *_as_bytes(parts)) if self.ring else ""

    def distrust(self, signature: str | None, purpose: Purpose, *parts: str) -> Untrusted | None:
        """Why the parts are not trusted; None if they are."""
        if self.ring is None:
            return None
        if not signature:
            return None if self.unsigned is Unsigned.ACCEPT else Untrusted.UNSIGNED
        return _DISTRUST.get(self.ring.verify(signature, purpose, *_as_bytes(parts)))

    def standing(self, signature: str | None, purpose: Purpose, *parts: str) -> Standing:
        """How the signature of the parts stands, whatever becomes of what has none."""
        if not signature:
            return Standing.UNSIGNED
        untrusted = self.distrust(signature, purpose, *parts)
        if untrusted is not None:
            return Standing(untrusted)
        is_newest = self.ring is not None and f":{self.ring.newest}:" in signature
        return Standing.SIGNED if is_newest else Standing.OLDER_KEY


NOTHING_SIGNED: Final = Signatures()
"""Without a key."""


def _as_bytes(parts: Sequence[str]) -> list[bytes]:
    return [part.encode(errors="surrogatepass") for part in parts]


async def replace_field(redis: Connection, key: str, row: SignedRow, text: str) -> bool:
    """Store another text in place of the row's, in the hash where it is; False if it is not there now."""
    field = row.place[1]

    async def store(pipeline: Pipeline) -> bool:
        await pipeline.watch(key)
        if await pipeline.hget(key, field) != row.text:
            return False
        pipeline.multi()
        pipeline.hset(key, field, text)
        await pipeline.execute()
        return True

    try:
        return await redis.atomically(key, store)
    except WatchError:
        return False
