"""What only control needs of the outside world: stored versions, tokens and secrets, and a view into Slack.

As for all ports, every method may raise UnavailableError, and what is asked may be asked again.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupId
from router.core.model.rules.names import SecretName
from router.core.model.rules.silence import Silence
from router.core.slack.answer import Answer
from router.errors import ChangedMeanwhileError
from router.ports.provenance import UNKNOWN, Provenance, digest_of
from router.ports.signing import Untrusted
from router.ports.state import Loaded
from router.ports.tenants import Tenants


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a version comes from, and the digest that its document had when it was applied."""

    provenance: Provenance
    digest: str


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of a configuration that is kept.

    `applied_at` is NEVER and `recorded` None if it was applied before these were stored.
    """

    version: int
    text: str
    applied_at: Instant
    active: bool
    recorded: Recorded | None = None
    untrusted: Untrusted | None = None
    """Why it is not what somebody with a key has applied."""

    @property
    def digest(self) -> str:
        """The digest of the document as it stands there now."""
        return digest_of(self.text)

    @property
    def altered(self) -> bool:
        """Whether what stands there is not what was applied."""
        return self.recorded is not None and self.recorded.digest != self.digest


def check_active(tenant: TenantId, active: int, onto: int | None) -> None:
    """Whether a change may be made that was planned of version `onto` (0: none), if that is known.

    Raises:
        ChangedMeanwhileError: another version is active.
    """
    if onto not in {None, active}:
        now = f"version {active} is active" if active else "no version is active"
        raise ChangedMeanwhileError(f"tenant {tenant!r} was changed meanwhile: {now}", remedy="try again")


class ConfigurationVersions(Tenants, Protocol):
    """The versions of all tenants' configurations, and which tenants are suspended."""

    async def publish(
        self, tenant: TenantId, text: str, onto: int | None = None, provenance: Provenance = UNKNOWN
    ) -> int:
        """Store the document as the next version, make it the active one, and return its number.

        A document that is active already is only announced again. With `onto` the active version must be that one
        (0: none).

        Raises:
            ChangedMeanwhileError: another version than `onto` is active.
        """

    async def versions(self, tenant: TenantId) -> list[KeptVersion]:
        """Every version that is kept, newest first; the newest is the active one."""

    async def remove(self, tenant: TenantId, onto: int | None = None) -> None:
        """Remove all that is stored of a tenant, and announce it; its senders' tokens may be left.

        With `onto` the active version must be that one (0: none).

        Raises:
            ChangedMeanwhileError: another version than `onto` is active.
        """

    async def suspend(self, tenant: TenantId) -> bool:
        """Send nothing for the tenant from now on; False if it was suspended already."""

    async def resume(self, tenant: TenantId) -> bool:
        """Send for the tenant again; False if it was not suspended."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """What came of putting everybody on hold, or of releasing everybody: whether it was news, and for how many."""

    changed: bool
    tenants: int


class Holds(Protocol):
    """The hold of everybody."""

    async def hold(self) -> Everybody:
        """Put everybody on hold; once it returns no call is begun for anybody."""

    async def release(self) -> Everybody:
        """Release everybody but those who are on hold alone."""


class OnHold(Protocol):
    """Whether everybody is on hold."""

    async def since(self) -> Instant:
        """Since when nothing is sent for anybody; NEVER while that is not so."""


class StoredSilences(Protocol):
    """Tenants' silences, also those that are over."""

    async def all_of(self, tenant: TenantId) -> list[Silence]:
        """Every silence of a tenant that can be read."""

    async def store(self, tenant: TenantId, silences: Sequence[Silence], forgotten: Collection[str]) -> None:
        """Store these in their order, forget those with these ids, and announce it."""


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A sender's token as it is listed.

    `created_at` is NEVER if it was made before times were stored, `last_used_at` if no gateway has stored a use; it
    is right to a minute. A token that is not `untrusted` is good.
    """

    id: str
    created_at: Instant
    last_used_at: Instant = NEVER
    untrusted: Untrusted | None = None


class StoredTokens(Protocol):
    """Senders' tokens, stored as digests."""

    async def add(self, tenant: TenantId, digest: str, at_most: int) -> bool:
        """Store a new token; False, and nothing stored, if the tenant has as many as `at_most` already."""

    async def live(self, tenant: TenantId) -> list[LiveToken]:
        """The tenant's tokens, oldest first."""

    async def revoke(self, tenant: TenantId, id_: str) -> bool:
        """Remove a token; False if the tenant has none with this id."""

    async def tenant_of(self, digest: str) -> TenantId | None:
        """Whose token it is."""


class SecretEnvironment(Protocol):
    """Secrets that are set in the environment; no method raises."""

    def find(self, tenant: TenantId, name: SecretName) -> str | None:
        """The secret; None if it is not set."""

    def variable(self, tenant: TenantId, name: SecretName) -> str:
        """The name of the variable that is looked up."""


class StoredGroups(Protocol):
    """Stored alert groups, for a person who asks: this reads every group of a tenant."""

    def everything(self, tenant: TenantId) -> AsyncIterator[AlertGroup]:
        """All groups of a tenant that can be read."""

    async def unread(self, tenant: TenantId) -> int:
        """How many groups of a tenant cannot be read here: their keys were destroyed, or their form is newer."""


class PagedGroups(Protocol):
    """Stored alert groups, some at a time; finding their ids looks at every key of a tenant."""

    async def ids(self, tenant: TenantId, after: GroupId, count: int) -> list[GroupId]:
        """The next ids after this one, in their order."""

    async def load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Loaded | None]:
        """Whole groups, in the order asked for."""


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot that a token belongs to; `scopes` is None if Slack does not name them."""

    team: str
    team_id: str
    user: str
    user_id: str
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """A channel as the bot sees it."""

    id: str
    name: str
    member: bool
    archived: bool


class Directory(Protocol):
    """Bots and channels of a Slack workspace; a call that fails returns its answer and raises nothing."""

    async def bot(self, token: str) -> Bot | Answer:
        """The bot that the token belongs to, and its scopes."""

    async def channel(self, token: str, channel_id: str) -> SlackChannel | Answer:
        """A channel by its ID."""

    async def own_channels(self, token: str, scopes: frozenset[str] | None) -> tuple[SlackChannel, ...] | Answer:
        """All channels that the bot is in and that its scopes let it see."""
