"""What keys of a tenant's own cost a worker: known alerts and new groups, sealed, against the same in clear."""

import base64
from collections.abc import AsyncIterator, Callable, Mapping
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
from router.adapters.crypto.key_file import FileKeys
from router.adapters.crypto.naming import TenantNames
from router.adapters.crypto.ring import fresh_key
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenant_keys import KeyRepository
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyPurpose
from router.observe.metrics import SealingMetrics
from router.roles.keyring import Keyring, Uses

OFF: Final = "in clear"
SEALED: Final = "sealed"
_MADE_S: Final = 30.0


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
async def _sealed_stage(stage: Stage) -> AsyncIterator[Stage]:
    """A system like that of a stage whose tenants have keys of their own; bodies are sealed as gateways seal them."""
    key, folder = fresh_key(), stage.folder / "sealed"
    setup = Setup(LIMITS_OFF | {"SEALING__KEY": key}, stage.stub, 1, TENANTS)
    async with running(folder, map(_sealed, TENANTS), setup) as system:
        await until(partial(_have_keys, system), _MADE_S, "all tenants have keys")
        connection = Connection(system.settings["REDIS__URL"])
        try:
            one = replace(Stage(system, stage.stub, folder), written=await _sealing(connection, key))
            async with _as_appended(one) as sealed:
                yield sealed
        finally:
            await connection.close()


async def _have_keys(system: System) -> bool:
    return bool(await system.redis.exists(*(f"alert-router:{{{one}}}:keys" for one in TENANTS)) == len(TENANTS))


async def _sealing(connection: Connection, key: str) -> Callable[[str, bytes], bytes]:
    keys = FileKeys([base64.b64decode(key)])
    keyring = Keyring(
        KeyRepository(connection),
        KeysOfSendersApart(keys, keys),
        Uses(GcmCipher, TenantNames),
        lambda _: True,
        SealingMetrics(CollectorRegistry()),
    )
    rings = {one: await keyring.keys(TenantId(one)) for one in TENANTS}
    return lambda tenant, content: rings[tenant].seal(KeyPurpose.PAYLOAD, INBOUND, content)


@asynccontextmanager
async def _known(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """A backlog of bodies that bring nothing new, each in an envelope of its own."""
    async with _as_appended(stage) as clear, _sealed_stage(stage) as sealed:
        measures = dict[str, Measure]()
        for name, one in ((OFF, clear), (SEALED, sealed)):
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
    async with _as_appended(stage) as clear, _sealed_stage(stage) as sealed:
        yield {OFF: partial(unique.ours, clear, count), SEALED: partial(unique.ours, sealed, count)}


def _scenario(name: str, title: str, contenders: Contenders, bound: float, guard: float) -> Comparison:
    goal = Goal("cpu us", OFF, Side.AT_MOST, bound, guard, of=SEALED)
    return Comparison(name, title, contenders, (goal,), "cpu us", in_smoke=False)


SCENARIOS: Final = (
    _scenario("sealed-duplicates", "CPU of the worker for a known alert, sealed and in clear", _known, 1.4, 3),
    _scenario("sealed-unique", "CPU of the worker for a new group, sealed and in clear", _new, 1.1, 2),
)
