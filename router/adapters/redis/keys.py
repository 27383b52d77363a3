"""The one builder of keys. Braces put all keys of a tenant, of a workspace, or of the index into one cluster slot.

Tenant ids hold no colon, so neither `:index` nor `ws:...` can be taken for a tenant.
"""

from typing import Final

from router.core.model.alert import TenantId
from router.core.model.key import GroupId
from router.core.model.operation import Lane, Method
from router.core.model.rules.inhibit import SourceKey

_PREFIX: Final = "alert-router:"
_LANE: Final = "lane:"
_METHODS: Final = frozenset(Method)

TURNS: Final = f"{_PREFIX}{{:index}}:turns"
SERVED: Final = f"{_PREFIX}{{:index}}:served"
"""Tenants by the time at which a worker served them last."""
TENANTS: Final = f"{_PREFIX}{{:index}}:tenants"
REMOVED: Final = f"{_PREFIX}{{:index}}:removed"
"""Tenants that were removed, by when: removed is an entry, never an absence."""
GENERATION: Final = f"{_PREFIX}{{:index}}:generation"
"""The life of the index: it goes when the index is lost."""
RECOVERING: Final = f"{_PREFIX}{{:index}}:recovering"
"""The process that puts lost data together."""
SEQUENCE: Final = f"{_PREFIX}{{:index}}:sequence"
TOKENS: Final = f"{_PREFIX}{{:index}}:tokens"
TOKEN_CHANGES: Final = f"{_PREFIX}{{:index}}:token-changes"
"""The digests that were added or revoked last, by a number of the sequence."""
TOKENS_REVOKED: Final = f"{_PREFIX}{{:index}}:tokens-revoked"
"""The digests that were revoked, by when: nobody brings them back after a loss."""
TOKEN_USES: Final = f"{_PREFIX}{{:index}}:token-uses"
HOLD: Final = f"{_PREFIX}{{:index}}:hold"
"""Since when sending is on hold for everybody."""
MANAGED: Final = f"{_PREFIX}{{:index}}:managed"
"""The id of the record that this Redis is a projection of."""
PROJECTED: Final = f"{_PREFIX}{{:index}}:projected"
"""By tenant the generation of the record that its part of the index is of."""
HEALTH: Final = f"{_PREFIX}{{:index}}:health"
RUNS: Final = f"{_PREFIX}{{:index}}:runs"
"""The runs of the servers that the data was last seen in."""
REDRIVEN: Final = f"{_PREFIX}{{:index}}:redriven"
"""Dead letters by when they were redriven."""
WORKSPACES: Final = f"{_PREFIX}{{:index}}:workspaces"
READ: Final = f"{_PREFIX}{{:index}}:read"
"""Until when each inbound partition was read to its end."""
HOLDING: Final = f"{_PREFIX}{{:index}}:holding"
"""Tenants by when a record of theirs was held last."""
OPEN: Final = f"{_PREFIX}{{:index}}:open"
"""Since when, and until when, senders could reach gateways, or workers Kafka."""
WATCHER: Final = f"{_PREFIX}{{:index}}:watcher"
"""Some worker looks at heartbeats now."""
TROUBLES: Final = f"{_PREFIX}{{:index}}:troubles"
"""What operators are to be shown, by kind: when it was met last, and in `TROUBLE_COUNTS` how often."""
TROUBLE_COUNTS: Final = f"{_PREFIX}{{:index}}:trouble-counts"
OPERATORS: Final = f"{_PREFIX}{{:index}}:operators"
"""The messages in a channel of the operators, and who works at one now."""
HEARD: Final = f"{_PREFIX}{{:index}}:heard"
"""Tenants by when alerts of theirs were accepted last."""
NOTHING: Final = f"{_PREFIX}{{:index}}:nothing"
"""Never there."""


def busy_key(hour: int) -> str:
    """The sorted set of tenants by the alerts that were accepted of them in an hour of Unix time."""
    return f"{_PREFIX}{{:index}}:busy:{hour}"


def tenant_key(tenant: TenantId, *parts: str) -> str:
    """A key of one tenant, such as `epoch`, `active`, `suspended`, `held`, `due`, `books`, `outbox`."""
    return f"{_PREFIX}{{{tenant}}}:{':'.join(parts)}"


def group_key(tenant: TenantId, group: GroupId) -> str:
    """The hash of one alert group."""
    return tenant_key(tenant, "g", group)


def trace_key(tenant: TenantId, group: GroupId) -> str:
    """The list of the contexts of traces that one alert group waits with."""
    return tenant_key(tenant, "trace", group)


def shares_key(tenant: TenantId, digest: GroupId, life: int) -> str:
    """The hash of what a digest counts of each of its groups, by their ids."""
    return tenant_key(tenant, "digest", digest, str(life))


def where_key(tenant: TenantId, receiver: str) -> str:
    """The hash of the alerts that fire at one receiver: for each the ids of its groups."""
    return tenant_key(tenant, "where", receiver)


def sources_key(tenant: TenantId, key: SourceKey) -> str:
    """The sorted set of alerts that are sources under this key, by until when they count."""
    return tenant_key(tenant, "sources", key)


def awaiting_key(tenant: TenantId, key: SourceKey) -> str:
    """The set of groups that wait for the last source under this key to end."""
    return tenant_key(tenant, "awaiting", key)


def lane_key(tenant: TenantId, lane: Lane) -> str:
    """The queue of one lane."""
    return tenant_key(tenant, "lane", lane.channel, lane.method)


def lane_member(lane: Lane) -> str:
    """How a lane is listed in `due`, beside groups; channels hold no colon."""
    return f"{_LANE}{lane.channel}:{lane.method}"


def lane_of(member: str) -> Lane | None:
    """The lane that a member of `due` names; None for a group, and for a lane of a kind that is not known here."""
    channel, _, method = member.removeprefix(_LANE).rpartition(":")
    return Lane(channel, Method(method)) if is_lane(member) and method in _METHODS else None


def is_lane(member: str) -> bool:
    """Whether a member of `due` names a lane, of whatever kind."""
    return member.startswith(_LANE)


def workspace_key(workspace: str, *parts: str) -> str:
    """A key of one Slack workspace: buckets, holds, calls in flight, names of channels."""
    return f"{_PREFIX}{{ws:{workspace}}}:{':'.join(parts)}"
