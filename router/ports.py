"""What the roles need of the outside world: the values they hand over, and one narrow protocol a system.

Roles know these and no adapter; adapters fulfil them and know no role; the composition root joins the two. Every
method may raise UnavailableError unless it says otherwise: nobody knows then whether it was done, so what is asked
must be harmless to ask again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.core.model.alert import Fingerprint, TenantId
from router.core.model.group import Method, Notification, Place
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.key import GroupId, GroupKey
from router.core.model.tenant import Layout, Rate, SecretName
from router.core.model.transition import Step
from router.core.render.localizer import Wording
from router.core.slack.message import SlackMessage
from router.core.slack.outcome import Answer, HoldScope

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as Kafka has it; headers may be null or no text."""

    topic: str
    partition: int
    offset: int
    timestamp: Instant
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class Applied(StrEnum):
    """What became of a transition."""

    OK = "ok"
    CONFLICT = "conflict"
    """The notification has moved on: read it again."""
    RELOAD = "reload"
    """Another version of the tenant's configuration is active."""
    REBUILD = "rebuild"
    """The tenant's data is gone."""


@dataclass(frozen=True, slots=True)
class Write:
    """One transition to store. `config_version` None: it holds under any configuration (a call was answered)."""

    tenant: TenantId
    before: Notification
    step: Step
    now: Instant
    keep: Span
    config_version: int | None = None


@dataclass(frozen=True, slots=True)
class DueWork:
    """What of a tenant is due: notifications, and lanes by name."""

    notifications: tuple[GroupId, ...]
    lanes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActiveDocument:
    """A tenant's active configuration as stored; since when nothing is sent for it, NEVER while it is served."""

    tenant: TenantId
    version: int
    text: str
    suspended_since: Instant = NEVER


@dataclass(frozen=True, slots=True)
class Call:
    """A call that asks for its budget.

    `request_id` is charged once, however often and by whomever it is asked for. `buckets` are named within the
    workspace (`post`, `update`, `channel:<c>`, `tenant:<t>`). `alone_for` is how long no other call may be in flight
    to the channel, 0 where it need not be alone; `delivery_id` says which call holds the channel meanwhile.
    """

    request_id: str
    workspace: str
    method: Method
    channel: str
    buckets: tuple[tuple[str, Rate], ...]
    alone_for: Span
    delivery_id: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token is: bots of one app in one workspace share Slack's limits."""

    workspace: str


class Clock(Protocol):
    """The one clock that decides due times, leases and budgets."""

    async def now(self) -> Instant: ...


class Notifications(Protocol):
    """Stored notifications, compared and set."""

    async def load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Notification | None]: ...

    async def load_parts(
        self, wanted: Sequence[tuple[TenantId, GroupKey, Sequence[Fingerprint]]]
    ) -> list[Notification]: ...

    async def apply(self, writes: Sequence[Write]) -> list[Applied]: ...

    async def due(self, tenant: TenantId, now: Instant, limit: int) -> DueWork: ...

    async def next_due(self, tenants: Sequence[TenantId]) -> list[Instant]: ...

    async def heads(self, tenant: TenantId, lanes: Sequence[str]) -> list[GroupId | None]: ...

    async def try_lane_at(self, tenant: TenantId, lane: str, at: Instant) -> None: ...

    async def drop_from_lane(self, tenant: TenantId, lane: str, notification: GroupId | None) -> None: ...

    async def drop_due(self, tenant: TenantId, notification: GroupId) -> None: ...

    async def standing(self, tenant: TenantId) -> list[GroupId]: ...

    async def routed(self, tenants: Sequence[TenantId]) -> list[int]: ...

    async def note_routed(self, tenant: TenantId, version: int) -> None: ...

    async def count(self, tenant: TenantId, counter: str, by: int) -> None: ...


class Turns(Protocol):
    """Whose turn it is."""

    async def take(self, now: Instant) -> tuple[TenantId | None, Instant]: ...

    async def offer(self, turns: dict[TenantId, Instant]) -> None: ...


class Limiter(Protocol):
    """Budgets, holds, and the names of channels within a workspace."""

    async def take(self, calls: Sequence[Call]) -> list[Span]: ...

    async def release(self, call: Call) -> None: ...

    async def give_back(self, call: Call) -> None: ...

    async def hold(self, call: Call, scope: HoldScope, span: Span) -> None: ...

    async def channel_id(self, workspace: str, channel: str) -> str: ...

    async def learn_channel_id(self, workspace: str, channel: str, channel_id: str) -> None: ...

    async def forget_channel_id(self, workspace: str, channel: str) -> None: ...


class Workspaces(Protocol):
    """Workspaces by the digest of a token."""

    async def find(self, token_digest: str) -> str | None: ...

    async def remember(self, token_digest: str, workspace: str) -> None: ...


class Outbox(Protocol):
    """Events stored beside the state, until they are in Kafka."""

    async def read(self, tenant: TenantId) -> list[tuple[str, str]]: ...

    async def remove(self, tenant: TenantId, entries: list[str]) -> None: ...


class Tenants(Protocol):
    """Active configurations."""

    async def active(self, tenant: TenantId) -> ActiveDocument | None: ...

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]: ...

    async def is_empty(self) -> bool: ...


class Tokens(Protocol):
    """Senders' tokens by digest."""

    async def tenant_of(self, digest: str) -> TenantId | None: ...

    async def all(self) -> dict[str, TenantId]: ...

    async def nothing_is_known(self) -> bool: ...


class Secrets(Protocol):
    """Tenants' secrets; raises SecretNotFoundError."""

    async def find(self, tenant: TenantId, name: SecretName) -> str: ...


class Log(Protocol):
    """Records out."""

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None: ...


class Slack(Protocol):
    """Slack: every call ends in one answer and raises nothing."""

    async def identify(self, token: str) -> Identity | Answer: ...

    async def post(self, token: str, channel: str, message: SlackMessage, delivery_id: str) -> Answer: ...

    async def edit(self, token: str, place: Place, message: SlackMessage, delivery_id: str) -> Answer: ...

    async def reply(
        self, token: str, place: Place, message: SlackMessage, delivery_id: str, *, aloud: bool
    ) -> Answer: ...


class Words(Protocol):
    """Templates and translations, ready for a locale, a time zone and a layout; never fails for what was loaded."""

    def wording(self, locale: str, time_zone: str, layout: Layout) -> Wording: ...
