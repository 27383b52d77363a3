"""What there is to say about one alert, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.decide.policy import Policy
from router.core.decide.standing import Standing
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.operation import Op, Reason
from router.core.model.rules.limits import Rate
from router.core.route.trace import Tried


@dataclass(frozen=True, slots=True)
class Place:
    """One group that an alert is in: how it stands there, and the calls that its webhook caused there."""

    group: AlertGroup
    policy: Policy
    standing: Standing
    calls: tuple[tuple[Op, Reason], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One alert, as of `at`: the routes that it tried, and the groups that it is in; None and none of a heartbeat.

    `source` names where it was read.
    """

    at: Instant
    source: str
    labels: Mapping[str, str]
    firing: bool
    budget: Rate
    """What may be sent of all alerts of the tenant."""
    tried: Tried | None
    places: tuple[Place, ...]
