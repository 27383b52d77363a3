"""The chart of a group as of any time, from recorded series: as it is drawn of what Prometheus answers."""

from router.core.context.asked import Asked, asked_of
from router.core.context.chart import Chart
from router.core.context.expression import NotDrawn, drawn
from router.core.context.recorded import Recorded
from router.core.context.window import times
from router.core.context.worst import chart_of
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant


def recorded_chart(recorded: Recorded, group: AlertGroup, now: Instant) -> Chart | None:
    """The chart; None where nothing was recorded for these alerts, or nothing of it can be drawn."""
    asked = asked_of(group)
    answers = recorded.get(asked.alert_name) if isinstance(asked, Asked) else None
    if answers is None or not isinstance(asked, Asked):
        return None
    queries = drawn(asked.expression, asked.alerts)
    if isinstance(queries, NotDrawn):
        return None
    axis = times(asked.start, asked.end, now)
    lines = [[line.at(axis) for line in answer] for answer in answers]
    return chart_of(queries, axis, lines, asked.alerts, asked.unit)
