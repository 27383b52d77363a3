"""The one builder of keys. Braces put all keys of a tenant, of a workspace, or of the index into one cluster slot.

Tenant ids hold no colon, so neither `:index` nor `ws:...` can be taken for a tenant.
"""

from typing import Final

from router.core.model.alert import TenantId
from router.core.model.group import Lane
from router.core.model.key import GroupId

_PREFIX: Final = "alert-router:"
_LANE: Final = "lane:"

TURNS: Final = f"{_PREFIX}{{:index}}:turns"
TENANTS: Final = f"{_PREFIX}{{:index}}:tenants"
SEQUENCE: Final = f"{_PREFIX}{{:index}}:sequence"
TOKENS: Final = f"{_PREFIX}{{:index}}:tokens"
WORKSPACES: Final = f"{_PREFIX}{{:index}}:workspaces"


def tenant_key(tenant: TenantId, *parts: str) -> str:
    """A key of one tenant: `epoch`, `active`, `config:<v>`, `applied`, `suspended`, `due`, `books`, `outbox`."""
    return f"{_PREFIX}{{{tenant}}}:{':'.join(parts)}"


def notification_key(tenant: TenantId, notification: GroupId) -> str:
    """The hash of one notification."""
    return tenant_key(tenant, "n", notification)


def lane_key(tenant: TenantId, lane: Lane | str) -> str:
    """The queue of one lane."""
    return tenant_key(tenant, "lane", str(lane))


def lane_member(lane: Lane) -> str:
    """How a lane stands in `due`, beside notifications."""
    return f"{_LANE}{lane}"


def lane_name(member: str) -> str | None:
    """The lane that a member of `due` names; None for a notification."""
    return member.removeprefix(_LANE) if member.startswith(_LANE) else None


def workspace_key(workspace: str, *parts: str) -> str:
    """A key of one Slack workspace: buckets, holds, calls in flight, names of channels."""
    return f"{_PREFIX}{{ws:{workspace}}}:{':'.join(parts)}"
