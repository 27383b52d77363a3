"""Who may speak for a tenant: a topic that is bound to it, one of us by a signature, else whoever the settings let.

A record of a topic that is bound to nobody must not be signed wrongly, nor with `bound-only` be unsigned. Where no
key is configured nobody looks. A bound topic's producer is known by the topic: what is held of it is signed by the
worker that holds it, since the held topic is bound to nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.changed import replace
from router.errors import PayloadError
from router.observe.metrics import Metrics
from router.ports.kafka import RECEIVED_AT, SIGNATURE, SOURCE, TENANT, Record
from router.ports.signing import Signing, Verdict
from router.roles.ingest.headers import header_text, header_texts
from router.roles.offload import off_the_loop_if_large
from router.roles.signed import Claims, as_signed, signed, verdict

_ID: Final = 8
_ADD: Final = "add it to ALERT_ROUTER_SIGNING__KEY of all workers, then redrive this"
_BIND: Final = "bind a topic to the producer's tenant (ALERT_ROUTER_KAFKA__BOUND_TOPICS)"

_LOOKED_AT: Final = frozenset({SIGNATURE, RECEIVED_AT, SOURCE})

_Headers = Sequence[tuple[str, bytes]]


class Unsigned(StrEnum):
    """What becomes of records without signature in topics that are bound to nobody."""

    ACCEPT = "accept"
    BOUND_ONLY = "bound-only"


class Worth(StrEnum):
    """What the signature of a record is worth."""

    NOT_ASKED = "not_asked"
    """Nobody looks: its topic is bound to its tenant, or no key is configured."""
    GOOD = "good"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN_KEY = "unknown_key"


_WORTH: Final = {
    Verdict.GOOD: Worth.GOOD,
    Verdict.WRONG: Worth.WRONG,
    Verdict.UNKNOWN_KEY: Worth.UNKNOWN_KEY,
}


@dataclass(frozen=True, slots=True)
class Origins:
    """Whose records are taken; `bound` are the topics that belong to one tenant."""

    metrics: Metrics
    signing: Signing | None = None
    unsigned: Unsigned = Unsigned.ACCEPT
    bound: Mapping[str, str] = field(default_factory=dict)

    def check(self, record: Record, tenant: TenantId, digest: bytes) -> Worth:
        """Take note of what the signature of a record is worth, whose body has that SHA-256.

        Raises:
            PayloadError: it may not speak for the tenant, or its headers cannot be read.
        """
        worth = self._worth(record, tenant, digest)
        if worth is not Worth.NOT_ASKED:
            self.metrics.signatures.labels(worth=worth).inc()
        if not self._allows(worth):
            raise _problem(worth, header_text(record, SIGNATURE) or "")
        return worth

    def allowed(self, record: Record, tenant: TenantId, digest: bytes) -> Worth | None:
        """What it is worth if it may speak for the tenant, and its headers can be read."""
        try:
            worth = self._worth(record, tenant, digest)
        except PayloadError:
            return None
        return worth if self._allows(worth) else None

    def _worth(self, record: Record, tenant: TenantId, digest: bytes) -> Worth:
        if self.signing is None or record.topic in self.bound:
            return Worth.NOT_ASKED
        states = header_texts(record, _LOOKED_AT)
        signature = states.get(SIGNATURE)
        if signature is None:
            return Worth.MISSING
        received, source = (states.get(name, "").encode() for name in (RECEIVED_AT, SOURCE))
        claims = Claims(tenant.encode(), received, source)
        return _WORTH[verdict(self.signing, signature, claims, digest)]

    def _allows(self, worth: Worth) -> bool:
        if worth is Worth.MISSING:
            return self.unsigned is Unsigned.ACCEPT
        return worth in {Worth.GOOD, Worth.NOT_ASKED}

    def of_held(self) -> "Origins":
        """The same for the held topic, where whoever writes may name a bound topic as the origin."""
        return replace(self, bound={})

    async def to_be_held(self, record: Record, observed: str) -> Record:
        """The record, signed for that time, if there is one, where a bound topic is what it is known by.

        What contradicts its topic, or has headers that cannot be read, is refused when it is read.
        """
        tenant = self.bound.get(record.topic)
        if self.signing is None or tenant is None:
            return record
        own = [(name, value) for name, value in record.headers if value is not None]
        if {value for name, value in own if name == TENANT} - {tenant.encode()}:
            return record
        ours = {TENANT: tenant.encode(), **({RECEIVED_AT: observed.encode()} if observed else {})}
        stated = [*ours.items(), *(one for one in own if one[0] not in ours)]
        return await _signed(self.signing, record, stated, as_signed(record))

    async def of_part(self, record: Record, part: bytes) -> Record:
        """A record that was taken, with a signature of this part of its body if it had one of all."""
        own = [(name, value) for name, value in record.headers if value is not None and name != SIGNATURE]
        if not any(name == SIGNATURE for name, _ in record.headers):
            return record
        if self.signing is None or record.topic in self.bound:
            return replace(record, headers=tuple(own))
        return await _signed(self.signing, record, own, part)


async def _signed(signing: Signing, record: Record, headers: _Headers, body: bytes | None) -> Record:
    made = await off_the_loop_if_large(body or b"", signed, signing, headers, body)
    return replace(record, headers=tuple(made))


def _problem(worth: Worth, signature: str) -> PayloadError:
    if worth is Worth.MISSING:
        return PayloadError("signature_missing", f"nobody has vouched for whose it is; {_BIND}")
    if worth is Worth.WRONG:
        return PayloadError("signature_invalid", "it is not one of this tenant, time, source and body")
    named = signature.partition(":")[2].partition(":")[0]
    return PayloadError("signature_invalid", f"key {named[:_ID]!r} is not configured here; {_ADD}")
