"""`alert-router up`: everything in one process, with an embedded engine for each service that is not configured.

Prints one JSON line when it is ready for alerts. Embedded engines keep nothing when the process ends. The emulated
Slack shows its channels on a web page.
"""

import json
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from pydantic import SecretStr
from slack_emulator import Emulator
from slack_emulator.page import PageServer

from alert_router_local.engines import start_kafka, start_redis
from alert_router_local.process import HOST
from alert_router_local.recorded import Recorded, recorded
from alert_router_local.seeding import new_emulator, seed_emulator, token_of
from router.adapters.crypto.ring import fresh_key
from router.adapters.environment import variable
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.compose import Base, build_base, build_gateway
from router.app.descriptors import fitting
from router.app.lifecycle import accepting, ensure_all_topics, opened, working
from router.app.serving import alerts_server, operations_server, serving
from router.app.shutdown import Shutdown
from router.app.validating import new_template_validator
from router.config import stored
from router.config.files import TenantFile, read_files
from router.control.tokens import TokenControl
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import OperationError
from router.http.server import HttpServer, bind
from router.ports.provenance import Provenance
from router.settings import Settings, process_environment


@dataclass(slots=True)
class Embedded:
    """What has been embedded because it was not configured."""

    engines: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    emulator: Emulator | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class LocalSystem:
    """A running system, ready for alerts."""

    gateway: str
    operations: str
    kafka: str
    redis: str
    slack: str
    tokens: dict[str, str]
    embedded: tuple[str, ...]
    emulator: Emulator | None
    page: str | None
    """The web page that shows the channels of the emulated Slack."""
    postgres: Mapping[str, str] = field(default_factory=dict)
    """The addresses of the embedded record by the name of their setting; empty without one."""

    def ready_line(self) -> str:
        """The line that `up` prints when it is ready."""
        line: dict[str, Any] = {
            "event": "ready",
            "gateway": self.gateway,
            "operations": self.operations,
            "kafka": self.kafka,
            "redis": self.redis,
            "slack": self.slack,
            "tokens": self.tokens,
        }
        if self.page:
            line["page"] = self.page
        if self.postgres:
            line["postgres"] = dict(self.postgres)
        if self.embedded:
            line["note"] = f"embedded engines keep nothing: {', '.join(self.embedded)}"
        return json.dumps(line)


async def run_up(
    settings: Settings, tenants: Path | None, port: int | None, shutdown: Shutdown, *, control: bool = False
) -> None:
    """Run everything until SIGTERM; with `control` the record too."""
    files = read_files([tenants], new_template_validator()) if tenants is not None else []
    port = settings.gateway.port if port is None else port
    async with running(settings, files, port, recorded if control else None) as system:
        sys.stdout.write(system.ready_line() + "\n")
        sys.stdout.flush()
        await shutdown.wait()


@asynccontextmanager
async def running(
    settings: Settings, files: list[TenantFile], port: int, record: Recorded | None = None
) -> AsyncIterator[LocalSystem]:
    """Run the whole system inside this context, with a `record` where there is to be one.

    Raises:
        OperationError: a port is taken, or an engine does not start.
    """
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(bind(settings.gateway.host, port, "--port"))
        beside = stack.enter_context(operations_listener(settings))
        embedded = Embedded()
        settings = _with_key(await _with_engines(stack, fitting(settings), files, embedded), embedded)
        base = build_base(settings, process_environment() | embedded.secrets)
        await _apply(base, files)
        await stack.enter_async_context(opened(base))
        await ensure_all_topics(base)
        tokens = await _tokens(base, files) if "Redis" in embedded.engines else {}
        logins = await stack.enter_async_context(record(base)) if record is not None else {}
        worker_checks = await stack.enter_async_context(working(base))
        gateway = build_gateway(base, base.tenants, base.keyring)
        checks = await stack.enter_async_context(accepting(base, base.tenants, gateway))
        alerts = alerts_server(base, gateway, base.keyring, listener)
        operations = operations_server(
            base, {**checks, **worker_checks}, lambda: {**base.tenants.hold.note(), **gateway.note()}, beside
        )
        await stack.enter_async_context(serving(alerts, operations))
        yield replace(_running(base, alerts, operations, tokens, embedded), postgres=logins)


def operations_listener(settings: Settings) -> socket.socket:
    """A free port unless one is asked for, so that several systems may run on one machine."""
    gateway = settings.gateway
    port = gateway.operations_port if "operations_port" in gateway.model_fields_set else 0
    return bind(gateway.host, port, "ALERT_ROUTER_GATEWAY__OPERATIONS_PORT")


