"""Silences: what a tenant is not to be notified of for a while; added, listed, and ended before their time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from router.config.values import word
from router.core.match.matcher import Matcher, in_order, parse_matchers
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, Instant, Span
from router.core.model.rules.silence import Silence, SilenceState
from router.errors import ConfigurationError, OperationError
from router.ports.clock import Clock
from router.ports.control import StoredSilences
from router.ports.tenants import Tenants

MAX_SILENCES: Final = 1_000
"""Silences of a tenant that are active or to come."""

MAX_EXPIRED: Final = 1_000
"""Silences of a tenant that are over and still listed."""

MAX_MATCHERS: Final = 50
"""Matchers of one silence, all its sets together."""

MAX_TEXT: Final = 4_000
"""Characters of one argument that holds matchers, and of the comment."""

MAX_PATTERNS: Final = 10_000
"""Instructions of all patterns in the silences of a tenant that are active or to come."""

_LONGEST: Final = Span(10 * 365 * 24 * HOUR)


@dataclass(frozen=True, slots=True)
class SilenceRequest:
    """A silence as somebody wants it: from `starts_at` (NEVER: now) for a while, or to `ends_at` where that is given.

    Each set is one or several texts of matchers. `replaces` is the id of a silence that ends as this one begins.
    `silence_id` is its own, of a request that may be carried out again; "" for a new one.
    """

    matcher_sets: Sequence[Sequence[str]]
    author: str
    comment: str
    duration: Span
    starts_at: Instant = NEVER
    ends_at: Instant = NEVER
    replaces: str = ""
    silence_id: str = ""


@dataclass(frozen=True, slots=True)
class ListedSilence:
    """A silence, and how it stands."""

    silence: Silence
    state: SilenceState


class SilenceControl:
    """What an operator may do with silences."""

    def __init__(self, silences: StoredSilences, tenants: Tenants, clock: Clock) -> None:
        self._silences = silences
        self._tenants = tenants
        self._clock = clock

    async def add(self, tenant: TenantId, request: SilenceRequest) -> Silence:
        """Store a new silence; what it replaces is ended after it is there, so that nothing comes through between.

        Raises:
            ConfigurationError: it is not valid.
            OperationError: the tenant has no configuration, too many silences, or none of the id to replace.
        """
        await self._check_known(tenant)
        now = await self._clock.now()
        made = _made(request, now)
        stored = [one for one in await self._silences.all_of(tenant) if one.silence_id != made.silence_id]
        replaced = [_named(tenant, request.replaces, stored).ended(now)] if request.replaces else []
        others = [one for one in stored if one.silence_id != request.replaces and not _is_over(one, now)]
        _check_room(tenant, [*others, made])
        await self._silences.store(tenant, [made, *replaced], _forgotten(stored, now))
        return made

    async def listed(self, tenant: TenantId, *, expired: bool) -> list[ListedSilence]:
        """The silences that are active or to come, with `expired` also those that are over; by when they end.

        Raises:
            OperationError: the tenant has no configuration.
        """
        await self._check_known(tenant)
        now = await self._clock.now()
        stored = await self._silences.all_of(tenant)
        gone = set(_forgotten(stored, now))
        kept = [one for one in stored if one.silence_id not in gone and (expired or not _is_over(one, now))]
        return [ListedSilence(one, one.state(now)) for one in sorted(kept, key=lambda one: one.ends_at)]

    async def expire(self, tenant: TenantId, silence_id: str) -> bool:
        """End a silence now; False if it was over already. Announced in either case.

        Raises:
            OperationError: the tenant has no configuration, or no silence of this id.
        """
        await self._check_known(tenant)
        now = await self._clock.now()
        stored = await self._silences.all_of(tenant)
        one = _named(tenant, silence_id, stored)
        await self._silences.store(tenant, [one.ended(now)], _forgotten(stored, now))
        return not _is_over(one, now)

    async def _check_known(self, tenant: TenantId) -> None:
        if await self._tenants.active(tenant) is None:
            raise OperationError(
                f"tenant {tenant!r} has no configuration", remedy="`alert-router tenant list` shows all tenants"
            )


def _made(request: SilenceRequest, now: Instant) -> Silence:
    """The silence, with a new id; a start that has passed is now, as in Alertmanager."""
    starts_at = max(request.starts_at, now)
    ends_at = request.ends_at or Instant(starts_at + request.duration)
    if ends_at <= now:
        raise ConfigurationError("the end is not to come; give a later one, or a duration such as 2h")
    if ends_at <= starts_at:
        raise ConfigurationError("the end is not after the start; give a later end, or a duration such as 2h")
    if ends_at - now > _LONGEST:
        raise ConfigurationError("the end is too far away; the longest is 10y; a route to nowhere silences for ever")
    return Silence(
        silence_id=request.silence_id or str(uuid4()),
        matcher_sets=_read(request.matcher_sets),
        starts_at=starts_at,
        ends_at=ends_at,
        author=_author(request.author),
        comment=_comment(request.comment),
    )


def _read(sets: Iterable[Sequence[str]]) -> tuple[tuple[Matcher, ...], ...]:
    found = tuple(_read_set(texts) for texts in sets)
    count = sum(map(len, found))
    if count > MAX_MATCHERS:
        raise ConfigurationError(
            f"{count} matchers; at most {MAX_MATCHERS} are allowed; use a pattern, or two silences"
        )
    return found


def _read_set(texts: Sequence[str]) -> tuple[Matcher, ...]:
    if any(len(text) > MAX_TEXT for text in texts):
        raise ConfigurationError(f"matchers of more than {MAX_TEXT} characters; use one argument for each")
    try:
        matchers = in_order(tuple(one for text in texts for one in parse_matchers(text)))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    if all(one.matches({}) for one in matchers):
        shown = ",".join(map(str, matchers))
        raise ConfigurationError(
            f"{{{shown}}} holds for every alert without these labels: at least one matcher must not match the empty "
            'string; add one, for example alertname="DiskFull"'
        )
    return matchers


def _author(text: str) -> str:
    try:
        return word(text)
    except ValueError as error:
        raise ConfigurationError(f"the author {error}; use --author") from None


def _comment(text: str) -> str:
    if not text.strip() or len(text) > MAX_TEXT:
        raise ConfigurationError(f"a comment of 1 to {MAX_TEXT} characters is needed: why is this silent?")
    return text.strip()


def _check_room(tenant: TenantId, silences: Sequence[Silence]) -> None:
    remedy = f"end some first: alert-router silence list {tenant}, then alert-router silence expire {tenant} ID"
    if len(silences) > MAX_SILENCES:
        raise OperationError(
            f"tenant {tenant!r} has {MAX_SILENCES} silences that are active or to come, the most it may have", remedy
        )
    if sum(pattern.size for one in silences for _, pattern in one.patterns()) > MAX_PATTERNS:
        raise OperationError(
            f"the patterns of all silences of tenant {tenant!r} would have more than {MAX_PATTERNS} instructions",
            f"use = where you can, or {remedy}",
        )


def _named(tenant: TenantId, silence_id: str, stored: Iterable[Silence]) -> Silence:
    found = next((one for one in stored if one.silence_id == silence_id), None)
    if found is None:
        raise OperationError(
            f"tenant {tenant!r} has no silence {silence_id!r}", remedy=f"see: alert-router silence list {tenant}"
        )
    return found


def _is_over(silence: Silence, now: Instant) -> bool:
    return silence.state(now) is SilenceState.EXPIRED


def _forgotten(stored: Iterable[Silence], now: Instant) -> list[str]:
    """The ids of those that have been over for so long, or are so many, that they are not listed any more."""
    over = sorted((one for one in stored if _is_over(one, now)), key=lambda one: one.ends_at, reverse=True)
    return [one.silence_id for place, one in enumerate(over) if place >= MAX_EXPIRED or one.is_due_to_go(now)]
