"""`python -m bench.bare.loop BOOTSTRAP REDIS TOPIC`: what takes a duplicate, bare."""

import sys

from bench.bare.inbound import Batch, consume, until_asked_to_stop
from router.app.event_loop import run


async def nothing(_batch: Batch) -> None:
    """A duplicate shows nothing."""


if __name__ == "__main__":
    run(until_asked_to_stop(consume(sys.argv[1], sys.argv[2], sys.argv[3], nothing)))
