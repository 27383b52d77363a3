"""Calls in flight: bounded in all, per tenant and per workspace, and brought to an end when the process stops."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from router.core.decide.notification import Notification
from router.core.deliver.claim import Claim
from router.core.model.alert import TenantId
from router.core.model.operation import Op, Reason
from router.core.model.phase import Lease
from router.roles.notify.in_flight import Delivery, InFlight, InFlightLimits
from tests.adapters.builders import ACME, BETA, NOON, a_call, waiting
from tests.core.builders import a_policy, a_tenant

LIMITS = InFlightLimits(total=4, per_tenant=2, per_workspace=3, drain_s=5)


def a_delivery(tenant: TenantId = ACME, workspace: str = "T1") -> Delivery:
    claim = Claim(Notification(Op.POST, Reason.FIRST, {}), Lease("d1", Op.POST, Reason.FIRST, NOON), waiting(), NOON)
    rules = replace(a_tenant(), tenant_id=tenant)
    return Delivery(rules, a_policy(), "xoxb-secret", claim, a_call(workspace=workspace))


class Calls:
    """Calls that last until the test lets them end."""

    def __init__(self, limits: InFlightLimits = LIMITS) -> None:
        self.over = asyncio.Event()
        self.made = 0
        self.woken = 0
        self.in_flight = InFlight(self._deliver, limits, self._wake)

    async def _deliver(self, delivery: Delivery) -> None:
        await self.over.wait()
        self.made += 1

    def _wake(self) -> None:
        self.woken += 1

    async def end(self) -> None:
        self.over.set()
        await self.in_flight.drain()


def running(deliver: Callable[[Delivery], Awaitable[None]], limits: InFlightLimits = LIMITS) -> InFlight:
    return InFlight(deliver, limits, lambda: None)


async def test_a_tenant_has_its_share_and_leaves_the_rest_to_others() -> None:
    calls = Calls()
    for _ in range(2):
        calls.in_flight.send(a_delivery())

    assert calls.in_flight.free(ACME, "T1") == 0
    assert calls.in_flight.free(BETA, "T1") == 1, "three calls to one workspace"
    assert calls.in_flight.free(BETA, "T2") == 2
    await calls.end()


async def test_a_workspace_has_its_share_however_many_tenants_share_it() -> None:
    calls = Calls()
    for number in range(3):
        calls.in_flight.send(a_delivery(TenantId(f"t{number}")))

    assert calls.in_flight.free(BETA, "T1") == 0
    assert calls.in_flight.free(BETA, "T2") == 1
    await calls.end()


async def test_all_together_have_a_limit() -> None:
    calls = Calls()
    for number in range(4):
        calls.in_flight.send(a_delivery(TenantId(f"t{number}"), f"T{number}"))

    assert calls.in_flight.free(BETA, "T9") == 0
    await calls.end()


async def test_a_call_that_has_ended_leaves_its_place_and_wakes_who_waits_for_one() -> None:
    calls = Calls()
    for _ in range(2):
        calls.in_flight.send(a_delivery())
    assert calls.woken == 0

    await calls.end()

    assert (calls.made, calls.woken) == (2, 2)
    assert calls.in_flight.free(ACME, "T1") == 2


async def test_an_error_of_ours_is_logged_and_leaves_the_place() -> None:
    async def fail(_: Delivery) -> None:
        raise ZeroDivisionError

    in_flight = running(fail)
    with capture_logs() as logs:
        in_flight.send(a_delivery())
        await in_flight.drain()

    assert [(one["event"], one["tenant"]) for one in logs] == [("call_failed", ACME)]
    assert in_flight.free(ACME, "T1") == 2


async def test_stopping_waits_for_the_calls_in_flight() -> None:
    calls = Calls()
    calls.in_flight.send(a_delivery())
    stopping = asyncio.create_task(calls.in_flight.drain())
    await asyncio.sleep(0)
    assert not stopping.done()

    calls.over.set()
    await stopping

    assert calls.made == 1


async def test_stopping_gives_up_a_call_that_takes_too_long() -> None:
    calls = Calls(replace(LIMITS, drain_s=0))
    calls.in_flight.send(a_delivery())

    await calls.in_flight.drain()

    assert calls.made == 0
    assert calls.in_flight.free(ACME, "T1") == 2


async def test_with_nothing_in_flight_stopping_is_at_once() -> None:
    await Calls().in_flight.drain()


@pytest.mark.parametrize("show", [repr, str])
def test_a_delivery_does_not_show_its_token(show: Callable[[object], str]) -> None:
    assert "xoxb-secret" not in show(a_delivery())
