"""`alert-router isolation rights`: what the login of a pool's workers may do in Redis and in Kafka."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from router.app.pool_tenants import open_pool_tenants, redis_user_of
from router.cli.options import AsJson
from router.cli.session import run_with
from router.core.model.alert import TenantId
from router.core.pool import SHARED, SHARED_NAME, Pool


class Engine(StrEnum):
    """Whose rights."""

    REDIS = "redis"
    KAFKA = "kafka"


OfPool = Annotated[str, typer.Option("--pool", help="The pool; shared is that of all others.", metavar="POOL")]
OfEngine = Annotated[Engine, typer.Option(help="A line of Redis' file of users, or a variable of acls.sh.")]
Besides = Annotated[
    list[str] | None, typer.Option("--besides", help="A tenant that is about to move there.", metavar="TENANT")
]


def rights(
    pool: OfPool, *, engine: OfEngine = Engine.REDIS, besides: Besides = None, as_json: AsJson = False
) -> None:
    """Print the rights that the login of a pool's workers needs, and no others.

    For Redis that is a line of the file of users: the tenants of the pool, key by key, with ${PASSWORD} where the
    password goes. For Kafka it is the variable POOLS of deploy/kafka/acls.sh. Before a tenant moves, name it with
    --besides in the pool that it moves to; its former pool keeps its rights until the move is over.

    Example: alert-router isolation rights --pool gold --besides acme
    """
    wanted = SHARED if pool == SHARED_NAME else Pool(pool)
    served = run_with(open_pool_tenants, lambda tenants: tenants.of(wanted))
    every = sorted({*served, *map(TenantId, besides or ())})
    found = _rights(wanted, every)
    if as_json:
        typer.echo(json.dumps({"pool": pool, "tenants": every, **{one.value: found[one] for one in Engine}}))
    else:
        typer.echo(found[engine])


def _rights(pool: Pool, tenants: list[TenantId]) -> dict[Engine, str]:
    login = f"worker-{pool}" if pool else "worker"
    return {
        Engine.REDIS: redis_user_of(login, "${PASSWORD}", pool, tenants),
        Engine.KAFKA: f"POOLS='{pool}=alert-router-{login}'" if pool else "",
    }
