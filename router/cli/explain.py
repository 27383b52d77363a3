"""`alert-router explain`: why an alert is notified or not."""

import json
from pathlib import Path
from typing import Annotated

import typer

from router.app.localizations import load_localizations
from router.cli.options import AsJson
from router.cli.preview import instant, known_locale, span, tenant_of
from router.cli.webhooks import read_bodies
from router.control.explain.as_json import as_json as explanation_json
from router.control.explain.text import lines
from router.control.explain.webhooks import explain_webhooks
from router.core.model.rules.receiver import Layout
from router.settings import read_settings


def explain(
    config: Annotated[Path, typer.Option(help="The tenant's file.")],
    webhook: Annotated[
        list[Path], typer.Option(help="Webhook bodies, one per file or per line; - is standard input.")
    ],
    locale: Annotated[str | None, typer.Option(help="The language; by default, the tenant's.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When the first one arrives, RFC 3339. By default, its latest time.")
    ] = None,
    every: Annotated[str, typer.Option(help="The time between two bodies, if they do not name later times.")] = "5m",
    *,
    as_json: AsJson = False,
) -> None:
    """Explain for each alert of webhooks which routes it tries, where it goes, and what becomes of it there.

    Needs no engine and no network: the webhooks are led through the rules as a worker would, with an empty store.

    Example: alert-router explain --config acme.yaml --webhook body.json
    """
    tenant, localizations = tenant_of(config), load_localizations(read_settings())
    found = explain_webhooks(tenant, read_bodies(webhook), instant(at), span(every), localizations)
    if as_json:
        typer.echo(json.dumps([explanation_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    language = known_locale(locale) if locale is not None else tenant.locale
    localizer = localizations.localizer(language, tenant.time_zone, Layout())
    for one in found:
        for line in lines(one, localizer):
            typer.echo(line)
        typer.echo()
