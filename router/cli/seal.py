"""`alert-router seal`: seals to a tenant's public key what senders send that cannot, as Alertmanager."""

import asyncio
import logging
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from router.app.event_loop import run
from router.app.sender import Address, ClientFiles, GatewayChoice, Pins, check_listener, run_beside, seal_one
from router.app.shutdown import run_until_shutdown
from router.core.model.alert import TenantId
from router.core.model.rules.names import is_slug
from router.core.seal.sent import MEDIA_TYPE, Suite
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError, OperationError
from router.observe.logging import configure_logging, keep_logs_off_stdout
from router.ports.sender import SealedBody
from router.settings import read_settings

_SUITES: Final = {one.label: one for one in Suite}
_OPERATIONS: Final = "127.0.0.1:8087"

File = Annotated[Path | None, typer.Argument(help="One body to seal; - is standard input.", metavar="[FILE]")]
Headers = Annotated[Path | None, typer.Option(help="Of FILE: write the headers to send with it, for curl -H @FILE.")]
Out = Annotated[Path | None, typer.Option(help="Of FILE: write the sealed body here, not to standard output.")]
Operations = Annotated[str, typer.Option(help="Where /live, /ready and /metrics are.", metavar="HOST:PORT")]
Plain = Annotated[bool, typer.Option("--allow-plain", help="The networks are trusted: without TLS.")]
Suites = Annotated[str, typer.Option(help=f"{' or '.join(_SUITES)}.", metavar="SUITE")]


def seal(  # noqa: PLR0913 - each is an option
    file: File = None,
    *,
    to: Annotated[str, typer.Option(help="The gateway, as https://HOST.", metavar="URL")],
    listen: Annotated[str | None, typer.Option(help="Take a sender's bodies here.", metavar="HOST:PORT")] = None,
    operations: Operations = _OPERATIONS,
    tenant: Annotated[str | None, typer.Option(help="Of FILE: whose it is.", metavar="TENANT")] = None,
    out: Out = None,
    headers: Headers = None,
    suite: Suites = Suite.HYBRID.label,
    pin: Annotated[list[str] | None, typer.Option(help="Seal with no key but this.", metavar="sha256:DIGEST")] = None,
    pin_file: Annotated[
        Path | None, typer.Option(help="The same of each line of a file, read as it changes.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the token, where the sender sends none.")
    ] = None,
    ca_file: Annotated[Path | None, typer.Option(help="PEM certificates that the gateway is trusted by.")] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="A PEM certificate to show it in place of a token.")
    ] = None,
    certificate_key: Annotated[Path | None, typer.Option(help="The certificate's key, without a passphrase.")] = None,
    allow_plain: Plain = False,
) -> None:
    """Seal a sender's bodies to its tenant's public key and hand them to the gateway, or seal one file.

    With --listen it stands beside Alertmanager, which posts to it as it did to the gateway, and is answered as the
    gateway answers. It needs neither Redis nor Kafka, and keeps nothing. With FILE it prints the sealed body.

    Example: alert-router seal --listen 127.0.0.1:8086 --to https://alerts.example.com
    """
    if (file is None) is (listen is None):
        raise ConfigurationError("give either --listen HOST:PORT, to stand beside a sender, or one FILE")
    files = ClientFiles(token_file, ca_file, certificate, certificate_key)
    choice = GatewayChoice(to, _suite(suite), Pins(frozenset(pin or ()), pin_file), files, allow_plain)
    if listen is not None:
        _beside(choice, _address(listen, "--listen"), _address(operations, "--operations"))
    elif file is not None:
        _write(_one(choice, file, tenant), out, headers)


def _beside(choice: GatewayChoice, listen: Address, operations: Address) -> None:
    settings = read_settings()
    check_listener(listen, choice)
    configure_logging(settings.log_level)
    run(run_until_shutdown(partial(run_beside, settings, choice, listen, operations)))


def _one(choice: GatewayChoice, file: Path, tenant: str | None) -> SealedBody:
    if tenant is None or not is_slug(tenant):
        raise ConfigurationError(Diagnostic("should be the id of the tenant whose body it is", source="--tenant"))
    settings, name = read_settings(), TenantId(tenant)
    keep_logs_off_stdout(logging.WARNING)
    return asyncio.run(seal_one(settings, choice, name, _read(file)))


def _write(sealed: SealedBody, out: Path | None, headers: Path | None) -> None:
    if headers is not None:
        headers.write_text(_headers(sealed), encoding="ascii")
    if out is not None:
        out.write_bytes(sealed.data)
        return
    sys.stdout.buffer.write(sealed.data)
    sys.stdout.buffer.flush()


def _headers(sealed: SealedBody) -> str:
    return f"Content-Type: {MEDIA_TYPE}\nAlerts: {sealed.alerts}\nAlert-Group: {sealed.group}\n"


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise OperationError(f"{file} cannot be read: {error.strerror}") from None


def _suite(name: str) -> Suite:
    try:
        return _SUITES[name]
    except KeyError:
        raise ConfigurationError(Diagnostic(f"should be {' or '.join(_SUITES)}", source="--suite")) from None


def _address(text: str, option: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ConfigurationError(Diagnostic("should be HOST:PORT, such as 127.0.0.1:8086", source=option))
    return Address(host.strip("[]") or "127.0.0.1", int(port))