async def _with_engines(
    stack: AsyncExitStack, settings: Settings, files: list[TenantFile], embedded: Embedded
) -> Settings:
    kafka, redis, slack = settings.kafka, settings.redis, settings.slack
    if not kafka.bootstrap_servers:
        engine = await start_kafka()
        stack.push_async_callback(engine.stop)
        kafka = kafka.model_copy(update=_for_tansu(f"{HOST}:{engine.port}"))
        embedded.engines.append("Kafka")
    if redis.url is None:
        password = token_urlsafe()
        engine = await start_redis(password=password)
        stack.push_async_callback(engine.stop)
        redis = redis.model_copy(update={"url": SecretStr(f"redis://:{password}@{HOST}:{engine.port}/0")})
        embedded.engines.append("Redis")
    if slack.base_url is None:
        emulator = await _start_emulator(stack, settings, files, embedded)
        slack = slack.model_copy(update={"base_url": f"{emulator.url}/api/"})
        embedded.engines.append("Slack")
    return settings.model_copy(update={"kafka": kafka, "redis": redis, "slack": slack})


def _with_key(settings: Settings, embedded: Embedded) -> Settings:
    """Signed and sealed with keys that end with the engines, unless they are configured; commands need neither."""
    if not {"Kafka", "Redis"} <= set(embedded.engines):
        return settings
    signing, sealing, made = settings.signing, settings.sealing, dict[str, Any]()
    if signing.key is None and signing.key_file is None:
        own = {"key": SecretStr(fresh_key()), "unsigned_stored": "accept"}
        made["signing"] = signing.model_copy(update=own)
    if sealing.key is None and sealing.key_file is None:
        made["sealing"] = sealing.model_copy(update={"key": SecretStr(fresh_key())})
    return settings.model_copy(update=made)


def _for_tansu(bootstrap_servers: str) -> dict[str, Any]:
    """Settings that differ from Kafka's: no idempotent producer, waits for what comes late, short fetches."""
    return {
        "bootstrap_servers": bootstrap_servers,
        "create_topics": True,
        "idempotent_producer": False,
        "gap_wait_ms": 100,
        "fetch_max_wait_ms": 20,
        "session_timeout_ms": 6_000,
        "partitions": 4,
    }


async def _start_emulator(
    stack: AsyncExitStack, settings: Settings, files: list[TenantFile], embedded: Embedded
) -> Emulator:
    """Start the emulator, seeded for each tenant, with its bot's token in place of the tenant's secret."""
    emulator = new_emulator(settings.emulator)
    with _port_of("PORT"):
        await emulator.start(port=settings.emulator.port)
    stack.push_async_callback(emulator.stop)
    embedded.emulator = emulator
    for document in (file.document for file in files):
        seed_emulator(emulator, document)
        secret = SecretName(document.platform.slack.token.secret)
        embedded.secrets.setdefault(variable(TenantId(document.tenant), secret), token_of(document.tenant))
    embedded.page = await _start_page(stack, emulator, settings.emulator.page_port)
    return emulator


async def _start_page(stack: AsyncExitStack, emulator: Emulator, port: int) -> str:
    page = PageServer(emulator)
    with _port_of("PAGE_PORT"):
        await page.start(port=port)
    stack.push_async_callback(page.stop)
    return page.url


@contextmanager
def _port_of(setting: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        choice = f"choose another with ALERT_ROUTER_EMULATOR__{setting}"
        raise OperationError(f"the emulator cannot listen: {error.strerror}; {choice}") from None


async def _apply(base: Base, files: list[TenantFile]) -> None:
    repository = TenantRepository(base.redis, base.signatures)
    for file in files:
        text = stored.dump(file.document, file.text)
        await repository.publish(file.document.tenant, text, provenance=Provenance("up", source=str(file.path)))


async def _tokens(base: Base, files: list[TenantFile]) -> dict[str, str]:
    tokens = TokenControl(TokenRepository(base.redis, base.signatures), TenantRepository(base.redis, base.signatures))
    return {file.document.tenant: await tokens.create(TenantId(file.document.tenant)) for file in files}


def _running(
    base: Base, alerts: HttpServer, operations: HttpServer, tokens: dict[str, str], embedded: Embedded
) -> LocalSystem:
    settings = base.settings
    url = settings.redis.url
    return LocalSystem(
        gateway=alerts.url,
        operations=operations.url,
        kafka=settings.kafka.bootstrap_servers or "",
        redis=url.get_secret_value() if url is not None and "Redis" in embedded.engines else "",
        slack=(settings.slack.base_url or "").removesuffix("/api/"),
        tokens=tokens,
        embedded=tuple(embedded.engines),
        emulator=embedded.emulator,
        page=embedded.page,
    )
