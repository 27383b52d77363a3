"""The system under attack: two gateways, two workers, Valkey with its file, a broker and the Slack emulator.

Each is a process of its own. The product reaches Redis and the broker through proxies; the suite looks past them.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import aiohttp
from alert_router_local.process import HOST, free_port
from redis.asyncio import Redis

from bench.processes import ready_line, role
from router.adapters.redis.connection import Connection
from router.adapters.redis.tokens import TokenRepository
from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from tests import brokers, records, users
from tests.chaos.armed_worker import CLOCK
from tests.chaos.evidence import GroupName
from tests.chaos.load import Group
from tests.chaos.processes import Child, Tansu, Valkey
from tests.chaos.proxy import Proxy
from tests.chaos.storm import STORM_CHANNEL, Storm
from tests.e2e.system import Finished, command_of
from tests.kafka.broker import Broker
from tests.waiting import eventually

Json = dict[str, Any]

TENANTS: Final = ("amber", "birch", "cedar")
CHANNELS: Final = ("alerts-0", "alerts-1")
GROUPS_PER_CHANNEL: Final = 3
WORKERS: Final = ("worker-1", "worker-2")
GATEWAYS: Final = ("gateway-1", "gateway-2")

READER: Final = TENANTS[0]
"""Whose bot may read what its channels show."""

LEASE_S: Final = 6.0
SLACK_TIMEOUT_S: Final = 2.0
AMBIGUOUS_S: Final = 2.0
PARK_S: Final = 3.0
LONGEST_CALL_S: Final = 5.0
SESSION_S: Final = 6.0
CHANNEL_INTERVAL_S: Final = 1.1
CLOCK_WRONG_S: Final = -7.0
"""By which the clock of the second worker is wrong throughout."""
_READY_S: Final = 60.0

SETTINGS: Final[Mapping[str, str]] = {
    **brokers.SETTINGS,
    "KAFKA__PARTITIONS": "4",
    "KAFKA__SESSION_TIMEOUT_MS": str(round(SESSION_S * 1000)),
    "SLACK__TIMEOUT_S": str(SLACK_TIMEOUT_S),
    "SLACK__AMBIGUOUS_WAIT_S": str(AMBIGUOUS_S),
    "SLACK__LONGEST_CALL_S": str(LONGEST_CALL_S),
    "SLACK__CHANNEL_INTERVAL_S": str(CHANNEL_INTERVAL_S),
    "SLACK__WORKSPACE_EDITS_PER_MIN": "1200",
    "SLACK__WORKSPACE_EDITS_BURST": "50",
    "WORKER__LEASE_S": str(LEASE_S),
    "WORKER__PARK_RETRY_S": str(PARK_S),
    "WORKER__CHANNEL_RETRY_S": str(PARK_S),
}
NEWER: Final = frozenset({"KAFKA__GAP_WAIT_MS"})
"""Settings that an older build, which is upgraded, refuses as unknown."""
_GENEROUS: Final = {
    "channel_burst": 3, "updates_per_min": 100_000, "tier3_per_min": 100_000, "workspace_posts_per_min": 100_000,
    "grace_s": 0.5,
}  # fmt: skip
"""The emulator lets too much through, for the checker to find; calls on their way when a hold came are allowed."""


def document(tenant: str, **more: Any) -> Json:
    """A tenant whose alerts go into the channel that their label names; `more` goes into the root route."""
    receivers = [{"name": name, "slack": {"channel": f"#{name}"}} for name in (*CHANNELS, STORM_CHANNEL)]
    storms = {"receiver": STORM_CHANNEL, "matchers": [f'channel="{STORM_CHANNEL}"'], "group_by": ["instance"]}
    routes = [*({"receiver": name, "matchers": [f'channel="{name}"']} for name in CHANNELS), storms]
    route = {"receiver": CHANNELS[0], "group_by": ["alertname"], "group_interval": "1s", **more, "routes": routes}
    limits = {
        "notifications": {"rate": "6000/m", "burst": 100},
        "inbound": {"rate": "100000/s", "burst": 100000},
    }
    platform = {"slack": {"token": {"secret": "slack"}}, "limits": limits}
    return {"version": 1, "tenant": tenant, "platform": platform, "route": route, "receivers": receivers}


def groups() -> list[Group]:
    """All groups of all tenants."""
    return [
        Group(GroupName(tenant, f"{tenant}-g{number}"), CHANNELS[number % len(CHANNELS)])
        for tenant in TENANTS
        for number in range(GROUPS_PER_CHANNEL * len(CHANNELS))
    ]


def team_of(tenant: str) -> str:
    """A tenant's emulated workspace."""
    return f"T{tenant.upper()}"


