"""A worker that ends or freezes itself at a step, once somebody asks: `python -m tests.chaos.armed_worker FILE`.

As soon as FILE is there, it is read, `before:STEP SIGNAL` or `after:STEP SIGNAL`, and the worker sends itself that
signal when it next comes to that point. The product has no such switch: its methods are wrapped here, from outside.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from router.cli.commands import app
from router.ports.state import ApplyResult
from tests.e2e.killed_worker import STEPS, Matches

CLOCK = "CHAOS_CLOCK_S"
"""The variable with the seconds by which this process' clock is wrong."""


def main() -> None:
    orders = Path(sys.argv.pop(1))
    set_clock(float(os.environ.get(CLOCK, "0")))
    for step, (owner, method, matches) in STEPS.items():
        wrap(owner, method, (step, matches), orders)
    sys.argv[1:] = ["worker"]
    app()


def wrap(owner: type, method: str, point: tuple[str, Matches], orders: Path) -> None:
    original = getattr(owner, method)
    step, matches = point

    async def watched(self: object, *args: Any, **named: Any) -> Any:
        meant = asked(orders) and matches(args)
        if meant:
            obey(orders, f"before:{step}")
        result = await original(self, *args, **named)
        if meant and not (isinstance(result, tuple) and ApplyResult.CONFLICT in result[0]):
            obey(orders, f"after:{step}")
        return result

    setattr(owner, method, watched)


def asked(orders: Path) -> bool:
    return orders.exists()


def obey(orders: Path, here: str) -> None:
    point, _, name = orders.read_text(encoding="utf-8").strip().partition(" ") if orders.exists() else ("", "", "")
    if point == here:
        orders.unlink()
        os.kill(os.getpid(), signal.Signals[name])


def set_clock(wrong_by_s: float) -> None:
    """Nothing below the composition root reads a clock, so that one place is enough."""
    from datetime import datetime, timedelta, tzinfo  # noqa: PLC0415

    from router.app import compose  # noqa: PLC0415

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return super().now(tz) + timedelta(seconds=wrong_by_s)

    honest = time.time
    time.time = lambda: honest() + wrong_by_s
    setattr(compose, "datetime", Clock)  # noqa: B010 - not a part of its interface


if __name__ == "__main__":
    main()
