"""`alert-router explain`: why an alert is notified or not."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from router.app.localizations import load_localizations
from router.app.offered import open_explaining
from router.cli.options import AsJson
from router.cli.preview import instant, known_locale, rules_of, span
from router.cli.session import run_with
from router.cli.webhooks import read_bodies
from router.control.explain.as_json import as_json as explanation_json
from router.control.explain.asked import read_asked
from router.control.explain.text import lines
from router.control.explain.webhooks import explain_webhooks
from router.core.model.alert import TenantId
from router.core.model.rules.receiver import Layout
from router.errors import ConfigurationError
from router.settings import read_settings

_What = Annotated[
    list[str] | None,
    typer.Argument(
        help="With --tenant: labels of the alert, its fingerprint, its group, or the link of its message in Slack.",
        metavar="WHAT...",
    ),
]
_Tenant = Annotated[
    str | None, typer.Option(help="Explain how alerts of this tenant stand now, or webhooks as it is configured.")
]


def explain(  # noqa: PLR0913 - each is an option
    what: _What = None,
    tenant: _Tenant = None,
    config: Annotated[Path | None, typer.Option(help="Explain webhooks by this file of a tenant.")] = None,
    webhook: Annotated[
        list[Path] | None,
        typer.Option(help="Webhook bodies, one per file or per line; - is standard input."),
    ] = None,
    locale: Annotated[str | None, typer.Option(help="The language; by default, the tenant's.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When the first one arrives, RFC 3339. By default, its latest time.")
    ] = None,
    every: Annotated[str, typer.Option(help="The time between two bodies, if they do not name later times.")] = "5m",
    *,
    as_json: AsJson = False,
) -> None:
    """Explain for each alert which routes it tries, where it goes, what holds it back, and what comes next.

    Webhooks as a worker with an empty store would take them, by a file, which needs no engine, or as --tenant is
    configured. With --tenant alone its alerts as they stand now; of redacted values nothing is printed then.

    Example: alert-router explain --config acme.yaml --webhook body.json

    Example: alert-router explain --tenant acme alertname=DiskFull instance=node-1
    """
    if tenant is not None and config is None and not webhook:
        _print_live(TenantId(tenant), what or [], locale, as_json=as_json)
        return
    if webhook and not what:
        rules, localizations = rules_of(config, tenant), load_localizations(read_settings())
        found = list(explain_webhooks(rules, read_bodies(webhook), instant(at), span(every), localizations))
    else:
        raise ConfigurationError("give --webhook with --config or --tenant, or --tenant and what to explain")
    if as_json:
        typer.echo(json.dumps([explanation_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    language = known_locale(locale) if locale is not None else rules.locale
    localizer = localizations.localizer(language, rules.time_zone, Layout())
    typer.echo("\n\n".join("\n".join(lines(one, localizer)) for one in found))


def _print_live(tenant: TenantId, what: Sequence[str], locale: str | None, *, as_json: bool) -> None:
    asked, language = read_asked(what), known_locale(locale) if locale is not None else ""
    found = run_with(open_explaining, lambda live: live.explain(tenant, asked, language))
    if as_json:
        typer.echo(json.dumps([one.fields for one in found], ensure_ascii=False, indent=2))
    else:
        typer.echo("\n\n".join(one.text for one in found))
