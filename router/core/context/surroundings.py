"""What is looked up for a call, and what its message shows of what was found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from router.core.context.context import Context
from router.core.context.episodes import Episode, earlier
from router.core.context.listing import Listing, SharedKey, shared_key, shared_labels, to_be_listed
from router.core.context.related import MAX_NAMED, Related, RelatedGroup
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.rules.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for one group: others that are listed under these keys, and its own earlier episodes."""

    group: GroupId
    keys: tuple[SharedKey, ...] = ()
    history: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Others by key, the worst first, and earlier episodes, the newest first."""

    listed: Mapping[SharedKey, Sequence[Listing]] = field(default_factory=dict)
    episodes: tuple[Episode, ...] = ()


def wanted_of(tenant: Tenant, group: AlertGroup) -> Wanted | None:
    """What is to be asked for a message of a group, which must be loaded whole; None for nothing."""
    if group.digest is not None:
        return None
    keys = tuple(shared_key(*one) for one in shared_labels(tenant, group).items()) if tenant.context.related else ()
    return Wanted(group.key.group_id, keys, tenant.context.history) if keys or tenant.context.history else None


def context_of(tenant: Tenant, group: AlertGroup, found: Found, workspace_url: str, now: Instant) -> Context:
    """What is shown beside the alerts of a group, but for a chart."""
    timing = tenant.timing(group.key.receiver, group.key.path)
    episodes = earlier(group, found.episodes, timing.reopen_within, now)
    return Context(related=tuple(_related(tenant, group, found)), episodes=episodes, workspace_url=workspace_url)


def _related(tenant: Tenant, group: AlertGroup, found: Found) -> Iterator[Related]:
    own = to_be_listed(tenant, group)
    if own is None:
        return
    channel = group.posted.channel if group.posted else ""
    for label, value in shared_labels(tenant, group).items():
        others = _others(own, found.listed.get(shared_key(label, value), ()), channel)
        named = tuple(RelatedGroup(one.name, one.firing, one.message) for one in others[:MAX_NAMED])
        if others:
            yield Related(label, value, named, sum(one.firing for one in others[MAX_NAMED:]))


def _others(own: Listing, listed: Sequence[Listing], channel: str) -> Sequence[Listing]:
    """Each that shows something else, once; of two that show the same that which is read beside this one."""
    others, shown = list[Listing](), set(own.shows)
    for one in sorted(listed, key=lambda one: (one.rank, one.message is None or one.message.channel != channel)):
        if shown.isdisjoint(one.shows):
            others.append(one)
            shown |= one.shows
    return others
