"""What workspaces have taken and refused of Slack's newer blocks, noted in Redis for whoever checks a tenant.

Noted beside the way: no call waits for it, none fails with it, and nothing is decided by it.
"""

import time
from collections.abc import Callable, Collection
from typing import Final

import structlog

from router.core.slack.new_block import NewBlock
from router.errors import UnavailableError
from router.ports.clock import Clock
from router.ports.slack import BlockTrial, Verdict, Workspaces
from router.roles.beside import Beside

AGAIN_S: Final = 6 * 3600.0
"""Seconds after which the same is noted again: what is noted is kept for a day."""
MAX_NOTED: Final = 10_000
"""Blocks of workspaces of which it is remembered what was noted; beyond, all are noted again."""


class BlockTrials:
    """What this worker has seen; `monotonic` counts seconds and never steps."""

    def __init__(self, kept: Workspaces, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._kept = kept
        self._clock = clock
        self._monotonic = monotonic
        self._noted: dict[tuple[str, NewBlock], tuple[Verdict, float]] = {}
        self._beside = Beside()
        self._log = structlog.get_logger("router.trials")

    def note(self, workspace: str, blocks: Collection[NewBlock], verdict: Verdict) -> None:
        """Slack has taken or refused these there; returns at once."""
        now = self._monotonic()
        news = [block for block in blocks if not self._is_noted((workspace, block), verdict, now)]
        if not news:
            return
        if len(self._noted) + len(news) > MAX_NOTED:
            self._noted.clear()
        self._noted.update(((workspace, block), (verdict, now)) for block in news)
        self._beside.begin(self._note(workspace, news, verdict))

    async def settled(self) -> None:
        """Wait until all is noted."""
        await self._beside.settled()

    async def close(self) -> None:
        """Note nothing any more."""
        await self._beside.close()

    def _is_noted(self, one: tuple[str, NewBlock], verdict: Verdict, now: float) -> bool:
        before, at = self._noted.get(one, (None, 0.0))
        return before is verdict and now - at < AGAIN_S

    async def _note(self, workspace: str, blocks: Collection[NewBlock], verdict: Verdict) -> None:
        try:
            await self._kept.note_tried(workspace, blocks, BlockTrial(verdict, await self._clock.now()))
        except UnavailableError as error:
            for block in blocks:
                self._noted.pop((workspace, block), None)
            self._log.debug("trial_not_noted", workspace=workspace, error=str(error))
