"""Shows the operators in Slack what is wrong with tenants: one message a kind, one worker at a time for each.

It goes on while sending is on hold, since the hold is the operators' own. Nothing here keeps a tenant waiting.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.instant import Instant
from router.core.operators.notice import Decision, Notice, Phase, Reply, Step, Why, Wrong, begun, decide, settled
from router.core.operators.troubles import Kind, Tally, digest_of, faded_before, present, rows_of
from router.core.render.localizer import Localizer
from router.core.render.notices.operators import Situation, render_operators, render_operators_reply
from router.core.slack.answer import Accepted, Answer, name
from router.core.slack.call import SlackCall, edit, post, reply
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.budget import BudgetRequest
from router.ports.clock import Clock
from router.ports.operators import OperatorMessages, Troubles
from router.roles.operators.calls import OperatorCalls
from router.roles.polling import poll

LOOK_S: Final = 5.0
_SETTLED: Final = {Why.QUIET, Why.UNCHANGED, Why.TOO_SOON}
"""Why nothing is to be done, where all that should be shown is."""


@dataclass(frozen=True, slots=True)
class OperatorStore:
    """What is wrong, what is shown of it, and the time."""

    troubles: Troubles
    messages: OperatorMessages
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found of one kind, and what it means."""

    kind: Kind
    notice: Notice
    tallies: Sequence[Tally]
    now: Instant

    @property
    def wrong(self) -> Wrong:
        """What is wrong now."""
        rows = rows_of(present(self.kind, self.tallies, self.now))
        return Wrong(digest_of(rows), len(rows)) if rows else Wrong()

    @property
    def decision(self) -> Decision:
        """What to do about it."""
        return decide(self.notice, self.wrong, self.now)

    @property
    def forgotten(self) -> Sequence[Tally]:
        """What is over, and shown no more."""
        before = faded_before(self.kind, self.tallies, self.now)
        still_shown = self.notice.phase in {Phase.SHOWN, Phase.POSTING} and not self.kind.lasts
        return [] if still_shown else [one for one in self.tallies if one.last < before]

    def situation(self, step: Step) -> Situation:
        """What the message shows; at the end what was counted, with the time."""
        began = self.notice.began or self.now
        if step is Step.END:
            return Situation(self.kind, rows_of([] if self.kind.lasts else self.tallies), began, self.now)
        return Situation(self.kind, rows_of(present(self.kind, self.tallies, self.now)), began)


class OperatorChannel:
    """The messages of all kinds in the one channel."""

    def __init__(self, calls: OperatorCalls, store: OperatorStore, localizer: Localizer, metrics: Metrics) -> None:
        self._calls = calls
        self._store = store
        self._localizer = localizer
        self._metrics = metrics
        self._who = secrets.token_hex(8)
        self._acting: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger("router.operators")

    async def run(self) -> None:
        """Look until cancelled; a call that was begun goes on until `finished`."""
        await poll(LOOK_S, self._look_harmlessly, "operator_channel_waits")

    async def _look_harmlessly(self) -> None:
        """A fault of ours here must not end the worker that serves the tenants."""
        try:
            await self.look()
        except UnavailableError:
            raise
        except Exception as failure:  # noqa: BLE001 - logged; the next look is a new occasion
            self._metrics.operators_failing.set(1)
            self._log.error("operator_channel_failed", exc_info=failure)

    async def look(self) -> None:
        """Do what is to be done for each kind, unless another worker does.

        Raises:
            UnavailableError: Redis does not answer.
        """
        found = await self._look()
        lasting = [one.trouble for kind in Kind if kind.lasts for one in found[kind].tallies]
        self._metrics.problems.occurrences.know(lasting)
        for kind, one in found.items():
            if one.forgotten:
                before = faded_before(kind, one.tallies, one.now)
                await self._store.troubles.forget(kind, [tally.trouble for tally in one.forgotten], before)
            if one.decision.step is not Step.NOTHING:
                await self._to_its_end(kind)
        if all(one.decision.why in _SETTLED for one in found.values()):
            self._metrics.operators_failing.set(0)  # whoever has made the calls

    async def finished(self) -> None:
        """Wait until no call is being made."""
        if self._acting:
            await asyncio.wait(self._acting)

    async def _to_its_end(self, kind: Kind) -> None:
        """What is cut off in the middle would have to be looked for; so it goes on when the look is cancelled."""
        task = asyncio.create_task(self._take_up(kind))
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)
        await asyncio.wait({task})
        task.result()

    async def _look(self) -> Mapping[Kind, _Look]:
        notices, tallies = await self._store.messages.all(), await self._store.troubles.all()
        now = await self._store.clock.now()
        return {kind: _Look(kind, notices.get(kind, Notice()), tallies.get(kind, ()), now) for kind in Kind}

    async def _take_up(self, kind: Kind) -> None:
        if not await self._store.messages.claim(kind, self._who, self._calls.place.lease):
            return
        try:
            look = (await self._look())[kind]
            decision = look.decision
            request = None if decision.step is Step.NOTHING else await self._calls.granted(decision.step)
            if request is not None:
                await self._act(look, decision, request)
        finally:
            await self._store.messages.release(kind, self._who)

    async def _act(self, look: _Look, decision: Decision, request: BudgetRequest) -> None:
        before = self._begun(look, decision, request)
        if before != look.notice and not await self._kept(look.kind, before, request):
            return
        answer = await self._made(look, decision, request)
        after = settled(before, decision, answer, look.wrong, await self._store.clock.now())
        kept = after == before or await self._store.messages.keep(look.kind, self._who, after)
        self._report(look.kind, decision, answer, kept)

    def _begun(self, look: _Look, decision: Decision, request: BudgetRequest) -> Notice:
        return begun(look.notice, decision, look.wrong, request.delivery_id, look.now, self._calls.place.lease)

    async def _kept(self, kind: Kind, notice: Notice, request: BudgetRequest) -> bool:
        """Stored before the call; where it may not be, the call is not made."""
        try:
            kept = await self._store.messages.keep(kind, self._who, notice)
        except UnavailableError:
            await self._calls.give_back(request)
            raise
        if not kept:
            await self._calls.give_back(request)
        return kept

    async def _made(self, look: _Look, decision: Decision, request: BudgetRequest) -> Answer:
        if decision.step is Step.LOOK:
            return await self._calls.look(request, look.notice)
        return await self._calls.make(request, self._call(look, decision, request))

    def _call(self, look: _Look, decision: Decision, request: BudgetRequest) -> SlackCall:
        shown, unique = look.notice.message, request.delivery_id
        if decision.reply is not None and shown is not None:
            words = render_operators_reply(look.situation(decision.step), decision.reply, self._localizer)
            return reply(shown, words, unique, broadcast=decision.reply is not Reply.OVER)
        message = render_operators(look.situation(decision.step), self._localizer)
        if decision.step is Step.POST or shown is None:
            return post(request.channel, message, unique)
        return edit(shown, message, unique)

    def _report(self, kind: Kind, decision: Decision, answer: Answer, kept: bool) -> None:  # noqa: FBT001 - logged
        if isinstance(answer, Accepted):
            self._metrics.operators_failing.set(0)
        elif decision.step is not Step.LOOK:
            self._calls.note_failure(answer)
        self._log.info(
            "operators_notified", kind=kind, step=decision.step, reason=decision.why, answer=name(answer), kept=kept
        )
