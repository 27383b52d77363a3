"""`alert-router subject ...`: what is stored of a person, exported, and erased from a tenant's live alerts."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from router.app.subjects import note_subject_export, open_subjects
from router.cli.erasures import Yes, left_json, left_lines, only_shown, step_lines, steps_json
from router.cli.export_files import write_tenant
from router.cli.options import AsJson, Name
from router.cli.session import run_with, time_json, time_text
from router.control.exporting import group_lines
from router.control.subject_erasing import SubjectErasing, SubjectMessages
from router.control.subject_looking import SubjectProgress, SubjectStep
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.errors import ConfigurationError
from router.settings import read_settings

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

    async def work(erasing: SubjectErasing) -> SubjectProgress:
        if not yes:
            return await erasing.plan(TenantId(tenant), text)
        return await erasing.erase(TenantId(tenant), text, messages, leave_stuck=leave_messages)

    progress = run_with(open_subjects, work)
    is_open = yes and SubjectStep.CERTIFY not in progress.done
    if as_json:
        typer.echo(json.dumps(_as_json(tenant, progress)))
    else:
        typer.echo("\n".join(_lines(tenant, progress)))
        if not yes:
            only_shown(": the same with --yes")
    if is_open:
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

    async def work(erasing: SubjectErasing) -> dict[str, Any]:
        found = await erasing.holding(TenantId(tenant), text)
        await note_subject_export(read_settings(), TenantId(tenant))
        return await write_tenant(place, tenant, group_lines(found))

    manifest = run_with(open_subjects, work)
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


def _lines(tenant: str, progress: SubjectProgress) -> Iterator[str]:
    found, subject = progress.found, progress.subject
    if subject is None:
        yield f"of tenant {tenant} {len(found.holding)} alert groups hold the person, {found.shown} with a message"
        return
    begun = time_text(subject.begun_at)
    yield f"erasure {subject.subject_id} of a person of tenant {tenant}, begun {begun}: {subject.mark} stands there"
    yield from step_lines(SubjectStep, progress.done)
    yield f"  {subject.hidden} alert groups were stored without the person; {found.shown} messages are about them"
    yield from (f"  message {one.ts} in {one.channel}: waits for its edit" for one in found.waiting)
    stuck = "Slack edits it no more; delete it by hand"
    yield from (f"  message {one.ts} in {one.channel}: {stuck}" for one in found.stuck)
    if subject.deleted:
        yield f"  {len(subject.deleted)} messages were deleted"
    undeleted = "shows the mark, and was not deleted: give the command again, or delete it by hand"
    yield from (f"  message {one.ts} in {one.channel}: {undeleted}" for one in found.undeleted)
    if found.known_by:
        yield f"  {found.known_by} alert groups are known by the value until they end, and a day longer"
    yield f"  hidden from what comes until {time_text(subject.until)}; digest {subject.digest.hex()}"
    yield from (f"  left in {one}" for one in left_lines(progress.left))


def _as_json(tenant: str, progress: SubjectProgress) -> dict[str, Any]:
    found, subject = progress.found, progress.subject
    return {
        "tenant": tenant,
        "subject": subject and subject.subject_id,
        "digest": subject and subject.digest.hex(),
        "begun_at": time_json(subject.begun_at) if subject else None,
        "ended_at": time_json(subject.ended_at) if subject else None,
        "until": time_json(subject.until) if subject else None,
        "steps": steps_json(SubjectStep, progress.done),
        "alert_groups": len(found.holding),
        "hidden": subject.hidden if subject else 0,
        "messages": found.shown,
        "waiting": _places(found.waiting),
        "stuck": _places(found.stuck),
        "deleted": _places(subject.deleted) if subject else [],
        "undeleted": _places(found.undeleted),
        "known_by": found.known_by,
        "left": left_json(progress.left),
    }


def _places(messages: Sequence[MessageRef]) -> list[dict[str, str]]:
    return [{"channel": one.channel, "ts": one.ts} for one in messages]
