"""Whether what sends for a tenant repeats often enough, as far as the stored notifications show it.

Not every arrival is stored: of an alert only when it was last observed. So the sender's interval itself cannot be
told, only whether something that fires has not been repeated for longer than it should have been.
"""

from collections.abc import AsyncIterator
from typing import Final

from router.control.check.row import Row, State
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span

_LONGEST: Final = Span(4 * HOUR + 10 * MINUTE)
"""The longest `repeat_interval` that the sender should have, and how long it may wait besides."""

_WHAT: Final = "upstream"


async def upstream_row(stored: AsyncIterator[AlertGroup], tenant: str, now: Instant) -> Row:
    """When the tenant's senders were last heard, and what of theirs is overdue."""
    newest, firing, late = NEVER, 0, 0
    async for notification in stored:
        for alert in notification.alerts.values():
            seen = max(alert.registers.seen_firing, alert.registers.seen_resolved)
            newest = max(newest, seen)
            firing += alert.shown_firing
            late += alert.shown_firing and now - seen > _LONGEST
    pasted = f"alert-router upstream {tenant}"
    if newest == NEVER:
        return Row(_WHAT, State.UNKNOWN, "not seen yet: nothing is stored of this tenant", f"let it send: {pasted}")
    heard = f"last heard {_ago(Span(max(0, now - newest)))} ago; {firing} firing"
    if late:
        return Row(
            _WHAT,
            State.WRONG,
            f"{heard}, of which {late} not repeated for more than 4h",
            f"set the intervals: {pasted}",
        )
    return Row(_WHAT, State.OK, f"{heard}, each repeated within 4h" if firing else heard)


def _ago(span: Span) -> str:
    for unit, name in ((HOUR, "h"), (MINUTE, "min")):
        if span >= unit:
            return f"{span // unit} {name}"
    return f"{span // SECOND} s"
