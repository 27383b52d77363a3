"""Which buckets a call draws on: the channel's, the workspace's, the tenant's own."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from router.core.model.instant import MINUTE, Span
from router.core.model.operation import Method, Op
from router.core.model.rules.limits import Rate
from router.core.model.rules.tenant import Tenant

_READS: Final = Rate(Span(MINUTE // 20), 5)
"""Slack lets an app of a customer's own read 50 pages a minute; one that is distributed may read a page a minute."""


@dataclass(frozen=True, slots=True)
class WorkspaceRates:
    """How fast one workspace is called: posts to one channel, all posts, all edits, all that is read."""

    channel: Rate
    posts: Rate
    edits: Rate
    reads: Rate = _READS


def begun_within(span: Span, rates: WorkspaceRates) -> int:
    """So many calls a workspace's budgets let begin in that time: while Slack is well no more are in flight."""
    return sum(rate.burst + ceil(span / rate.period) for rate in (rates.posts, rates.edits))


def buckets_for(op: Op, tenant: Tenant, channel: str, rates: WorkspaceRates) -> tuple[tuple[str, Rate], ...]:
    """The buckets of a call by name; the tenant's own counts notifications, so a reply about one is free of it.

    Replies give way first: they leave half of what the workspace may post at once to messages.
    """
    own = ((f"tenant:{tenant.tenant_id}", tenant.notifications),) if op.shows_group else ()
    if op.method is Method.UPDATE:
        return (("update", rates.edits), *own)
    posts = rates.posts if op.shows_group else half(rates.posts)
    return ((f"channel:{channel}", rates.channel), ("post", posts), *own)


def buckets_for_chart(rates: WorkspaceRates) -> tuple[tuple[str, Rate], ...]:
    """The bucket of an edit for a chart alone: no notification, and it leaves half of the edits to others."""
    return (("update", half(rates.edits)),)


def half(rate: Rate) -> Rate:
    """The same bucket for who leaves half of it to others: as fast in the long run, and not when it is half empty."""
    return Rate(rate.period, max(1, rate.burst // 2))


def sparing(buckets: tuple[tuple[str, Rate], ...]) -> tuple[tuple[str, Rate], ...]:
    """The buckets of an edit of a message that was edited a moment ago: it leaves half of the edits to others."""
    return tuple((name, half(rate) if name == Method.UPDATE else rate) for name, rate in buckets)
