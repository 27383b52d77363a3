"""What roles run on: the loop of uvloop where that is installed (the extra `fast`), else asyncio's own."""

import asyncio
import importlib.util
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def run(main: Coroutine[Any, Any, T]) -> T:
    """What it answers, when it has ended."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(main)


def loop_factory() -> LoopFactory | None:
    """What makes the loop; None for asyncio's own way."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop  # noqa: PLC0415 - an extra

    factory: LoopFactory = uvloop.new_event_loop
    return factory
