"""What an operator may do with dead letters: look at them, and append them again to the topic that they came from."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from router.config.compile.tenant import load_tenant
from router.control.letters.body import names_erased
from router.control.letters.letter import DeadLetter, read_letter
from router.control.letters.reading import ReadableLetter, as_it_is, readable
from router.control.letters.redrive import WHY, Inbound, Outcome, Redriven, headers_again
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.rules.appearance import Redaction
from router.errors import ConfigurationError, OperationError, PayloadError
from router.ports.clock import Clock
from router.ports.dead_letter import LetterLog, RedrivenLetters
from router.ports.kafka import Record, RecordLog
from router.ports.marks import Counters
from router.ports.tenants import ActiveDocument, Tenants

FOREVER: Final = Instant(2**62)
_AMBIGUOUS: Final = frozenset({"binding_violated", "bad_header", "signature_missing", "signature_invalid"})
"""Reasons for which a letter may be of another tenant than it names: nobody's rules are trusted to redact it."""

Appended = Callable[[TenantId, DeadLetter, Callable[[], Awaitable[None]]], Awaitable[None]]
"""Appends a letter of a tenant again, by a function that does it alone, with what else belongs to it."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a letter stands in a list: by when it was set aside, then by its id."""

    at: Instant
    id: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which letters: of this tenant, for this reason, set aside from `since` to before `until`, of one of the ids.

    `tenant` is whose they are or call themselves, `owner` whose they were found to be.
    """

    tenant: TenantId | None = None
    reason: str | None = None
    since: Instant = NEVER
    until: Instant = FOREVER
    ids: frozenset[str] = frozenset()
    owner: TenantId | None = None

    def takes(self, letter: DeadLetter) -> bool:
        """Whether the letter is one of them."""
        return (
            self.tenant in {None, letter.tenant}
            and self.reason in {None, letter.reason}
            and self.since <= letter.appended_at < self.until
            and (not self.ids or letter.id in self.ids)
            and (self.owner is None or _is_surely_of(letter, self.owner))
        )


def _is_surely_of(letter: DeadLetter, tenant: TenantId) -> bool:
    return letter.owner == tenant and letter.reason not in _AMBIGUOUS


@dataclass(frozen=True, slots=True)
class Listed:
    """The newest letters that were asked for, newest first, when each was redriven, and the number of the others."""

    letters: Sequence[tuple[DeadLetter, Instant]]
    besides: int


class _Newest:
    """The newest letters of those that are looked at, each id once, by its newest."""

    def __init__(self, limit: int, before: Place | None) -> None:
        self._limit = limit
        self._before = before
        self._found = dict[str, DeadLetter]()
        self._later = set[str]()
        self.seen = set[str]()

    async def take(self, letter: DeadLetter) -> None:
        """Look at one, in any order."""
        if self._before is not None and _place(letter) >= self._before:
            self._later.add(letter.id)
            self._found.pop(letter.id, None)
            self.seen.discard(letter.id)
        elif letter.id not in self._later:
            self.seen.add(letter.id)
            known = self._found.get(letter.id)
            if known is None or known.appended_at <= letter.appended_at:
                self._found[letter.id] = letter.without_body()
            if len(self._found) > 2 * self._limit:
                self._found = {one.id: one for one in self.letters()}

    def letters(self) -> list[DeadLetter]:
        """They, newest first."""
        return sorted(self._found.values(), key=_place, reverse=True)[: self._limit]


@dataclass(frozen=True, slots=True)
class Engines:
    """What dead letters are read from, and what redriving them needs."""

    log: LetterLog
    records: RecordLog
    redriven: RedrivenLetters
    tenants: Tenants
    counters: Counters
    clock: Clock


class DeadLetterControl:
    """What an operator may do with dead letters. Several with one id are one."""

    def __init__(self, engines: Engines, inbound: Inbound, appended: Appended | None = None) -> None:
        self._engines = engines
        self._inbound = inbound
        self._appended = appended or _alone

    async def now(self) -> Instant:
        """Redis' time."""
        return await self._engines.clock.now()

    async def newest(self, wanted: Filter, limit: int, before: Place | None = None) -> Listed:
        """The newest of these letters, or of those before a place, without their bodies."""
        newest = _Newest(limit, before)
        await self._read(wanted, newest.take)
        letters = newest.letters()
        times = await self._engines.redriven.times([one.id for one in letters])
        return Listed(list(zip(letters, times, strict=True)), len(newest.seen) - len(letters))

    async def shown(self, wanted: Filter) -> tuple[ReadableLetter, Instant]:
        """What anybody may read of one letter, and when it was redriven.

        Raises:
            OperationError: there is none such.
        """
        letter, redriven_at = await self.find(wanted)
        return readable(letter, await self._rule(letter)), redriven_at

    async def whole(self, wanted: Filter) -> tuple[ReadableLetter, Instant]:
        """All of one letter, for who may see everything; raises as `shown`."""
        letter, redriven_at = await self.find(wanted)
        return as_it_is(letter), redriven_at

    async def find(self, wanted: Filter) -> tuple[DeadLetter, Instant]:
        """One letter, the newest of these, and when it was redriven.

        Raises:
            OperationError: there is none such.
        """
        found: list[DeadLetter] = []

        async def take(letter: DeadLetter) -> None:
            found[:] = [letter]

        await self._read(wanted, take)
        if not found:
            raise missing(wanted.ids)
        [redriven_at] = await self._engines.redriven.times([found[0].id])
        return found[0], redriven_at

    async def redrive(
        self, wanted: Filter, limit: int, done: Callable[[Redriven], None], *, force: bool = False
    ) -> None:
        """Append these letters again, at most `limit`, and hand over what became of each.

        Raises:
            OperationError: one of the ids that are asked for is not there.
            UnavailableError: an engine does not answer; what was not handed over may be asked for again.
        """
        if absent := await self.redrive_there(wanted, limit, done, force=force):
            raise missing(absent)

    async def redrive_there(
        self, wanted: Filter, limit: int, done: Callable[[Redriven], None], *, force: bool = False
    ) -> frozenset[str]:
        """Append those of these letters again that are there; the ids of the others. Raises as `redrive`."""
        seen, again = set[str](), 0

        async def take(letter: DeadLetter) -> None:
            nonlocal again
            if letter.id in seen or again >= limit:
                return
            seen.add(letter.id)
            one = await self._redrive(letter, force=force)
            again += one.outcome is Outcome.REDRIVEN
            done(one)

        await self._read(wanted, take)
        return wanted.ids - seen if again < limit else frozenset()

    async def _redrive(self, letter: DeadLetter, *, force: bool) -> Redriven:
        hindrance = self._inbound.hindrance(letter, await self.now())
        hindrance = hindrance or await self._found_out(letter, force=force)
        topic, tenant = self._inbound.topic_of(letter), self._inbound.tenant_of(letter)
        if topic is None or tenant is None or hindrance is not None:
            why = hindrance or Outcome.OTHER_TOPIC
            return Redriven(letter.id, why, WHY[why])
        append = self._engines.records.append
        try:
            await self._appended(
                tenant, letter, lambda: append(topic, letter.sent or letter.value, letter.key, headers_again(letter))
            )
        except PayloadError as error:
            return Redriven(letter.id, Outcome.NOT_APPENDED, str(error))
        await self._engines.redriven.note(letter.id)
        await self._engines.counters.count(tenant, "redriven", 1)
        return Redriven(letter.id, Outcome.REDRIVEN)

    async def _found_out(self, letter: DeadLetter, *, force: bool) -> Outcome | None:
        """Why it cannot be redriven, by what is stored."""
        tenant = self._inbound.tenant_of(letter)
        active = None if tenant is None else await self._engines.tenants.active(tenant)
        if active is None:
            return Outcome.UNKNOWN_TENANT
        rule = _redaction(active) if active.subjects else None
        if rule is not None and names_erased(letter.value, rule.erased):
            return Outcome.ERASED
        [redriven_at] = await self._engines.redriven.times([letter.id])
        return Outcome.ALREADY if redriven_at != NEVER and not force else None

    async def _rule(self, letter: DeadLetter) -> Redaction | None:
        """What the tenant redacts; None where nobody knows it."""
        if letter.tenant is None or letter.reason in _AMBIGUOUS:
            return None
        active = await self._engines.tenants.active(letter.tenant)
        return None if active is None else _redaction(active)

    async def _read(self, wanted: Filter, take: Callable[[DeadLetter], Awaitable[None]]) -> None:
        async def look(record: Record) -> None:
            letter = read_letter(record)
            if letter is not None and wanted.takes(letter):
                await take(letter)

        await self._engines.log.read(wanted.since, look)


def _redaction(active: ActiveDocument) -> Redaction | None:
    """What nobody may read of a tenant's alerts, people whose data was erased among it; None where nobody knows."""
    try:
        rules = load_tenant(active.text, active.version)
    except ConfigurationError:
        return None
    return rules.without(active.subjects).redaction if active.subjects else rules.redaction


def missing(ids: Collection[str]) -> OperationError:
    """The error of letters that are asked for by ids that no letter has."""
    return OperationError(
        f"there is no dead letter {', '.join(sorted(ids))}", remedy="see: alert-router dead-letter list"
    )


def _place(letter: DeadLetter) -> Place:
    return Place(letter.appended_at, letter.id)


async def _alone(_: TenantId, __: DeadLetter, append: Callable[[], Awaitable[None]]) -> None:
    await append()