def token_of(tenant: str) -> str:
    """What the tenant's senders authenticate with."""
    return f"ar_chaos-{tenant}"


@dataclass
class Stage:
    """The running system."""

    folder: Path
    valkey: Valkey
    broker: Tansu | Broker
    to_redis: Proxy
    to_kafka: Proxy
    http: aiohttp.ClientSession
    redis: Any
    slack: str
    dice: random.Random
    roles: dict[str, Child] = field(default_factory=dict)
    gateway_ports: dict[str, int] = field(default_factory=dict)
    operations_ports: dict[str, int] = field(default_factory=dict)
    kills_s: list[float] = field(default_factory=list)
    """When a worker was killed."""
    losses_s: list[tuple[float, float]] = field(default_factory=list)
    """When Redis lost what it had learnt, and since when."""
    suspended: list[tuple[str, float, float]] = field(default_factory=list)
    """Which tenant could send nothing, from when until when."""
    deleted: set[str] = field(default_factory=set)
    """Messages that the suite has deleted: a reply on its way finds no parent."""
    storms: list[Storm] = field(default_factory=list)
    """Those that have broken out, one for a tenant at most."""
    build: Path | None = None
    """The folder of the build that runs; None is this one."""

    @property
    def settings(self) -> dict[str, str]:
        """What every role is started with."""
        secrets = {f"SECRET__{tenant.upper()}__SLACK": f"xoxb-emulated-{tenant}" for tenant in TENANTS}
        known = {name: value for name, value in SETTINGS.items() if self.build is None or name not in NEWER}
        return {
            **known,
            **secrets,
            "KAFKA__BOOTSTRAP_SERVERS": f"{HOST}:{self.to_kafka.port}",
            "REDIS__URL": users.url("operator", f"{HOST}:{self.to_redis.port}"),
            "SLACK__BASE_URL": f"{self.slack}/api/",
        }

    @property
    def tenants_folder(self) -> Path:
        return self.folder / "tenants"

    @property
    def kafka_address(self) -> str:
        """The broker, for the suite: its metadata leads through the proxy all the same."""
        return f"{HOST}:{self.to_kafka.port}"

    async def post(self, tenant: str, content: bytes) -> int:
        """Hand a body to any gateway, as an Alertmanager behind a load balancer does; the HTTP status."""
        port = self.dice.choice(list(self.gateway_ports.values()))
        headers = {"Authorization": f"Bearer {token_of(tenant)}", "Content-Type": "application/json"}
        url = f"http://{HOST}:{port}/v1/tenants/{tenant}/alerts"
        async with self.http.post(url, data=content, headers=headers) as response:
            await response.read()
            return response.status

    async def emulator(self, path: str, verb: str = "GET", /, **wanted: Any) -> Json:
        """Look at the emulated Slack, or change it."""
        url = f"{self.slack}/emulator/{path}"
        async with self.http.request(verb, url, json=wanted or None) as response:
            answer: Json = await response.json()
        assert response.status == 200, answer
        return answer

    async def run(self, *arguments: str, **settings: str) -> Finished:
        """`alert-router` with these arguments, past the proxies, which does what it is asked to do."""
        finished = await self.attempt(*records.past(*arguments), **settings)
        assert finished.code == 0, finished.err
        return finished

    async def attempt(self, *arguments: str, **settings: str) -> Finished:
        """The same, whatever comes of it."""
        own = {"REDIS__URL": users.url("operator", f"{HOST}:{self.valkey.port}")}
        return await command_of(self.build, *arguments, **{**self.settings, **own, **settings})

    async def apply(self, *documents: Json) -> None:
        """Apply tenants' files, as an operator does."""
        await self.run("tenant", "apply", *(str(self.write(one)) for one in documents))

    def write(self, one: Json) -> Path:
        """A tenant's file with this document."""
        self.tenants_folder.mkdir(exist_ok=True)
        path = self.tenants_folder / f"{one['tenant']}.yaml"
        path.write_text(json.dumps(one), encoding="utf-8")
        return path

    async def add_tokens(self) -> None:
        """Make the senders' tokens."""
        connection = Connection(self.valkey.url)
        for tenant in TENANTS:
            await TokenRepository(connection).add(TenantId(tenant), token_digest(token_of(tenant)), 2)
        await connection.close()

    async def ready(self, *names: str, within_s: float = _READY_S) -> None:
        """Wait until these roles, or all, are ready."""
        for name in names or self.operations_ports:
            await eventually(partial(self._is_ready, self.operations_ports[name]), within_s=within_s, every_s=0.1)

    async def _is_ready(self, port: int) -> bool:
        try:
            async with self.http.get(f"http://{HOST}:{port}/ready") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def _settings_of(self, user: str) -> dict[str, str]:
        """With the rights in Redis that this role has."""
        return {**self.settings, "REDIS__URL": users.url(user, f"{HOST}:{self.to_redis.port}")}

    def orders(self, worker: str) -> Path:
        """The file that arms a worker; see `armed_worker`."""
        return self.folder / f"{worker}.orders"

    def add_worker(self, name: str, clock_s: float = 0) -> Child:
        """One more worker, not started."""
        self.operations_ports[name] = free_port()
        settings = {**self._settings_of("worker"), "WORKER__PORT": str(self.operations_ports[name])}
        armed = ("-m", "tests.chaos.armed_worker", str(self.orders(name)))
        arguments = ("-m", "router", "worker") if self.build else armed
        child = Child(name, arguments, settings, self.folder / f"{name}.log", {CLOCK: str(clock_s)}, self.build)
        self.roles[name] = child
        return child

    def add_gateway(self, name: str) -> Child:
        self.gateway_ports[name], self.operations_ports[name] = free_port(), free_port()
        settings = {
            **self._settings_of("gateway"),
            "GATEWAY__PORT": str(self.gateway_ports[name]),
            "GATEWAY__OPERATIONS_PORT": str(self.operations_ports[name]),
        }
        arguments = ("-m", "router", "gateway")
        child = Child(name, arguments, settings, self.folder / f"{name}.log", build=self.build)
        self.roles[name] = child
        return child


