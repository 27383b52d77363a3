"""`alert-router tenant history`: the versions of a tenant's configuration, who applied them, and why."""

import json
from typing import Final

import typer

from router.app.offered import open_tenants
from router.cli.options import AsJson, Name
from router.cli.session import run_with, time_json, time_text
from router.cli.terminal import print_columns
from router.control.history import HistoryEntry
from router.core.model.alert import TenantId
from router.diagnostic import one_line
from router.ports.control import KeptVersion
from router.ports.provenance import Part, Provenance

_OWNERS: Final = {Part.PLATFORM: "operator's", Part.TENANT: "tenant's"}
VERSION_COLUMNS: Final = ("version", "applied", "state", "part", "author", "summary", "message")


def history(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print the versions of a tenant's configuration, newest first: when, by whom and why, and what each changed.

    The last 20 are kept; `tenant show --version` prints one, `tenant rollback` makes one active again. With --json
    also from which file and machine each comes, and its digest.

    Example: alert-router tenant history acme
    """
    entries = run_with(open_tenants, lambda tenants: tenants.history(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([{**version_json(one.kept), "summary": one.summary} for one in entries]))
        return
    print_columns(VERSION_COLUMNS, [version_row(one) for one in entries])


def print_version(tenant: TenantId, kept: KeptVersion, text: str, *, as_json: bool) -> None:
    """Print a version with its text; where it comes from, for people, on stderr."""
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, **version_json(kept), "source": text}))
        return
    typer.echo(origin_text(kept), err=True)
    typer.echo(text.rstrip("\n"))


def version_json(kept: KeptVersion) -> dict[str, object]:
    """A version as programs read it; null is what nobody has stored."""
    recorded = kept.recorded
    origin = recorded.provenance if recorded else None
    return {
        "version": kept.version,
        "applied_at": time_json(kept.applied_at),
        "active": kept.active,
        "altered": kept.altered,
        "refused": kept.untrusted,
        "digest": kept.digest,
        "part": origin.part if origin else None,
        "author": origin.author if origin else None,
        "login": origin.login if origin else None,
        "from": origin.source if origin else None,
        "source_ref": origin.source_ref if origin else None,
        "message": origin.message if origin else None,
    }


def origin_text(kept: KeptVersion) -> str:
    """One line on a version: which part it changed, who applied it, when, from what, and why."""
    name = f"version {kept.version}, applied {time_text(kept.applied_at)}"
    if kept.altered:
        return f"{name}; what stands here is not what was applied: it was altered in Redis"
    if kept.recorded is None:
        return name
    origin = kept.recorded.provenance
    what = "both parts" if origin.part is Part.BOTH else f"the {_OWNERS[origin.part]} part"
    by = f"{name} by {_author_text(origin)}" if origin.author or origin.login else name
    commit = f" at {origin.source_ref}" if origin.source_ref else ""
    source = f" from {origin.source}{commit}" if origin.source else ""
    return one_line(f"{by}{source}: {what}{f'; {origin.message}' if origin.message else ''}")


def _author_text(origin: Provenance) -> str:
    """Who applied a version, with whom the system knew where that was somebody else."""
    author, login = one_line(origin.author), one_line(origin.login)
    return author if login in {"", author} else f"{author} ({login})"


def version_row(entry: HistoryEntry) -> tuple[str, ...]:
    """A version as it is listed."""
    kept, recorded = entry.kept, entry.kept.recorded
    refused = f"refused: {kept.untrusted}" if kept.untrusted else ""
    state = "altered in Redis" if kept.altered else refused or ("active" if kept.active else "-")
    part, author, message = "-", "-", ""
    if recorded:
        origin = recorded.provenance
        part, author, message = origin.part, _author_text(origin), one_line(origin.message)
    return str(kept.version), time_text(kept.applied_at), state, part, author, entry.summary, message
