"""Dashboards as Grafana reads them, made with Grafana's own builders."""

import json
from string import ascii_uppercase
from typing import Final, TypeAlias

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, text, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    DynamicConfigValue,
    MatcherConfig,
    Threshold,
    ThresholdsMode,
    VariableRefresh,
    VariableSort,
)
from grafana_foundation_sdk.models.text import TextMode

from router.monitoring.panel import Board, Kind, Panel, Query, Section, Source

_SOURCES: Final = {one: DataSourceRef(type_val="prometheus", uid=f"${{{one.value}}}") for one in Source}
_SOURCE_NAMES: Final = {Source.SERVICE: "Prometheus", Source.TENANT: "Prometheus of the tenant"}
_NAMES: Final = "label_values(alert_router_tenant_alerts_accepted_total, tenant)"
_HEIGHT: Final = {Kind.LINES: 8, Kind.NUMBER: 4, Kind.WORDS: 8}
_WIDTH: Final = {Kind.LINES: 12, Kind.NUMBER: 4, Kind.WORDS: 24}
_THIRD: Final = 8
"""The width of lines in a section that has more of them than two rows of halves."""
_HALVES: Final = 4
_OPACITY: Final = 8
_ZEROS: Final = MatcherConfig(id_val="byValue", options={"op": "gte", "reducer": "allIsZero", "value": 0})
_DRAWN_ONLY: Final = DynamicConfigValue(
    id_val="custom.hideFrom", value={"legend": True, "tooltip": True, "viz": False}
)
"""Of a metric with many reasons the legend has those that there are."""

_OF_INTERVALS: Final = ("auto", "auto_count", "auto_min")
"""What the builders write of every variable, and Grafana's types allow of intervals alone, of which we have none."""

_Panel: TypeAlias = timeseries.Panel | stat.Panel | text.Panel


def text_of(board: Board) -> str:
    """The dashboard's JSON, as it is committed."""
    encoded = json.loads(JSONEncoder(sort_keys=True).encode(_dashboard(board).build()))
    for variable in encoded["templating"]["list"]:
        for name in _OF_INTERVALS:
            variable.pop(name, None)
    return json.dumps(encoded, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _dashboard(board: Board) -> dashboard.Dashboard:
    made = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(board.text)
        .tags(["alert-router"])
        .refresh("30s")
        .time("now-6h", "now")
        .timezone(board.time_zone)
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
    )
    for source in board.sources:
        chosen = dashboard.DatasourceVariable(source.value).label(_SOURCE_NAMES[source]).type("prometheus")
        made = made.with_variable(chosen)
    if board.by_tenant:
        made = made.with_variable(
            dashboard.QueryVariable("tenant")
            .label("Tenant")
            .datasource(_SOURCES[Source.SERVICE])
            .query(_NAMES)
            .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(VariableSort.ALPHABETICAL_ASC)
        )
    for section in board.sections:
        made = made.with_row(dashboard.Row(section.title))
        for panel in section.panels:
            made = made.with_panel(_drawn(panel, _width(panel, section)))
    return made


def _width(panel: Panel, section: Section) -> int:
    drawn = [one for one in section.panels if one.kind is Kind.LINES]
    return _THIRD if panel.kind is Kind.LINES and len(drawn) > _HALVES else _WIDTH[panel.kind]


def _drawn(panel: Panel, width: int) -> _Panel:
    made = _of_kind(panel).title(panel.title).height(_HEIGHT[panel.kind]).span(width)
    if panel.kind is Kind.WORDS:
        return made
    made = made.description(panel.text).datasource(_SOURCES[panel.source]).unit(panel.unit.value)
    for name, query in zip(ascii_uppercase, panel.queries, strict=False):
        made = made.with_target(_target(query, panel.kind).ref_id(name))
    return made


def _of_kind(panel: Panel) -> _Panel:
    match panel.kind:
        case Kind.NUMBER:
            return _number(panel)
        case Kind.LINES:
            return _lines(panel)
        case Kind.WORDS:
            return text.Panel().mode(TextMode.MARKDOWN).content(panel.text)


def _number(panel: Panel) -> stat.Panel:
    steps = [Threshold(value=None, color="green")]
    if panel.warn_at is not None:
        steps.append(Threshold(value=panel.warn_at, color="red"))
    levels = dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
    last = common.ReduceDataOptions().calcs(["lastNotNull"])
    return stat.Panel().thresholds(levels).color_mode(BigValueColorMode.VALUE).reduce_options(last)


def _lines(panel: Panel) -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    every = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
    made = timeseries.Panel().legend(legend.show_legend(show_legend=True)).tooltip(every).min(0)
    made = made.fill_opacity(_OPACITY)
    if any("{{" in query.legend for query in panel.queries):
        made = made.with_override(_ZEROS, [_DRAWN_ONLY])
    for name, colour in panel.colours.items():
        fixed = DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": colour})
        made = made.override_by_name(name, [fixed])
    return made


def _target(query: Query, kind: Kind) -> prometheus.Dataquery:
    made = prometheus.Dataquery().expr(query.expression).legend_format(query.legend)
    return made.instant() if kind is Kind.NUMBER else made.range()
