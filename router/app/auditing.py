"""Open what the commands of the audit log work with."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from router.adapters.crypto.notes import NoteKey, is_signature, load_note_key, private_text
from router.control.audit.anchors import Trust
from router.control.audit.note import VerifierKey, is_name, verifier_key
from router.control.auditing import AuditControl
from router.errors import ConfigurationError
from router.ports.audit import AuditLog
from router.settings import Settings

_OF_THE_EXTRA: Final = ("sqlalchemy", "psycopg")
_Opened = Callable[[str], AbstractAsyncContextManager[AuditLog]]


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that signs checkpoints, as it is configured, and the one that verifies them."""

    private: str
    verifier: str


def new_note_key(name: str) -> NewKey:
    """A random key of this name.

    Raises:
        ConfigurationError: a key may not have this name.
    """
    if not is_name(name):
        raise ConfigurationError(f"{name!r} is not the name of a log: one word without a plus, best an address")
    made, seed = NoteKey.fresh(name)
    public = verifier_key(made)
    return NewKey(private_text(name, public.id, seed), str(public))


def note_key(settings: Settings) -> NoteKey | None:
    """The key that signs checkpoints; None without one.

    Raises:
        ConfigurationError: it cannot be read.
    """
    key = settings.audit.key
    return load_note_key(None if key is None else key.get_secret_value(), settings.audit.key_file)


def trust(settings: Settings, more: tuple[str, ...] = ()) -> Trust:
    """The keys whose checkpoints are believed: our own, those of the settings, and `more`.

    Raises:
        ConfigurationError: one of them is not a key, or there is none.
    """
    own = note_key(settings)
    keys = [_read(text) for text in (*settings.audit.verifiers.split(), *more)]
    if own is not None:
        keys.append(verifier_key(own))
    if not keys:
        raise ConfigurationError("no key verifies checkpoints: give --key, or set ALERT_ROUTER_AUDIT__VERIFIERS")
    return Trust(keys, is_signature)


def _read(text: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} {error}") from None


@asynccontextmanager
async def open_audit(settings: Settings) -> AsyncIterator[AuditControl]:
    """The audit log, as who reads it.

    Raises:
        ConfigurationError: no database is set, or what connects to one is not installed.
    """
    async with opened_log(settings) as log:
        yield AuditControl(log)


@asynccontextmanager
async def opened_log(settings: Settings) -> AsyncIterator[AuditLog]:
    """The audit log in the database that the settings name.

    Raises:
        ConfigurationError: they name none, or what connects to one is not installed.
    """
    if settings.audit.url is None:
        raise ConfigurationError("the audit log is in PostgreSQL: set ALERT_ROUTER_AUDIT__URL")
    if any(find_spec(name) is None for name in _OF_THE_EXTRA):
        raise ConfigurationError("the audit log needs the extra \"control\": pip install 'alert-router[control]'")
    opened: _Opened = import_module("router.app.audit_log").opened
    async with opened(settings.audit.url.get_secret_value()) as log:
        yield log
