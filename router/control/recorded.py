"""The chart of a group as of any time, from recorded series: as it is drawn of what Prometheus answers."""

from router.core.context.chart import Chart
from router.core.context.expression import NotDrawn, drawn
from router.core.context.recorded import Recorded
from router.core.context.source import expression_in
from router.core.context.undrawn import UndrawnError
from router.core.context.window import times
from router.core.context.worst import chart_of
from router.core.model.alert_state import AlertContent
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant, earliest


def recorded_chart(recorded: Recorded, group: AlertGroup, now: Instant) -> Chart | None:
    """The chart; None where nothing was recorded for these alerts, or nothing of it can be drawn."""
    answers, contents = recorded.get(group.alert_name), _contents(group)
    if answers is None or not contents:
        return None
    labels = [one.labels for one in contents]
    try:
        queries = drawn(expression_in(contents[0].generator_url), labels)
    except UndrawnError:
        return None
    if isinstance(queries, NotDrawn):
        return None
    axis = times(*_episode(group), now)
    lines = [[line.at(axis) for line in answer] for answer in answers]
    return chart_of(queries, axis, lines, labels, contents[0].annotations.get("unit", ""))


def _contents(group: AlertGroup) -> list[AlertContent]:
    return [alert.content for alert in group.alerts.values() if alert.content is not None]


def _episode(group: AlertGroup) -> tuple[Instant, Instant]:
    """From the first start of its alerts until the last end; NEVER while it may go on."""
    registers = [alert.registers for alert in group.alerts.values()]
    start = earliest(*(one.began for one in registers))
    return start, NEVER if group.is_open else max(one.end for one in registers)
