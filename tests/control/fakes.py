"""The ports of control in memory. `test_ports.py` holds those that Redis stands behind to what Redis does."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from router.config.read import read_document
from router.config.stored import StoredDocument
from router.control.tenants import TenantControl
from router.control.toolbox import Toolbox
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, SECOND, Instant
from router.core.model.rules.names import SecretName
from router.core.model.token import ID_LENGTH
from router.core.slack.answer import Accepted, Answer, ChannelDead
from router.core.slack.call import SlackCall
from router.errors import SecretNotFoundError
from router.ports.control import Bot, KeptVersion, LiveToken, Recorded, SlackChannel, check_active
from router.ports.provenance import UNKNOWN, Provenance, digest_of
from router.ports.secrets import Manifest, Opened, SealedSecrets
from router.ports.slack import Identity
from router.ports.tenants import Absence, ActiveDocument
from tests.adapters.builders import NOON
from tests.catalogue import CATALOGUE
from tests.config.samples import EXAMPLE
from tests.fakes.store import FakeStore
from tests.fakes.tenants import FakeWorkspaces

BOT: Final = Bot("acme", "T1", "alerts", "U1", frozenset({"chat:write", "channels:read", "groups:read"}))


def content(text: str = EXAMPLE) -> StoredDocument:
    return StoredDocument(read_document(text, "acme.yaml"), text)


class FakeClock:
    """Noon, a second later each time."""

    def __init__(self) -> None:
        self._seconds = count()

    async def now(self) -> Instant:
        return Instant(NOON + next(self._seconds) * SECOND)


class FakeVersions:
    """Configurations of all tenants; every change is announced with the next number."""

    def __init__(self) -> None:
        self._clock = FakeClock()
        self._kept: dict[TenantId, list[KeptVersion]] = {}
        self._suspended: dict[TenantId, Instant] = {}
        self.announced: list[TenantId] = []
        self.held = NEVER

    async def publish(
        self, tenant: TenantId, text: str, onto: int | None = None, provenance: Provenance = UNKNOWN
    ) -> int:
        kept = self._kept.setdefault(tenant, [])
        version = kept[0].version if kept else 0
        if not kept or kept[0].text != text:
            check_active(tenant, version, onto)
            version += 1
            older = [replace(one, active=False) for one in kept]
            new = KeptVersion(
                version, text, await self._clock.now(), active=True, recorded=Recorded(provenance, digest_of(text))
            )
            self._kept[tenant] = [new, *older][:20]
        self.announced.append(tenant)
        return version

    async def versions(self, tenant: TenantId) -> list[KeptVersion]:
        return list(self._kept.get(tenant, []))

    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        kept = self._kept.get(tenant)
        if not kept:
            return None
        return ActiveDocument(tenant, kept[0].version, kept[0].text, self._suspended.get(tenant, NEVER))

    async def active_of(self, tenants: Sequence[TenantId]) -> AsyncIterator[Mapping[TenantId, ActiveDocument | None]]:
        yield {tenant: await self.active(tenant) for tenant in tenants}

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        changed = self.announced[sequence:]
        return sorted(set(changed), key=changed.index), len(self.announced)

    async def held_since(self) -> Instant:
        return self.held

    async def absence(self, tenant: TenantId) -> Absence:
        return Absence.REMOVED if tenant in self.announced else Absence.UNKNOWN

    async def remove(self, tenant: TenantId, onto: int | None = None) -> None:
        check_active(tenant, kept[0].version if (kept := self._kept.get(tenant)) else 0, onto)
        self._kept.pop(tenant, None)
        self._suspended.pop(tenant, None)
        self.announced.append(tenant)

    async def suspend(self, tenant: TenantId) -> bool:
        self.announced.append(tenant)
        if tenant in self._suspended:
            return False
        self._suspended[tenant] = await self._clock.now()
        return True

    async def resume(self, tenant: TenantId) -> bool:
        self.announced.append(tenant)
        return self._suspended.pop(tenant, None) is not None


class FakeTokens:
    """Tokens by digest, oldest first."""

    def __init__(self) -> None:
        self._clock = FakeClock()
        self.owners: dict[str, tuple[TenantId, Instant]] = {}

    async def add(self, tenant: TenantId, digest: str, at_most: int) -> bool:
        if len(await self.live(tenant)) >= at_most:
            return False
        self.owners[digest] = (tenant, await self._clock.now())
        return True

    async def live(self, tenant: TenantId) -> list[LiveToken]:
        return [
            LiveToken(digest[:ID_LENGTH], made) for digest, (owner, made) in self.owners.items() if owner == tenant
        ]

    async def revoke(self, tenant: TenantId, id_: str) -> bool:
        named = [one for one, (owner, _) in self.owners.items() if owner == tenant and one[:ID_LENGTH] == id_]
        for digest in named:
            del self.owners[digest]
        return bool(named)

    async def tenant_of(self, digest: str) -> TenantId | None:
        owner = self.owners.get(digest)
        return owner[0] if owner else None


class FakeTexts:
    """Sealed texts by tenant and name, and manifests."""

    def __init__(self) -> None:
        self._clock = FakeClock()
        self.stored: dict[TenantId, SealedSecrets] = {}

    async def of(self, tenant: TenantId) -> SealedSecrets:
        stored = self.stored.get(tenant, SealedSecrets())
        return replace(stored, texts=dict(sorted(stored.texts.items())))

    async def replace(self, tenant: TenantId, before: SealedSecrets, after: SealedSecrets) -> bool:
        if await self.of(tenant) != before:
            return False
        self.stored[tenant] = after
        return True

    async def tenants(self) -> list[TenantId]:
        return sorted(self.stored)

    async def now(self) -> Instant:
        return await self._clock.now()


class FakeSealing:
    """Seals by writing the key in front; opens what any of its keys sealed for this tenant and name."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys
        self.newest = keys[0]

    def seal(self, tenant: TenantId, name: SecretName, version: int, value: str) -> str:
        return f"{self.newest}|{tenant}|{name}|{version}|{value}"

    def unseal(self, tenant: TenantId, name: SecretName, text: str) -> Opened:
        key, owner, called, version, value = text.split("|", 4)
        if key not in self._keys or (owner, called) != (tenant, name):
            raise SecretNotFoundError(f"secret {name!r} of tenant {tenant!r} cannot be opened", remedy="set it again")
        return Opened(value, int(version))

    def seal_manifest(self, tenant: TenantId, manifest: Manifest) -> str:
        return f"{self.newest}|{tenant}|{json.dumps([manifest.number, manifest.versions])}"

    def unseal_manifest(self, tenant: TenantId, text: str) -> Manifest:
        key, owner, body = text.split("|", 2) if text else (self.newest, tenant, "[0, {}]")
        if key not in self._keys or owner != tenant:
            raise SecretNotFoundError(f"the list of tenant {tenant!r} cannot be opened", remedy="set them again")
        return Manifest(*json.loads(body))

    def is_newest(self, text: str) -> bool:
        return text.startswith(f"{self.newest}|")


