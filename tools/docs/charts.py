"""`docs/charts.md`: what is asked of Prometheus, and what is drawn of forty alerts as people write them."""

from collections.abc import Mapping
from typing import Final

from router.core.context.undrawn import Undrawn
from tools.docs.chart_rows import ROWS, Row
from tools.docs.markdown import cell, table

_HEAD: Final = """\
# Charts

Where the operator names the Prometheus of a tenant, its messages show how the value behind an alert moved.

```yaml
version: 1
tenant: acme
platform:
  slack: {token: {secret: slack}}
  prometheus:
    url: http://prometheus:9090         # also Thanos, Mimir, VictoriaMetrics; with a path where it has one
    only: {label: {tenant: acme}}       # or {header: {X-Scope-OrgID: acme}}; or all, if it has nobody else's series
    token: {secret: prometheus}         # sent as a bearer token; none by default
    timeout: 1s
context: {chart_edit: false}            # the tenant's word: no edit for a chart alone
route: {receiver: db}
receivers:
  - {name: db, slack: {channel: "#db", chart: false}}
```

## What is asked

1. The expression stands in the link that Prometheus puts into an alert (`generatorURL`, `g0.expr`). Grafana's links
   hold none.
2. It is split: the side without the comparison is the line, the constant is the limit.
3. `GET /api/v1/rules`, remembered for a minute: is there an alerting rule of the alert's own name with this
   expression? Else nothing is asked. Whoever sends alerts chooses the link, and the token is the operator's
   ([whom this trusts](decisions/0063-rules-first.md)).
4. `GET /api/v1/query_range`, twenty points: over the last hour at least, from before the start of what fires until
   now; of what is over the whole episode. The query is narrowed to the labels that the alerts of the group and the
   series both have, and `only` puts its label into every selector: what cannot be narrowed so is not asked at all.
5. The worst five series are drawn, whose labels contradict no alert of the group.

A group is asked about when it is stored, once in fifteen seconds at most, and at once when it is over: beside the
way of the alert, which never waits. A worker asks about fifty groups of a tenant at once and two hundred in all, of
one tenant never about more than it has places left, so that one slow Prometheus leaves room for the others. Of these
it asks each Prometheus about four at a time; the others wait for their turn, and the time of each begins with it.
Answers are bounded in bytes, series, labels and time; redirects are not followed. Three failures in a row leave a
Prometheus alone for half a minute, and those that wait go without.

What it costs the first message, by `python -m bench charts` (five rounds of 200 alerts each, on two cores): with a
Prometheus that answers fast, slowly (0.9 s) or never the median was 0.92, 0.92 and 1.00 times that without one, and
the p99 0.88, 0.92 and 1.01 times; an hour before, with other work beside it, 0.98, 1.07 and 0.98, and 1.07, 0.99 and
0.93. The goals are 1.05 and 1.3.

A message keeps its chart whatever it is edited for: what is not reported any more, muted upstream, ended or stale as
well as what is new. A worker that has not asked about the group yet edits without, and once more when Prometheus has
answered, unless the tenant has `chart_edit: false`; the next edit brings it then. What Prometheus does not answer, or
lists no more, leaves the chart that was drawn of the same expression.

## Why there is none

`alert-router explain` names what is known without asking anybody: the receiver wants none, the alert's link holds no
expression, or nothing of the expression can be drawn. What Prometheus is needed for is counted by its worker,
`alert_router_charts_total{outcome}`, and not kept for each message:

| outcome | is |
| --- | --- |
| `drawn` | there is a chart |
| `nothing` | Prometheus has no values of the alert's own series |
| `undrawn` | nothing of the expression can be drawn: `alert-router explain` has the reason |
| `unlisted` | it has no alerting rule of this name and expression: another Prometheus sends it, or the rule changed |
| `unanswered` | no answer in time or in its form, or no token: `no_chart` in the log has why, at level `debug` |
| `resting` | it failed three times in a row, and is left alone |
| `crowded` | too many groups were being asked about |

Where there is none of a `drawn` one, `alert-router tenant check` has whether the workspace refuses the block.

## What is drawn

Of alerts as many people have them; tested row by row.
"""

_REASONS: Final[Mapping[Undrawn, str]] = {
    Undrawn.NOT_WANTED: "the receiver has `chart: false`",
    Undrawn.NO_EXPRESSION: "the link has no expression",
    Undrawn.TOO_LARGE: "larger than what people write",
    Undrawn.UNREADABLE: "not PromQL as the parser knows it",
    Undrawn.NO_SERIES: "about no series",
    Undrawn.ABSENT: "fires since something is not there",
    Undrawn.EITHER: "any of several conditions may have fired",
    Undrawn.ALWAYS: "a comparison with `bool` always fires",
    Undrawn.MOVING_LIMIT: "its limit moves, and has no name of its own",
    Undrawn.NOT_ENFORCED: "the tenant's label cannot be put into each part of it",
}


def page() -> str:
    """The page."""
    return f"{_HEAD}\n{table(['alert', 'expression', 'drawn', 'limit'], [_row(one) for one in ROWS])}\n"


def _row(row: Row) -> list[str]:
    drawn = f"nothing: {_REASONS[row.reason]}" if row.reason else " and ".join(map(_code, row.drawn))
    return [cell(row.alert), _code(row.expression), drawn, f"`{row.limit}`" if row.limit else ""]


def _code(text: str) -> str:
    return f"`{cell(text)}`"
