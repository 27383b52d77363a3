"""The control API answers every route with the rights of its own logins in Redis and in PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaProducer
from alert_router_local.process import HOST
from structlog.testing import capture_logs

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.topics import ensure_topics
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.api.application import routes_of
from router.api.control import PREFIX
from router.control.access.permissions import Permission
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.settings import KafkaSettings
from tests import brokers, users
from tests.adapters.builders import a_content, an_alert_state, store, waiting, write
from tests.api.letters import Desk
from tests.api.serving import Answered, Asking, asking
from tests.api.test_explaining import WEBHOOK
from tests.chaos.processes import Valkey
from tests.config.samples import SMALL, changed
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.waiting import eventually

ROUTES: Final = {(method, one.path.removeprefix(PREFIX)) for one in routes_of(None) for method in one.methods or ()}  # type: ignore[arg-type]
ACME: Final = "/tenants/{tenant}"
PERSONAL: Final = f"{SMALL}personal: {{labels: [user]}}\n"
OTHER: Final = changed('a="b"', 'a="c"')
ANA, BEN = "operator@all", "operator@acme"
_IN_THE_RECORD: Final = "/access"
"""Routes that ask PostgreSQL alone, as `ar_api`, which `tests/api` has as its login."""
_VERSIONED: Final = "/tenants/acme/configuration"
SILENCE: Final = {"matcher_sets": [["a=b"]], "comment": "c"}


@dataclass
class Walk:
    """Asks route by route."""

    api: Asking
    walked: set[tuple[str, str]] = field(default_factory=set)
    steps: int = 0

    async def asks(
        self, method: str, route: str, body: Any = None, query: str = "", who: str = ANA, **named: str
    ) -> Any:
        """What the route answers, which is what was asked for; in turns as several people, so that nobody waits."""
        self.walked.add((method, route))
        self.steps += 1
        answer = await self.answered(method, route.format(tenant="acme", **named) + query, body, who)
        assert answer.status in {200, 201, 202, 204}, (method, route, answer.status, answer.text)
        return answer.json

    async def answered(self, method: str, path: str, body: Any, who: str) -> Answered:
        """The answer itself, with the version that is active as what the change was made of."""
        headers = {}
        if path.startswith(_VERSIONED) or (method, path) == ("DELETE", "/tenants/acme"):
            headers = await self._made_of()
        if isinstance(body, str):
            headers["Content_Type"] = "application/yaml"
        return await self.api.ask(f"{who}#{self.steps % 4}", method, path, body, **headers)

    async def _made_of(self) -> dict[str, str]:
        active = await self.api.ask(f"{ANA}#0", "GET", "/tenants/acme/configuration")
        return {"If_Match": active.headers["ETag"]} if active.status == 200 else {"If_None_Match": "*"}


@pytest.fixture(scope="module")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Valkey]:
    engine = Valkey(tmp_path_factory.mktemp("control") / "valkey")
    await engine.start()
    yield engine
    await engine.kill()


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[Issuer]:
    one = Issuer()
    await one.start()
    yield one
    await one.stop()


def connection(valkey: Valkey, role: str) -> Connection:
    return Connection(users.url(role, f"{HOST}:{valkey.port}"))


async def _brought(api: Asking, valkey: Valkey) -> None:
    """What is recorded, by a projector."""
    redis = connection(valkey, "projector")
    await replace(api, redis=redis).in_force()
    await redis.close()


async def _grouped(valkey: Valkey) -> str:
    """An alert group, by a worker; its id."""
    redis = connection(valkey, "worker")
    group = replace(waiting("A"), alerts={AlertId("x"): an_alert_state(content=a_content(team="db"))})
    await store(GroupStore(redis), [write(AlertGroup(group.key), group)])
    await redis.close()
    return group.key.group_id


@asynccontextmanager
async def at_a_desk(
    record: RecordAt, redis: Connection, issuer: Issuer, kafka: KafkaConnection, name: str
) -> AsyncIterator[Desk]:
    """The API over topics of its own, where the operator's part takes two."""
    topics = {"inbound_topic": f"{name}-in", "dead_letter_topic": f"{name}-dead"}
    await ensure_topics(kafka, list(topics.values()), create=True, partitions=1, replication_factor=1)
    servers = kafka.bootstrap_servers
    own = KafkaSettings(bootstrap_servers=servers, idempotent_producer=brokers.IDEMPOTENT, **topics)
    async with (
        asking(record, redis, issuer, Permission.PLATFORM_WRITE, kafka=own) as api,
        AIOKafkaProducer(bootstrap_servers=servers) as producer,
    ):
        yield Desk(api, own, producer)


