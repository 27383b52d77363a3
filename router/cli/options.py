"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Final

import typer

from router.core.model.alert import TenantId
from router.core.model.instant import Instant, parse_duration, parse_rfc3339
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

Name = Annotated[str, typer.Argument(help="The tenant's id.", metavar="TENANT")]
Files = Annotated[
    list[Path], typer.Argument(help="YAML files or folders of them; - is standard input.", metavar="FILE...")
]
NameOrOwn = Annotated[str | None, typer.Argument(help="The tenant's id: both parts.", metavar="TENANT")]
Own = Annotated[
    str | None,
    typer.Option("--tenant", help="The tenant's id: its own part alone, without the operator's.", metavar="TENANT"),
]
TAKE_OVER: Final = "Also where the active version is of another source, as a pipeline's."
PAST: Final = "Write to Redis although a record in PostgreSQL is to be written, because of this; it is noted."
BreakGlass = Annotated[str, typer.Option("--break-glass", help=PAST, metavar="REASON", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def only_one(both: str | None, own: str | None) -> TenantId:
    """The tenant that is named, for both parts or for its own.

    Raises:
        ConfigurationError: none is, or two are.
    """
    named = {one for one in (both, own) if one is not None}
    if len(named) != 1:
        raise ConfigurationError("name one tenant: TENANT for both parts, or --tenant TENANT for its own part alone")
    return TenantId(named.pop())


def time_or_ago(text: str, now: Instant, option: str) -> Instant:
    """A time as typed: RFC 3339, or how long ago it was.

    Raises:
        ConfigurationError: it is neither.
    """
    try:
        return Instant(now - parse_duration(text))
    except ValueError:
        pass
    try:
        return parse_rfc3339(text)
    except ValueError:
        message = f"{text!r} is neither a time as 2026-11-26T05:00:00Z nor a duration as 2h"
        raise ConfigurationError(Diagnostic(message, source=option)) from None
