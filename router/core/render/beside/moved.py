"""How the value behind an alert moved, in words and as a chart.

The words hold what the chart shows, for phones, for those who cannot see it, and where there is room for no chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.context.chart import Chart, Line
from router.core.context.trend import trend_of
from router.core.model.changed import replace
from router.core.model.instant import MINUTE, Span
from router.core.model.rules.receiver import Style
from router.core.render.beside.gaps import Drawable, drawable, thinned, without_last
from router.core.render.beside.legend import each_once, legend, plain
from router.core.render.beside.scale import Scale, scale_of
from router.core.render.localizer import Localizer
from router.core.render.prose.movement import NOT_MOVED, Moved
from router.core.render.redaction import SHORTEST, Redactor
from router.core.render.request import RenderRequest
from router.core.render.words.times import axis_labels, zone_name
from router.core.slack.invisible import bare, visible
from router.core.slack.markup import Safe
from router.core.slack.message import Block
from router.core.slack.new_block import (
    MAX_CHART_CHARS,
    MAX_CHART_TITLE,
    Axes,
    NewBlock,
    Series,
    chart_chars,
    line_chart,
)

_FEWEST_POINTS: Final = 8
"""Below so many a chart has fewer lines instead."""


def moved(request: RenderRequest, subject: str) -> Moved:
    """How the value behind the alerts moved; nothing where it is not known, or not wanted."""
    chart = request.context.chart
    if chart is None or not request.receiver.chart or request.group.without_extras:
        return NOT_MOVED
    drawn, scale = drawable(chart), scale_of(chart)
    if drawn is None or scale is None:
        return NOT_MOVED
    drawing = _Drawing(chart, drawn, scale, request.localizer, _redactor(request, drawn.lines))
    words = drawing.words(drawing.limit())
    wanted = NewBlock.CHART in request.takes and request.receiver.layout.style is not Style.COMPACT
    title = drawing.title(words)
    block = drawing.block(title or plain(subject, MAX_CHART_TITLE)) if wanted else None
    return Moved(words, block, in_title=bool(title) and block is not None)


def _redactor(request: RenderRequest, lines: Sequence[Line]) -> Redactor:
    """The group's, which also knows the redacted values that only the series have."""
    redactor, names = request.redactor, request.tenant.redaction.labels
    own = {bare(visible(line.labels[name])) for line in lines for name in names if name in line.labels}
    return replace(redactor, values=redactor.values | {value for value in own if len(value) >= SHORTEST})


def _readable(span: Span) -> Span:
    """Above two minutes in whole ones: the points of a chart are minutes apart."""
    return Span((span + MINUTE // 2) // MINUTE * MINUTE) if span > 2 * MINUTE else span


@dataclass(frozen=True, slots=True)
class _Drawing:
    chart: Chart
    drawn: Drawable
    scale: Scale
    localizer: Localizer
    redactor: Redactor

    def title(self, words: Safe) -> str:
        """What fits of the words, whose limit the legend names too; "" where nothing does. Without markup."""
        candidates = (str(one).replace("&amp;", "&") for one in (words, self.words("")))
        return next((one for one in candidates if 0 < len(one) <= MAX_CHART_TITLE), "")

    def words(self, limit: str) -> Safe:
        """How the worst line moved, and the limit, if one is given."""
        trend = trend_of(self.chart)
        if trend is None:
            return Safe()
        several = len(self.drawn.lines) > 1
        return self.localizer.line(
            "moved",
            name=self._names(self.drawn)[0] if several else "",
            direction=trend.direction,
            before=self.scale.written(trend.before, self.localizer),
            now=self.scale.written(trend.now, self.localizer),
            duration=self.localizer.duration(_readable(trend.span)),
            limit=limit,
        )

    def block(self, title: str) -> Block | None:
        """The chart, with fewer points and then fewer lines where it would be too long."""
        drawn = self.drawn
        while drawn.lines:
            points = len(drawn.times)
            least = min(_FEWEST_POINTS, points)
            while points >= least:
                block = self._block(title, thinned(drawn, points))
                chars = chart_chars(block) if block is not None else 0
                if chars <= MAX_CHART_CHARS:
                    return block
                points = min(points - 1, points * MAX_CHART_CHARS // chars)
            drawn = without_last(drawn)
        return None

    def _block(self, title: str, drawn: Drawable) -> Block | None:
        locale, time_zone = self.localizer.locale, self.localizer.time_zone
        labels = axis_labels(locale, time_zone, drawn.times)
        if not labels:
            return None
        zone = zone_name(locale, time_zone, drawn.times[-1])
        x_label = str(self.localizer.line("gaps", zone=zone)) if drawn.has_gaps else zone
        axes = Axes(labels, x_label[:MAX_CHART_TITLE], self.scale.axis(self.localizer))
        return line_chart(title, axes, self._series(drawn))

    def _series(self, drawn: Drawable) -> list[Series]:
        values = [[self.scale.point(value) for value in line] for line in drawn.values]
        names, threshold = self._names(drawn), self.chart.threshold
        if threshold is None:
            return [Series(*pair) for pair in zip(names, values, strict=True)]
        names = each_once([*names, plain(self.limit())])
        # As exact as it is written, unlike the values: what lies beside it must not seem to touch it.
        flat = [self.scale.point(threshold.value, finer=4)] * len(drawn.times)
        return [Series(*pair) for pair in zip(names, [*values, flat], strict=True)]

    def _names(self, drawn: Drawable) -> list[str]:
        return legend(drawn.lines, self.redactor, str(self.localizer.line("measured")))

    def limit(self) -> str:
        """The limit in words; "" where there is none."""
        threshold = self.chart.threshold
        if threshold is None:
            return ""
        return self.localizer.line("limit", limit=self.scale.exact(threshold.value, self.localizer))
