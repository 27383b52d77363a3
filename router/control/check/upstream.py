"""Check that the sender repeats its alerts often enough, as far as the stored groups show it.

Not every arrival is stored: of each alert, only when it was last observed. So the sender's interval itself is not
known, only whether an alert that fires has not been repeated for longer than it should have been.
"""

from collections.abc import AsyncIterator
from typing import Final

from router.control.check.result import CheckResult, State
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span

_LONGEST: Final = Span(4 * HOUR + 10 * MINUTE)
"""The longest `repeat_interval` that a sender should have, and how long it may wait besides."""

_NAME: Final = "upstream"


async def check_upstream(groups: AsyncIterator[AlertGroup], tenant: TenantId, now: Instant) -> CheckResult:
    """When the tenant's senders were last heard from, and which of their alerts are overdue."""
    newest, firing, late = NEVER, 0, 0
    async for group in groups:
        for alert in group.alerts.values():
            seen = max(alert.registers.seen_firing, alert.registers.seen_resolved)
            newest = max(newest, seen)
            firing += alert.shown_firing
            late += alert.shown_firing and now - seen > _LONGEST
    command = f"alert-router tenant upstream {tenant}"
    if newest == NEVER:
        remedy = f"set up the sender: {command}"
        return CheckResult(_NAME, State.UNKNOWN, "not seen yet: no alert of this tenant is stored", remedy)
    heard = f"last heard {_ago(Span(max(0, now - newest)))} ago; {firing} firing"
    if late:
        detail = f"{heard}, of which {late} not repeated for more than 4h"
        return CheckResult(_NAME, State.WRONG, detail, f"set the intervals: {command}")
    return CheckResult(_NAME, State.OK, f"{heard}, each repeated within 4h" if firing else heard)


def _ago(span: Span) -> str:
    for unit, name in ((HOUR, "h"), (MINUTE, "min")):
        if span >= unit:
            return f"{span // unit} {name}"
    return f"{span // SECOND} s"
