"""`alert-router audit ...`: the audit log, and what verifies it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer

from router.app.auditing import new_note_key, open_audit, trust
from router.app.checkpoints import open_checkpointing
from router.app.offered import open_audit as open_entries
from router.app.persons import personal_sealer
from router.cli.audit_files import CHECKPOINT, ENTRIES, Form, write_export
from router.cli.audit_output import print_entries, report_json, report_lines
from router.cli.options import AsJson
from router.cli.secret_file import Readers, read_secret, write_secret
from router.cli.session import run_with
from router.control.audit.anchors import Note, Trust, notes_in
from router.control.audit.findings import Report
from router.control.audit.offline import verified_export
from router.control.auditing import AuditControl
from router.control.checkpointing import Unsigned
from router.core.model.alert import TenantId
from router.errors import OperationError
from router.settings import read_settings

_SHOWN: Final = 100
_MOST: Final = 10_000

Keys = Annotated[
    list[str] | None,
    typer.Option("--key", help="Believe checkpoints signed by this key as well.", metavar="NAME+ID+BASE64"),
]
Checkpoints = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", help="A file with checkpoints that were kept elsewhere: what anchors the log."),
]
Offline = Annotated[
    Path | None,
    typer.Option("--offline", help="Verify the export in this folder, without the database.", metavar="DIR"),
]
OfTenant = Annotated[str | None, typer.Option("--tenant", help="Those of this tenant.", metavar="TENANT")]


def list_all(
    *,
    tenant: OfTenant = None,
    before: Annotated[int | None, typer.Option(help="Only entries before this one.", metavar="ENTRY")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="At most so many.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """Print the newest entries of the audit log: when, of which tenant, what, by whom, why, and what came of it.

    Names and addresses of persons are shown where the key that sealed them is configured, and else as (sealed).

    Example: alert-router audit list --tenant acme
    """
    wanted = None if tenant is None else TenantId(tenant)
    rows = run_with(open_entries, lambda audit: audit.newest(wanted, before, limit))
    print_entries(rows, personal_sealer(read_settings()).unseal, as_json=as_json)


def export(
    folder: Annotated[Path, typer.Argument(help="A new folder for it.", metavar="DIR")],
    *,
    tenant: OfTenant = None,
    form: Annotated[Form, typer.Option("--as", help="Bytes with proofs, or events of OCSF.")] = Form.PROVEN,
    as_json: AsJson = False,
) -> None:
    """Write entries of the audit log to a folder, each with its bytes and the proof that it is in the log.

    Besides the entries there is the checkpoint that the proofs are against, so that anybody with the log's key can
    verify them: `alert-router audit verify --offline DIR`, or Go's own packages. Events of OCSF have no proofs.

    Example: alert-router audit export evidence --tenant acme
    """

    async def work(audit: AuditControl) -> tuple[int, int]:
        async with audit.export(None if tenant is None else TenantId(tenant)) as exported:
            written = await write_export(folder, exported, form)
            return written, exported.size

    written, size = run_with(open_audit, work)
    done = {"folder": str(folder), "entries": written, "of": size}
    typer.echo(json.dumps(done) if as_json else f"{written} of the first {size} entries are in {folder}")


def verify(
    *, offline: Offline = None, checkpoint: Checkpoints = None, key: Keys = None, as_json: AsJson = False
) -> None:
    """Verify the audit log, or an export of it, and name whatever was changed.

    A log that was written again, or cut off, by who has the database is shown by a checkpoint from outside it alone:
    give one with --checkpoint, from the log output or the topic audit.checkpoints. Exits with 1 if anything is wrong.

    Example: alert-router audit verify --offline evidence --checkpoint kept.txt
    """
    trusted = trust(read_settings(), tuple(key or ()))
    kept = list(_kept(checkpoint or ()))
    if offline is None:
        report = run_with(open_audit, lambda audit: audit.verified(kept, trusted))
    else:
        report = _verified(offline, kept, trusted)
    typer.echo(report_json(report) if as_json else "\n".join(report_lines(report)))
    if not report.is_good:
        raise typer.Exit(1)


def checkpoint(*, as_json: AsJson = False) -> None:
    """Sign a checkpoint of the audit log if anything was added: append it to Kafka, store it, print it.

    Run it each minute, apart from the database, with the key that signs. Keep what it prints: a checkpoint that is
    kept elsewhere shows that a log was written again. It signs nothing that contradicts the checkpoint before.

    Example: alert-router audit checkpoint
    """
    done = run_with(open_checkpointing, lambda checkpointing: checkpointing.advance())
    if isinstance(done, Unsigned):
        raise OperationError(f"nothing is signed: {done.reason}", remedy="alert-router audit verify")
    if as_json:
        typer.echo(json.dumps({"size": done and done.size, "checkpoint": done and done.note}))
    elif done is None:
        typer.echo("nothing was added since the last checkpoint", err=True)
    else:
        typer.echo(done.note, nl=False)


def key(
    name: Annotated[str, typer.Argument(help="What the log is called, such as audit.example.com/alerts.")],
    *,
    file: Annotated[Path, typer.Option(help="The file that the key goes to; it is not printed.")],
    as_json: AsJson = False,
) -> None:
    """Make a key that signs checkpoints, and print the one that verifies them.

    Keep it apart from the database, where only what makes checkpoints can read it; give the printed one to whoever
    verifies. For ALERT_ROUTER_AUDIT__KEY_FILE.

    Example: alert-router audit key audit.example.com/alerts --file audit.key
    """
    if read_secret(file):
        raise OperationError(f"{file} is there already; checkpoints that its key has signed need that key")
    made = new_note_key(name)
    write_secret(file, made.private, Readers.OWNER)
    typer.echo(json.dumps({"file": str(file), "verifier_key": made.verifier}) if as_json else made.verifier)


def _verified(folder: Path, kept: Sequence[Note], trusted: Trust) -> Report:
    with _opened(folder / ENTRIES) as lines:
        return verified_export(lines, _own(folder), kept, trusted)


def _own(folder: Path) -> Note:
    return Note(_text(folder / CHECKPOINT), CHECKPOINT)


def _kept(files: Sequence[Path]) -> Iterator[Note]:
    for file in files:
        yield from notes_in(_text(file), str(file))


def _text(file: Path) -> str:
    with _opened(file) as stream:
        return stream.read()


def _opened(file: Path) -> TextIO:
    try:
        return file.open(encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise OperationError(f"{file}: {error.strerror}") from None
