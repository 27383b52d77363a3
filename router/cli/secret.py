"""`alert-router secret ...`: tenants' secrets in the encrypted store. Values come from stdin and are never shown."""

import json
import re
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import TypeAdapter, ValidationError

from router.app.offered import open_secrets
from router.app.slack_toolbox import open_directory
from router.app.toolbox import new_secrets_key
from router.app.toolbox import open_secrets as open_store
from router.cli.options import AsJson, BreakGlass, Name
from router.cli.secret_file import Readers, read_secret, write_secret
from router.cli.session import run_with, writing
from router.config.values import SecretText, TenantText
from router.control.diagnosis import problem_of
from router.control.offered import TenantSecrets
from router.control.secrets import Rotation, SecretUse
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import ConfigurationError, OperationError
from router.ports.control import Bot
from router.settings import read_settings

_SLACK_TOKEN: Final = re.compile(r"xox[a-z](?:\.xox[a-z])?-[!-~]+")
_MAX_BYTES: Final = 64 * 1024
_FORM: Final = "lower-case letters, digits and single hyphens between them, at most 63 characters"

_NOT_STORED: Final = (
    "nothing was stored: this is not a Slack token; a bot's begins with xoxb-. To store it all the same, add --force"
)

SecretArgument = Annotated[str, typer.Argument(help="The secret's name, as in the tenant's file.", metavar="NAME")]


def set_(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    tenant: Name,
    name: SecretArgument,
    *,
    check: Annotated[bool, typer.Option("--check", help="Ask Slack first whether it knows the token.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also store what does not look like a Slack token.")] = False,
    break_glass: BreakGlass = "",
    as_json: AsJson = False,
) -> None:
    """Store a secret, encrypted.

    Its value is read from stdin, or asked for on a terminal. Workers use it within seconds.

    Example: alert-router secret set acme slack < slack.token
    """
    if context.args:
        raise ConfigurationError(
            "the value is read from stdin, never from an argument: process lists and the shell's history show those"
        )
    owner, secret = _validated(tenant, name)

    async def put(secrets: TenantSecrets) -> SecretUse:
        use = await secrets.prepare(owner, secret)
        value = _value(owner, secret)
        if not force and not _SLACK_TOKEN.fullmatch(value):
            raise ConfigurationError(_NOT_STORED)
        if check:
            typer.echo(f"Slack knows the token: {await _owner_of(value)}", err=True)
        await secrets.put(owner, secret, value)
        return use

    use = run_with(writing(open_secrets, break_glass), put)
    notes = _notes(tenant, use)
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, "name": name, "stored": True, "notes": notes}))
        return
    typer.echo(f"secret {name} of tenant {tenant} is set")
    for note in notes:
        typer.echo(f"note: {note}", err=True)


async def _owner_of(token: str) -> str:
    async with open_directory(read_settings()) as slack:
        bot = await slack.bot(token)
    if isinstance(bot, Bot):
        return f"team {bot.team} ({bot.team_id}), bot user {bot.user} ({bot.user_id})"
    raise OperationError(f"nothing was stored: {problem_of(bot)}")


def delete(
    tenant: Name,
    name: SecretArgument,
    *,
    force: Annotated[bool, typer.Option("--force", help="Also if the active configuration names it.")] = False,
    break_glass: BreakGlass = "",
    as_json: AsJson = False,
) -> None:
    """Delete a stored secret.

    Workers stop using it within seconds.

    Example: alert-router secret delete acme old-slack
    """
    owner, secret = _validated(tenant, name)
    run_with(writing(open_secrets, break_glass), lambda secrets: secrets.delete(owner, secret, force=force))
    text = f"secret {name} of tenant {tenant} is deleted"
    typer.echo(json.dumps({"tenant": tenant, "name": name, "deleted": True}) if as_json else text)


def list_all(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print the names of a tenant's stored secrets.

    Example: alert-router secret list acme
    """
    names = run_with(open_secrets, lambda secrets: secrets.names(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([{"name": name} for name in names]))
    else:
        for name in names:
            typer.echo(name)


def rotate(*, break_glass: BreakGlass = "", as_json: AsJson = False) -> None:
    """Encrypt all stored secrets with the newest key.

    Then older keys can go; and what an earlier release has stored has a version, so that it cannot be put back. First
    give every worker both keys, the new one in front: ALERT_ROUTER_SECRETS__KEY=NEW,OLD

    Example: alert-router secret rotate
    """
    rotation = run_with(writing(open_store, break_glass), lambda secrets: secrets.store.rotate())
    typer.echo(json.dumps(_as_json(rotation)) if as_json else _as_text(rotation))
    if rotation.failed:
        raise OperationError("\n".join(rotation.failed))


def key(
    file: Annotated[Path | None, typer.Option(help="Write it to this new file instead, for its owner alone.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print a new random key, for SECRETS__KEY or SIGNING__KEY.

    Each has its own. Whoever has the first and a copy of Redis can read the secrets. Whoever has the second can sign
    as we do.

    Example: alert-router secret key --file secrets.key
    """
    made = new_secrets_key()
    if file is None:
        typer.echo(json.dumps({"key": made}) if as_json else made)
        return
    if read_secret(file) is not None:
        raise OperationError(f"{file} is there already; what its key has sealed or signed needs that key")
    write_secret(file, made, Readers.OWNER)
    typer.echo(json.dumps({"file": str(file)}) if as_json else f"{file} holds a new key", err=not as_json)


def _validated(tenant: str, name: str) -> tuple[TenantId, SecretName]:
    """Both, if they are valid in documents. The error does not repeat what was typed: it may be the secret."""
    try:
        return (
            TypeAdapter[TenantId](TenantText).validate_python(tenant),
            TypeAdapter[SecretName](SecretText).validate_python(name),
        )
    except ValidationError:
        raise ConfigurationError(f"TENANT and NAME are {_FORM}; for example: acme slack") from None


def _value(tenant: TenantId, name: SecretName) -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt(f"Secret {name} of tenant {tenant} (not shown)", hide_input=True, err=True)
        return asked.strip()
    read = sys.stdin.buffer.read(_MAX_BYTES + 1)
    if len(read) > _MAX_BYTES:
        raise ConfigurationError(f"stdin has more than {_MAX_BYTES // 1024} KiB, too much for a secret")
    try:
        value = read.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ConfigurationError("stdin is not UTF-8 text") from None
    if not value.strip():
        raise ConfigurationError(f"stdin is empty; use for example: alert-router secret set {tenant} {name} < FILE")
    return value


def _notes(tenant: str, use: SecretUse) -> list[str]:
    """What may keep the secret from being used, though it is stored."""
    notes = []
    if not use.tenant_is_configured:
        notes.append(f"tenant {tenant} has no configuration yet")
    if use.overridden_by:
        notes.append(f"where {use.overridden_by} is set, as it is here, it takes precedence over the store")
    return notes


def _as_text(rotation: Rotation) -> str:
    done = f"{rotation.rotated} encrypted again with key {rotation.key}, {rotation.unchanged} had it already"
    if rotation.failed:
        return f"{done}, {len(rotation.failed)} left as they are: keep the older keys"
    return f"{done}; the older keys of ALERT_ROUTER_SECRETS__KEY or ALERT_ROUTER_SECRETS__KEY_FILE can go"


def _as_json(rotation: Rotation) -> dict[str, object]:
    return {
        "key": rotation.key,
        "rotated": rotation.rotated,
        "unchanged": rotation.unchanged,
        "failed": list(rotation.failed),
    }
