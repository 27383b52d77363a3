"""Faults on demand: how a fake is made to fail, and what happens just before it answers."""

import inspect
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum, auto
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from router.errors import UnavailableError

Deed = Callable[[], Awaitable[object] | object]


class Fault(Enum):
    """How an engine does not answer."""

    REFUSED = auto()
    """Before anything was done."""
    REPLY_LOST = auto()
    """After everything was done."""


class Faults:
    """What goes wrong with a fake, planned by the names of its methods; each plan is used up by one call.

    Beyond the plans, `away` refuses every call, `strike` decides call by call, and `pause` runs before each one, so
    that others get their turn. A fake of one port shares these three with the engine that it is a part of.
    """

    def __init__(self, engine: "Faults | None" = None) -> None:
        self._engine = engine
        self._planned: defaultdict[str, deque[Fault | Exception]] = defaultdict(deque)
        self._deeds: defaultdict[str, deque[Deed]] = defaultdict(deque)
        self.asked: Counter[str] = Counter()
        self.away = False
        self.strike: Callable[[str], Fault | None] | None = None
        self.pause: Callable[[], Awaitable[None]] | None = None

    def refuse(self, method: str, times: int = 1) -> None:
        """The next calls fail and do nothing."""
        self._planned[method].extend([Fault.REFUSED] * times)

    def lose_reply(self, method: str, times: int = 1) -> None:
        """The next calls do what they are asked to, and fail."""
        self._planned[method].extend([Fault.REPLY_LOST] * times)

    def fail(self, method: str, error: Exception) -> None:
        """The next call raises this error."""
        self._planned[method].append(error)

    def just_before(self, method: str, deed: Deed) -> None:
        """Before the next call somebody else is faster."""
        self._deeds[method].append(deed)

    async def meet(self, method: str) -> Fault | None:
        """Count a call and bring about what is planned for it; the fault that it ends in.

        Raises:
            UnavailableError: it was refused.
        """
        self.asked[method] += 1
        await self._let_others_go()
        if self._deeds[method]:
            done = self._deeds[method].popleft()()
            if inspect.isawaitable(done):
                await done
        fault = self._next(method)
        if isinstance(fault, Exception):
            raise fault
        if fault is Fault.REFUSED:
            raise UnavailableError(f"{method}: refused")
        return fault

    def _next(self, method: str) -> Fault | Exception | None:
        if self._planned[method]:
            return self._planned[method].popleft()
        for one in (self, self._engine):
            if one is not None and one.away:
                return Fault.REFUSED
            if one is not None and one.strike is not None and (fault := one.strike(method)) is not None:
                return fault
        return None

    async def _let_others_go(self) -> None:
        for one in (self, self._engine):
            if one is not None and one.pause is not None:
                await one.pause()


class Faulty:
    """A fake that fails when it is told to."""

    def __init__(self, engine: Faults | None = None) -> None:
        self.faults = Faults(engine)


S = TypeVar("S", bound=Faulty)
P = ParamSpec("P")
T = TypeVar("T")


def asked(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """A method of a port, as a fake has it: it meets its faults first."""

    @wraps(method)
    async def call(self: S, /, *args: P.args, **named: P.kwargs) -> T:
        fault = await self.faults.meet(method.__name__)
        answer = await method(self, *args, **named)
        if fault is Fault.REPLY_LOST:
            raise UnavailableError(f"{method.__name__}: the reply was lost")
        return answer

    return call
