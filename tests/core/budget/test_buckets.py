"""Which budgets a call draws on: posts and edits apart, the channel for posts, the tenant's own for what is news."""

import pytest

from router.core.budget.buckets import WorkspaceRates, begun_within, buckets_for, buckets_for_chart, half, sparing
from router.core.model.operation import Op
from router.core.model.rules.limits import Rate
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


def test_replies_and_repeated_edits_leave_half_of_what_goes_at_once_to_others() -> None:
    rates = WorkspaceRates(channel=Rate(seconds(1), 1), posts=Rate(seconds(2), 20), edits=Rate(seconds(3), 8))

    assert dict(buckets_for(Op.REPLY_THREAD, a_tenant(), "C1", rates))["post"] == Rate(seconds(2), 10)
    assert dict(buckets_for(Op.REPLY_FOR_EDIT, a_tenant(), "C1", rates))["post"] == rates.posts
    edit = buckets_for(Op.EDIT, a_tenant(), "C1", rates)
    assert dict(sparing(edit)) == {"update": Rate(seconds(3), 4), "tenant:acme": a_tenant().notifications}
    assert half(Rate(seconds(1), 1)) == Rate(seconds(1), 1), "a bucket of one has no half"


@pytest.mark.parametrize(("after_s", "begun"), [(0, 2 + 3), (1, 3 + 4), (6, 2 + 3 + 3 + 2), (7, 2 + 4 + 3 + 3)])
def test_so_many_calls_begin_in_a_time(after_s: int, begun: int) -> None:
    """What the buckets hold, and what comes into them meanwhile."""
    assert begun_within(seconds(after_s), RATES) == begun


def test_an_edit_for_a_chart_alone_is_no_notification_and_leaves_half_of_the_edits_to_others() -> None:
    assert buckets_for_chart(RATES) == (("update", half(RATES.edits)),)
