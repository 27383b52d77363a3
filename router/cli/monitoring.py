"""`alert-router monitoring ...`: what Prometheus and Grafana are given to watch one tenant."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from router.app.toolbox import open_tenants
from router.cli.extra import needing_grafana
from router.cli.options import AsJson
from router.cli.output import to_yaml
from router.cli.session import run_with
from router.config import stored
from router.config.document.tenant import TenantDocument
from router.config.files import read_rules_file
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError, OperationError
from router.monitoring.of_file import board_of
from router.monitoring.rules import rules_of
from router.monitoring.scraping import (
    JOB_LABELS,
    MONITOR_LABELS,
    Page,
    prometheus_rule_of,
    scrape_of,
    service_monitor_of,
)

_GATEWAY: Final = "http://gateway:8080"
_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<target>[A-Za-z0-9._-]+(?::[0-9]{1,5})?|\[[0-9a-f:.]+\](?::[0-9]{1,5})?)/?"
)
_RUNBOOKS: Final = "https://example.com/alert-router/docs/runbooks"


def render(  # noqa: PLR0913 - each is an option
    folder: Annotated[Path, typer.Argument(help="The folder to write to; it is made.", metavar="DIR")],
    tenant: Annotated[
        str | None, typer.Option(help="The tenant's id: as its active configuration has it.", metavar="TENANT")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="The tenant's file, in place of --tenant.")] = None,
    gateway: Annotated[str, typer.Option(help="Where Prometheus reaches the gateways.")] = _GATEWAY,
    token_file: Annotated[
        str | None,
        typer.Option(help="Where Prometheus reads the token.", show_default="/etc/prometheus/TENANT.token"),
    ] = None,
    runbooks: Annotated[str, typer.Option(help="Where the pages of docs/runbooks are read.")] = _RUNBOOKS,
    *,
    service_monitor: Annotated[
        bool, typer.Option("--service-monitor", help="Objects for Prometheus' operator, not files for Prometheus.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a tenant's dashboard, the job that scrapes its page, and its rules, from its own file.

    Needs the extra "monitoring". The dashboard asks two Prometheus, which may be one: that of the tenant, and that
    which scrapes the service and has the rules as well.

    Example: alert-router monitoring render --tenant acme monitoring/
    """
    document = _document(tenant, config)
    page = _page(document.tenant, gateway, token_file or f"/etc/prometheus/{document.tenant}.token")
    rules = rules_of(document, runbooks.rstrip("/"))
    attached = MONITOR_LABELS if service_monitor else JOB_LABELS
    files = {"dashboard.json": _dashboard(document, attached), **_FORMS[service_monitor](page, rules)}
    _write(folder, files)
    written = [str(folder / name) for name in files]
    typer.echo(json.dumps({"tenant": document.tenant, "files": written}) if as_json else "\n".join(written))


def _document(tenant: str | None, config: Path | None) -> TenantDocument:
    if (tenant is None) is (config is None):
        raise ConfigurationError("name --tenant, for its active configuration, or --config with a file, and not both")
    if config is not None:
        return read_rules_file(config).document
    shown = run_with(open_tenants, lambda tenants: tenants.show(TenantId(tenant or "")))
    return stored.load(shown.kept.text).document


def _page(tenant: TenantId, gateway: str, token_file: str) -> Page:
    found = _ADDRESS.fullmatch(gateway)
    if found is None:
        message = f"should be the gateway's address and nothing more, for example {_GATEWAY}"
        raise ConfigurationError(Diagnostic(message, source="--gateway"))
    return Page(tenant, found["target"], found["scheme"], token_file)


def _dashboard(document: TenantDocument, attached: Collection[str]) -> str:
    with needing_grafana("monitoring render"):
        from router.monitoring.drawn import text_of  # noqa: PLC0415 - an extra, and slow to import
    return text_of(board_of(document, attached))


def _as_files(page: Page, rules: Mapping[str, object]) -> Mapping[str, str]:
    return {"scrape.yml": to_yaml(scrape_of(page)), "rules.yml": to_yaml(rules)}


def _as_objects(page: Page, rules: Mapping[str, object]) -> Mapping[str, str]:
    objects = (service_monitor_of(page), prometheus_rule_of(page, rules))
    return {"monitoring.yaml": "---\n".join(map(to_yaml, objects))}


_FORMS: Final[Mapping[bool, Callable[[Page, Mapping[str, object]], Mapping[str, str]]]] = {
    False: _as_files,
    True: _as_objects,
}


def _write(folder: Path, files: Mapping[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperationError(f"cannot write to {folder}: {error.strerror}", remedy="choose another folder") from None
