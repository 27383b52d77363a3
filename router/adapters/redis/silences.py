"""Tenants' silences, one hash a tenant: by id the form, the times in microseconds, matchers in sets, a signature.

With a key, a silence without a good signature for its tenant, its id and all that it consists of silences nothing.
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import structlog

from router.adapters.redis import keys
from router.adapters.redis.announcing import announced
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.signatures import NOTHING_SIGNED, Signatures
from router.core.match.matcher import Matcher, Operator
from router.core.model.alert import TenantId
from router.core.model.instant import Instant, to_datetime
from router.core.model.rules.silence import Silence, SilenceState
from router.ports.signing import Purpose

_FORM: Final = 1
_SIGNATURE: Final = "signature"
"""A member that an earlier release leaves out of account."""
UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"""What reading a stored silence may raise."""
_MANY: Final = 100
"""So many take some milliseconds to be read."""
_log: Final = structlog.get_logger("router.redis")


class SilenceRepository:
    """All silences of all tenants."""

    def __init__(self, connection: Connection, signatures: Signatures = NOTHING_SIGNED) -> None:
        self._redis = connection
        self._signatures = signatures

    async def all_of(self, tenant: TenantId) -> list[Silence]:
        """Every silence of a tenant that can be read and is trusted."""
        stored = await self._redis.ask(COMMANDS.hgetall(silences_key(tenant)))
        return list(read_silences(tenant, stored, self._signatures))

    async def store(self, tenant: TenantId, silences: Sequence[Silence], forgotten: Collection[str]) -> None:
        """Store these in their order, forget those with these ids, and announce it."""
        key = silences_key(tenant)
        await self._redis.ask_all([
            *(COMMANDS.hset(key, one.silence_id, self._written(tenant, one)) for one in silences),
            *(COMMANDS.hdel(key, one) for one in forgotten),
        ])  # fmt: skip
        await self._redis.ask(announced(tenant))

    async def forget(self, tenant: TenantId, ids: Collection[str]) -> int:
        """Delete those that are over, with these ids; how many were there. Nobody need hear of it."""
        return int(await self._redis.ask(COMMANDS.hdel(silences_key(tenant), *ids))) if ids else 0

    def _written(self, tenant: TenantId, one: Silence) -> str:
        return signed_silence(self._signatures, tenant, one.silence_id, write_silence(one))


def silences_key(tenant: TenantId) -> str:
    """The hash of a tenant's silences."""
    return keys.tenant_key(tenant, "silences")


def write_silence(one: Silence) -> str:
    """As it is stored, but for its signature."""
    sets = [[[it.name, it.operator, it.value] for it in matchers] for matchers in one.matcher_sets]
    body = {"v": _FORM, "from": one.starts_at, "to": one.ends_at, "by": one.author, "why": one.comment, "sets": sets}
    return _as_text(body)


def _as_text(body: Mapping[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def read_silences(tenant: TenantId, stored: Mapping[str, str], signatures: Signatures) -> tuple[Silence, ...]:
    """Those that can be read; one that is damaged, of a later form, or not trusted is logged and silences nothing."""
    found = (_read(tenant, id_, text, signatures) for id_, text in sorted(stored.items()))
    return tuple(one for one in found if one is not None)


async def unexpired(
    tenant: TenantId, stored: Mapping[str, str], now: Instant, signatures: Signatures
) -> tuple[Silence, ...]:
    """Those that can be read and are active or to come; many are read in a thread, so that nobody waits for them."""
    if len(stored) < _MANY:
        return _unexpired(tenant, stored, now, signatures)
    return await asyncio.to_thread(_unexpired, tenant, stored, now, signatures)


def _unexpired(
    tenant: TenantId, stored: Mapping[str, str], now: Instant, signatures: Signatures
) -> tuple[Silence, ...]:
    found = read_silences(tenant, stored, signatures)
    return tuple(one for one in found if one.state(now) is not SilenceState.EXPIRED)


def _read(tenant: TenantId, id_: str, text: str, signatures: Signatures) -> Silence | None:
    try:
        signature, body = parted(text)
        silence = _silence(id_, json.loads(body))
    except UNREADABLE as error:
        _log.error("silence_unreadable", tenant=tenant, silence=id_, error=f"{type(error).__name__}: {error}"[:200])
        return None
    why = signatures.distrust(signature, Purpose.SILENCE, tenant, id_, body)
    if why is not None:
        _log.error("silence_refused", tenant=tenant, silence=id_, reason=why)
        return None
    return silence


def signed_silence(signatures: Signatures, tenant: TenantId, id_: str, body: str) -> str:
    """A silence as it is stored."""
    signature = signatures.sign(Purpose.SILENCE, tenant, id_, body)
    return f'{body[:-1]},"{_SIGNATURE}":"{signature}"}}' if signature else body


def parted(text: str) -> tuple[str, str]:
    """The signature of a silence, "" if it has none, and the text that it is of.

    Raises:
        ValueError, TypeError, AttributeError, RecursionError: it cannot be read.
    """
    body = json.loads(text)
    signature = body.pop(_SIGNATURE, "")
    return _text(signature), _as_text(body)


def _silence(id_: str, body: dict[str, Any]) -> Silence:
    if body["v"] != _FORM:
        raise ValueError(f"form {body['v']!r} is not {_FORM}")
    sets = tuple(tuple(_matcher(*one) for one in matchers) for matchers in body["sets"])
    if not sets or not all(sets):
        raise ValueError("a set without matchers would silence everything")
    start, end = (_time(body[name]) for name in ("from", "to"))
    return Silence(id_, sets, start, end, _text(body["by"]), _text(body["why"]))


def _matcher(name: object, operator: str, value: object) -> Matcher:
    return Matcher(_text(name), Operator(operator), _text(value))


def _time(stored: object) -> Instant:
    if not isinstance(stored, int):
        raise TypeError(f"{stored!r} is not a time")
    to_datetime(Instant(stored))
    return Instant(stored)


def _text(stored: object) -> str:
    if not isinstance(stored, str):
        raise TypeError(f"{stored!r} is not a text")
    return stored
