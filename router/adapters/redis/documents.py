"""Active documents of many tenants, read in few round trips of bounded size."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.connection import Connection
from router.adapters.redis.silences import silences_key, unexpired
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, parse_rfc3339
from router.core.model.rules.silence import Silence
from router.errors import UnavailableError
from router.ports.tenants import ActiveDocument

TOGETHER: Final = 500
"""Tenants in a round trip."""
UNPROVEN: Final = "?"
"""How an epoch begins that began after a loss; the script `apply` lets nothing be sent under it."""
_POINTERS: Final = ("active", "suspended", "epoch")
_SILENCE: Final = 1 << 10
"""Bytes that a silence is taken for."""
_BYTES: Final = 4 << 20
"""Bytes of documents in a round trip, unless one alone has more."""


@dataclass(frozen=True, slots=True)
class _Pointer:
    tenant: TenantId
    version: int
    suspended_since: Instant
    unproven: bool


def config_key(tenant: TenantId, version: int) -> str:
    """The key of one version of a tenant's configuration."""
    return keys.tenant_key(tenant, "config", str(version))


async def read_active(
    redis: Connection, tenants: Sequence[TenantId]
) -> AsyncIterator[Mapping[TenantId, ActiveDocument | None]]:
    """See `Tenants.active_of`."""
    for start in range(0, len(tenants), TOGETHER):
        pointers = await _pointers(redis, tenants[start : start + TOGETHER])
        yield {tenant: None for tenant, pointer in pointers.items() if pointer is None}
        for some in await _in_portions(redis, [one for one in pointers.values() if one is not None]):
            yield await _documents(redis, some)


async def _pointers(redis: Connection, tenants: Sequence[TenantId]) -> dict[TenantId, _Pointer | None]:
    answers = iter(
        await redis.answered([
            COMMANDS.get(keys.tenant_key(tenant, part)) for tenant in tenants for part in _POINTERS
        ])
    )  # fmt: skip
    found: dict[TenantId, _Pointer | None] = {}
    for tenant in tenants:
        version, suspended, epoch = (next(answers) for _ in _POINTERS)
        if not any(isinstance(one, UnavailableError) for one in (version, suspended, epoch)):
            since = parse_rfc3339(suspended) if suspended else NEVER
            found[tenant] = _Pointer(tenant, int(version), since, is_unproven(epoch)) if version else None
    return found


def is_unproven(epoch: str | None) -> bool:
    """Whether the tenant's data began after a loss, and nobody has put together what was lost."""
    return epoch is not None and epoch.startswith(UNPROVEN)


async def _in_portions(redis: Connection, pointers: Sequence[_Pointer]) -> list[list[_Pointer]]:
    """Those that go into one round trip each; of whom Redis does not answer for the length, nothing is read."""
    lengths = [COMMANDS.strlen(config_key(one.tenant, one.version)) for one in pointers]
    silences = [COMMANDS.hlen(silences_key(one.tenant)) for one in pointers]
    found = await _both(redis, pointers, lengths, silences)
    return list(_cut([(one, length + _SILENCE * count) for one, length, count in found]))


async def _both(
    redis: Connection, pointers: Sequence[_Pointer], first: Sequence[Command], second: Sequence[Command]
) -> Sequence[tuple[_Pointer, Any, Any]]:
    """The answers to both commands of each, in one round trip; of those alone for whom Redis has answered both."""
    answers = await redis.answered([*first, *second])
    found = zip(pointers, answers[: len(first)], answers[len(first) :], strict=True)
    return [one for one in found if not any(isinstance(answer, UnavailableError) for answer in one[1:])]


def _cut(known: Sequence[tuple[_Pointer, int]]) -> Iterator[list[_Pointer]]:
    portion, size = list[_Pointer](), 0
    for pointer, length in known:
        if portion and size + length > _BYTES:
            yield portion
            portion, size = [], 0
        portion.append(pointer)
        size += length
    if portion:
        yield portion


async def _documents(redis: Connection, pointers: Sequence[_Pointer]) -> Mapping[TenantId, ActiveDocument | None]:
    texts = [COMMANDS.get(config_key(one.tenant, one.version)) for one in pointers]
    silences = [COMMANDS.hgetall(silences_key(one.tenant)) for one in pointers]
    found, now = await _both(redis, pointers, texts, silences), await redis.now()
    return {one.tenant: _document(one, text, await unexpired(one.tenant, stored, now)) for one, text, stored in found}


def _document(pointer: _Pointer, text: str | None, silences: tuple[Silence, ...]) -> ActiveDocument | None:
    if text is None:
        return None
    return ActiveDocument(pointer.tenant, pointer.version, text, pointer.suspended_since, pointer.unproven, silences)
