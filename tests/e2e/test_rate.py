"""Many groups for one channel: the channel's rate is never exceeded, and all are notified."""

import re
from collections.abc import Sequence

import pytest

from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import firing

JITTER_S = 0.001

pytestmark = pytest.mark.long


async def test_40_groups_at_ten_posts_a_second_are_all_shown(fast: System) -> None:
    async with fast.tenant("flood") as tenant:
        await notify_groups(tenant, 40, per_s=10)


@pytest.mark.timeout(90)
async def test_15_groups_at_one_post_a_second_are_all_shown(calm: System) -> None:
    async with calm.tenant("calm") as tenant:
        await notify_groups(tenant, 15, per_s=1)


async def notify_groups(tenant: Tenant, groups: int, *, per_s: int) -> None:
    names = [f"Group{number}" for number in range(groups)]
    for name in names:
        await tenant.send(firing(name))
    books = await tenant.settled(within_s=60)

    messages = await tenant.messages()
    assert sorted(name for one in messages for name in names if re.search(rf"\b{name}\b", one.text)) == sorted(names)
    assert (books["changes"], books["notified"]) == (groups, groups)
    calls = await tenant.calls("chat.postMessage")
    assert [call["status"] for call in calls] == [200] * groups
    arrived = [call["arrived_s"] for call in calls]
    assert most_in_window(arrived, 1 - JITTER_S) <= per_s
    assert arrived[-1] - arrived[0] < 1.5 * 1.1 * groups / per_s


def most_in_window(times_s: Sequence[float], window_s: float) -> int:
    return max(sum(begin <= time < begin + window_s for time in times_s) for begin in times_s)
