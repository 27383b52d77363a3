"""What sealing costs that waits for nothing: bodies sealed and opened, plans and groups sealed and in clear."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from prometheus_client import CollectorRegistry

from bench.groups import Life, a_body
from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.hpke import public_keys, recipient, seal_to
from router.adapters.crypto.naming import TenantNames
from router.adapters.redis import codec
from router.adapters.redis.plan import plan_of
from router.adapters.redis.sealed import SealedTexts
from router.core import engine
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE, Instant
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.epochs import current
from router.core.seal.sent import Suite
from router.observe.metrics import SealingMetrics
from router.ports.kafka import RECEIVED_AT, TENANT, Record
from router.ports.sealing import TenantKeys
from router.ports.state import StoreTransition
from router.roles.ring import Ring
from router.roles.sealed import Opening

_TOPIC: Final = "alerts.inbound"
_KEY: Final = bytes(range(32))

_BATCH: Final = 100

Steps = Sequence[Callable[[], object]]


@dataclass(frozen=True, slots=True)
class _OneRing:
    """The keys of one tenant, at hand."""

    ring: Ring

    def seals(self, _tenant: TenantId) -> bool:
        return True

    def at_hand(self, _tenant: TenantId) -> TenantKeys | None:
        return self.ring

    async def keys(self, _tenant: TenantId) -> TenantKeys:
        return self.ring


def steps_of(known: Sequence[Life], alerts: int) -> Iterator[tuple[str, Steps]]:
    """Each step by its name, for groups of so many alerts."""
    ring = _ring(known[0].tenant.tenant_id)
    bodies = [a_body(number, alerts) for number in range(len(known))]
    envelopes = [ring.seal(KeyPurpose.PAYLOAD, _TOPIC, one) for one in bodies]
    yield "seal, body", [_sealing(ring, one) for one in bodies]
    yield "open, body", [_opening(ring, one) for one in envelopes]
    yield f"open, {_BATCH} records", [_opening_all(ring, envelopes)] * len(known)
    for suite in Suite:
        sent = [seal_to(public_keys(ring.tenant, 1, _KEY), suite, one) for one in bodies]
        yield f"open, sent, {suite.label}", [_opening_sent(ring, one) for one in sent]
    yield "plan, new, sealed", [_planning(one, SealedTexts(ring)) for one in known]
    yield "decode, again, sealed", [_decoding(one, SealedTexts(ring)) for one in known]


def _ring(tenant: TenantId) -> Ring:
    keys = [KeyId(purpose, 1) for purpose in KeyPurpose]
    wrapped = dict.fromkeys(keys, "wrapped")
    ciphers = {one: GcmCipher(_KEY) for one in keys if one.purpose in {KeyPurpose.PAYLOAD, KeyPurpose.STATE}}
    recipients = {one: recipient(_KEY) for one in keys if one.purpose is KeyPurpose.SENDER}
    names = {one: TenantNames(_KEY) for one in keys if one.purpose is KeyPurpose.NAME}
    metrics = SealingMetrics(CollectorRegistry())
    return Ring(tenant, wrapped, ciphers, recipients, {}, metrics, current(wrapped), naming=names)


def _sealing(ring: Ring, body: bytes) -> Callable[[], object]:
    return lambda: ring.seal(KeyPurpose.PAYLOAD, _TOPIC, body)


def _opening(ring: Ring, envelope: bytes) -> Callable[[], object]:
    return lambda: ring.open(KeyPurpose.PAYLOAD, _TOPIC, envelope)


def _opening_all(ring: Ring, envelopes: Sequence[bytes]) -> Callable[[], object]:
    """As a worker opens a batch of records before it looks whether it knows them."""
    headers = ((TENANT, ring.tenant.encode()), (RECEIVED_AT, b"2026-11-28T12:00:00Z"))
    bodies = islice(cycle(envelopes), _BATCH)
    batch = [Record(_TOPIC, 0, number, Instant(1), b"", one, headers) for number, one in enumerate(bodies)]
    opening = Opening(_OneRing(ring))
    return lambda: _ended(opening.open(batch))


def _ended(step: Coroutine[object, object, object]) -> object:
    """What it returns; nothing in it waits for anybody."""
    try:
        step.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


def _opening_sent(ring: Ring, sent: bytes) -> Callable[[], object]:
    return lambda: ring.open_sent(sent)


def _planning(one: Life, texts: SealedTexts) -> Callable[[], object]:
    before, timing, severity = AlertGroup(one.folded.key), one.policy.timing, one.policy.severity
    transition = engine.fold(before, one.seen, timing, severity, one.seen.observed)
    wanted = StoreTransition(one.tenant.tenant_id, before, transition, one.seen.observed, MINUTE)
    return lambda: plan_of(wanted, texts)


def _decoding(one: Life, texts: SealedTexts) -> Callable[[], object]:
    empty, group = AlertGroup(one.folded.key), one.shown.key.group_id
    fields = codec.encode_head(one.shown) | codec.encode_changes(empty, one.shown)[0]
    stored = texts.seal_fields(group, fields)
    return lambda: codec.decode(group, texts.open_fields(group, stored))
