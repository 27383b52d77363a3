"""A gateway that offers keys and takes what is sealed to them, as a sender's neighbour knows it."""

from dataclasses import dataclass, field

from router.adapters.crypto.hpke import public_keys, recipient
from router.core.model.alert import TenantId
from router.core.seal.sent import PublicKeys, info, read_sent
from router.http.problems import Problem
from router.ports.sender import Offer, SealedBody, Shown


def secret_of(epoch: int) -> bytes:
    """What opens what was sealed with the keys of an epoch."""
    return epoch.to_bytes(32)


@dataclass
class FakeGateway:
    """Offers the keys of one epoch, and opens what it takes with the key that it was sealed to."""

    epoch: int = 1
    tenant: TenantId | None = None
    """Whose keys are offered, in place of those that are asked for."""
    earlier: tuple[int, ...] = ()
    refuses_keys: Problem | None = None
    refuses: Problem | None = None
    asked: list[tuple[TenantId, Shown, str]] = field(default_factory=list)
    posted: list[tuple[TenantId, Shown, SealedBody]] = field(default_factory=list)

    def offered(self, tenant: TenantId) -> PublicKeys:
        return public_keys(self.tenant or tenant, self.epoch, secret_of(self.epoch))

    async def offer(self, tenant: TenantId, shown: Shown, tag: str) -> Offer | None:
        self.asked.append((tenant, shown, tag))
        if self.refuses_keys is not None:
            raise self.refuses_keys
        now = f'"{self.epoch}"'
        earlier = tuple(public_keys(tenant, one, secret_of(one)) for one in self.earlier)
        return None if tag == now else Offer(self.offered(tenant), now, earlier)

    async def post(self, tenant: TenantId, shown: Shown, body: SealedBody) -> int:
        self.posted.append((tenant, shown, body))
        if self.refuses is not None:
            raise self.refuses
        return body.alerts

    def opened(self) -> list[bytes]:
        """What was handed in, opened."""
        return [_opened(tenant, body.data) for tenant, _, body in self.posted]


def _opened(tenant: TenantId, data: bytes) -> bytes:
    sent = read_sent(data)
    return recipient(secret_of(sent.key.epoch)).open(sent, info(tenant, sent.key.epoch, sent.suite))
