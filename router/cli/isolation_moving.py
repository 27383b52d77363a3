"""`alert-router isolation plan`, `move`: tenants and the pools whose workers serve them."""

import json
from typing import Annotated

import typer

from router.app.moving import open_moving
from router.cli.apply import claimed
from router.cli.author import Author, Message, made_by
from router.cli.change import MADE, PLANNED, change_json, print_change
from router.cli.options import PAST, TAKE_OVER, AsJson
from router.cli.session import run_with, writing
from router.control.moving import Drain, Move, Moving
from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Span
from router.core.pool import SHARED, SHARED_NAME, Pool, shown_pool

OfTenant = Annotated[str, typer.Option("--tenant", help="Whom.", metavar="TENANT")]
Into = Annotated[
    str, typer.Option("--pool", help="Where to; `shared` is the pool of everybody else.", metavar="POOL")
]


def plan(tenant: OfTenant, pool: Into, *, as_json: AsJson = False) -> None:
    """Print what moving a tenant to another pool would change; nothing is stored.

    Example: alert-router isolation plan --tenant acme --pool gold
    """
    move = run_with(open_moving, lambda moving: moving.plan(TenantId(tenant), _pool(pool)))
    if as_json:
        typer.echo(json.dumps(_json(move, stored=False)))
        return
    _print(move)
    print_change(move.change, PLANNED)
    typer.echo("nothing was stored", err=True)


def move(  # noqa: PLR0913 - each is an option
    tenant: OfTenant,
    pool: Into,
    *,
    author: Author = None,
    message: Message = "",
    timeout_s: Annotated[float, typer.Option("--timeout", help="How long to wait, in seconds.", min=0)] = 300,
    take_over: Annotated[bool, typer.Option("--take-over", help=TAKE_OVER)] = False,
    break_glass: Annotated[str, typer.Option("--break-glass", help=PAST, metavar="REASON", show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """Move a tenant to another pool, and wait until what it has left behind is read.

    The operator's part of its file gets the pool, as `platform apply` would do it; then the workers of the pool it
    was in read the rest of their topic. Nothing is lost, and nothing is notified twice. Exits with 1 where that is
    not over in time: run it again, it goes on where it is.

    Example: alert-router isolation move --tenant acme --pool gold
    """
    by, claim = made_by(author, message), claimed(take_over=take_over)

    async def work(moving: Moving) -> tuple[Move, Drain]:
        planned = await moving.plan(TenantId(tenant), _pool(pool))
        await moving.begin(planned, by, claim)
        return planned, await moving.drain(planned, Span(round(timeout_s * SECOND)))

    made, drain = run_with(writing(open_moving, break_glass), work)
    if as_json:
        typer.echo(json.dumps({**_json(made, stored=True), "drained": drain.is_done, "waiting": drain.waiting}))
    else:
        print_change(made.change, MADE)
        _print_drain(made, drain)
    if not drain.is_done:
        raise typer.Exit(1)


def _pool(name: str) -> Pool:
    return SHARED if name == SHARED_NAME else Pool(name)


def _print(move: Move) -> None:
    before, after = shown_pool(move.before), shown_pool(move.after)
    typer.echo(f"tenant {move.tenant}: from pool {before} to pool {after}; to be read to its end: {move.left.topic}")


def _print_drain(move: Move, drain: Drain) -> None:
    if drain.is_done:
        typer.echo(f"tenant {move.tenant} is in pool {shown_pool(move.after)}; what was in {move.left.topic} is read")
    else:
        typer.echo(
            f"tenant {move.tenant} is in pool {shown_pool(move.after)}; in {move.left.topic} records of before still "
            f"wait in {drain.waiting} partitions: look whether workers of pool {shown_pool(move.before)} run, then "
            "run this again",
            err=True,
        )


def _json(move: Move, *, stored: bool) -> dict[str, object]:
    return {
        "from": shown_pool(move.before),
        "to": shown_pool(move.after),
        "topic": move.left.topic,
        "group": move.left.group,
        **change_json(move.change, stored=stored),
    }
