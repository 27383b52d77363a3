"""Issuers' keys, remembered: an issuer that is away is missed only by whoever brings a key that nobody has seen."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.adapters.oidc.verifying import Claimed, Key, Keys, key_of
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span
from router.errors import UnavailableError
from router.observe.incident import Incident

FRESH: Final = Span(5 * MINUTE)
"""For so long an issuer is not asked again while it signs with keys that are known."""

KEPT: Final = Span(24 * HOUR)
"""For so long the keys of an issuer that is away are believed."""

AGAIN: Final = Span(30 * SECOND)
"""For so long an issuer is not asked again after it was, whatever keys tokens name."""

_log = structlog.get_logger("router.control")


@dataclass(slots=True)
class _Known:
    keys: Keys = field(default_factory=dict)
    fetched_at: Instant = NEVER
    asked_at: Instant = NEVER
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    away: Incident = field(default_factory=Incident)


class IssuerKeys:
    """The keys of issuers that are trusted; `clock` never steps, its zero means nothing."""

    def __init__(self, fetch: Callable[[str], Awaitable[Keys]], clock: Callable[[], Instant]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._issuers: dict[str, _Known] = {}

    async def find(self, issuer: str, unverified: Claimed) -> Key | None:
        """The key that a token names; None where the issuer has no such key.

        Raises:
            UnavailableError: no keys of the issuer are known, and it does not answer.
        """
        known = self._issuers.setdefault(issuer, _Known())
        key = key_of(unverified, known.keys)
        if key is not None and not self._is_over(known.fetched_at, FRESH):
            return key
        async with known.asking:
            if known.asked_at == NEVER or self._is_over(known.asked_at, AGAIN):
                await self._ask(issuer, known)
        if self._is_over(known.fetched_at, KEPT):
            known.keys = {}
        if not known.keys:
            raise UnavailableError("the issuer's keys are not known, and it does not answer")
        return key_of(unverified, known.keys)

    async def _ask(self, issuer: str, known: _Known) -> None:
        known.asked_at = self._clock()
        try:
            known.keys = await self._fetch(issuer)
        except UnavailableError as error:
            if known.away.happens(str(error)):
                _log.warning("issuer_away", issuer=issuer, error=str(error), times=known.away.times)
        else:
            known.fetched_at = known.asked_at
            known.away.ends()

    def _is_over(self, since: Instant, span: Span) -> bool:
        return self._clock() - since > span
