"""Tenants' configurations, senders' tokens, secrets and workspaces in memory."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.tenant import SecretName
from router.errors import SecretNotFoundError, UnavailableError
from router.ports.control import Everybody
from router.ports.tenants import ActiveDocument, TokenChanges
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeTenants(Faulty):
    """Active configurations, and what an operator does to them."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        return self._store.tenants[tenant].document

    async def active_of(self, tenants: Sequence[TenantId]) -> AsyncIterator[Mapping[TenantId, ActiveDocument | None]]:
        found = dict[TenantId, ActiveDocument | None]()
        for tenant in tenants:
            with suppress(UnavailableError):
                found[tenant] = await self.active(tenant)
        yield found

    @asked
    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        changed = [tenant for tenant, number in self._store.announced.items() if number > sequence]
        newest = max(self._store.announced.values(), default=sequence)
        return sorted(changed, key=self._store.announced.__getitem__), max(newest, sequence)

    @asked
    async def held_since(self) -> Instant:
        return self._store.held_since

    @asked
    async def is_empty(self) -> bool:
        return not self._store.announced

    async def publish(self, tenant: TenantId, text: str) -> int:
        """Make a document the active one; an equal one that is active already stays as it is."""
        data = self._store.tenants[tenant]
        before = data.document
        if before is None or before.text != text:
            data.document = ActiveDocument(tenant, data.active + 1, text, before.suspended_since if before else NEVER)
        assert data.document is not None
        data.epoch, data.active = True, data.document.version
        data.held_with_all = self._store.held_since != NEVER
        self._announce(tenant)
        return data.active

    async def suspend(self, tenant: TenantId) -> bool:
        """Send nothing for the tenant; False if that held already."""
        document = self._document(tenant)
        changed = document.suspended_since == NEVER
        if changed:
            self._store.tenants[tenant].document = replace(document, suspended_since=self._store.clock.time)
        self._announce(tenant)
        return changed

    async def resume(self, tenant: TenantId) -> bool:
        """Serve the tenant again; False if it was."""
        document = self._document(tenant)
        self._store.tenants[tenant].document = replace(document, suspended_since=NEVER)
        self._announce(tenant)
        return document.suspended_since != NEVER

    async def remove(self, tenant: TenantId) -> None:
        """The tenant is gone, and everything of it."""
        self._store.tenants.pop(tenant, None)
        self._store.announced.pop(tenant, None)

    def _document(self, tenant: TenantId) -> ActiveDocument:
        document = self._store.tenants[tenant].document
        assert document is not None, "it was never published"
        return document

    def _announce(self, tenant: TenantId) -> None:
        self._store.sequence += 1
        self._store.announced[tenant] = self._store.sequence


class FakeHolds(Faulty):
    """The hold of everybody."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def hold(self) -> Everybody:
        changed = self._store.held_since == NEVER
        self._store.held_since = self._store.clock.time if changed else self._store.held_since
        return self._store_for_all(changed)

    @asked
    async def release(self) -> Everybody:
        changed, self._store.held_since = self._store.held_since != NEVER, NEVER
        return self._store_for_all(changed)

    def _store_for_all(self, changed: bool) -> Everybody:
        for tenant in self._store.announced:
            self._store.tenants[tenant].held_with_all = self._store.held_since != NEVER
        return Everybody(changed, len(self._store.announced))


class FakeTokens(Faulty):
    """Senders' tokens by digest."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def tenant_of(self, digest: str) -> TenantId | None:
        return self._store.tokens.get(digest)

    @asked
    async def all(self) -> dict[str, TenantId]:
        return dict(self._store.tokens)

    @asked
    async def changed_since(self, sequence: int) -> TokenChanges:
        """As the engine, but that everything a test does to the tokens is announced."""
        store, now = self._store, dict(self._store.tokens)
        for digest in sorted(store.announced_tokens.keys() | now.keys()):
            if store.announced_tokens.get(digest) != now.get(digest):
                store.sequence += 1
                store.token_changes[digest] = store.sequence
        store.announced_tokens = now
        new = {one: number for one, number in store.token_changes.items() if number > sequence}
        return TokenChanges({one: now.get(one) for one in new}, max(new.values(), default=sequence), len(now), True)

    @asked
    async def note_uses(self, digests: Collection[str]) -> None:
        self._store.token_uses.update(digests)

    @asked
    async def nothing_is_known(self) -> bool:
        return not self._store.tokens and not self._store.announced


class FakeWorkspaces(Faulty):
    """Workspaces by the digest of a token."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def find(self, token_digest: str) -> str | None:
        return self._store.workspaces.get(token_digest)

    @asked
    async def remember(self, token_digest: str, workspace: str) -> None:
        self._store.workspaces[token_digest] = workspace


class FakeSecrets(Faulty):
    """Tenants' secrets."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[tuple[TenantId, str], str] = {}

    @asked
    async def find(self, tenant: TenantId, name: SecretName) -> str:
        value = self.values.get((tenant, name))
        if value is None:
            raise SecretNotFoundError(f"secret {name!r} of tenant {tenant!r} not found")
        return value
