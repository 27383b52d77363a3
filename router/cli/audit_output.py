"""The audit log as it is printed, for people and for programs."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

import typer

from router.cli.session import time_text
from router.cli.terminal import print_columns
from router.control.audit.findings import Report
from router.control.audit.personal import opened
from router.control.audit.reading import Stamp, placed
from router.diagnostic import one_line
from router.ports.audit import AuditRow, Entry, Unseal

_HEADER: Final = ("entry", "at", "tenant", "action", "outcome", "by", "reason")


def print_entries(rows: Sequence[AuditRow], unseal: Unseal, *, as_json: bool) -> None:
    """Print entries, a line each, with what can be opened of persons; for programs each as it is stored."""
    if as_json:
        typer.echo(f"[{','.join(row.entry.decode('utf-8', 'replace') for row in rows)}]")
    else:
        print_columns(_HEADER, [_row(row, unseal) for row in rows])


def report_json(report: Report) -> str:
    """A report for programs."""
    findings = [
        {"fault": one.fault, "first": one.first, "last": one.last, "detail": one.detail} for one in report.findings
    ]
    counts = {"entries": report.entries, "covered": report.covered, "checkpoints": report.checkpoints}
    return json.dumps({"good": report.is_good, **counts, "findings": findings})


def report_lines(report: Report) -> Iterator[str]:
    """A report for people: what is wrong, and how much was looked at."""
    yield from map(one_line, map(str, report.findings))
    verdict = "nothing is wrong" if report.is_good else f"{len(report.findings)} faults"
    covered = f"{report.covered} of them covered by {report.checkpoints} checkpoints"
    yield f"{verdict}: {report.entries} entries, {covered}"


def _row(row: AuditRow, unseal: Unseal) -> tuple[str, ...]:
    try:
        found = placed(row.entry)
    except ValueError as error:
        return (str(row.seq), time_text(row.at), row.tenant or "", one_line(str(error)), "", "", "")
    return tuple(map(one_line, _cells(found.stamp, opened(found.entry, unseal))))


def _cells(stamp: Stamp, entry: Entry) -> tuple[str, ...]:
    personal = ", ".join(dict.fromkeys(filter(None, (entry.actor.display, entry.origin.address))))
    who = f"{entry.actor.kind} {entry.actor.subject}{f' {personal}' if personal else ''}"
    return (str(stamp.seq), time_text(stamp.at), stamp.tenant or "", entry.action, entry.outcome, who, entry.reason)
