"""What a group is listed with for the messages of others: by the values of labels that its alerts share.

A listing is stated whole with the transition that changes it, and only by one that has all alerts of the group before
it; it is wrong for as long as nobody looks at the group, and never for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from typing import Final, NewType

from router.core.match.labels import Labels
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import HOUR, NEVER, Instant
from router.core.model.phase import Held
from router.core.model.rules.tenant import Tenant

MAX_LISTED: Final = 10_000
"""Groups of a tenant that are listed; others are not named."""
MAX_READ: Final = 100
"""Groups under one value of a label that are read; those beyond, of the mildest, are not counted."""
MAX_NAME: Final = 60
"""Characters of a name that is kept in a listing."""

SharedKey = NewType("SharedKey", str)
"""64 bits, as hex, over a label and its value."""

_SKETCH: Final = 4


@dataclass(frozen=True, slots=True)
class Listing:
    """A group as others name it; `rank` is that of its worst alert, 0 the worst.

    `same` is a digest of its group labels, and `alerts` are digests of some of its alerts: two groups that share
    either show the same, in two places.
    """

    name: str
    rank: int
    firing: int
    message: MessageRef | None = None
    same: str = ""
    alerts: tuple[str, ...] = ()

    @property
    def shows(self) -> frozenset[str]:
        """What it shows: another one that shows any of it shows the same."""
        return frozenset((self.same, *self.alerts))


@dataclass(frozen=True, slots=True)
class ListingChange:
    """What a group is listed with from now on, under which keys and until when at the latest; None: not at all."""

    listing: Listing | None = None
    keys: tuple[SharedKey, ...] = ()
    until: Instant = NEVER


_NOT_LISTED: Final = ListingChange()


def shared_key(label: str, value: str) -> SharedKey:
    """Under which key groups are listed whose alerts share that value."""
    return SharedKey(_digest(8, label, value))


def shared_labels(tenant: Tenant, group: AlertGroup) -> Mapping[str, str]:
    """The values that all alerts of a group which fire share, of the labels by which a tenant relates groups."""
    return _shared(tenant, _firing(group)) if tenant.context.related else {}


def listing_of(tenant: Tenant, group: AlertGroup) -> Listing | None:
    """What others may name of a group that is loaded whole; None where its message shows nothing that fires."""
    return _listing(tenant, group, _visible(group))


def to_be_listed(tenant: Tenant, group: AlertGroup) -> Listing | None:
    """The same of a group whose message is about to be made; None where nothing fires."""
    return _listing(tenant, group, _firing(group))


def changed_listing(tenant: Tenant, before: AlertGroup, after: AlertGroup, now: Instant) -> ListingChange | None:
    """What a transition changes of a group's listing; None for nothing, or where that is not known."""
    is_restated = before.rev > 0 and before.config_version < after.config_version
    if after.digest is not None or not (tenant.context.related or is_restated):
        return None
    if not _is_whole(after):
        return _NOT_LISTED if before.firing and not after.firing else None
    then = _change(tenant, after, now)
    is_looked_at = then.listing is not None and type(before.phase) is not type(after.phase)
    if is_restated or is_looked_at or not _is_whole(before):
        return then
    return None if listing_of(tenant, before) == then.listing else then


def _change(tenant: Tenant, group: AlertGroup, now: Instant) -> ListingChange:
    visible = _visible(group)
    keys = tuple(shared_key(*one) for one in _shared(tenant, visible).items())
    if not keys:
        return _NOT_LISTED
    timing = tenant.timing(group.key.receiver, group.key.path)
    return ListingChange(_listing(tenant, group, visible), keys, Instant(now + 2 * timing.stale_after + HOUR))


def _is_whole(group: AlertGroup) -> bool:
    """Whether all alerts of which anything is known but their times are loaded."""
    return sum(alert.content is not None for alert in group.alerts.values()) == group.contents


_Alerts = Mapping[AlertId, Labels]
"""The labels of alerts that fire, as far as they are known."""


def _firing(group: AlertGroup) -> _Alerts:
    return {
        alert_id: alert.content.labels
        for alert_id, alert in group.alerts.items()
        if alert.content is not None and alert.shown_firing
    }


def _visible(group: AlertGroup) -> _Alerts:
    """Those that its message shows as firing."""
    if not group.firing or group.message is None or isinstance(group.phase, Held):
        return {}
    shown = {one: alert for one, alert in group.alerts.items() if alert.last_shown.state is ShownState.FIRING}
    return {
        one: alert.content.labels for one, alert in shown.items() if alert.content is not None and alert.shown_firing
    }


def _shared(tenant: Tenant, alerts: _Alerts) -> Mapping[str, str]:
    values = {name: {labels.get(name, "") for labels in alerts.values()} for name in tenant.context.related}
    return {name: next(iter(found)) for name, found in values.items() if len(found) == 1 and "" not in found}


def _listing(tenant: Tenant, group: AlertGroup, alerts: _Alerts) -> Listing | None:
    if not alerts:
        return None
    label = tenant.severity.label
    severities = {labels.get(label, "") for labels in alerts.values()}
    return Listing(
        name=group.alert_name[:MAX_NAME],
        rank=min(tenant.severity.rank({label: one}) for one in severities),
        firing=len(alerts),
        message=group.posted,
        same=_digest(6, *(part for pair in sorted(group.key.group) for part in pair)),
        alerts=tuple(_digest(4, one) for one in nsmallest(_SKETCH, alerts)),
    )


def _digest(size: int, *parts: str) -> str:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(text.encode(), digest_size=size).hexdigest()
