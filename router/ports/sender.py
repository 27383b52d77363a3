"""A gateway, as whoever seals beside a sender asks it. Every method may raise the gateway's own problems."""

from dataclasses import dataclass, field
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.seal.sent import PublicKeys, Suite


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows the gateway: its header `Authorization`, and its `traceparent`; "" for none."""

    authorization: str = field(repr=False)
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A tenant's public keys as a gateway offers them, and the tag by which it knows whether they have changed.

    `earlier` are the keys before these that still open, newest first, where they were asked for.
    """

    keys: PublicKeys
    tag: str
    earlier: tuple[PublicKeys, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedBody:
    """A sealed body, how many alerts it holds, and the key of their group."""

    data: bytes = field(repr=False)
    alerts: int
    group: str


class SenderGateway(Protocol):
    """The gateway of a sender."""

    async def offer(self, tenant: TenantId, shown: Shown, tag: str) -> Offer | None:
        """The tenant's public keys, with earlier ones; None while they are those of the tag."""

    async def post(self, tenant: TenantId, shown: Shown, body: SealedBody) -> int:
        """Hand in a sealed body; how many alerts were accepted."""


class SealTo(Protocol):
    """Seals."""

    def __call__(self, keys: PublicKeys, suite: Suite, data: bytes) -> bytes:
        """A body sealed for a tenant.

        Raises:
            ValueError: there is no key of that suite, or what is given as one is none.
        """
