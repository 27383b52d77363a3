"""What an operator sees of this member of a group."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from router.observe.incident import Incident

_OFTEN: Final = 6
_WITHIN_S: Final = 30.0
_REMEDY: Final = "another worker has this instance id: give each its own ALERT_ROUTER_KAFKA__INSTANCE_ID, or none"


class Membership:
    """Notes assignments of partitions. Two members with one instance id take them from each other once a second."""

    def __init__(self, instance_id: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._instance_id = instance_id
        self._clock = clock
        self._latest: deque[float] = deque(maxlen=_OFTEN)
        self._shared = Incident(clock)
        self._log = structlog.get_logger()

    def assigned(self, partitions: int) -> None:
        """The group has given us so many partitions."""
        self._log.info("partitions_assigned", partitions=partitions)
        now = self._clock()
        self._latest.append(now)
        often = len(self._latest) == _OFTEN and now - self._latest[0] < _WITHIN_S
        if self._instance_id is not None and often and self._shared.happens("shared"):
            self._log.error("instance_id_shared", instance_id=self._instance_id, remedy=_REMEDY)
