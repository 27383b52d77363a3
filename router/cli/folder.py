"""`alert-router apply`: bring a folder of configurations to an installation, as it was planned."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from router.app.checkout import source_of
from router.app.folder import open_applying
from router.app.validating import new_template_validator
from router.cli.apply import claimed
from router.cli.author import made_by
from router.cli.folder_output import applied_json, plan_json, print_applied, print_plan
from router.cli.options import TAKE_OVER, AsJson
from router.cli.server import command_settings
from router.cli.session import run_with
from router.config.files import read_folder
from router.control.gitops.applying import Applied, Applying, Outcome, Prune
from router.control.gitops.file import dumped, loaded
from router.control.gitops.plan import Plan, Source, Wish
from router.errors import ConfigurationError, OperationError

_MOVED = 2

Folder = Annotated[Path | None, typer.Argument(help="A folder of tenants' files.", metavar="[DIR]")]
PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", help="With DIR: write the plan there and apply nothing. Without: apply exactly that."),
]
Name = Annotated[str, typer.Option("--source", help="What applies these tenants; by default the repository.")]
Ref = Annotated[str, typer.Option("--source-ref", help="Its commit; by default that of CI, or of git.")]


def apply(  # noqa: PLR0913 - each is an option
    folder: Folder = None,
    *,
    plan: PlanFile = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete tenants that this source has applied and no longer has.")
    ] = False,
    source: Name = "",
    source_ref: Ref = "",
    take_over: Annotated[bool, typer.Option("--take-over", help=TAKE_OVER)] = False,
    message: Annotated[str, typer.Option("--message", "-m", help="Why, for the history.")] = "",
    as_json: AsJson = False,
) -> None:
    """Apply a folder of tenants' files, or exactly the plan that was made of it.

    Prints for each tenant whether it is new, what changes, or that it is removed. A tenant is changed whole or not at
    all, and apart from the others: one that cannot be changed is named, the rest goes on. Exits with 2, and changes
    nothing, if any tenant is no longer as it was planned; with 1 if one could not be changed.

    Example: alert-router apply tenants/ --server https://control.example.com --plan plan.json
    """
    if folder is None:
        if plan is None or prune or source or source_ref or take_over or message:
            raise ConfigurationError("name a folder; or a plan alone, which holds all that it was made with")
        _print_and_apply(_read(plan), as_json=as_json)
        return
    wanted = _wanted(folder, Source(source, source_ref))
    made = Plan(_server(), wanted, made_by(None, message).message, claimed(take_over=take_over))
    found = _planned(folder, made, Prune.OWN if prune else Prune.NONE)
    if plan is None:
        _print_and_apply(found, as_json=as_json)
        return
    _write(plan, dumped(found))
    if as_json:
        typer.echo(json.dumps(plan_json(found)))
        return
    print_plan(found)
    typer.echo(f"nothing was changed; to apply this: alert-router apply --plan {plan}", err=True)


def _planned(folder: Path, made: Plan, prune: Prune) -> Plan:
    """What the folder comes to; nothing is changed."""
    wishes = [Wish(one.tenant, str(one.path), one.text) for one in read_folder(folder, new_template_validator())]

    async def planning(applying: Applying) -> Plan:
        return await applying.plan(wishes, made, prune)

    return run_with(open_applying, planning)


def _print_and_apply(plan: Plan, *, as_json: bool) -> None:
    if plan.server != _server():
        there = plan.server or "Redis or the record, without --server"
        raise ConfigurationError(f"the plan was made for {there}; plan again where it is to be applied")
    if not as_json:
        print_plan(plan)
    done = run_with(open_applying, lambda applying: _applied(applying, plan))
    if as_json:
        typer.echo(json.dumps(applied_json(plan, done)))
    else:
        print_applied(done)
    outcomes = {one.outcome for one in done}
    if outcomes & {Outcome.FAILED, Outcome.NOT_TRIED} - ({Outcome.NOT_TRIED} if Outcome.MOVED in outcomes else set()):
        raise OperationError("not everything was applied; see above")
    if Outcome.MOVED in outcomes:
        typer.echo("error: something has changed since this was planned; plan it again", err=True)
        raise typer.Exit(_MOVED)


async def _applied(applying: Applying, plan: Plan) -> Sequence[Applied]:
    by = made_by(None, plan.message, plan.source.name, plan.source.ref)
    return [one async for one in applying.apply(plan, by)]


def _server() -> str:
    return (command_settings().server or "").rstrip("/")


def _wanted(folder: Path, typed: Source) -> Source:
    """The source, as it was typed or found; without a commit the folder is applied by hand."""
    if typed.ref and not typed.name:
        raise ConfigurationError("--source-ref: name what it is a commit of with --source")
    found = typed if typed.name and typed.ref else source_of(folder)
    return Source(typed.name or found.name, typed.ref or found.ref)


def _read(path: Path) -> Plan:
    try:
        return loaded(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise OperationError(f"{path}: {error.strerror}") from None