@dataclass
class FakeEnvironment:
    """Secrets that are set, by the names of their variables."""

    secrets: Mapping[str, str] = field(default_factory=dict)

    def find(self, tenant: TenantId, name: SecretName) -> str | None:
        return self.secrets.get(self.variable(tenant, name))

    def variable(self, tenant: TenantId, name: SecretName) -> str:
        return f"{tenant}/{name}"


@dataclass
class FakeGroups:
    """Stored groups."""

    stored: Sequence[AlertGroup] = ()
    cannot_be_read: int = 0

    async def everything(self, tenant: TenantId) -> AsyncIterator[AlertGroup]:
        for one in self.stored:
            yield one

    async def unread(self, tenant: TenantId) -> int:
        return self.cannot_be_read


@dataclass
class FakeSecrets:
    """Every tenant's token, or none."""

    token: str | None = "xoxb-acme"

    async def find(self, tenant: TenantId, name: SecretName) -> str:
        if self.token is None:
            raise SecretNotFoundError(f"secret {name!r} not found", remedy="set it")
        return self.token


@dataclass
class FakeDirectory:
    """A workspace in which the bot is in every channel, unless a test says otherwise."""

    answer: Bot | Answer = BOT
    elsewhere: frozenset[str] = frozenset()
    archived: frozenset[str] = frozenset()

    async def bot(self, token: str) -> Bot | Answer:
        return self.answer

    async def channel(self, token: str, channel_id: str) -> SlackChannel | Answer:
        if channel_id in self.elsewhere:
            return ChannelDead("channel_not_found")
        return SlackChannel(channel_id, channel_id.lower(), member=True, archived=channel_id in self.archived)

    async def own_channels(self, token: str, scopes: frozenset[str] | None) -> tuple[SlackChannel, ...] | Answer:
        names = {"alerts", "storage"} - self.elsewhere
        return tuple(SlackChannel(f"C-{name}", name, member=True, archived=name in self.archived) for name in names)


class FakeSlack:
    """Slack that answers every call alike, and remembers the calls."""

    def __init__(self, answer: Answer | None = None) -> None:
        self._answer = answer
        self.calls: list[tuple[str, SlackCall]] = []

    async def identify(self, token: str) -> Identity | Answer:
        return Identity("T1")

    async def send(self, token: str, call: SlackCall) -> Answer:
        self.calls.append((token, call))
        return self._answer or Accepted(str(call.arguments["channel"]), "1.000001")


def a_toolbox(versions: FakeVersions, groups: Sequence[AlertGroup] = ()) -> Toolbox:
    """Whatever there is to ask, all of it fine."""
    stored = FakeGroups(groups)
    return Toolbox(
        clock=FakeClock(),
        tenants=TenantControl(versions, stored),
        groups=stored,
        secrets=FakeSecrets(),
        slack=FakeSlack(),
        directory=FakeDirectory(),
        workspaces=FakeWorkspaces(FakeStore()),
        load_localizations=lambda: CATALOGUE,
    )
