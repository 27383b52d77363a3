"""What an operator may do with dead letters: look at them, and append them again to the topic that they came from."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from router.config.compile.tenant import load_tenant
from router.control.letters.letter import DeadLetter, read_letter
from router.control.letters.reading import ReadableLetter, readable
from router.control.letters.redrive import WHY, Inbound, Outcome, Redriven, headers_again
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.rules.appearance import Redaction
from router.errors import ConfigurationError, OperationError, PayloadError
from router.ports.clock import Clock
from router.ports.dead_letter import LetterLog, RedrivenLetters
from router.ports.kafka import Record, RecordLog
from router.ports.marks import Counters
from router.ports.tenants import Tenants

FOREVER: Final = Instant(2**62)
_AMBIGUOUS: Final = frozenset({"binding_violated", "bad_header", "signature_missing", "signature_invalid"})
"""Reasons for which a letter may be of another tenant than it names: nobody's rules are trusted to redact it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which letters: of this tenant, for this reason, set aside from `since` to before `until`, of one of the ids."""

    tenant: TenantId | None = None
    reason: str | None = None
    since: Instant = NEVER
    until: Instant = FOREVER
    ids: frozenset[str] = frozenset()

    def takes(self, letter: DeadLetter) -> bool:
        """Whether the letter is one of them."""
        return (
            self.tenant in {None, letter.tenant}
            and self.reason in {None, letter.reason}
            and self.since <= letter.appended_at < self.until
            and (not self.ids or letter.id in self.ids)
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """The newest letters that were asked for, newest first, when each was redriven, and the number of the others."""

    letters: Sequence[tuple[DeadLetter, Instant]]
    besides: int


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

    def __init__(self, engines: Engines, inbound: Inbound) -> None:
        self._engines = engines
        self._inbound = inbound

    async def now(self) -> Instant:
        """Redis' time."""
        return await self._engines.clock.now()

    async def newest(self, wanted: Filter, limit: int) -> Listed:
        """The newest of these letters, without their bodies."""
        found: OrderedDict[str, DeadLetter] = OrderedDict()
        seen = set[str]()

        async def take(letter: DeadLetter) -> None:
            seen.add(letter.id)
            found.pop(letter.id, None)
            found[letter.id] = letter.without_body()
            if len(found) > limit:
                found.popitem(last=False)

        await self._read(wanted, take)
        letters = sorted(found.values(), key=lambda one: one.appended_at, reverse=True)
        times = await self._engines.redriven.times([one.id for one in letters])
        return Listed(list(zip(letters, times, strict=True)), len(seen) - len(letters))

    async def find(self, letter_id: str) -> tuple[DeadLetter, Instant]:
        """One letter, and when it was redriven.

        Raises:
            OperationError: there is none of this id.
        """
        found: list[DeadLetter] = []

        async def take(letter: DeadLetter) -> None:
            found[:] = [letter]

        await self._read(Filter(ids=frozenset({letter_id})), take)
        if not found:
            raise _missing([letter_id])
        [redriven_at] = await self._engines.redriven.times([letter_id])
        return found[0], redriven_at

    async def readable(self, letter: DeadLetter) -> ReadableLetter:
        """What anybody may read of it."""
        return readable(letter, await self._rule(letter))

    async def redrive(
        self, wanted: Filter, limit: int, done: Callable[[Redriven], None], *, force: bool = False
    ) -> None:
        """Append these letters again, at most `limit`, and hand over what became of each.

        Raises:
            OperationError: one of the ids that are asked for is not there.
            UnavailableError: an engine does not answer; what was not handed over may be asked for again.
        """
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
        if again < limit and wanted.ids - seen:
            raise _missing(sorted(wanted.ids - seen))

    async def _redrive(self, letter: DeadLetter, *, force: bool) -> Redriven:
        topic, hindrance = self._inbound.topic_of(letter), self._inbound.hindrance(letter, await self.now())
        hindrance = hindrance or await self._found_out(letter, force=force)
        if topic is None or hindrance is not None:
            why = hindrance or Outcome.OTHER_TOPIC
            return Redriven(letter, why, WHY[why])
        try:
            await self._engines.records.append(topic, letter.value, letter.key, headers_again(letter))
        except PayloadError as error:
            return Redriven(letter, Outcome.NOT_APPENDED, str(error))
        await self._engines.redriven.note(letter.id)
        if tenant := self._inbound.tenant_of(letter):
            await self._engines.counters.count(tenant, "redriven", 1)
        return Redriven(letter, Outcome.REDRIVEN)

    async def _found_out(self, letter: DeadLetter, *, force: bool) -> Outcome | None:
        """Why it cannot be redriven, by what is stored."""
        tenant = self._inbound.tenant_of(letter)
        if tenant is None or await self._engines.tenants.active(tenant) is None:
            return Outcome.UNKNOWN_TENANT
        [redriven_at] = await self._engines.redriven.times([letter.id])
        return Outcome.ALREADY if redriven_at != NEVER and not force else None

    async def _rule(self, letter: DeadLetter) -> Redaction | None:
        """What the tenant redacts; None where nobody knows it."""
        if letter.tenant is None or letter.reason in _AMBIGUOUS:
            return None
        active = await self._engines.tenants.active(letter.tenant)
        try:
            return None if active is None else load_tenant(active.text, active.version).redaction
        except ConfigurationError:
            return None

    async def _read(self, wanted: Filter, take: Callable[[DeadLetter], Awaitable[None]]) -> None:
        async def look(record: Record) -> None:
            letter = read_letter(record)
            if letter is not None and wanted.takes(letter):
                await take(letter)

        await self._engines.log.read(wanted.since, look)


def _missing(ids: Sequence[str]) -> OperationError:
    return OperationError(f"there is no dead letter {', '.join(ids)}", remedy="see: alert-router dead-letter list")
