"""`python -m tests.hostile.slack SEED`: the bench's Slack, which for attackers forges what it answers.

`GET /forge` begins that, `GET /stop` ends it; both answer how many were forged. The victim's calls are
answered well all the time.
"""

import asyncio
import random
import sys
from typing import Final

from bench import stub
from tests.hostile.draw import answers

ATTACKER: Final = b"xoxb-emulated-hostile-"
MANY: Final = 300


class Forging(stub.Stub):
    """One connection; what is forged was drawn beforehand, so that it costs the victim's calls nothing."""

    pool: tuple[answers.Answer, ...] = ()
    forges = False
    forged = 0

    def answer(self, head: bytes, content: bytes) -> None:
        """Answer a request well, or as the dice fall."""
        path = head.split(b" ", 2)[1]
        if path in {b"/forge", b"/stop"}:
            Forging.forges = path == b"/forge"
        if ATTACKER in head and Forging.forges:
            Forging.forged += 1
            self._forge(Forging.pool[Forging.forged % len(Forging.pool)])
        elif path in {b"/forge", b"/stop", b"/live"}:
            text = str(Forging.forged).encode()
            self.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))
        else:
            super().answer(head, content)

    def _forge(self, one: answers.Answer) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(one.after_s, self.write, one.data)
        if one.ends:
            loop.call_later(one.after_s, self.end)


if __name__ == "__main__":
    dice = random.Random(f"{sys.argv[1]}:slack")
    Forging.pool = tuple(answers.drawn(dice) for _ in range(MANY))
    asyncio.run(stub.main(Forging))
