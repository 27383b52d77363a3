"""Whose tokens are: Slack is asked once (`auth.test`), beside the turns, and Redis remembers it.

Only so many are asked about at once, and those that Slack has left unanswered wait for each other, not the others for
them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from router.core.slack.answer import Ambiguous, Answer, TokenDead, Unreached, name
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.slack import Identity, Slack, Workspaces

ASKED_AT_ONCE: Final = 128
"""About so many tokens Slack is asked at once for the first time, or again after it gave an answer."""
ASKED_AGAIN_AT_ONCE: Final = 16
"""The same for tokens about which it gave no answer the last time."""


@dataclass(frozen=True, slots=True)
class IdentityOptions:
    """For how long Slack's refusal holds, in seconds; `asked` hears the digest of each token that was asked about."""

    retry_s: float
    asked: Callable[[str], None]


class Identities:
    """The workspaces of all tokens, by digest."""

    def __init__(self, workspaces: Workspaces, slack: Slack, metrics: Metrics, options: IdentityOptions) -> None:
        self._workspaces = workspaces
        self._slack = slack
        self._metrics = metrics
        self._options = options
        self._known: dict[str, Identity] = {}
        self._failed: dict[str, tuple[Answer, float]] = {}
        self._unanswered: set[str] = set()
        self._dead: set[str] = set()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._at_once = asyncio.Semaphore(ASKED_AT_ONCE)
        self._again_at_once = asyncio.Semaphore(ASKED_AGAIN_AT_ONCE)
        self._log = structlog.get_logger("router.credentials")

    def find(self, tenant: TenantId, token: str, digest: str) -> Identity | Answer | None:
        """The token's workspace; Slack's refusal, which holds for a while; None while it is being asked."""
        if digest in self._known:
            return self._known[digest]
        if (failure := self._fresh_failure(digest)) is not None:
            return failure
        if digest not in self._asking:
            self._asking[digest] = asyncio.create_task(self._ask(tenant, token, digest))
        return None

    def refused(self, token: str, answer: TokenDead) -> None:
        """A call found the token dead: nobody calls with it until Slack, asked once more after a while, knows it."""
        digest = token_digest(token)
        self._known.pop(digest, None)
        self._dead.add(digest)
        self._failed[digest] = (answer, asyncio.get_running_loop().time())

    def forget_failures(self) -> None:
        """Something has changed: ask again."""
        self._failed.clear()

    async def asked(self) -> None:
        """Wait until nobody is being asked about."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def close(self) -> None:
        """Stop asking."""
        for task in self._asking.values():
            task.cancel()
        await self.asked()

    def _fresh_failure(self, digest: str) -> Answer | None:
        answer, at = self._failed.get(digest, (None, 0.0))
        return answer if asyncio.get_running_loop().time() - at < self._options.retry_s else None

    async def _ask(self, tenant: TenantId, token: str, digest: str) -> None:
        try:
            async with self._again_at_once if digest in self._unanswered else self._at_once:
                await self._learn(tenant, token, digest)
        except UnavailableError as error:
            self._log.warning("workspace_unknown", tenant=tenant, error=str(error))
        finally:
            self._asking.pop(digest, None)
            self._options.asked(digest)

    async def _learn(self, tenant: TenantId, token: str, digest: str) -> None:
        known = None if digest in self._dead else await self._workspaces.find(digest)
        answer = known or await self._slack.identify(token)
        if isinstance(answer, Identity):
            await self._workspaces.remember(digest, answer)
            self._known[digest] = answer
            self._unanswered.discard(digest)
            self._dead.discard(digest)
        else:
            self._note_failure(tenant, digest, answer)

    def _note_failure(self, tenant: TenantId, digest: str, answer: Answer) -> None:
        self._failed[digest] = (answer, asyncio.get_running_loop().time())
        if isinstance(answer, Ambiguous | Unreached):
            self._unanswered.add(digest)
        else:
            self._unanswered.discard(digest)
        self._metrics.slack_calls.labels(method="auth_test", answer=name(answer)).inc()
        error = getattr(answer, "error", "")
        self._log.warning("workspace_refused", tenant=tenant, answer=name(answer), error=error)
