"""A storm of new problems in one channel: a digest counts them, and Slack shows the truth of all soon."""

import asyncio
import re
import time
from collections.abc import Sequence

import pytest

from tests.e2e.system import Message, System, Tenant
from tests.e2e.webhooks import Alert, body, firing, resolved
from tests.waiting import eventually

COUNTED = re.compile(r"(\d[\d,]*) problems in one message.*? (\d[\d,]*) firing")


def problem(number: int, alerts: int = 1) -> list[Alert]:
    """The alerts of one service."""
    return [
        firing(f"Alert{number % 7}", f"node-{one}", service=f"service-{number}", severity="warning")
        for one in range(alerts)
    ]


def ended(number: int, alerts: int = 1) -> list[Alert]:
    return [
        resolved(f"Alert{number % 7}", f"node-{one}", service=f"service-{number}", severity="warning")
        for one in range(alerts)
    ]


async def digests(tenant: Tenant) -> list[Message]:
    return [one for one in await tenant.messages() if "in one message" in one.text]


async def shown(tenant: Tenant) -> int:
    """How many alerts are shown as firing, in messages of their own and by digests."""
    messages = await tenant.messages()
    counted = [int(match[2].replace(",", "")) for one in messages if (match := COUNTED.search(one.text))]
    own = [re.search(r"(\d+) firing", one.text) for one in messages if "in one message" not in one.text]
    return sum(counted) + sum(int(match[1]) if match else 1 for match in own)


async def test_sixty_problems_at_once_are_shown_in_a_few_calls_and_none_is_lost(fast: System) -> None:
    async with fast.tenant("short-storm") as tenant:
        began = time.monotonic()
        await tenant.send(*(alert for number in range(60) for alert in problem(number)))

        async def all_shown() -> bool:
            books = await tenant.books()
            return books.get("notified") == 60 and books.get("pending") == 0

        await eventually(all_shown, within_s=10, every_s=0.02)
        assert await shown(tenant) == 60
        [digest] = await digests(tenant)
        assert time.monotonic() - began < 6
        assert digest.replies == ()
        assert len(await tenant.calls("chat.postMessage", "chat.update")) <= 8
        assert await tenant.anomalies() == []


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(300)
async def test_a_storm_of_a_thousand_groups_within_a_minute_is_true_a_minute_later(calm: System) -> None:
    async with calm.tenant("storm") as tenant:
        sending = asyncio.create_task(send_for_a_minute(tenant, range(1_000)))
        began = time.time()
        first = await first_call(tenant)
        assert first - began < 2
        await until_true(tenant, sending, within_s=60)

        assert await shown(tenant) == 5_000
        calls = len(await tenant.calls("chat.postMessage", "chat.update"))
        assert 5_000 / calls >= 100, calls
        assert len(await digests(tenant)) == 1

        await end_all(tenant)


async def send_for_a_minute(tenant: Tenant, numbers: Sequence[int]) -> None:
    """One body for each group, evenly over a minute."""
    began = time.monotonic()
    for place, number in enumerate(numbers):
        await asyncio.sleep(max(0, began + place * 60 / len(numbers) - time.monotonic()))
        assert (await tenant.post(body(*problem(number, 5)))).status == 202
        tenant.sent += 5


async def first_call(tenant: Tenant) -> float:
    async def made() -> list[float]:
        return [time.time() for _ in await tenant.calls("chat.postMessage")]

    return (await eventually(made, within_s=10, every_s=0.05))[0]


async def until_true(tenant: Tenant, sending: asyncio.Task[None], *, within_s: float) -> None:
    """The books balance at every reading until the storm is over, and then until all of it is shown."""
    while not sending.done():
        await tenant.books()
        await asyncio.sleep(0.1)
    await sending
    ended_at = time.monotonic()

    async def true() -> bool:
        books = await tenant.books()
        return books.get("accepted") == tenant.sent and books.get("pending") == 0

    await eventually(true, within_s=within_s, every_s=0.1)
    print(f"true {time.monotonic() - ended_at:.1f} s after the end of the storm")  # noqa: T201


async def end_all(tenant: Tenant) -> None:
    """All of it ends: the digest turns green, and that is broadcast once."""
    for start in range(0, 1_000, 50):
        await tenant.send(*(alert for number in range(start, start + 50) for alert in ended(number, 5)))

    async def over() -> bool:
        [digest] = await digests(tenant)
        return bool(digest.replies) and not COUNTED.search(digest.text)

    await eventually(over, within_s=90, every_s=0.2)
    [digest] = await digests(tenant)
    assert [reply.broadcast for reply in digest.replies] == [True]
