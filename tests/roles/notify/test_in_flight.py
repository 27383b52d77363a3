"""Calls in flight: each in its place, watched, and brought to an end when the process stops."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.core.decide.notification import Notification
from router.core.deliver.claim import Claim
from router.core.model.alert import TenantId
from router.core.model.operation import Op, Reason
from router.core.model.phase import Lease
from router.core.slack.answer import Accepted, Answer
from router.observe.metrics import Metrics
from router.roles.notify import in_flight
from router.roles.notify.in_flight import Delivery, InFlight
from router.roles.notify.places import InFlightLimits, Pace, Places
from router.roles.notify.watch import Watch
from tests.adapters.builders import ACME, NOON, a_call, waiting
from tests.core.builders import a_policy, a_tenant
from tests.waiting import eventually

LIMITS: Final = InFlightLimits(total=4, per_tenant=2, per_workspace=3, slow_after_s=60, drain_s=5)
DONE: Final = Accepted("C1", "1.0")


def a_delivery(tenant: TenantId = ACME, workspace: str = "T1") -> Delivery:
    claim = Claim(Notification(Op.POST, Reason.FIRST, {}), Lease("d1", Op.POST, Reason.FIRST, NOON), waiting(), NOON)
    rules = replace(a_tenant(), tenant_id=tenant)
    return Delivery(rules, a_policy(), "xoxb-secret", claim, a_call(workspace=workspace))


class Calls:
    """Calls that last until the test lets them end."""

    def __init__(self, limits: InFlightLimits = LIMITS) -> None:
        self.over = asyncio.Event()
        self.settled = list[Answer]()
        self.taken_back = list[Delivery]()
        self.woken = 0
        self.places = Places(limits)
        self.metrics = Metrics(CollectorRegistry())
        self.in_flight = InFlight(self, self.places, Watch(self.places, self.metrics), self._wake)

    async def call(self, delivery: Delivery) -> Answer:
        await self.over.wait()
        return DONE

    async def settle(self, delivery: Delivery, answer: Answer) -> None:
        self.settled.append(answer)

    async def take_back(self, delivery: Delivery) -> None:
        await self.over.wait()
        self.taken_back.append(delivery)

    def _wake(self) -> None:
        self.woken += 1

    def send(self) -> None:
        delivery = a_delivery()
        self.places.take(delivery.tenant.tenant_id, delivery.request.workspace)
        self.in_flight.send(delivery)

    async def end(self) -> None:
        self.over.set()
        await self.in_flight.drain()

    def is_slow(self) -> bool:
        return self.pace() is Pace.SLOW

    def pace(self) -> Pace:
        return self.places.pace("T1", asyncio.get_running_loop().time())

    @property
    def free(self) -> int:
        return self.places.free(ACME, "T1", asyncio.get_running_loop().time())


async def test_a_call_has_its_place_until_it_is_settled_and_wakes_who_waits_for_one() -> None:
    calls = Calls()
    calls.send()
    assert (calls.free, calls.woken) == (0, 0)

    await calls.end()

    assert (calls.settled, calls.woken) == ([DONE], 1)
    assert calls.free == 2


async def test_an_answer_that_cannot_be_stored_leaves_the_place_to_others_and_is_stored_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Waiting(Calls):
        async def settle(self, delivery: Delivery, answer: Answer) -> None:
            await redis_is_back.wait()
            await super().settle(delivery, answer)

    redis_is_back, calls = asyncio.Event(), Waiting()
    monkeypatch.setattr(in_flight, "SETTLE_S", 0.01)
    calls.send()
    calls.over.set()

    await eventually(lambda: calls.woken)
    assert (calls.free, calls.settled) == (2, [])
    redis_is_back.set()
    await calls.end()
    assert (calls.free, calls.settled, calls.woken) == (2, [DONE], 1)


async def test_an_error_of_ours_is_logged_and_leaves_the_place() -> None:
    class Failing(Calls):
        async def settle(self, delivery: Delivery, answer: Answer) -> None:
            raise ZeroDivisionError

    calls = Failing()
    calls.send()
    with capture_logs() as logs:
        await calls.end()

    assert [(one["event"], one["tenant"]) for one in logs] == [("call_failed", ACME)]
    assert (calls.free, calls.woken) == (2, 1)


async def test_a_workspace_is_slow_before_its_call_has_ended_and_well_again_when_one_is_answered() -> None:
    calls = Calls(replace(LIMITS, slow_after_s=0.01))
    with capture_logs() as logs:
        calls.send()
        await eventually(calls.is_slow)
        assert lasting(calls) == 1
        await calls.end()
        assert calls.is_slow(), "it came too late"

        calls.send()
        await calls.in_flight.drain()

    assert calls.pace() is Pace.IN_TIME
    assert lasting(calls) is None
    assert [(one["event"], one["tenant"], one["workspace"]) for one in logs] == [
        ("workspace_slow", ACME, "T1"),
        ("workspace_in_time_again", ACME, "T1"),
    ]


def lasting(calls: Calls) -> float | None:
    labels = {"tenant": ACME, "reason": "workspace_slow"}
    value: float | None = calls.metrics.registry.get_sample_value("alert_router_tenant_problem", labels)
    return value


async def test_stopping_waits_for_the_calls_in_flight() -> None:
    calls = Calls()
    calls.send()
    stopping = asyncio.create_task(calls.in_flight.drain())
    await asyncio.sleep(0)
    assert not stopping.done()

    calls.over.set()
    await stopping

    assert calls.settled == [DONE]


async def test_stopping_gives_up_a_call_that_takes_too_long() -> None:
    calls = Calls(replace(LIMITS, drain_s=0))
    calls.send()

    await calls.in_flight.drain()

    assert calls.settled == []
    assert calls.free == 2


async def test_a_claim_is_taken_back_beside_the_turns_in_nobodys_place_and_before_stopping() -> None:
    calls = Calls()
    calls.in_flight.take_back(a_delivery())
    assert calls.free == 1

    await calls.end()

    assert (len(calls.taken_back), calls.settled, calls.woken, calls.free) == (1, [], 1, 1)


async def test_with_nothing_in_flight_stopping_is_at_once() -> None:
    await Calls().in_flight.drain()


@pytest.mark.parametrize("show", [repr, str])
def test_a_delivery_does_not_show_its_token(show: Callable[[object], str]) -> None:
    assert "xoxb-secret" not in show(a_delivery())
