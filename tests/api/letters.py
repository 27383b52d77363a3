"""Dead letters of a test: a topic of its own, the API over it, and who sets records aside."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.topics import ensure_topics
from router.app.clocks import wall_clock
from router.core.model.alert import TenantId
from router.errors import PayloadError
from router.ports.kafka import Record
from router.roles.ingest.letter import Letter
from router.settings import KafkaSettings
from tests import brokers
from tests.api.serving import OPERATOR, Asking, asking
from tests.config.samples import SMALL
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at

ACME: Final = TenantId("acme")
GLOBEX: Final = TenantId("globex")
PATH: Final = "/tenants/acme/dead-letters"
ALL: Final = "/dead-letters"
WHO: Final = "responder@acme"


@dataclass(frozen=True, slots=True)
class Desk:
    """The API over a topic of dead letters, and who sets records aside."""

    api: Asking
    kafka: KafkaSettings
    producer: AIOKafkaProducer

    async def aside(self, tenant: TenantId | None, offset: int, reason: str = "not_json", **other: Any) -> str:
        """Set a record aside; its letter's id."""
        now = wall_clock()
        record = Record(self.kafka.inbound_topic, 0, offset, now, b"key", b"{", (("x", b"1"),))
        letter = Letter(replace(record, **other), tenant, PayloadError(reason, "no"), "parse")
        value, key, headers = letter.whole()
        await self.producer.send_and_wait(
            self.kafka.dead_letter_topic, value, key, headers=list(headers), partition=0
        )
        return letter.id

    async def redrive(self, ids: Sequence[str], who: str = WHO, path: str = PATH, **headers: str) -> Any:
        """What became of each."""
        answer = await self.api.ask(who, "POST", f"{path}/redrive", {"ids": list(ids)}, **headers)
        assert answer.status == 200, answer.text
        return {one["id"]: one["outcome"] for one in answer.json["items"]}

    async def listed(self, who: str = WHO, path: str = PATH, query: str = "") -> list[str]:
        """The ids, page by page."""
        found = (await self.api.ask(who, "GET", f"{path}?{query}")).json
        more = await self.listed(who, path, f"limit=1&cursor={found['next']}") if "next" in found else []
        return [*(one["id"] for one in found["items"]), *more]

    async def appended(self) -> int:
        """How many records stand in the inbound topic."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka.bootstrap_servers)
        await consumer.start()
        place = TopicPartition(self.kafka.inbound_topic, 0)
        try:
            ends: dict[TopicPartition, int] = await consumer.end_offsets([place])
        finally:
            await consumer.stop()
        return ends[place]

    async def noted(self) -> list[tuple[str, str]]:
        """What was audited of letters, newest first."""
        entries = (await self.api.ask("auditor@all", "GET", "/audit")).json["items"]
        return [(one["resource"], one["outcome"]) for one in entries if one["action"] == "deadletter.redrive"]


@asynccontextmanager
async def a_desk(
    record: RecordAt, redis_url: str, issuer: Issuer, kafka: KafkaConnection, name: str
) -> AsyncIterator[Desk]:
    """A desk with two tenants and no letters yet."""
    own = KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers,
        inbound_topic=f"{name}-in",
        dead_letter_topic=f"{name}-dead",
        idempotent_producer=brokers.IDEMPOTENT,
    )
    topics = [own.inbound_topic, own.dead_letter_topic]
    await ensure_topics(kafka, topics, create=True, partitions=1, replication_factor=1)
    redis = redis_at(redis_url)
    async with (
        asking(record, redis, issuer, kafka=own) as api,
        AIOKafkaProducer(bootstrap_servers=own.bootstrap_servers) as producer,
    ):
        for tenant in (ACME, GLOBEX):
            await api.apply(OPERATOR, tenant, SMALL.replace("acme", tenant))
        await api.in_force()
        yield Desk(api, own, producer)
    await redis.close()
