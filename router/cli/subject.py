"""`alert-router subject ...`: what is stored of a person, exported, and erased from a tenant's live alerts."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from router.app.offered import open_people
from router.cli.erasures import Yes, left_json, left_lines, only_shown, step_lines, steps_json
from router.cli.export_files import write_tenant
from router.cli.options import AsJson, Name
from router.cli.session import run_with, time_json, time_text
from router.control.offered import People
from router.control.subject_erasing import SubjectMessages
from router.control.subject_looking import SubjectStep
from router.control.subject_report import SubjectReport
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.errors import ConfigurationError

Value = Annotated[
    str,
    typer.Argument(
        help="What names the person, such as an address; - reads it from standard input, which no history keeps.",
        metavar="VALUE",
    ),
]


def erase(
    tenant: Name,
    value: Value,
    *,
    yes: Yes = False,
    delete_messages: Annotated[
        bool, typer.Option("--delete-messages", help="Delete the messages that showed the person, instead of edits.")
    ] = False,
    leave_messages: Annotated[
        bool,
        typer.Option("--leave-messages", help="Leave messages as they are that Slack neither edits nor deletes."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person from a tenant's live alerts and their messages; a mark stands in the value's place.

    It is looked for in the labels and annotations that the tenant's file declares as personal. Alerts that still come
    with the value, or come again from Kafka, get the mark. Steps that are open stay open: give the command again to
    go on. What Kafka keeps, and until when, is printed, and appended to the audit log where there is a record.

    Example: alert-router subject erase acme - --yes
    """
    text, messages = _value(value), SubjectMessages.DELETED if delete_messages else SubjectMessages.EDITED

    async def work(people: People) -> SubjectReport:
        if not yes:
            return await people.plan(TenantId(tenant), text)
        return await people.erase(TenantId(tenant), text, messages, leave_stuck=leave_messages)

    report = run_with(open_people, work)
    if as_json:
        typer.echo(json.dumps(_as_json(tenant, report)))
    else:
        typer.echo("\n".join(_lines(tenant, report)))
        if not yes:
            only_shown(": the same with --yes")
    if yes and not report.is_certified:
        raise typer.Exit(1)


def export(
    tenant: Name,
    value: Value,
    place: Annotated[Path, typer.Argument(help="A new folder for it, or a new file .zip.", metavar="DIR_OR_ZIP")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the alert groups that hold a person to a folder or a zip, with a manifest of SHA-256 digests.

    It is looked for in the labels and annotations that the tenant's file declares as personal. Other alerts of the
    same group are written as well. What is in Kafka and in Slack is not in it.

    Example: alert-router subject export acme - person.zip
    """
    text = _value(value)

    async def work(people: People) -> dict[str, Any]:
        return await write_tenant(place, tenant, people.export(TenantId(tenant), text))

    manifest = run_with(open_people, work)
    if as_json:
        typer.echo(json.dumps({"place": str(place), **manifest}))
        return
    for one in manifest["files"]:
        typer.echo(f"{one['sha256']}  {one['path']}")
    typer.echo(f"what is stored of the person is in {place}", err=True)


def _value(given: str) -> str:
    text = (sys.stdin.readline() if given == "-" else given).strip()
    if not text:
        raise ConfigurationError("there is no value; give what names the person, such as an address")
    return text


def _lines(tenant: str, report: SubjectReport) -> Iterator[str]:
    subject = report.subject
    if subject is None:
        yield f"of tenant {tenant} {report.alert_groups} alert groups hold the person, {report.shown} with a message"
        return
    begun = time_text(subject.begun_at)
    yield f"erasure {subject.subject_id} of a person of tenant {tenant}, begun {begun}: {subject.mark} stands there"
    yield from step_lines(SubjectStep, report.done)
    yield f"  {subject.hidden} alert groups were stored without the person; {report.shown} messages are about them"
    yield from (f"  message {one.ts} in {one.channel}: waits for its edit" for one in report.waiting)
    stuck = "Slack edits it no more; delete it by hand"
    yield from (f"  message {one.ts} in {one.channel}: {stuck}" for one in report.stuck)
    if subject.deleted:
        yield f"  {len(subject.deleted)} messages were deleted"
    undeleted = "shows the mark, and was not deleted: give the command again, or delete it by hand"
    yield from (f"  message {one.ts} in {one.channel}: {undeleted}" for one in report.undeleted)
    if report.known_by:
        yield f"  {report.known_by} alert groups are known by the value until they end, and a day longer"
    yield f"  hidden from what comes until {time_text(subject.until)}; digest {subject.digest.hex()}"
    yield from (f"  left in {one}" for one in left_lines(report.left))


def _as_json(tenant: str, report: SubjectReport) -> dict[str, Any]:
    subject = report.subject
    return {
        "tenant": tenant,
        "subject": subject and subject.subject_id,
        "digest": subject and subject.digest.hex(),
        "begun_at": time_json(subject.begun_at) if subject else None,
        "ended_at": time_json(subject.ended_at) if subject else None,
        "until": time_json(subject.until) if subject else None,
        "steps": steps_json(SubjectStep, report.done),
        "alert_groups": report.alert_groups,
        "hidden": subject.hidden if subject else 0,
        "messages": report.shown,
        "waiting": _places(report.waiting),
        "stuck": _places(report.stuck),
        "deleted": _places(subject.deleted) if subject else [],
        "undeleted": _places(report.undeleted),
        "known_by": report.known_by,
        "left": left_json(report.left),
    }


def _places(messages: Sequence[MessageRef]) -> list[dict[str, str]]:
    return [{"channel": one.channel, "ts": one.ts} for one in messages]
