"""Dashboards as Grafana reads them, made with Grafana's own builders."""

import json
from string import ascii_uppercase
from typing import Final, TypeAlias

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import BigValueColorMode, LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    Threshold,
    ThresholdsMode,
    VariableRefresh,
    VariableSort,
)

from tools.dashboards.panel import Board, Kind, Panel, Query

_SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
_NAMES: Final = "label_values(alert_router_tenant_alerts_accepted_total, tenant)"
_HEIGHT: Final = {Kind.LINES: 8, Kind.NUMBER: 4}
_WIDTH: Final = {Kind.LINES: 12, Kind.NUMBER: 4}

_OF_INTERVALS: Final = ("auto", "auto_count", "auto_min")
"""What the builders write of every variable, and Grafana's types allow of intervals alone, of which we have none."""

_Panel: TypeAlias = timeseries.Panel | stat.Panel


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
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    )
    if board.by_tenant:
        made = made.with_variable(
            dashboard.QueryVariable("tenant")
            .label("Tenant")
            .datasource(_SOURCE)
            .query(_NAMES)
            .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(VariableSort.ALPHABETICAL_ASC)
        )
    for section in board.sections:
        made = made.with_row(dashboard.Row(section.title))
        for panel in section.panels:
            made = made.with_panel(_drawn(panel))
    return made


def _drawn(panel: Panel) -> _Panel:
    made: _Panel = _number(panel) if panel.kind is Kind.NUMBER else _lines()
    made = made.title(panel.title).description(panel.text).datasource(_SOURCE).unit(panel.unit.value)
    made = made.height(_HEIGHT[panel.kind]).span(_WIDTH[panel.kind])
    for name, query in zip(ascii_uppercase, panel.queries, strict=False):
        made = made.with_target(_target(query, panel.kind).ref_id(name))
    return made


def _number(panel: Panel) -> stat.Panel:
    steps = [Threshold(value=None, color="green")]
    if panel.warn_at is not None:
        steps.append(Threshold(value=panel.warn_at, color="red"))
    levels = dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
    last = common.ReduceDataOptions().calcs(["lastNotNull"])
    return stat.Panel().thresholds(levels).color_mode(BigValueColorMode.VALUE).reduce_options(last)


def _lines() -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    return timeseries.Panel().legend(legend.show_legend(show_legend=True)).min(0)


def _target(query: Query, kind: Kind) -> prometheus.Dataquery:
    made = prometheus.Dataquery().expr(query.expression).legend_format(query.legend)
    return made.instant() if kind is Kind.NUMBER else made.range()
