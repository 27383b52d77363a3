"""What stands beside a sender: made of what was typed, with neither Redis nor Kafka."""

import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import CollectorRegistry

from router.adapters.crypto.hpke import seal_to
from router.adapters.gateway.client import GatewayAccess, GatewayClient
from router.adapters.gateway.pins import PinFile
from router.adapters.gateway.token import TokenFile
from router.app.options import body_bounds
from router.app.serving import serving
from router.app.shutdown import Shutdown
from router.core.model.alert import TenantId
from router.core.seal.pin import is_pin
from router.core.seal.sent import SENT_OVERHEAD, Suite
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError, OperationError
from router.http.operations import Check, http_app, operations
from router.http.problems import Problem
from router.http.server import HttpServer, ServerOptions, bind
from router.observe.incident import Incidents
from router.observe.metrics import Metrics
from router.ports.sender import SealedBody, Shown
from router.roles.gateway.body import Bodies, BodyLimits
from router.roles.sender.keys import SenderKeys
from router.roles.sender.pinning import Pinning
from router.roles.sender.sealing import BesideSender, Sealing
from router.settings import Settings
from router.settings.plain import plain_gateway, plain_listener

_IN_HAND: Final = 64 << 20
_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port to listen on."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """What is shown to a gateway, and what it is trusted by."""

    token: Path | None = None
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Pins:
    """Pins of public keys, as typed and in a file; without any, what the gateway offers is believed."""

    typed: frozenset[str] = frozenset()
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class GatewayChoice:
    """A gateway's address, how it is asked, and the suite that bodies are sealed with."""

    url: str
    suite: Suite
    pins: Pins
    files: ClientFiles
    allow_plain: bool


def check_listener(listen: Address, choice: GatewayChoice) -> None:
    """Refuse an address at which alerts would come in clear from other machines.

    Raises:
        ConfigurationError: it is one, and that is not allowed.
    """
    if wrong := list(plain_listener(listen.host, allow_plain=choice.allow_plain)):
        raise ConfigurationError(*wrong)


async def run_beside(
    settings: Settings, choice: GatewayChoice, listen: Address, beside: Address, shutdown: Shutdown
) -> None:
    """Seal what a sender hands in until SIGTERM.

    Raises:
        ConfigurationError: an address or a file cannot be used.
        OperationError: a port is taken.
    """
    metrics = Metrics(CollectorRegistry())
    async with open_sealing(settings, choice) as (sealing, client):
        role = BesideSender(sealing, Bodies(_limits(settings)), metrics.sender, _own(choice.files), Incidents())
        checks: dict[str, Check] = {"gateway": client.reached}
        options = ServerOptions(answered=role.answered)
        alerts = bind(listen.host, listen.port, "--listen")
        server = HttpServer(http_app(role.routes(), answered=role.answered), alerts, options)
        operating = HttpServer(http_app(operations(checks, metrics)), bind(beside.host, beside.port, "--operations"))
        async with serving(server, operating):
            structlog.get_logger("router.app").info("serving", alerts=server.url, operations=operating.url)
            await shutdown.wait()


@asynccontextmanager
async def open_sealing(settings: Settings, choice: GatewayChoice) -> AsyncIterator[tuple[Sealing, GatewayClient]]:
    """What seals for a gateway, and the gateway; nothing is asked yet.

    Raises:
        ConfigurationError: the address or a file cannot be used.
    """
    if wrong := list(plain_gateway(choice.url, allow_plain=choice.allow_plain)):
        raise ConfigurationError(*wrong)
    client = GatewayClient(GatewayAccess(choice.url.rstrip("/"), _trust(choice.files)))
    try:
        keys = SenderKeys(client, time.monotonic)
        yield Sealing(client, keys, seal_to, _pinning(choice.pins), choice.suite, body_bounds(settings)), client
    finally:
        await client.close()


async def seal_one(settings: Settings, choice: GatewayChoice, tenant: TenantId, body: bytes) -> SealedBody:
    """One body sealed, with the key that the gateway offers now.

    Raises:
        ConfigurationError: the address or a file cannot be used.
        OperationError: the body cannot be read, or the gateway offers no key.
    """
    async with open_sealing(settings, choice) as (sealing, _):
        try:
            content = await sealing.read(tenant, body)
            return await sealing.seal(tenant, Shown(_own(choice.files)()), body, content)
        except Problem as problem:
            raise OperationError(f"not sealed: {problem.name}: {problem.detail}") from None


def _pinning(pins: Pins) -> Pinning:
    for one in sorted(pins.typed):
        if not is_pin(one):
            raise ConfigurationError(Diagnostic("should be sha256: and 64 hexadecimal digits", source="--pin"))
    if pins.file is not None:
        return Pinning(PinFile(pins.file, pins.typed).pins)
    return Pinning(lambda: pins.typed or None)


def _own(files: ClientFiles) -> Callable[[], str]:
    return TokenFile(files.token).authorization if files.token is not None else str


def _limits(settings: Settings) -> BodyLimits:
    """What is sealed is longer, and a gateway takes no more than this."""
    gateway = settings.gateway
    return BodyLimits(gateway.max_body - SENT_OVERHEAD, gateway.body_timeout_s, _IN_HAND, _AT_ONCE)


def _trust(files: ClientFiles) -> ssl.SSLContext | bool:
    if files.authority is None and files.certificate is None:
        return True
    try:
        context = ssl.create_default_context(cafile=files.authority)
        if files.certificate is not None:
            context.load_cert_chain(files.certificate, files.key, password=lambda: "")
    except (OSError, ValueError) as error:
        names = ", ".join(str(one) for one in (files.authority, files.certificate, files.key) if one is not None)
        raise ConfigurationError(
            Diagnostic(f"{names}: {error.strerror if isinstance(error, OSError) else error}", source="TLS")
        ) from None
    return context
