"""The one builder of keys. Braces put all keys of a tenant, of a workspace, or of the index into one cluster slot.

Tenant ids hold no colon, so neither `:index` nor `ws:...` can be taken for a tenant. What a key begins with after its
braces is one of the parts below: each is a stored kind, with its row in `control/kinds/of_redis.py`.
"""

from typing import Final, Literal

from router.core.model.alert import TenantId
from router.core.model.key import GroupId
from router.core.model.operation import Lane, Method
from router.core.model.rules.inhibit import SourceKey
from router.core.pool import Pool

_PREFIX: Final = "alert-router:"
_LANE: Final = "lane:"
_METHODS: Final = frozenset(Method)

TenantPart = Literal[
    "active", "applied", "awaiting", "books", "closed", "comparing", "config", "digest", "due", "episodes",
    "epoch", "g", "heartbeats", "held", "keys", "lane", "marks", "metrics", "missing", "nothing", "noticed", "outbox",
    "projected", "provenance", "quota", "related", "routed", "secrets", "signed", "silences", "size", "sources",
    "subjects", "suspended", "trace", "where",
]  # fmt: skip
WorkspacePart = Literal[
    "blocks", "busy", "channel", "dead", "digests", "history", "hold", "last", "name", "nothing", "post",
    "request", "tenant", "turns", "update",
]  # fmt: skip
IndexPart = Literal[
    "busy", "cell", "elsewhere", "erased", "generation", "health", "heard", "hold", "holding", "managed", "nothing",
    "open", "operators", "projected", "read", "recovering", "redriven", "removed", "runs", "sequence", "served",
    "tenants", "token-changes", "token-uses", "tokens", "tokens-revoked", "trouble-counts", "troubles", "turns",
    "watcher", "workspaces",
]  # fmt: skip


def index_key(part: IndexPart, *more: str) -> str:
    """A key of what all tenants share."""
    return f"{_PREFIX}{{:index}}:{':'.join((part, *more))}"


TURNS: Final = index_key("turns")
SERVED: Final = index_key("served")
"""Tenants by the time at which a worker served them last."""
TENANTS: Final = index_key("tenants")
REMOVED: Final = index_key("removed")
"""Tenants that were removed, by when: removed is an entry, never an absence."""
ERASED: Final = index_key("erased")
"""By tenant how far its erasure has come: once it is over, that its id was given."""
GENERATION: Final = index_key("generation")
"""The life of the index: it goes when the index is lost."""
RECOVERING: Final = index_key("recovering")
"""The process that puts lost data together."""
SEQUENCE: Final = index_key("sequence")
TOKENS: Final = index_key("tokens")
TOKEN_CHANGES: Final = index_key("token-changes")
"""The digests that were added or revoked last, by a number of the sequence."""
TOKENS_REVOKED: Final = index_key("tokens-revoked")
"""The digests that were revoked, by when: nobody brings them back after a loss."""
TOKEN_USES: Final = index_key("token-uses")
HOLD: Final = index_key("hold")
"""Since when sending is on hold for everybody."""
MANAGED: Final = index_key("managed")
"""The id of the record that this Redis is a projection of."""
CELL: Final = index_key("cell")
"""The cell whose tenants are projected here, noted before `managed`; never there where that has no name."""
ELSEWHERE: Final = index_key("elsewhere")
"""By tenant of another cell the name of that, "" for that of no name."""
PROJECTED: Final = index_key("projected")
"""By tenant the generation of the record that its part of the index is of."""
HEALTH: Final = index_key("health")
RUNS: Final = index_key("runs")
"""The runs of the servers that the data was last seen in."""
REDRIVEN: Final = index_key("redriven")
"""Dead letters by when they were redriven."""
WORKSPACES: Final = index_key("workspaces")
READ: Final = index_key("read")
"""Until when each inbound partition was read to its end."""
HOLDING: Final = index_key("holding")
"""Tenants by when a record of theirs was held last."""
OPEN: Final = index_key("open")
"""Since when, and until when, senders could reach gateways, or workers Kafka."""
WATCHER: Final = index_key("watcher")
"""Some worker looks at heartbeats now."""
HEARD: Final = index_key("heard")
"""Tenants by when alerts of theirs were accepted last."""
NOTHING: Final = index_key("nothing")
"""Never there."""


def turns_key(pool: Pool) -> str:
    """The turns of the tenants of a pool."""
    return index_key("turns", pool) if pool else TURNS


def watcher_key(pool: Pool) -> str:
    """Some worker of a pool looks at the heartbeats of its tenants now."""
    return index_key("watcher", pool) if pool else WATCHER


def busy_key(hour: int) -> str:
    """The sorted set of tenants by the alerts that were accepted of them in an hour of Unix time."""
    return index_key("busy", str(hour))


def tenant_key(tenant: TenantId, part: TenantPart, *more: str) -> str:
    """A key of one tenant."""
    return f"{_PREFIX}{{{tenant}}}:{':'.join((part, *more))}"


def tenant_keys(tenant: TenantId, *parts: TenantPart) -> list[str]:
    """Several keys of one tenant."""
    return [tenant_key(tenant, part) for part in parts]


def tenant_pattern(tenant: TenantId) -> str:
    """What all keys of one tenant match, and no other."""
    return f"{_PREFIX}{{{tenant}}}:*"


def pattern(tenant: str, part: str) -> str:
    """What matches a part of these tenants' keys; both may hold wildcards."""
    return f"{_PREFIX}{{{tenant}}}:{part}"


def index_pattern(part: str) -> str:
    """What matches a part of the index, which may hold wildcards."""
    return f"{_PREFIX}{{:index}}:{part}"


EVERY_WORKSPACE: Final = f"{_PREFIX}{{ws:*}}:*"
"""What all keys of all workspaces match."""


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


def workspace_key(workspace: str, part: WorkspacePart, *more: str) -> str:
    """A key of one Slack workspace: holds, calls in flight, names of channels."""
    return f"{_PREFIX}{{ws:{workspace}}}:{':'.join((part, *more))}"


def bucket_key(workspace: str, bucket: str) -> str:
    """The bucket of this name, as `core/budget/buckets.py` calls it."""
    return f"{_PREFIX}{{ws:{workspace}}}:{bucket}"
