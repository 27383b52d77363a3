"""Which budgets a call draws on: posts and edits apart, the channel for posts, the tenant's own for what is news."""

import pytest

from router.core.budget.buckets import WorkspaceRates, begun_within, buckets_for
from router.core.model.operation import Op
from router.core.model.tenant import Rate
from tests.core.builders import a_tenant, seconds

RATES = WorkspaceRates(channel=Rate(seconds(1), 1), posts=Rate(seconds(2), 2), edits=Rate(seconds(3), 3))


@pytest.mark.parametrize(
    ("op", "names"),
    [
        (Op.POST, ["channel:C1", "post", "tenant:acme"]),
        (Op.EDIT, ["update", "tenant:acme"]),
        (Op.REPLY_BROADCAST, ["channel:C1", "post"]),
        (Op.REPLY_THREAD, ["channel:C1", "post"]),
    ],
)
def test_a_call_draws_on_these_buckets(op: Op, names: list[str]) -> None:
    assert [name for name, _ in buckets_for(op, a_tenant(), "C1", RATES)] == names


def test_each_bucket_has_the_rate_of_its_owner() -> None:
    tenant = a_tenant()

    rates = dict(buckets_for(Op.POST, tenant, "C1", RATES)) | dict(buckets_for(Op.EDIT, tenant, "C1", RATES))

    assert rates == {
        "channel:C1": RATES.channel,
        "post": RATES.posts,
        "update": RATES.edits,
        "tenant:acme": tenant.notifications,
    }


@pytest.mark.parametrize(("after_s", "begun"), [(0, 2 + 3), (1, 3 + 4), (6, 2 + 3 + 3 + 2), (7, 2 + 4 + 3 + 3)])
def test_so_many_calls_begin_in_a_time(after_s: int, begun: int) -> None:
    """What the buckets hold, and what comes into them meanwhile."""
    assert begun_within(seconds(after_s), RATES) == begun
