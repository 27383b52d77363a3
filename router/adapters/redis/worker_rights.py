"""What a worker may do in Redis, as a line of a file of users: for all tenants, or for those of one pool alone.

Patterns of Redis cannot exclude, so what a pool's login reaches of tenants is listed for each of them, part by part.
Parts that are asked for most come first: Redis looks at patterns in their order.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from router.adapters.redis import keys
from router.core.model.alert import TenantId
from router.core.pool import SHARED, Pool

COMMANDS: Final = (
    "hello", "auth", "ping", "client|setinfo", "client|setname", "cluster|slots", "asking", "time", "info",
    "script|load", "evalsha", "watch", "unwatch", "multi", "exec", "discard", "scan", "exists", "get", "mget",
    "strlen", "set", "setnx", "setrange", "del", "unlink", "copy", "expire", "pexpire", "pexpireat", "persist",
    "pttl", "incr", "hget", "hmget", "hgetall", "hlen", "hscan", "hstrlen", "hset", "hsetnx", "hdel", "hincrby",
    "rpush", "ltrim", "lrange", "sadd", "srem", "smembers", "zadd", "zrem", "zincrby", "zrange",
    "zrangebyscore", "zrangebylex", "zremrangebyscore", "zscore", "zmscore", "zcard", "xadd", "xdel", "xlen",
    "xrange",
)  # fmt: skip
OWN: Final = (
    "g:*", "due", "epoch", "lane:*", "size", "books", "outbox", "where:*", "marks", "suspended", "sources",
    "sources:*", "awaiting:*", "related", "related:*", "episodes", "episodes:*", "routed", "closed", "digest:*",
    "nothing", "keys", "metrics:*", "held", "heartbeats", "missing", "comparing:*", "noticed:*", "trace:*",
)  # fmt: skip
"""Parts of a tenant that its worker changes."""
READ: Final = ("quota:*", "secrets")
"""Parts of a tenant that its worker reads, besides its configuration."""
CONFIGURATION: Final = ("active", "config:*", "silences", "subjects", "signed", "applied", "provenance")
"""What a tenant's file is stored as, and what travels with it."""
FOLLOWED: Final = (*CONFIGURATION, "epoch", "suspended", "quota:*", "nothing")
"""What every worker reads of all tenants: by their files it knows which are of its pool, and metrics show how full
the budgets of senders are."""
INDEX: Final = (
    "served", "tenants", "sequence", "generation", "recovering", "health", "runs", "redriven", "workspaces",
    "read", "holding", "open", "troubles:*", "trouble-counts:*", "operators:*", "busy:*", "heard", "nothing",
)  # fmt: skip
"""Parts of the index that workers of all pools change."""
OF_A_POOL: Final = ("turns", "watcher")
"""Parts of the index that each pool has for itself."""
INDEX_READ: Final = ("removed", "erased", "hold")
ANY: Final = "[^:]*"
"""Every tenant, and neither the index nor a workspace."""
_FRESH: Final = "on resetpass resetkeys resetchannels clearselectors -@all"


def worker_user(login: str, password: str, pool: Pool = SHARED, tenants: Sequence[TenantId] | None = None) -> str:
    """The line that gives the login of a pool's workers its rights; None is all tenants, as of the shared pool."""
    whose = [ANY] if tenants is None else list(tenants)
    words = [f"+{one}" for one in COMMANDS]
    patterns = [*_of_tenants(whose), *_followed(tenants), *_of_index(pool)]
    selectors = [*_scripts(whose), _selector("+set", _tenant_keys(whose, ["quota:*"], "%W~")), _offering()]
    return " ".join(["user", login, _FRESH, f">{password}", *words, *patterns, *selectors])


def _of_tenants(whose: Sequence[str]) -> Iterator[str]:
    yield from _tenant_keys(whose, OWN)
    yield from _tenant_keys(whose, READ, "%R~")


def _followed(tenants: Sequence[TenantId] | None) -> Iterator[str]:
    return _tenant_keys([ANY], CONFIGURATION if tenants is None else FOLLOWED, "%R~")


def _of_index(pool: Pool) -> Iterator[str]:
    yield f"~{keys.EVERY_WORKSPACE}"
    own = [f"{one}:{pool}" if pool else one for one in OF_A_POOL]
    yield from (f"~{keys.index_pattern(one)}" for one in (*own, *INDEX))
    yield from (f"%R~{keys.index_pattern(one)}" for one in INDEX_READ)


def _scripts(whose: Sequence[str]) -> Iterator[str]:
    """Scripts are called with keys that they only read; what they do there is held against the rest."""
    yield _selector("+evalsha", _tenant_keys(whose, ["*"]))


def _offering() -> str:
    """Turns are offered in all pools, and taken in one."""
    return _selector("+evalsha +zadd", [f"~{keys.index_pattern(one)}" for one in ("turns", "turns:*", "nothing")])


def _selector(commands: str, patterns: Sequence[str] | Iterator[str]) -> str:
    return f"({' '.join([commands, *patterns])})"


def _tenant_keys(whose: Sequence[str], parts: Sequence[str], access: str = "~") -> Iterator[str]:
    return (f"{access}{keys.pattern(tenant, part)}" for part in parts for tenant in whose)
