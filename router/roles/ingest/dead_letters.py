"""Records set aside with the reason and where they came from, so that a person can fix and redrive them.

A record always ends: what no dead letter takes whole goes as its digest and first bytes, and what is not taken at all
is counted, named in the log, and passed. What comes again with its batch is not set aside again; after a crash it may
be, under the same id.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.parse.naming import alert_named_in
from router.errors import KeyUnavailableError, NotAppendedError, PayloadError, UnavailableError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.kafka import Record, RecordLog
from router.ports.marks import Counters
from router.ports.tracing import leading_to
from router.roles.ingest.letter import Form, Letter
from router.roles.ingest.origins import Origins
from router.roles.ingest.tracing import recorded
from router.roles.offload import off_the_loop_if_large

LETTER_ATTEMPTS: Final = 20
"""Attempts to append one dead letter while Kafka answers; beyond, its record is named in the log and passed."""
_STAGE: Final = "parse"
_MAX_REMEMBERED: Final = 10_000

_Place = tuple[str, str]
"""A topic, and the id of a letter."""


@dataclass(frozen=True, slots=True)
class LetterTopics:
    """Where dead letters go, and the events that say so."""

    letters: str
    events: str


class DeadLetters:
    """The dead-letter topic."""

    def __init__(
        self,
        records: RecordLog,
        counters: Counters,
        topics: LetterTopics,
        origins: Origins,
        metrics: Metrics,
        is_sealed: Callable[[TenantId], bool] = lambda _: False,
    ) -> None:
        self._records = records
        self._origins = origins
        self._counters = counters
        self._topics = topics
        self._metrics = metrics
        self._is_sealed = is_sealed
        self._failures: dict[_Place, int] = {}
        self._appended: dict[_Place, None] = {}
        self._log = structlog.get_logger("router.dead_letters")

    async def add(
        self,
        record: Record,
        tenant: TenantId | None,
        error: PayloadError,
        stage: str = _STAGE,
        part: bytes | None = None,
    ) -> None:
        """Append the record as it was, its headers, and why; returns when Kafka has it, or never takes it.

        With `part`, that is what is set aside: one of its alerts, or some. What is known to be there is not appended.

        Raises:
            NotAppendedError: it may not be there; the record must not be committed.
        """
        if part is not None:
            record = await self._origins.of_part(record, part)
        letter = Letter(record, tenant, error, stage, part)
        place, event = (self._topics.letters, letter.id), (self._topics.events, letter.id)
        if place not in self._appended:
            if not await self._append(place, _forms(letter)):
                self._give_up(letter)
                return
            await self._note(letter)
        if event not in self._appended and not await self._append(event, _only(letter.event_form())):
            self._log.error("event_given_up", tenant=tenant, id=letter.id)

    def _give_up(self, letter: Letter) -> None:
        self._metrics.records.labels(outcome="given_up").inc()
        reason = letter.problem.reason
        fields = letter.origin | leading_to(recorded(letter.record))
        self._log.error("record_given_up", tenant=letter.tenant, reason=reason, stage=letter.stage, **fields)

    async def _note(self, letter: Letter) -> None:
        """Log and count what was set aside."""
        tenant, reason = letter.tenant, letter.problem.reason
        named = "" if tenant is None or self._is_sealed(tenant) else alert_named_in(letter.value)
        self._metrics.dead_letters.labels(reason=reason).inc()
        fields = letter.origin | leading_to(recorded(letter.record))
        self._log.warning(
            "record_dead_lettered", tenant=tenant, alert=named, reason=reason, stage=letter.stage, **fields
        )
        self._metrics.problems.count(tenant or "", TenantProblem.DEAD_LETTER, reason)
        if tenant is not None:
            await self._count(tenant)

    async def _count(self, tenant: TenantId) -> None:
        """Beside the tenant's books; the record has its end, so nobody waits until they can be reached."""
        try:
            await self._counters.count(tenant, "dead_letters", 1)
        except UnavailableError as error:
            self._log.warning("dead_letter_not_counted", tenant=tenant, error=str(error))

    async def _append(self, place: _Place, forms: AsyncIterator[Form]) -> bool:
        """Whether Kafka has it by now, in the fullest of its forms that is taken."""
        async for value, key, headers in forms:
            try:
                await self._records.append(place[0], value, key, headers)
            except PayloadError:
                continue
            except KeyUnavailableError:
                break
            except UnavailableError as error:
                if await self._may_come_again(place):
                    raise NotAppendedError(str(error)) from error
                break
            self._failures.pop(place, None)
            self._remember(place)
            return True
        self._failures.pop(place, None)
        return False

    def _remember(self, place: _Place) -> None:
        """That it is there; the oldest is forgotten."""
        self._appended[place] = None
        if len(self._appended) > _MAX_REMEMBERED:
            del self._appended[next(iter(self._appended))]

    async def _may_come_again(self, place: _Place) -> bool:
        """Whether to go on trying: always while Kafka is away for everybody."""
        if not await self._records.reached():
            return True
        if len(self._failures) >= _MAX_REMEMBERED:
            self._failures.clear()
        self._failures[place] = self._failures.get(place, 0) + 1
        return self._failures[place] < LETTER_ATTEMPTS


async def _forms(letter: Letter) -> AsyncIterator[Form]:
    """What is appended of it, the fullest first; the digest of a large body is computed beside the event loop."""
    yield letter.whole()
    for form in letter.cut(await off_the_loop_if_large(letter.value, _sha256, letter.value)):
        yield form


async def _only(form: Form) -> AsyncIterator[Form]:
    yield form


def _sha256(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
