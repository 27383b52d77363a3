"""`alert-router preview`: what Slack would show for webhooks, by a tenant's file or as a tenant is configured."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from pydantic import TypeAdapter, ValidationError

from router.app.localizations import load_localizations
from router.app.offered import open_tenants
from router.cli.extra import needing_local
from router.cli.options import AsJson
from router.cli.session import run_with
from router.cli.webhooks import read_bodies
from router.config.compile.tenant import compile_tenant
from router.config.files import read_rules_file, read_rules_text
from router.config.series import read_series
from router.config.values import LocaleText
from router.control.channel_calls import ChannelCalls, call_json
from router.control.preview import PreviewRequest, preview_channels
from router.control.receivers import no_receiver
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, Span, parse_duration, parse_rfc3339
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.tenant import Tenant
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.settings import read_settings

_ALL: Final = "all"

Webhooks = Annotated[list[Path], typer.Option(help="Webhook bodies, one per file or per line; - is standard input.")]
Theme = Literal["light", "dark"]
Language = Annotated[
    str | None, typer.Option(help="A language for all receivers, or: all. By default, each receiver's own.")
]
FirstAt = Annotated[
    str | None, typer.Option(help="When the first one arrives, RFC 3339. By default, its latest time.")
]
Series = Annotated[
    Path | None,
    typer.Option(help="Draw charts of these answers of Prometheus' query_range, by alert name."),
]


def preview(  # noqa: PLR0913 - each is an option
    webhook: Webhooks,
    config: Annotated[Path | None, typer.Option(help="The tenant's file.")] = None,
    tenant: Annotated[str | None, typer.Option(help="In place of a file: this tenant as it is configured.")] = None,
    locale: Language = None,
    receiver: Annotated[list[str] | None, typer.Option(help="Show only this receiver. May be repeated.")] = None,
    every: Annotated[str, typer.Option(help="The time between two bodies, if they do not name later times.")] = "5m",
    at: FirstAt = None,
    series: Series = None,
    html: Annotated[Path | None, typer.Option(help="Write a page that looks like Slack.")] = None,
    theme: Annotated[Theme | None, typer.Option(help="For --html. By default, that of the reader's system.")] = None,
    *,
    steps: Annotated[bool, typer.Option("--steps", help="Show the channel after every webhook.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what Slack would show for a webhook, or a sequence of them with its edits and threads.

    With --config it needs no engine and no network. With --json it prints every call to Slack as it would be made.
    A file of --series holds {"ALERTNAME": [ANSWER]}: what GET /api/v1/query_range of Prometheus answered to the
    expression of that alert's rule without its comparison, as docs/samples/series.json.

    Example: alert-router preview --config acme.yaml --webhook body.json --locale all --html preview.html
    """
    if as_json and html is not None:
        raise ConfigurationError("--json and --html exclude each other; give one of them")
    request = PreviewRequest(
        tenant=_tenant(rules_of(config, tenant), str(config or tenant), receiver or []),
        bodies=read_bodies(webhook),
        languages=_languages(locale),
        receivers=receiver or [],
        first_at=instant(at),
        every=span(every),
        series={} if series is None else read_series(series),
    )
    channels = preview_channels(request, load_localizations(read_settings()))
    if as_json:
        _print_calls(channels)
    else:
        _draw(f"Preview of {request.tenant.tenant_id}", channels, len(request.bodies) if steps else 1, html, theme)


def rules_of(config: Path | None, tenant: str | None) -> Tenant:
    """The rules of a tenant's file, or of a tenant as it is configured.

    Raises:
        ConfigurationError: neither is named, or both are; the file is a folder, cannot be read, or is not valid.
        RouterError: the tenant cannot be read.
    """
    if config is not None and tenant is None:
        return compile_tenant(read_rules_file(config).document, 1)
    if tenant is None or config is not None:
        raise ConfigurationError("give the tenant's file with --config, or its name with --tenant")
    name = TenantId(tenant)
    shown = run_with(open_tenants, lambda tenants: tenants.show(name))
    return compile_tenant(read_rules_text(shown.source_text, name), shown.kept.version)


def _tenant(tenant: Tenant, source: str, receivers: list[str]) -> Tenant:
    for name in receivers:
        if name not in tenant.receivers:
            raise ConfigurationError(Diagnostic(no_receiver(tenant, name), source=source))
    return tenant


def _languages(locale: str | None) -> tuple[str | None, ...]:
    if locale is None:
        return (None,)
    if locale == _ALL:
        return LANGUAGES
    return (known_locale(locale, "; or all"),)


def known_locale(locale: str, otherwise: str = "") -> str:
    """The locale of `--locale`; `otherwise` is what else the option takes.

    Raises:
        ConfigurationError: it is none in which there are messages.
    """
    try:
        return TypeAdapter(LocaleText).validate_python(locale)
    except ValidationError as error:
        message = f"{error.errors()[0]['ctx']['error']}{otherwise}"
        raise ConfigurationError(Diagnostic(message, source="--locale")) from None


def span(text: str) -> Span:
    """The time between two bodies, of `--every`.

    Raises:
        ConfigurationError: it is not a duration.
    """
    try:
        return max(parse_duration(text), Span(1))
    except ValueError as error:
        raise ConfigurationError(Diagnostic(str(error), source="--every")) from None


def instant(text: str | None) -> Instant:
    """The time of `--at`; NEVER where it is not given.

    Raises:
        ConfigurationError: it is not a time.
    """
    try:
        return NEVER if text is None else parse_rfc3339(text)
    except ValueError as error:
        raise ConfigurationError(Diagnostic(str(error), source="--at")) from None


def _print_calls(channels: Sequence[ChannelCalls]) -> None:
    calls = [call_json(call) for one in channels for call in one.calls]
    typer.echo(json.dumps(calls, ensure_ascii=False, indent=2))


def _draw(title: str, channels: Sequence[ChannelCalls], steps: int, html: Path | None, theme: Theme | None) -> None:
    """Draw the channels after each step: into a file, or on the terminal."""
    with needing_local("preview without --json"):
        from alert_router_local.preview import lines, page
    if html is not None:
        _write(html, page(title, channels, steps, theme))
        typer.echo(f"{html}: written; open it in a browser")
        return
    for line in lines(channels, steps, sys.stdout):
        typer.echo(line)
    if not channels:
        typer.echo("nothing would be sent; `alert-router explain` says why")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(Diagnostic(error.strerror or str(error), source=str(path))) from None
