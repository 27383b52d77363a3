"""What there is to say about one alert, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.context.context import NO_CONTEXT, Context
from router.core.context.undrawn import Undrawn
from router.core.decide.policy import Policy
from router.core.decide.standing import Standing
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Op, Reason
from router.core.model.rules.limits import Rate
from router.core.route.trace import Tried


@dataclass(frozen=True, slots=True)
class Place:
    """One group that an alert is in: its labels, how the alert stands there, and the calls of its webhook.

    `undrawn` is why its message has no chart, None where it may have one or nobody is asked for one. `context` is
    what else fires and how it usually goes, by now, without what nobody may read.
    """

    group: AlertGroup
    labels: Mapping[str, str]
    policy: Policy
    standing: Standing
    calls: tuple[tuple[Op, Reason], ...] = ()
    undrawn: Undrawn | None = None
    context: Context = NO_CONTEXT


@dataclass(frozen=True, slots=True)
class Unkept:
    """A group that does not keep the labels of so many alerts: nobody knows whether one of them is meant."""

    group: AlertGroup
    labels: Mapping[str, str]
    alerts: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One alert, as of `at`: the routes that it tried, None for a heartbeat; and the groups that it is in.

    `source` names where it was read. `firing` is None for what nobody has ever seen here, and `last_record` is then
    the newest observation of any alert of the tenant. Since `suspended_since` nothing is sent for the tenant, since
    `on_hold_since` for nobody. `dead_letter` says why an alert of a webhook cannot be used at all. Of an alert whose
    labels are not kept `labels` are those of its group, and nobody knows the routes. Where `unkept` names groups, it
    is not an alert: what was asked about may be one of theirs.
    """

    at: Instant
    source: str
    labels: Mapping[str, str]
    firing: bool | None
    budget: Rate
    """What may be sent of all alerts of the tenant."""
    tried: Tried | None
    places: tuple[Place, ...]
    last_record: Instant = NEVER
    suspended_since: Instant = NEVER
    on_hold_since: Instant = NEVER
    dead_letter: str = ""
    labels_kept: bool = True
    unkept: tuple[Unkept, ...] = ()
