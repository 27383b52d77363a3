"""Tenants' configurations, senders' tokens, secrets and workspaces in memory."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.rules.names import SecretName
from router.core.model.rules.silence import SilenceState
from router.core.slack.new_block import NewBlock
from router.errors import SecretNotFoundError, UnavailableError
from router.ports.control import Everybody
from router.ports.generation import Generation
from router.ports.signing import Untrusted
from router.ports.slack import BlockTrial, Identity
from router.ports.subjects import SubjectList
from router.ports.tenants import Absence, ActiveDocument, TokenChanges
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeTenants(Faulty):
    """Active configurations, and what an operator does to them."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        data, now = self._store.tenants[tenant], self._store.clock.time
        left = tuple(one for _, one in sorted(data.silences.items()) if one.state(now) is not SilenceState.EXPIRED)
        people = SubjectList(data.subjects.key, tuple(one for one in data.subjects.all if one.until > now)).subjects
        return replace(data.document, silences=left, subjects=people) if data.document else None

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
    async def absence(self, tenant: TenantId) -> Absence:
        if tenant in self._store.erased:
            return Absence.ERASED
        if tenant in self._store.removed:
            return Absence.REMOVED
        generation = self._store.generation
        if tenant in self._store.announced or not generation or generation.is_doubtful(self._store.clock.time):
            return Absence.LOST
        return Absence.UNKNOWN

    async def publish(self, tenant: TenantId, text: str) -> int:
        """Make a document the active one; an equal one that is active already stays as it is."""
        data = self._store.tenants[tenant]
        before = data.document
        if not data.epoch:
            data.unproven = await self.absence(tenant) is Absence.LOST
        if before is None or before.text != text:
            lost = self._store.clock.time if tenant in self._store.paused else NEVER
            since = before.suspended_since if before else lost
            data.document = ActiveDocument(tenant, data.active + 1, text, since, data.unproven)
        assert data.document is not None
        data.document = replace(data.document, unproven=data.unproven)
        data.epoch, data.active = True, data.document.version
        data.held_with_all = self._store.held_since != NEVER
        self._store.removed.discard(tenant)
        self._announce(tenant)
        return data.active

    async def forge(self, tenant: TenantId, text: str, why: Untrusted | None = Untrusted.SIGNATURE_WRONG) -> None:
        """What somebody without a key makes the active document; None: it is signed after all."""
        await self.publish(tenant, text)
        data = self._store.tenants[tenant]
        data.document = replace(self._document(tenant), untrusted=why)

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
        self._store.removed.add(tenant)
        self._announce(tenant)

    def _document(self, tenant: TenantId) -> ActiveDocument:
        document = self._store.tenants[tenant].document
        assert document is not None, "it was never published"
        return document

    def _announce(self, tenant: TenantId) -> None:
        self._store.announce(tenant)


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
        index = store.generation
        newest = max(new.values(), default=sequence)
        changed = {one: now.get(one) for one in new}
        doubtful = index is None or index.is_doubtful(store.clock.time)
        return TokenChanges(changed, newest, len(now), True, index.id if index else "", doubtful)

    @asked
    async def note_uses(self, digests: Collection[str]) -> None:
        self._store.token_uses.update(digests)

    @asked
    async def bring_back(self, tokens: Mapping[str, TenantId]) -> None:
        for digest, tenant in tokens.items():
            self._store.tokens.setdefault(digest, tenant)


class FakeProofs(Faulty):
    """Whose data is whole."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store
        self._owner = ""

    @asked
    async def lease(self, owner: str) -> bool:
        self._owner = self._owner or owner
        return self._owner == owner

    @asked
    async def release(self, owner: str) -> None:
        self._owner = "" if self._owner == owner else self._owner

    @asked
    async def prove(self, tenants: Collection[TenantId]) -> None:
        for tenant in tenants:
            data = self._store.tenants[tenant]
            data.unproven = False
            if data.document is not None:
                data.document = replace(data.document, unproven=False)
            self._store.announce(tenant)


class FakeGenerations(Faulty):
    """The generation of the index."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def current(self) -> Generation | None:
        return self._store.generation

    @asked
    async def begin(self, generation: Generation) -> Generation:
        self._store.generation = self._store.generation or generation
        return self._store.generation

    @asked
    async def keep(self, tenants: Collection[TenantId], suspended: Collection[TenantId]) -> None:
        for tenant in tenants:
            self._store.announced.setdefault(tenant, 0)
        for tenant in suspended:
            document = self._store.tenants[tenant].document
            if document is not None and document.suspended_since == NEVER:
                self._store.tenants[tenant].document = replace(document, suspended_since=self._store.clock.time)
            self._store.paused.add(tenant)

    @asked
    async def hold_everybody(self) -> None:
        await FakeHolds(self._store).hold()


class FakeWorkspaces(Faulty):
    """Workspaces by the digest of a token."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def find(self, token_digest: str) -> Identity | None:
        return self._store.workspaces.get(token_digest)

    @asked
    async def remember(self, token_digest: str, found: Identity) -> None:
        self._store.workspaces[token_digest] = found

    @asked
    async def forget(self, token_digest: str) -> None:
        self._store.workspaces.pop(token_digest, None)

    @asked
    async def note_tried(self, workspace: str, blocks: Collection[NewBlock], trial: BlockTrial) -> None:
        self._store.tried.setdefault(workspace, {}).update(dict.fromkeys(blocks, trial))

    @asked
    async def tried(self, workspace: str) -> Mapping[NewBlock, BlockTrial]:
        return dict(self._store.tried.get(workspace, {}))


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