@pytest.mark.long
async def test_every_route_is_answered(
    valkey: Valkey, record: RecordAt, issuer: Issuer, kafka: KafkaConnection, unique: str
) -> None:
    redis = connection(valkey, "control")
    async with at_a_desk(record, redis, issuer, kafka, unique) as desk:
        api = desk.api
        with capture_logs() as logs:
            walk = Walk(api)
            await _made(walk)
            await _brought(api, valkey)
            await _read(walk, await _grouped(valkey))
            await _changed(walk)
            await _erased(walk, {"value": "eve@example.com"})
            await _redriven(walk, [await desk.aside(TenantId("acme"), number) for number in range(2)])
            await walk.asks("DELETE", ACME)
            await _brought(api, valkey)
    await redis.close()

    assert [line for line in logs if line["event"] == "redis_forbids"] == []
    others = {one for one in ROUTES - walk.walked if not one[1].startswith(_IN_THE_RECORD)}
    assert others == {("GET", "/isolation"), ("GET", f"{ACME}/isolation")}, "which read a file"
    assert walk.walked <= ROUTES


async def _made(walk: Walk) -> None:
    """A tenant, by two persons."""
    await walk.asks("PUT", f"{ACME}/configuration", PERSONAL)
    await walk.asks("GET", f"{ACME}/proposals", who=BEN)
    await walk.asks("GET", f"{ACME}/proposals/{{number}}", number="1", who=BEN)
    await walk.asks("POST", f"{ACME}/proposals/{{number}}/approve", number="1", who=BEN)
    other = OTHER.replace('"#alerts", C0', '"#alerts", "#other", C0')
    await walk.asks("PUT", f"{ACME}/configuration", other)
    await walk.asks("POST", f"{ACME}/proposals/{{number}}/reject", number="2", who=BEN)


async def _read(walk: Walk, group: str) -> None:
    for route in ("/tenants", ACME, *(f"{ACME}/{one}" for one in ("configuration", "groups", "usage", "audit"))):
        await walk.asks("GET", route)
    await walk.asks("GET", "/audit")
    await walk.asks("GET", f"{ACME}/groups/{{group}}", group=group)
    [explained] = (await walk.asks("POST", f"{ACME}/explain", {"labels": {"team": "db"}}))["items"]
    assert explained["status"] == "firing"
    await walk.asks("POST", f"{ACME}/explain/webhooks", {"webhooks": [WEBHOOK]})
    await walk.asks("POST", f"{ACME}/preview", {"webhooks": [WEBHOOK]})


async def _erased(walk: Walk, person: dict[str, str]) -> None:
    """A person whom no alert group holds, so that no worker has to do anything."""
    await walk.asks("POST", f"{ACME}/subjects/export", person)
    plan = (await walk.asks("POST", f"{ACME}/subjects/plan", person))["plan"]
    begun = await walk.asks("POST", f"{ACME}/erasures", {**person, "plan": plan})
    await walk.asks("GET", f"{ACME}/erasures")
    erasure = f"{ACME}/erasures/{{erasure}}"
    await walk.asks("GET", erasure, erasure=begun["erasure"])

    async def certified() -> bool:
        path = f"{erasure}/certify".format(tenant="acme", erasure=begun["erasure"])
        return (await walk.answered("POST", path, {}, ANA)).status != 409

    await eventually(certified, every_s=1)
    await walk.asks("POST", f"{erasure}/certify", {}, erasure=begun["erasure"])


async def _redriven(walk: Walk, letters: list[str]) -> None:
    for one, letter in zip((f"{ACME}/dead-letters", "/dead-letters"), letters, strict=True):
        await walk.asks("GET", one)
        await walk.asks("GET", f"{one}/{{letter}}", letter=letter)
        [done] = (await walk.asks("POST", f"{one}/redrive", {"ids": [letter]}))["items"]
        assert done["outcome"] == "redriven"


async def _changed(walk: Walk) -> None:
    configuration = f"{ACME}/configuration"
    await walk.asks("PUT", configuration, OTHER)
    await walk.asks("GET", f"{configuration}/versions")
    await walk.asks("GET", f"{configuration}/versions/{{version}}", version="1")
    await walk.asks("GET", f"{configuration}/diff", query="?from=1&to=2")
    await walk.asks("POST", f"{configuration}/rollback", query="?to=1")
    token = await walk.asks("POST", f"{ACME}/tokens")
    await walk.asks("GET", f"{ACME}/tokens")
    await walk.asks("DELETE", f"{ACME}/tokens/{{token}}", token=token["id"])
    await walk.asks("PUT", f"{ACME}/secrets/{{name}}", {"value": "xoxb-x"}, name="other")
    await walk.asks("GET", f"{ACME}/secrets")
    await walk.asks("DELETE", f"{ACME}/secrets/{{name}}", name="other")
    silence = await walk.asks("POST", f"{ACME}/silences", SILENCE)
    await walk.asks("GET", f"{ACME}/silences")
    await walk.asks("DELETE", f"{ACME}/silences/{{silence}}", silence=silence["id"])
    for keys in (f"{ACME}/keys", "/keys"):
        key = await walk.asks("POST", keys, {"role": "viewer"})
        await walk.asks("GET", keys)
        await walk.asks("DELETE", f"{keys}/{{key}}", key=key["id"])
