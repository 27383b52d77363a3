"""What commands ask: a control API where the settings name one, else the record and Redis.

What asks an API is imported when it is asked, so that other commands start without it.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from router.app import api_keys, auditing, letters, toolbox
from router.app.clocks import wall_clock
from router.app.localizations import load_localizations
from router.control.explain.explained import ExplainingInWords
from router.control.gitops.applying import Removing
from router.control.offboard import Offboarding
from router.control.offered import (
    AccessDocuments,
    ApiKeys,
    AuditEntries,
    Configurations,
    DeadLetters,
    Deleting,
    Explaining,
    People,
    SenderTokens,
    Silencing,
    TenantSecrets,
)
from router.core.model.alert import TenantId
from router.errors import ConfigurationError
from router.roles.polling import pause
from router.settings import Settings


def open_tenants(settings: Settings, past: str = "") -> AbstractAsyncContextManager[Configurations]:
    """Tenants' configurations; `past` is why somebody writes past the record."""
    if settings.server is None:
        return toolbox.open_tenants(settings, past)
    from router.app.remote import RemoteConfigurations, open_remote

    _refuse_past(past)
    return open_remote(settings, RemoteConfigurations)


def open_removing(settings: Settings) -> AbstractAsyncContextManager[Removing]:
    """What deletes tenants."""
    if settings.server is None:
        return removing_here(settings)
    from router.app.remote import RemoteRemoving, open_remote

    return open_remote(settings, RemoteRemoving)


@asynccontextmanager
async def removing_here(settings: Settings) -> AsyncIterator[Removing]:
    """What deletes tenants of the record, or of Redis alone."""
    async with toolbox.open_offboarding(settings) as offboarding:
        yield RemovingHere(offboarding)


@dataclass(frozen=True, slots=True)
class RemovingHere:
    """See `Removing`."""

    offboarding: Offboarding

    async def delete(self, tenant: TenantId, version: int) -> None:
        """Delete a tenant whose active version is this one.

        Raises:
            ChangedMeanwhileError: it is another one.
        """
        await self.offboarding.delete(tenant, version)


def open_deleting(settings: Settings, past: str = "") -> AbstractAsyncContextManager[Deleting]:
    """What deletes a tenant, and says before what would go; `past` as above."""
    if settings.server is None:
        return toolbox.open_offboarding(settings, past)
    from router.app.remote import RemoteOffboarding, open_remote

    _refuse_past(past)
    return open_remote(settings, RemoteOffboarding)


def open_tokens(settings: Settings, past: str = "") -> AbstractAsyncContextManager[SenderTokens]:
    """Senders' tokens; `past` as above."""
    if settings.server is None:
        return toolbox.open_tokens(settings, past)
    from router.app.remote import RemoteTokens, open_remote

    _refuse_past(past)
    return open_remote(settings, RemoteTokens)


def open_secrets(settings: Settings, past: str = "") -> AbstractAsyncContextManager[TenantSecrets]:
    """Tenants' secrets; `past` as above."""
    if settings.server is None:
        return toolbox.open_secrets(settings, past)
    from router.app.remote import RemoteSecrets, open_remote

    _refuse_past(past)
    return open_remote(settings, RemoteSecrets)


def open_keys(settings: Settings) -> AbstractAsyncContextManager[ApiKeys]:
    """Keys of the control API."""
    if settings.server is None:
        return api_keys.open_keys(settings)
    from router.app.remote import RemoteKeys, open_remote

    return open_remote(settings, RemoteKeys)


def open_access(settings: Settings) -> AbstractAsyncContextManager[AccessDocuments]:
    """The stored access document."""
    if settings.server is None:
        return api_keys.open_access(settings)
    from router.app.remote import RemoteAccess, open_remote

    return open_remote(settings, RemoteAccess)


def open_silences(settings: Settings) -> AbstractAsyncContextManager[Silencing]:
    """Tenants' silences."""
    if settings.server is None:
        return toolbox.open_silences(settings)
    from router.app.remote import RemoteSilences, open_remote

    return open_remote(settings, RemoteSilences)


def open_audit(settings: Settings) -> AbstractAsyncContextManager[AuditEntries]:
    """Entries of the audit log."""
    if settings.server is None:
        return auditing.open_audit(settings)
    from router.app.remote import RemoteAudit, open_remote

    return open_remote(settings, RemoteAudit)


def open_explaining(settings: Settings) -> AbstractAsyncContextManager[Explaining]:
    """How alerts stand now."""
    if settings.server is None:
        return explaining_here(settings)
    from router.app.remote import RemoteExplaining, open_remote

    return open_remote(settings, RemoteExplaining)


@asynccontextmanager
async def explaining_here(settings: Settings) -> AsyncIterator[Explaining]:
    """The same, of Redis."""
    async with toolbox.open_explaining(settings) as live:
        yield ExplainingInWords(live, load_localizations(settings))


def open_dead_letters(settings: Settings) -> AbstractAsyncContextManager[DeadLetters]:
    """Dead letters; what is redriven keeps the signature that it had."""
    if settings.server is None:
        return letters.open_dead_letters(settings)
    from router.app.remote import RemoteDeadLetters, open_remote

    return open_remote(settings, lambda server: RemoteDeadLetters(server, wall_clock))


def open_vouched_letters(settings: Settings) -> AbstractAsyncContextManager[DeadLetters]:
    """Dead letters that the operator vouches for, with the key of the workers, which no control API has."""
    if settings.server is not None:
        raise ConfigurationError("--sign wants the key of the workers; leave out --server")
    return letters.open_vouched_letters(settings)


def open_people(settings: Settings) -> AbstractAsyncContextManager[People]:
    """People whose data is exported or erased."""
    if settings.server is None:
        from router.app import subjects

        return subjects.open_people(settings)
    from router.app.remote import RemotePeople, open_remote

    return open_remote(settings, lambda server: RemotePeople(server, pause))


def _refuse_past(past: str) -> None:
    if past:
        raise ConfigurationError("--break-glass writes to Redis, past the record and its API; leave out --server")
