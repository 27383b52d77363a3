"""`alert-router tenant check`: what is fine with a tenant, and how to mend what is not."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

import typer

from router.cli.options import AsJson, Name
from router.cli.paint import painted
from router.cli.session import known
from router.config.finding import one_line
from router.control.check.row import Row, State
from router.control.check.tenant import check_tenant
from router.control.toolbox import desk
from router.settings import read_settings

_COLORS: Final = {State.OK: typer.colors.GREEN, State.WRONG: typer.colors.RED, State.UNKNOWN: typer.colors.YELLOW}
_STATE_WIDTH: Final = max(map(len, State))


def check(tenant: Name, *, as_json: AsJson = False) -> None:
    """Say what is fine with a tenant, and how to mend what is not.

    Asks Slack, with a worker's settings, whether the token lives, what it may do and which channels the bot is in;
    sends nothing. Exits with 1 if something is wrong.

    Example: alert-router tenant check acme
    """
    rows = asyncio.run(_rows(tenant))
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, "ok": not _wrong(rows), "rows": [asdict(row) for row in rows]}))
    else:
        for line in _table(rows):
            typer.echo(line)
    if _wrong(rows):
        raise typer.Exit(1)


async def _rows(tenant: str) -> list[Row]:
    async with desk(read_settings()) as asking:
        return await check_tenant(asking, await known(asking.tenants, tenant))


def _wrong(rows: Sequence[Row]) -> bool:
    return any(row.state is State.WRONG for row in rows)


def _table(rows: Sequence[Row]) -> Iterator[str]:
    width = max(len(row.what) for row in rows)
    for row in rows:
        state = painted(f"{row.state:<{_STATE_WIDTH}}", _COLORS[row.state])
        yield f"{state}  {row.what:<{width}}  {one_line(row.found)}"
        if row.cure:
            yield f"{'':<{_STATE_WIDTH}}  {'':<{width}}  -> {one_line(row.cure)}"
