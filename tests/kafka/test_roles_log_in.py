"""Gateway, worker and operator do their work, each with its own login and the rights of `deploy/kafka/acls.sh`."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from aiokafka import AIOKafkaConsumer
from alert_router_local.process import HOST, Engine, free_port
from redis.asyncio import Redis
from slack_emulator import Emulator

from bench.processes import role
from tests.conftest import an_empty_redis
from tests.e2e.system import command
from tests.e2e.tenants import document
from tests.e2e.webhooks import Alert, body, firing, resolved
from tests.kafka.secured import ADMIN, BOUND, EVENTS, GATEWAY, HELD, LETTERS, OPERATOR, WORKER, Secured
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(300)

TENANT: Final = "acme"
_EPOCH: Final = "alert-router:{acme}:epoch"
_PORTS: Final = ("GATEWAY__PORT", "GATEWAY__OPERATIONS_PORT", "WORKER__PORT")
_SOON_S: Final = 20.0
_START_S: Final = 40.0


@dataclass
class Roles:
    """A gateway and a worker as production runs them, and operators' commands beside them."""

    kafka: Secured
    slack: Emulator
    redis: Any
    http: aiohttp.ClientSession
    settings: dict[str, str]
    gateway: int
    token: str = ""

    async def add_tenant(self, file: Path) -> None:
        await self.run("tenant", "apply", str(file))
        self.token = (await self.run("token", "create", TENANT)).strip()

    async def post(self, *alerts: Alert) -> None:
        url = f"http://{HOST}:{self.gateway}/v1/tenants/{TENANT}/alerts"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        async with self.http.post(url, data=body(*alerts), headers=headers) as response:
            assert response.status == 202, await response.text()

    async def run(self, *arguments: str) -> str:
        """What a command prints that an operator gives."""
        finished = await command(*arguments, **self.settings, **self.kafka.settings(OPERATOR))
        assert finished.code == 0, finished
        return finished.out

    async def letters(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(
            await self.run("dead-letter", "list", "--tenant", TENANT, "--json", "--since", "1h")
        )
        return rows

    def shows(self, *texts: str) -> bool:
        """Whether Slack shows a message whose text has all these words."""
        messages = self.slack.channel("T1", "C1").messages.values()
        return any(all(text in one.text for text in texts) for one in messages)

    async def holds(self, topic: str) -> bool:
        """Whether a record of the tenant stands in the topic."""
        consumer = AIOKafkaConsumer(
            topic, **self.kafka.connection(ADMIN).arguments(), enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            await consumer.start()
            found = await consumer.getmany(timeout_ms=300)
        finally:
            await consumer.stop()
        return any(TENANT in f"{one.value} {one.headers}" for one in chain.from_iterable(found.values()))


@pytest.fixture
async def roles(guarded: Secured, valkey: Engine, slack: Emulator, tmp_path: Path) -> AsyncIterator[Roles]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(an_empty_redis(valkey))
        redis = await stack.enter_async_context(Redis.from_url(url, decode_responses=True))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        ports = [free_port() for _ in _PORTS]
        settings = {
            "REDIS__URL": url,
            "SLACK__BASE_URL": f"{slack.url}/api/",
            "SECRET__ACME__SLACK": "xoxb-acme",
            "KAFKA__BOUND_TOPICS": json.dumps({BOUND: TENANT}),
            "KAFKA__INSTANCE_ID": "worker-1",
            **{name: str(port) for name, port in zip(_PORTS, ports, strict=True)},
        }
        one = Roles(guarded, slack, redis, http, settings, gateway=ports[0])
        await one.add_tenant(tenant_file(tmp_path / "acme.yaml"))
        for name, login in (("gateway", GATEWAY), ("worker", WORKER)):
            own = {**settings, **guarded.settings(login)}
            await stack.enter_async_context(role(tmp_path / f"{name}.log", own, name))
        for port in ports[1:]:
            await eventually(partial(is_ready, http, port), within_s=_START_S, every_s=0.1)
        yield one


def tenant_file(path: Path) -> Path:
    path.write_text(json.dumps(document(TENANT, limits={"active_alerts": 1})), encoding="utf-8")
    return path


async def is_ready(http: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with http.get(f"http://{HOST}:{port}/ready") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def test_each_role_does_its_work_with_no_more_rights_than_it_has(roles: Roles) -> None:
    await roles.post(firing("First"))
    await eventually(lambda: roles.shows("First"), within_s=_SOON_S)
    await eventually(lambda: roles.holds(EVENTS), within_s=_SOON_S)

    await roles.post(firing("Second"))
    await eventually(lambda: roles.holds(LETTERS), within_s=_SOON_S)
    [letter] = await roles.letters()
    assert letter["reason"] == "over_active_alerts"

    await roles.post(resolved("First"))
    await eventually(lambda: roles.shows("RESOLVED", "First"), within_s=_SOON_S)
    await roles.run("dead-letter", "redrive", letter["id"])
    await eventually(lambda: roles.shows("Second"), within_s=_SOON_S)

    await roles.redis.rename(_EPOCH, "set-aside")
    await roles.post(resolved("Second"))
    await eventually(lambda: roles.holds(HELD), within_s=_SOON_S)
    await roles.redis.rename("set-aside", _EPOCH)
    await eventually(lambda: roles.shows("RESOLVED", "Second"), within_s=_SOON_S)

    await roles.run("recover", "--dry-run", TENANT)
