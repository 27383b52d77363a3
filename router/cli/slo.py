"""`alert-router slo`: whether what is promised of notifications was kept for a tenant."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from router.app.past import open_slo
from router.cli.options import AsJson, time_or_ago
from router.cli.session import run_with, time_json, time_text
from router.control.slo import SloControl
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, MILLISECOND, SECOND, Instant
from router.core.slo.gaps import Gap, Lack
from router.core.slo.noted import Cause, Measured
from router.core.slo.report import Day, Minute, Report
from router.diagnostic import one_line

_LACKS: Final = {
    Lack.NOT_COUNTED: "events were not numbered yet",
    Lack.EVENTS_MISSING: "events are missing",
    Lack.DATA_LOST: "Redis lost the tenant's data",
    Lack.NOT_IN_KAFKA: "the newest events are not in Kafka yet",
}
_CAUSES: Final = {
    Cause.WORKER: "waited for a worker",
    Cause.FAILED_CALLS: "calls failed before",
    Cause.SLACK: "the call took long",
}


def slo(
    *,
    tenant: Annotated[str, typer.Option(help="The tenant's id.", metavar="TENANT")],
    since: Annotated[
        str, typer.Option(help="What was due then or later: a time, or how long ago, as 7d.", metavar="TIME")
    ] = "30d",
    as_json: AsJson = False,
) -> None:
    """Print which share of a tenant's notifications came in time, what budget is left, and the worst minutes.

    By the events in Kafka, all of which are read. Days of which events are missing are named: nothing is assumed of
    them. What budgets of Slack and of the tenant imposed does not count as late.

    Example: alert-router slo --tenant acme --since 7d
    """

    async def work(control: SloControl) -> Report:
        now = await control.now()
        return await control.report(TenantId(tenant), time_or_ago(since, now, "--since"), now)

    found = run_with(open_slo, work)
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, **_report_json(found)}, ensure_ascii=False))
        return
    typer.echo("\n".join(map(one_line, _lines(found, tenant))))


def _lines(found: Report, tenant: str) -> Iterator[str]:
    objective = found.objective
    yield f"tenant {tenant}, from {time_text(found.since)} to {time_text(found.until)}"
    yield (
        f"objective: {float(objective.share):.2%} of notifications within {objective.within // SECOND} s "
        "of being due, budgets aside"
    )
    yield from _attained(found)
    yield from map(_day_line, (day for day in found.days if not day.is_complete))
    if found.worst:
        yield "worst minutes:"
    for minute in found.worst:
        yield from _minute_lines(minute)


def _attained(found: Report) -> Iterator[str]:
    if found.attained is None or found.budget_left is None:
        yield "attained: nothing was due"
    else:
        part = "" if found.is_complete else " of what is known"
        late, every = found.late, found.notifications
        yield f"attained: {float(found.attained):.3%}{part}, {late} late of {every}"
        allowed = float(found.objective.allows(every))
        yield f"budget: {float(found.budget_left):.1%} left; {allowed:.1f} may be late"
    in_digests = sum(day.in_digests for day in found.days)
    if in_digests:
        yield f"in digests, and not counted: {in_digests}"


def _day_line(day: Day) -> str:
    why = [_LACKS[one] for one in day.lacks]
    if day.unmeasured:
        why.append(f"of {day.unmeasured} notifications nobody knows since when they were due")
    return f"incomplete: {_date(day.at)}: {'; '.join(why)}"


def _minute_lines(minute: Minute) -> Iterator[str]:
    yield f"  {time_text(minute.at)}: {minute.late} late"
    for one in minute.longest:
        yield (
            f"    {one.own / SECOND:.1f} s, {_CAUSES[one.cause]}: {one.reason} to {one.receiver}, "
            f"group {one.group}, notification {one.notification}"
        )


def _report_json(found: Report) -> dict[str, Any]:
    return {
        "since": time_json(found.since),
        "until": time_json(found.until),
        "objective": {
            "share": float(found.objective.share),
            "within_ms": found.objective.within // MILLISECOND,
            "period_hours": found.objective.period // HOUR,
        },
        "notifications": found.notifications,
        "late": found.late,
        "attained": None if found.attained is None else float(found.attained),
        "budget_left": None if found.budget_left is None else float(found.budget_left),
        "complete": found.is_complete,
        "days": list(map(_day_json, found.days)),
        "gaps": list(map(_gap_json, found.gaps)),
        "worst_minutes": list(map(_minute_json, found.worst)),
    }


def _day_json(day: Day) -> dict[str, Any]:
    return {
        "day": _date(day.at),
        "notifications": day.notifications,
        "late": day.late,
        "in_digests": day.in_digests,
        "unmeasured": day.unmeasured,
        "complete": day.is_complete,
        "lacks": list(day.lacks),
    }


def _gap_json(gap: Gap) -> dict[str, Any]:
    return {
        "since": time_json(gap.since),
        "until": time_json(gap.until),
        "lack": gap.lack,
        "events": gap.events or None,
    }


def _minute_json(minute: Minute) -> dict[str, Any]:
    longest = list(map(_measured_json, minute.longest))
    return {"minute": time_json(minute.at), "late": minute.late, "notifications": longest}


def _measured_json(one: Measured) -> dict[str, Any]:
    return {
        "group": one.group,
        "receiver": one.receiver,
        "notification": one.notification,
        "reason": one.reason,
        "due_at": time_json(one.due_at),
        "delivered_at": time_json(one.delivered_at),
        "own_ms": one.own // MILLISECOND,
        "budget_ms": one.imposed // MILLISECOND,
        "attempts": one.attempts,
        "cause": one.cause,
    }


def _date(at: Instant) -> str:
    return time_text(at)[:10]
