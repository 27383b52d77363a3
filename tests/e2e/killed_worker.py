"""A worker that kills itself with SIGKILL at one step: `python -m tests.e2e.killed_worker POINT`.

POINT is `before:STEP` or `after:STEP`; the steps are those between a Kafka record and a settled call. The product has
no such switch: its methods are wrapped here, from outside.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from router.adapters.kafka.consumer import KafkaIngest
from router.adapters.redis.limiter import SlackLimiter
from router.adapters.redis.notifications import NotificationStore
from router.adapters.slack.client import SlackClient
from router.cli.commands import app
from router.core.model.group import Op, Phase
from router.ports import Applied, Write

Matches = Callable[[tuple[Any, ...]], bool]


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
        if meant and not (isinstance(result, list) and Applied.CONFLICT in result):
            die()
        return result

    setattr(owner, method, deadly)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def writes(matches: Callable[[Write], bool]) -> Matches:
    def any_write(args: tuple[Any, ...]) -> bool:
        asked: Sequence[Write] = args[0]
        return any(matches(write) for write in asked)

    return any_write


def always(_: tuple[Any, ...]) -> bool:
    return True


def is_settled(op: Op) -> Matches:
    return writes(lambda write: write.before.delivery is not None and write.before.delivery.op is op)


STEPS: dict[str, tuple[type, str, Matches]] = {
    "fold": (NotificationStore, "apply", writes(lambda write: write.step.books.accepted > 0)),
    "commit": (KafkaIngest, "_commit", always),
    "queue": (NotificationStore, "apply", writes(lambda write: write.step.after.phase is Phase.QUEUED)),
    "take": (SlackLimiter, "take", always),
    "claim": (NotificationStore, "apply", writes(lambda write: write.step.after.phase is Phase.SENDING)),
    "post": (SlackClient, "post", always),
    "settle_post": (NotificationStore, "apply", is_settled(Op.POST)),
    "edit": (SlackClient, "edit", always),
    "settle_edit": (NotificationStore, "apply", is_settled(Op.EDIT)),
    "reply": (SlackClient, "reply", always),
    "settle_reply": (NotificationStore, "apply", is_settled(Op.REPLY_ALOUD)),
}

if __name__ == "__main__":
    main()
