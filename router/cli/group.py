"""`alert-router group ...`: what fires now, where it is shown, and what comes next."""

import json
from collections.abc import Mapping
from typing import Annotated, Final

import typer

from router.app.looking import open_groups
from router.cli.options import AsJson, Name
from router.cli.session import run_with, time_text
from router.cli.terminal import print_columns
from router.control.group_rows import AlertRow, GroupRow
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.key import GroupId

_SHOWN: Final = 100

_Matchers = Annotated[
    list[str] | None,
    typer.Argument(help="Conditions that one of its alerts must fit, all of them.", metavar="[MATCHER]..."),
]
_Group = Annotated[str, typer.Argument(help="The id that `group list` shows.", metavar="GROUP")]


def list_all(
    tenant: Name,
    matchers: _Matchers = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """Print a tenant's open alert groups: where each is shown, how many alerts fire, and since when.

    Of redacted values nothing is printed, and nothing is found by them.

    Example: alert-router group list acme 'severity="critical"'
    """
    found = run_with(open_groups, lambda groups: groups.some(TenantId(tenant), matchers or [], limit))
    if as_json:
        typer.echo(json.dumps([one.fields for one in found], ensure_ascii=False))
    elif not found:
        typer.echo(f"tenant {tenant} has no open alert group{' that fits' if matchers else ''}", err=True)
    else:
        print_columns(("group", "channel", "phase", "firing", "since", "labels"), [_row(one) for one in found])


def show(tenant: Name, group: _Group, *, as_json: AsJson = False) -> None:
    """Print an alert group with its alerts, those first that fire.

    Example: alert-router group show acme 6a8d6c0e6a2f4d0b9a550d9f3c8d8f11
    """
    found = run_with(open_groups, lambda groups: groups.one(TenantId(tenant), GroupId(group)))
    if as_json:
        typer.echo(json.dumps(found.fields, ensure_ascii=False))
        return
    print_columns(("group", "channel", "phase", "firing", "since", "labels"), [_row(found)])
    print_columns(("status", "shown", "since", "labels"), [_alert(one) for one in found.alerts])
    if found.besides:
        typer.echo(f"and {found.besides} more", err=True)


def _row(one: GroupRow) -> tuple[str, ...]:
    since = time_text(one.since) if one.since != NEVER else "-"
    return one.group, one.channel, one.phase, str(one.firing), since, _labels(one.labels)


def _alert(one: AlertRow) -> tuple[str, ...]:
    labels = "labels are not kept" if one.labels is None else _labels(one.labels)
    return one.status, one.shown or "-", time_text(one.started), labels


def _labels(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels.items())
