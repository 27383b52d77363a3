"""A worker that kills itself with SIGKILL at one step: `python -m tests.e2e.killed_worker POINT`.

POINT is `before:STEP` or `after:STEP`; the steps are those between a Kafka record and a settled call. The product has
no such switch: its methods are wrapped here, from outside.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from router.adapters.kafka.consumer import RecordConsumer
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.limiter import SlackLimiter
from router.adapters.slack.client import SlackClient
from router.cli.commands import app
from router.core.model.alert import TenantId
from router.core.model.operation import Op
from router.core.model.phase import Phase, Queued, Sending
from router.core.slack.call import UPDATE, SlackCall
from router.ports.state import ApplyResult, StoreTransition

Matches = Callable[[tuple[Any, ...]], bool]

POISON: Final = TenantId("poison")
"""Whose records end whoever folds them."""


def main() -> None:
    when, _, step = sys.argv.pop(1).partition(":")
    owner, method, matches = STEPS[step]
    wrap(owner, method, matches, when)
    sys.argv[1:] = ["worker"]
    app()


def wrap(owner: type, method: str, matches: Matches, when: str) -> None:
    original = getattr(owner, method)

    async def deadly(self: object, *args: Any, **named: Any) -> Any:
        meant = matches(args)
        if meant and when == "before":
            die()
        result = await original(self, *args, **named)
        if meant and not (isinstance(result, tuple) and ApplyResult.CONFLICT in result[0]):
            die()
        return result

    setattr(owner, method, deadly)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def writes(matches: Callable[[StoreTransition], bool]) -> Matches:
    def any_write(args: tuple[Any, ...]) -> bool:
        asked: Sequence[StoreTransition] = args[0]
        return any(matches(write) for write in asked)

    return any_write


def always(_: tuple[Any, ...]) -> bool:
    return True


def is_settled(op: Op) -> Matches:
    return writes(lambda write: isinstance(write.before.phase, Sending) and write.before.phase.lease.op is op)


def enters(phase: type[Phase]) -> Matches:
    return writes(lambda write: isinstance(write.transition.after.phase, phase))


def calls(op: Op) -> Matches:
    def this_call(args: tuple[Any, ...]) -> bool:
        call: SlackCall = args[1]
        made = Op.EDIT if call.method == UPDATE else Op.REPLY_BROADCAST if call.parent else Op.POST
        return made is op

    return this_call


STEPS: dict[str, tuple[type, str, Matches]] = {
    "fold": (GroupStore, "apply", writes(lambda write: write.transition.entry.accepted > 0)),
    "fold_poison": (GroupStore, "apply", writes(lambda write: write.tenant == POISON)),
    "commit": (RecordConsumer, "_commit", always),
    "queue": (GroupStore, "apply", enters(Queued)),
    "take": (SlackLimiter, "take", always),
    "claim": (GroupStore, "apply", enters(Sending)),
    "post": (SlackClient, "send", calls(Op.POST)),
    "settle_post": (GroupStore, "apply", is_settled(Op.POST)),
    "edit": (SlackClient, "send", calls(Op.EDIT)),
    "settle_edit": (GroupStore, "apply", is_settled(Op.EDIT)),
    "reply": (SlackClient, "send", calls(Op.REPLY_BROADCAST)),
    "settle_reply": (GroupStore, "apply", is_settled(Op.REPLY_BROADCAST)),
}

if __name__ == "__main__":
    main()
