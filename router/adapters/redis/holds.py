"""Sending on hold: for one tenant, and for everybody.

Beside each tenant's groups stands whether it is on hold, so that `apply` refuses the claim of a call from the moment
on in which that is stored. A hold of everybody is stored so for each tenant, and in the index for workers, and for
tenants that come later: `HoldRepository.follow` brings a tenant up to the index. A hold is in the index before it is
in any tenant's part, and out of it before the first is released; whoever follows looks again after each write.
"""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command, Script, small
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.core.model.event import EventKind
from router.core.model.instant import NEVER, Instant, parse_rfc3339, to_rfc3339
from router.errors import UnavailableError
from router.ports.control import Everybody
from router.ports.events import FORM
from router.ports.state import MAX_EVENTS_WAITING

_TOGETHER: Final = 500
"""Tenants in a round trip."""
_HOLD: Final = Script("hold")


class Held(StrEnum):
    """Who is on hold, by the name of the tenant's key that it is stored at."""

    TENANT = "suspended"
    EVERYBODY = "held"


def hold_command(tenant: TenantId, held: Held, now: Instant, since: str | None = None) -> Command:
    """Put a tenant on hold: answers 1, or 0 if it was already. `since`, RFC 3339, is now unless it is given."""
    return _command(tenant, held, now, since or to_rfc3339(now))


def release_command(tenant: TenantId, held: Held, now: Instant) -> Command:
    """Release a tenant: answers 1, or 0 if it was not on hold."""
    return _command(tenant, held, now, "")


def _command(tenant: TenantId, held: Held, now: Instant, since: str) -> Command:
    return _HOLD.on(
        [keys.tenant_key(tenant, held.value), *keys.tenant_keys(tenant, "active", "outbox", "books", "nothing")],
        [since, f"{tenant}/", _event(tenant, held, now, is_held=bool(since)), MAX_EVENTS_WAITING],
    )


def _event(tenant: TenantId, held: Held, now: Instant, *, is_held: bool) -> str:
    body = {
        "v": FORM,
        "event": EventKind.SENDING_HELD if is_held else EventKind.SENDING_RELEASED,
        "id": f"{tenant}/{held}-{now}",
        "sequence": now,
        "tenant": tenant,
        "reason": "tenant" if held is Held.TENANT else "everybody",
        "outcome": "held" if is_held else "released",
        "decided_at": to_rfc3339(now),
    }
    return json.dumps(body)


class HoldRepository:
    """The hold of everybody."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def since(self) -> Instant:
        """Since when everybody is on hold; NEVER while that is not so."""
        text = await self._in_index()
        return parse_rfc3339(text) if text else NEVER

    async def hold(self) -> Everybody:
        """Put everybody on hold. Once it returns no call is begun for anybody.

        Raises:
            UnavailableError: Redis does not answer for some; all others are on hold.
        """
        now = await self._redis.now()
        arguments = (to_rfc3339(now), "NX")
        changed = await self._redis.ask(small("SET", keys.HOLD, keys.NOTHING, *arguments))
        since = await self._in_index()
        tenants = await self._each(lambda tenant: hold_command(tenant, Held.EVERYBODY, now, since))
        return Everybody(bool(changed), tenants)

    async def release(self) -> Everybody:
        """Release everybody but those who are on hold alone.

        Raises:
            UnavailableError: Redis does not answer for some; all others are released.
        """
        now = await self._redis.now()
        changed = await self._redis.ask(COMMANDS.delete(keys.HOLD))
        tenants = await self._each(lambda tenant: release_command(tenant, Held.EVERYBODY, now))
        return Everybody(bool(changed), tenants)

    async def follow(self, tenant: TenantId) -> None:
        """What holds for everybody holds for a tenant that has just been stored."""
        written: str | None = None
        while (since := await self._in_index()) != written:
            now = await self._redis.now()
            one = hold_command(tenant, Held.EVERYBODY, now, since) if since else None
            await self._redis.ask(one or release_command(tenant, Held.EVERYBODY, now))
            written = since

    async def _in_index(self) -> str | None:
        text: str | None = await self._redis.ask(COMMANDS.get(keys.HOLD))
        return text

    async def _each(self, command: Callable[[TenantId], Command]) -> int:
        """Do it for every tenant; how many there are."""
        tenants = [TenantId(one) for one in await self._redis.ask(COMMANDS.zrange(keys.TENANTS, 0, -1))]
        failed = list[TenantId]()
        for start in range(0, len(tenants), _TOGETHER):
            some = tenants[start : start + _TOGETHER]
            answers = await self._redis.execute([command(one) for one in some])
            failed += [one for one, it in zip(some, answers, strict=True) if isinstance(it, UnavailableError)]
        if failed:
            raise UnavailableError(f"Redis does not answer for {len(failed)} of {len(tenants)} tenants: try again")
        return len(tenants)
