"""`alert-router silence ...`: what a tenant is not notified of for a while."""

import json
from typing import Annotated, Final

import typer

from router.app.offered import open_silences
from router.cli.author import user
from router.cli.options import AsJson, Name
from router.cli.server import command_settings
from router.cli.session import run_with, time_text
from router.cli.terminal import print_columns
from router.config.compile.matchers import printed
from router.control.silence_json import listed_json, silence_json
from router.control.silences import ListedSilence, SilenceRequest
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, Span, parse_duration, parse_rfc3339
from router.core.model.rules.silence import Silence
from router.errors import ConfigurationError

_HOUR: Final = "1h"
_TIME: Final = "A time as RFC 3339, such as 2026-11-27T18:00:00+01:00"


_Matchers = Annotated[
    list[str], typer.Argument(help="Conditions on labels, all of which must hold.", metavar="MATCHER...")
]
_Or = Annotated[
    list[str] | None, typer.Option("--or", help="Another set of conditions; one set suffices.", metavar="MATCHERS")
]
_Start = Annotated[str | None, typer.Option(help=f"{_TIME}; by default, now.")]
_End = Annotated[str | None, typer.Option(help=f"{_TIME}, instead of a duration.")]
_Expired = Annotated[bool, typer.Option("--expired", help="Also those that have ended in the last five days.")]


def add(  # noqa: PLR0913 - each is an option
    tenant: Name,
    matchers: _Matchers,
    comment: Annotated[str, typer.Option("--comment", "-c", help="Why.")],
    or_: _Or = None,
    duration: Annotated[str | None, typer.Option("--duration", "-d", help="How long.", show_default=_HOUR)] = None,
    start: _Start = None,
    end: _End = None,
    author: Annotated[str | None, typer.Option("--author", "-a", help="Who asks; by default, you.")] = None,
    replaces: Annotated[str | None, typer.Option(help="The id of one that ends with this.", metavar="ID")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Hold back what matches, until the silence ends; then it is sent once, as it is by then.

    Matchers are written as in Alertmanager, several in one argument or each in its own. Prints the silence's id;
    workers follow within about a second. To change a silence, add another one that replaces it.

    Example: alert-router silence add acme 'alertname="DiskFull"' 'instance=~"db-.*"' -d 2h -c "new disks"
    """
    if author is not None and command_settings().server is not None:
        raise ConfigurationError("--author: a control API knows by the credential who asks; leave it out")
    if duration is not None and end is not None:
        raise ConfigurationError("--duration and --end exclude each other; give one of them")
    request = SilenceRequest(
        matcher_sets=(matchers, *([one] for one in or_ or ())),
        author=user() if author is None else author,
        comment=comment,
        duration=_duration(duration or _HOUR),
        starts_at=_time("--start", start),
        ends_at=_time("--end", end),
        replaces=replaces or "",
    )
    made = run_with(open_silences, lambda silences: silences.add(TenantId(tenant), request))
    if as_json:
        typer.echo(json.dumps(silence_json(made)))
        return
    typer.echo(made.silence_id)
    typer.echo(f"tenant {tenant} has a silence until {time_text(made.ends_at)}: {_sets(made)}", err=True)


def list_all(tenant: Name, *, expired: _Expired = False, as_json: AsJson = False) -> None:
    """Print a tenant's silences that are active or pending, by when they end.

    Example: alert-router silence list acme
    """
    found = run_with(open_silences, lambda silences: silences.listed(TenantId(tenant), expired=expired))
    if as_json:
        typer.echo(json.dumps([listed_json(one) for one in found]))
    elif not found:
        typer.echo(f"tenant {tenant} has no silence", err=True)
    else:
        print_columns(("id", "state", "from", "until", "author", "matchers", "comment"), [_row(one) for one in found])


def expire(
    tenant: Name,
    id_: Annotated[str, typer.Argument(help="The id that `silence list` shows.", metavar="ID")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a silence now; what it held back is sent once, as it is by then.

    Example: alert-router silence expire acme 6a8d6c0e-6a2f-4d0b-9a55-0d9f3c8d8f11
    """
    changed = run_with(open_silences, lambda silences: silences.expire(TenantId(tenant), id_))
    text = f"silence {id_} of tenant {tenant} {'has ended' if changed else 'had ended already'}"
    typer.echo(json.dumps({"tenant": tenant, "id": id_, "state": "expired", "changed": changed}) if as_json else text)


def _duration(text: str) -> Span:
    try:
        found = parse_duration(text)
    except ValueError as error:
        raise ConfigurationError(f"--duration: {error}") from None
    if not found:
        raise ConfigurationError("--duration: should be longer than 0; use for example 30m or 2h")
    return found


def _time(option: str, text: str | None) -> Instant:
    if text is None:
        return NEVER
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise ConfigurationError(
            f"{option}: {text!r} is not a time with its offset from UTC; use for example 2026-11-27T18:00:00+01:00"
        ) from None


def _sets(silence: Silence) -> str:
    return " or ".join(map(printed, silence.matcher_sets))


def _row(one: ListedSilence) -> tuple[str, ...]:
    silence = one.silence
    times = time_text(silence.starts_at), time_text(silence.ends_at)
    return silence.silence_id, one.state, *times, silence.author, _sets(silence), silence.comment
