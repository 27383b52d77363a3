"""Dead letters by a control API: as they may be read, and redriven by their ids."""

from collections.abc import Callable, Collection
from typing import Final

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.reading import (
    LetterFacts,
    RedrivenPage,
    ShownLetterFacts,
    listed,
    pages,
    read,
    rows_of,
    tenant_path,
)
from router.control.letters.dead_letters import FOREVER, Filter, Listed, missing
from router.control.letters.letter import DeadLetter, Origin
from router.control.letters.reading import NotShown, ReadableLetter
from router.control.letters.redrive import Outcome, Redriven
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, to_rfc3339
from router.errors import ConfigurationError

_PAGE: Final = 200
_AT_ONCE: Final = 100
"""Letters that are redriven by one request."""

_RAW: Final = "no control API shows what a tenant redacts; leave out --raw, or --server"


class RemoteDeadLetters:
    """See `DeadLetters`."""

    def __init__(self, server: ControlServer, clock: Callable[[], Instant]) -> None:
        self._server = server
        self._clock = clock

    async def now(self) -> Instant:
        """This machine's time."""
        return self._clock()

    async def newest(self, wanted: Filter, limit: int) -> Listed:
        """The newest of these letters, without their bodies."""
        found, query = list[tuple[DeadLetter, Instant]](), {**_query(wanted), "limit": min(limit, _PAGE)}
        async for page in pages(self._server, _path(wanted.tenant), query):
            found += [(_letter(one), one.redriven_at) for one in rows_of(page, LetterFacts)]
            if len(found) >= limit:
                return Listed(found[:limit], len(found) - limit + page.besides)
        return Listed(found, 0)

    async def shown(self, wanted: Filter) -> tuple[ReadableLetter, Instant]:
        """What may be read of the letter of this id."""
        [id_] = wanted.ids
        found = read(await self._server.ask(Question("GET", _path(wanted.tenant, id_))), ShownLetterFacts)
        hidden = NotShown(found.body_hidden) if found.body_hidden is not None else ""
        headers = tuple((one.name, one.value) for one in found.headers)
        body = hidden if found.body is None else found.body
        return ReadableLetter(_letter(found), found.error, found.key, headers, body, found.bytes), found.redriven_at

    async def whole(self, wanted: Filter) -> tuple[ReadableLetter, Instant]:  # noqa: ARG002 - as the protocol has it
        """Refused."""
        raise ConfigurationError(_RAW)

    async def redrive(
        self, wanted: Filter, limit: int, done: Callable[[Redriven], None], *, force: bool = False
    ) -> None:
        """Redrive them, the oldest first, some by each request."""
        waiting, again, absent = await self._ids(wanted), 0, set[str]()
        while waiting and again < limit:
            size = min(_AT_ONCE, limit - again)
            some, waiting = waiting[:size], waiting[size:]
            for one in await self._redriven(wanted.tenant, some, force=force):
                again += one.outcome is Outcome.REDRIVEN
                if one.outcome is Outcome.NOT_THERE:
                    absent.add(one.id)
                else:
                    done(one)
        if absent:
            raise missing(absent)

    async def _redriven(self, tenant: TenantId | None, ids: Collection[str], *, force: bool) -> list[Redriven]:
        asked = Question("POST", _path(tenant, "redrive"), body={"ids": list(ids), "force": force})
        found = read(await self._server.ask(asked), RedrivenPage)
        return [Redriven(one.id, one.outcome, one.detail) for one in found.items]

    async def _ids(self, wanted: Filter) -> list[str]:
        narrowed = wanted.reason is not None or wanted.since != NEVER or wanted.until != FOREVER
        if wanted.ids and not narrowed:
            return sorted(wanted.ids)
        query = {**_query(wanted), "limit": _PAGE}
        there = [one.id async for one in listed(self._server, _path(wanted.tenant), LetterFacts, query)]
        found = [one for one in reversed(there) if not wanted.ids or one in wanted.ids]
        if absent := wanted.ids - set(found):
            raise missing(absent)
        return found


def _path(tenant: TenantId | None, *below: str) -> str:
    whole = tenant_path(tenant or TenantId(""), "dead-letters", *below)
    return whole if tenant is not None else whole.removeprefix("/tenants/")


def _query(wanted: Filter) -> dict[str, str | int | None]:
    return {
        "reason": wanted.reason,
        "since": to_rfc3339(wanted.since) if wanted.since != NEVER else None,
        "until": to_rfc3339(wanted.until) if wanted.until != FOREVER else None,
    }


def _letter(one: LetterFacts) -> DeadLetter:
    """The letter without its body, which is not its own any more."""
    return DeadLetter(
        id=one.id,
        tenant=None if one.tenant is None else TenantId(one.tenant),
        reason=one.reason,
        stage=one.stage,
        error="",
        origin=Origin(one.origin.topic, one.origin.partition, one.origin.offset),
        observed_at=one.observed_at,
        appended_at=one.dead_lettered_at,
        key=None,
        value=b"",
        headers=(),
        is_whole=one.whole,
        is_batch=False,
    )
