"""Active documents of many tenants, read in few round trips of bounded size."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.connection import Connection
from router.adapters.redis.signatures import Signatures
from router.adapters.redis.silences import silences_key, unexpired
from router.adapters.redis.subjects import read_subjects, subjects_key
from router.adapters.redis.versions import config_key, read_version, reading
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, parse_rfc3339
from router.errors import UnavailableError
from router.ports.tenants import ActiveDocument

TOGETHER: Final = 500
"""Tenants in a round trip."""
UNPROVEN: Final = "?"
"""How an epoch begins that began after a loss; the script `apply` lets nothing be sent under it."""
_POINTERS: Final[tuple[keys.TenantPart, ...]] = ("active", "suspended", "epoch")
_SILENCE: Final = 1 << 10
"""Bytes that a silence is taken for."""
_BYTES: Final = 4 << 20
"""Bytes of documents in a round trip, unless one alone has more."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which version of a tenant's is active, and what does not come with versions."""

    tenant: TenantId
    version: int
    suspended_since: Instant
    unproven: bool


async def read_active(
    redis: Connection, tenants: Sequence[TenantId], signatures: Signatures
) -> AsyncIterator[Mapping[TenantId, ActiveDocument | None]]:
    """See `Tenants.active_of`."""
    for start in range(0, len(tenants), TOGETHER):
        pointers = await _pointers(redis, tenants[start : start + TOGETHER])
        yield {tenant: None for tenant, pointer in pointers.items() if pointer is None}
        for some in await _in_portions(redis, [one for one in pointers.values() if one is not None]):
            yield await _documents(redis, some, signatures)


async def _pointers(redis: Connection, tenants: Sequence[TenantId]) -> dict[TenantId, Pointer | None]:
    answers = iter(
        await redis.answered([
            COMMANDS.get(key) for tenant in tenants for key in keys.tenant_keys(tenant, *_POINTERS)
        ])
    )  # fmt: skip
    found: dict[TenantId, Pointer | None] = {}
    for tenant in tenants:
        version, suspended, epoch = (next(answers) for _ in _POINTERS)
        if not any(isinstance(one, UnavailableError) for one in (version, suspended, epoch)):
            since = parse_rfc3339(suspended) if suspended else NEVER
            found[tenant] = Pointer(tenant, int(version), since, is_unproven(epoch)) if version else None
    return found


def is_unproven(epoch: str | None) -> bool:
    """Whether the tenant's data began after a loss, and nobody has put together what was lost."""
    return epoch is not None and epoch.startswith(UNPROVEN)


async def _in_portions(redis: Connection, pointers: Sequence[Pointer]) -> list[list[Pointer]]:
    """Those that go into one round trip each; of whom Redis does not answer for the length, nothing is read."""

    def lengths(one: Pointer) -> list[Command]:
        return [COMMANDS.strlen(config_key(one.tenant, one.version)), COMMANDS.hlen(silences_key(one.tenant))]

    found = await _answers(redis, pointers, lengths)
    return list(_cut([(one, length + _SILENCE * silences) for one, (length, silences) in found]))


async def _answers(
    redis: Connection, pointers: Sequence[Pointer], commands: Callable[[Pointer], Sequence[Command]]
) -> list[tuple[Pointer, list[Any]]]:
    """What Redis answers to the commands of each, in one round trip; of those alone for whom it answers all."""
    asked = [commands(one) for one in pointers]
    answers = iter(await redis.answered([command for of_one in asked for command in of_one]))
    found = [(one, [next(answers) for _ in of_one]) for one, of_one in zip(pointers, asked, strict=True)]
    return [one for one in found if not any(isinstance(answer, UnavailableError) for answer in one[1])]


def _cut(known: Sequence[tuple[Pointer, int]]) -> Iterator[list[Pointer]]:
    portion, size = list[Pointer](), 0
    for pointer, length in known:
        if portion and size + length > _BYTES:
            yield portion
            portion, size = [], 0
        portion.append(pointer)
        size += length
    if portion:
        yield portion


async def _documents(
    redis: Connection, pointers: Sequence[Pointer], signatures: Signatures
) -> Mapping[TenantId, ActiveDocument | None]:
    found = await _answers(redis, pointers, lambda one: document_commands(one.tenant, one.version))
    now = await redis.now()
    return {one.tenant: await read_document(one, answers, signatures, now) for one, answers in found}


def document_commands(tenant: TenantId, version: int) -> list[Command]:
    """What reads a version with what travels with it; its answers are what `read_document` takes."""
    beside = [COMMANDS.hgetall(silences_key(tenant)), COMMANDS.hgetall(subjects_key(tenant))]
    return [*beside, *reading(tenant, version)]


async def read_document(
    pointer: Pointer, answers: Sequence[Any], signatures: Signatures, now: Instant
) -> ActiveDocument | None:
    """The document that was read; None where there is none."""
    tenant, version = pointer.tenant, read_version(answers[2:])
    if version is None:
        return None
    return ActiveDocument(
        tenant,
        pointer.version,
        version.text,
        pointer.suspended_since,
        pointer.unproven,
        await unexpired(tenant, answers[0], now, signatures),
        version.distrust(signatures, tenant, pointer.version),
        read_subjects(tenant, answers[1], now, signatures).subjects,
    )
