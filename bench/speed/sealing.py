"""What keys of a tenant's own cost a worker: known alerts and new groups, sealed, against the same in clear.

Sealed by the gateway, and by the sender: to the public key of its tenant, which costs an opening of HPKE a body.
"""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry

from bench.comparison import Amount, Comparison, Contenders, Goal, Measure, Side
from bench.documents import Document
from bench.load import TENANTS, alerts, body, new_run, tenant_of, unlimited
from bench.processes import until
from bench.speed import duplicates, unique
from bench.stage import LIMITS_OFF, Stage
from bench.system import INBOUND, Setup, System, running
from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.hpke import seal_to
from router.adapters.crypto.key_file import FileKeys
from router.adapters.crypto.naming import TenantNames
from router.adapters.crypto.ring import fresh_key
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenant_keys import KeyRepository
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyPurpose
from router.core.seal.sent import Suite
from router.observe.metrics import SealingMetrics
from router.ports.kafka import Headers
from router.roles.gateway.sealed import Stated
from router.roles.keyring import Keyring, Uses

OFF: Final = "in clear"
SEALED: Final = "sealed"
SENT: Final = "sealed by senders"
_MADE_S: Final = 30.0

Sealing = Callable[[Keyring], Awaitable[Callable[[str, bytes], bytes]]]
"""What seals tenants' bodies with these keys."""


def _sealed(tenant: str) -> Document:
    one = unlimited(tenant)
    return {**one, "platform": {**one["platform"], "keys": "own"}}


@asynccontextmanager
async def _as_appended(stage: Stage) -> AsyncIterator[Stage]:
    """The stage with bodies that are not packed, as gateways append them.

    Packed together, bodies in clear that are alike take a twentieth of the bytes, and what is sealed takes all.
    """
    servers = stage.system.settings["KAFKA__BOOTSTRAP_SERVERS"]
    async with AIOKafkaProducer(bootstrap_servers=servers, acks="all") as producer:
        yield replace(stage, system=replace(stage.system, producer=producer))


@asynccontextmanager
async def _stages(stage: Stage) -> AsyncIterator[Mapping[str, Stage]]:
    """Systems alike, by who seals the bodies: each has its own, since groups that were shown are work for a while."""
    async with (
        _as_appended(stage) as clear,
        _sealed_stage(stage, "sealed", _as_gateways) as sealed,
        _sealed_stage(stage, "sent", _as_senders) as sent,
    ):
        yield {OFF: clear, SEALED: sealed, SENT: replace(sent, form=_stated)}


@asynccontextmanager
async def _sealed_stage(stage: Stage, name: str, sealing: Sealing) -> AsyncIterator[Stage]:
    """A system like that of a stage whose tenants have keys of their own."""
    key, folder = fresh_key(), stage.folder / name
    setup = Setup(LIMITS_OFF | {"SEALING__KEY": key}, stage.stub, 1, TENANTS)
    async with running(folder, map(_sealed, TENANTS), setup) as system:
        await until(partial(_have_keys, system), _MADE_S, "all tenants have keys")
        connection = Connection(system.settings["REDIS__URL"])
        try:
            written = await sealing(_keyring(connection, key))
            async with _as_appended(Stage(system, stage.stub, folder, written=written)) as sealed:
                yield sealed
        finally:
            await connection.close()


async def _have_keys(system: System) -> bool:
    return bool(await system.redis.exists(*(f"alert-router:{{{one}}}:keys" for one in TENANTS)) == len(TENANTS))


def _keyring(connection: Connection, key: str) -> Keyring:
    keys = FileKeys([base64.b64decode(key)])
    return Keyring(
        KeyRepository(connection),
        KeysOfSendersApart(keys, keys),
        Uses(GcmCipher, TenantNames),
        lambda _: True,
        SealingMetrics(CollectorRegistry()),
    )


async def _as_gateways(keyring: Keyring) -> Callable[[str, bytes], bytes]:
    rings = {one: await keyring.keys(TenantId(one)) for one in TENANTS}
    return lambda tenant, content: rings[tenant].seal(KeyPurpose.PAYLOAD, INBOUND, content)


async def _as_senders(keyring: Keyring) -> Callable[[str, bytes], bytes]:
    """With the suite that senders take unless they have none of it."""
    offered = {one: await keyring.public_keys(TenantId(one)) for one in TENANTS}
    return lambda tenant, content: seal_to(offered[tenant], Suite.HYBRID, content)


def _stated(alerts: int) -> Headers:
    """A sender states what gateways cannot count."""
    return Stated(alerts, b"").headers()


@asynccontextmanager
async def _known(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """A backlog of bodies that bring nothing new, each in an envelope of its own."""
    async with _stages(stage) as stages:
        measures = dict[str, Measure]()
        for name, one in stages.items():
            run, groups = new_run(), amount.of(duplicates.GROUPS, least=20)
            records = [(tenant_of(group), body(alerts(run, group, duplicates.ALERTS))) for group in range(groups)]
            await duplicates.begin(one, records, TENANTS)
            bodies = [records[number % groups] for number in range(amount.of(duplicates.BODIES, least=4000))]
            measures[name] = partial(duplicates.ours, one, bodies, TENANTS)
        yield measures


@asynccontextmanager
async def _new(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """A backlog of new groups."""
    count = amount.of(unique.GROUPS, least=300)
    async with _stages(stage) as stages:
        yield {name: partial(unique.ours, one, count) for name, one in stages.items()}


def _at_most(who: str, bound: float, guard: float) -> Goal:
    return Goal("cpu us", OFF, Side.AT_MOST, bound, guard, of=who)


def _scenario(name: str, title: str, contenders: Contenders, *goals: Goal) -> Comparison:
    return Comparison(name, title, contenders, goals, "cpu us", in_smoke=False)


SCENARIOS: Final = (
    _scenario(
        "sealed-duplicates",
        "CPU of the worker for a known alert, sealed and in clear",
        _known,
        _at_most(SEALED, 1.4, 3),
        _at_most(SENT, 5, 10),
    ),
    _scenario(
        "sealed-unique",
        "CPU of the worker for a new group, sealed and in clear",
        _new,
        _at_most(SEALED, 1.1, 2),
        _at_most(SENT, 1.15, 2),
    ),
)
