"""`alert-router tenant apply`, `history`, `rollback`: versions of configurations come, are looked at, come back."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import KeptVersion, TenantRepository
from router.cli.change import DONE, PLANNED, Change, change_json, plan_change, shown
from router.cli.options import AsJson, Files, Name
from router.cli.session import known, time_json, time_text, with_redis, with_tenants
from router.config import stored
from router.config.changes import summary
from router.config.files import TenantFile, read_files
from router.config.stored import StoredDocument
from router.control.try_templates import new_trial
from router.core.model.alert import TenantId
from router.errors import ConfigurationError, OperationError

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show all that and store nothing.")]


def apply(files: Files, *, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Store files as the active configurations; nothing is stored unless all are valid.

    Shows for each what changes and how many live messages move. A file that is active already changes nothing.

    Example: alert-router tenant apply tenants/
    """
    checked = read_files(files, new_trial())

    async def work(connection: Connection) -> list[Change]:
        changes = [await _planned(connection, file) for file in checked]
        return changes if dry_run else [await _published(connection, change) for change in changes]

    _print(with_redis(work), dry_run=dry_run, as_json=as_json)


def rollback(
    tenant: Name,
    *,
    to: Annotated[int | None, typer.Option(help="The version; left out: the one before the active one.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make an earlier version the active one again, as a new version.

    What this program no longer takes for valid is refused.

    Example: alert-router tenant rollback acme --to 3
    """

    async def work(connection: Connection) -> Change:
        tenants = TenantRepository(connection)
        active = await known(tenants, tenant)
        wanted = active.version - 1 if to is None else to
        earlier = version_of(tenant, wanted, await tenants.versions(TenantId(tenant)))
        document = _readable(tenant, earlier)
        change = await plan_change(connection, document, f"{tenant} version {wanted}", earlier.text)
        return change if dry_run else await _published(connection, change)

    _print([with_redis(work)], dry_run=dry_run, as_json=as_json)


def history(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print the versions of a tenant's configuration, newest first: when each was applied, and what it changed.

    The last 20 are kept; `tenant show --version` prints one, `tenant rollback` brings one back.

    Example: alert-router tenant history acme
    """

    async def read(tenants: TenantRepository) -> list[KeptVersion]:
        await known(tenants, tenant)
        return await tenants.versions(TenantId(tenant))

    rows = _with_changes(with_tenants(read))
    if as_json:
        typer.echo(json.dumps([
            {"version": one.version, "applied_at": time_json(one.applied_at), "active": one.active, "summary": what}
            for one, what in rows
        ]))  # fmt: skip
        return
    for one, what in rows:
        typer.echo(f"{one.version}\t{time_text(one.applied_at)}\t{'active' if one.active else '-'}\t{what}")


async def _planned(connection: Connection, file: TenantFile) -> Change:
    text = stored.dump(file.document, file.text)
    return await plan_change(connection, StoredDocument(file.document, file.text), str(file.path), text)


async def _published(connection: Connection, change: Change) -> Change:
    """Also what is unchanged: that is stored once and only announced again, lest the first time failed."""
    await TenantRepository(connection).publish(change.tenant, change.text, onto=change.before)
    return change


def _print(changes: Sequence[Change], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([change_json(change, stored=not dry_run) for change in changes]))
        return
    for change in changes:
        for line in shown(change, PLANNED if dry_run else DONE):
            typer.echo(line)
    if dry_run:
        typer.echo("nothing was stored", err=True)


def version_of(tenant: str, wanted: int, kept: Sequence[KeptVersion]) -> KeptVersion:
    """The kept version of that number.

    Raises:
        OperationError: it is not kept.
    """
    found = next((one for one in kept if one.version == wanted), None)
    if found is None:
        raise OperationError(
            f"tenant {tenant!r} has no version {wanted}; `alert-router tenant history {tenant}` shows which are kept"
        )
    return found


def _readable(tenant: str, earlier: KeptVersion) -> StoredDocument:
    try:
        return stored.load(earlier.text)
    except ConfigurationError as error:
        reasons = [f"version {earlier.version} of {tenant!r} is no longer valid: {one}" for one in error.findings]
        raise OperationError("\n".join(reasons)) from None


def _with_changes(kept: Sequence[KeptVersion]) -> list[tuple[KeptVersion, str]]:
    """Each version with what it changed of the one before it, as far as that is kept."""
    rows = []
    for place, one in enumerate(kept):
        earlier = kept[place + 1] if place + 1 < len(kept) else None
        rows.append((one, _what_changed(earlier, one)))
    return rows


def _what_changed(earlier: KeptVersion | None, one: KeptVersion) -> str:
    try:
        before = stored.load(earlier.text).document if earlier else None
        after = stored.load(one.text).document
    except ConfigurationError:
        return "cannot be read by this program"
    return summary(before, after) if earlier or one.version == 1 else "the oldest that is kept"
