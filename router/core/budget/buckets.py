"""Which buckets a call draws on: the channel's, the workspace's, the tenant's own."""

from dataclasses import dataclass

from router.core.model.operation import Method, Op
from router.core.model.tenant import Rate, Tenant


@dataclass(frozen=True, slots=True)
class WorkspaceRates:
    """How fast one workspace is called: posts to one channel, all posts, all edits."""

    channel: Rate
    posts: Rate
    edits: Rate


def buckets_for(op: Op, tenant: Tenant, channel: str, rates: WorkspaceRates) -> tuple[tuple[str, Rate], ...]:
    """The buckets of a call by name; the tenant's own counts notifications, so a reply is free of it."""
    own = () if op.is_reply else ((f"tenant:{tenant.tenant_id}", tenant.notifications),)
    if op.method is Method.UPDATE:
        return (("update", rates.edits), *own)
    return ((f"channel:{channel}", rates.channel), ("post", rates.posts), *own)