@asynccontextmanager
async def staged(
    folder: Path, seed: int, own: Mapping[str, Mapping[str, str]] = MappingProxyType({}), build: Path | None = None
) -> AsyncIterator[Stage]:
    """The system, ready; at the end stopped in good order.

    `own` are further settings of single roles, `build` is the folder of a build to run in place of this one.
    """
    async with AsyncExitStack() as stack:
        stage = await _engines(stack, folder, seed)
        stage.build = build
        await stage.emulator("limits", "PUT", **_GENEROUS)
        scopes = ["channels:history", "groups:history"]
        await stage.emulator("tokens/scopes", "POST", token=f"xoxb-emulated-{READER}", scopes=scopes)
        for name, clock_s in zip(WORKERS, (0, CLOCK_WRONG_S), strict=True):
            stage.add_worker(name, clock_s)
        for name in GATEWAYS:
            stage.add_gateway(name)
        await stage.apply(*map(document, TENANTS))
        await stage.add_tokens()
        if records.STOPPED:
            await records.leave(stage.valkey.url)
        for child in stage.roles.values():
            child.settings = {**child.settings, **own.get(child.name, {})}
            stack.push_async_callback(child.kill)
            await child.start()
        await stage.ready()
        yield stage
        await asyncio.gather(*(child.stop() for child in stage.roles.values()))


async def _engines(stack: AsyncExitStack, folder: Path, seed: int) -> Stage:
    dice = random.Random(f"{seed}:stage")
    valkey = Valkey(folder / "valkey")
    to_redis, to_kafka = Proxy(valkey.port, dice), Proxy(free_port(), dice)
    for proxy in (to_redis, to_kafka):
        stack.push_async_callback(proxy.stop)
        await proxy.start()
    broker = _broker(folder / "kafka", to_kafka)
    for engine in (valkey, broker):
        stack.push_async_callback(engine.kill)
        await engine.start()
    slack = await _emulator(stack, folder)
    http = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)))
    redis: Any = await stack.enter_async_context(Redis.from_url(valkey.url, decode_responses=True))
    return Stage(folder, valkey, broker, to_redis, to_kafka, http, redis, slack, dice)


def _broker(folder: Path, proxy: Proxy) -> Tansu | Broker:
    """The broker of this run, behind a proxy: `TEST_KAFKA=apache` for one that keeps its log when it dies."""
    if brokers.KIND is brokers.Kind.TANSU:
        return Tansu(proxy.port, proxy.target)
    return Broker(folder, port=proxy.target, advertised=proxy.port)


async def _emulator(stack: AsyncExitStack, folder: Path) -> str:
    tenants = folder / "at-slack"
    tenants.mkdir()
    for tenant in TENANTS:
        (tenants / f"{tenant}.yaml").write_text(json.dumps(document(tenant)), encoding="utf-8")
    log = folder / "slack.log"
    process = await stack.enter_async_context(role(log, {}, "emulator", "--tenants", str(tenants), "--port", "0"))
    return str((await ready_line(process, log))["url"])
