"""Who is first in a lane."""

from collections.abc import Sequence
from dataclasses import dataclass

from router.core.decide.policy import Policy
from router.core.engine import Shown
from router.core.model.group import AlertGroup
from router.core.model.operation import Lane


@dataclass(frozen=True, slots=True)
class Head:
    """The first group of a lane; of a digest also what its next call shows of others."""

    lane: Lane
    group: AlertGroup
    policy: Policy
    shown: Sequence[Shown] = ()
