"""What Slack imposes: the holds that are in force because it answered 429 to this process, and their seconds."""

import time
from collections.abc import Callable
from functools import partial

from prometheus_client import CollectorRegistry

from router.core.model.instant import SECOND, Span
from router.core.slack.answer import HoldScope
from router.observe.metric import counter, gauge
from router.observe.table import notify
from router.ports.budget import BudgetRequest


class SlackHolds:
    """Hears of each hold; `clock` counts seconds and never steps."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[HoldScope, str, str, str], float] = {}
        self._seconds = counter(notify.HOLD_SECONDS, registry)
        now = gauge(notify.HOLDS, registry)
        for scope in HoldScope:
            now.labels(scope).set_function(partial(self._in_force, scope))

    def began(self, request: BudgetRequest, scope: HoldScope, span: Span) -> None:
        """No call of that method, or to that channel, for so long; the latest end counts."""
        channel = request.channel if scope is HoldScope.CHANNEL else ""
        place, until = (scope, request.workspace, request.method, channel), self._clock() + span / SECOND
        self._forget()
        self._until[place] = max(until, self._until.get(place, until))
        self._seconds.labels(request.method).inc(span / SECOND)

    def _in_force(self, scope: HoldScope) -> int:
        self._forget()
        return sum(one[0] is scope for one in self._until)

    def _forget(self) -> None:
        """What is over, so that no more is kept than Slack holds."""
        now = self._clock()
        self._until = {place: until for place, until in self._until.items() if until > now}
