"""`alert-router secret ...`: tenants' secrets in the encrypted store. Values come in by stdin and are never shown."""

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from router.adapters.crypto.sealing import KEY, KEY_FILE, fresh_key
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.adapters.secrets import Rotation, SecretStore, variable
from router.app.compose import secret_store
from router.cli.options import AsJson, Name
from router.cli.session import with_redis
from router.config.values import SecretText, TenantText
from router.core.model.alert import TenantId
from router.core.model.tenant import SecretName
from router.errors import ConfigurationError, OperationError
from router.settings import process_environment, read_settings

T = TypeVar("T")

_MAX_BYTES: Final = 64 * 1024
_FORM: Final = "lower-case letters, digits and single hyphens between them, at most 63 characters"


def set_(
    context: typer.Context,
    tenant: Name,
    name: Annotated[str, typer.Argument(help="The secret's name, as in the tenant's file.", metavar="NAME")],
) -> None:
    """Store a secret, encrypted.

    Its value is read from stdin, or asked for on a terminal. Workers use it within seconds.

    Example: alert-router secret set acme slack < slack.token
    """
    if context.args:
        raise ConfigurationError(
            "the value is read from stdin, never from an argument: process lists and the shell's history show those"
        )
    whose, what = _named(tenant, name)

    async def put(connection: Connection) -> bool:
        store = secret_store(read_settings(), connection)
        store.require_key()
        known = await TenantRepository(connection).active(whose) is not None
        await store.put(whose, what, _value(whose, what))
        return known

    known = with_redis(put)
    typer.echo(f"secret {name} of tenant {tenant} is set")
    for note in _notes(whose, what, known=known):
        typer.echo(f"note: {note}", err=True)


def list_all(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print the names of a tenant's stored secrets.

    Example: alert-router secret list acme
    """
    names = _with_store(lambda store: store.names(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([{"name": name} for name in names]))
    else:
        for name in names:
            typer.echo(name)


def rotate(*, as_json: AsJson = False) -> None:
    """Encrypt all stored secrets with the newest key.

    Then older keys can go. First give every worker both keys, the new one in front: ALERT_ROUTER_SECRETS__KEY=NEW,OLD

    Example: alert-router secret rotate
    """
    outcome = _with_store(lambda store: store.rotate())
    typer.echo(json.dumps(_as_json(outcome)) if as_json else _as_text(outcome))
    if outcome.failed:
        raise OperationError("\n".join(outcome.failed))


def key() -> None:
    """Print a fresh random key, for ALERT_ROUTER_SECRETS__KEY.

    Whoever has it and a copy of Redis can read the secrets.

    Example: alert-router secret key > secrets.key
    """
    typer.echo(fresh_key())


def _named(tenant: str, name: str) -> tuple[TenantId, SecretName]:
    """Both in the form that documents have; what was typed is not repeated, lest it be the secret."""
    try:
        return (
            TypeAdapter[TenantId](TenantText).validate_python(tenant),
            TypeAdapter[SecretName](SecretText).validate_python(name),
        )
    except ValidationError:
        raise ConfigurationError(f"TENANT and NAME are written in {_FORM}; for example: acme slack") from None


def _value(tenant: TenantId, name: SecretName) -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt(f"Secret {name} of tenant {tenant} (not shown)", hide_input=True, err=True)
        return asked
    read = sys.stdin.buffer.read(_MAX_BYTES + 1)
    if len(read) > _MAX_BYTES:
        raise ConfigurationError(f"stdin holds more than {_MAX_BYTES // 1024} KiB; that is no secret")
    try:
        value = read.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ConfigurationError("stdin is no UTF-8 text") from None
    if not value:
        raise ConfigurationError(f"stdin is empty; write for example: alert-router secret set {tenant} {name} < FILE")
    return value


def _notes(tenant: TenantId, name: SecretName, *, known: bool) -> list[str]:
    """What may keep the secret from being used, though it is stored."""
    notes = []
    if not known:
        notes.append(f"tenant {tenant} has no configuration yet")
    if process_environment().get(variable(tenant, name)):
        notes.append(f"where {variable(tenant, name)} is set, as it is here, it wins over the store")
    return notes


def _as_text(outcome: Rotation) -> str:
    done = f"{outcome.rotated} encrypted anew with key {outcome.key}, {outcome.unchanged} had it already"
    left = f", {len(outcome.failed)} left as they are: keep the older keys" if outcome.failed else ""
    return done + (left or f"; the older keys of {KEY} or {KEY_FILE} can go")


def _as_json(outcome: Rotation) -> dict[str, object]:
    return {
        "key": outcome.key,
        "rotated": outcome.rotated,
        "unchanged": outcome.unchanged,
        "failed": outcome.failed,
    }


def _with_store(work: Callable[[SecretStore], Awaitable[T]]) -> T:
    return with_redis(lambda connection: work(secret_store(read_settings(), connection)))
