"""Whoever has many groups, or a Prometheus that is slow, leaves places to everybody else."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from router.core.model.alert import TenantId
from router.roles.charting.crowd import MAX_ALL_ASKED, MAX_CHARTS_ASKED, Crowd
from tests.bounds import tries


def taken(crowd: Crowd, tenant: TenantId, wanted: int) -> int:
    """How many of so many groups of a tenant are asked about, none of which is answered."""
    for got in count():
        if got == wanted or not crowd.has_room(tenant):
            return got
        crowd.enter(tenant)
    raise AssertionError


@tries("alert groups of all tenants that a worker asks Prometheus about at once")
def test_so_many_groups_of_all_tenants_are_asked_about_at_once(beyond: int) -> None:
    crowd, wanted = Crowd(), MAX_ALL_ASKED + beyond
    got = sum(taken(crowd, TenantId(f"t{number}"), 1) for number in range(wanted))
    assert got == min(wanted, MAX_ALL_ASKED)


@given(st.integers(1, MAX_ALL_ASKED // 4))
def test_however_many_tenants_are_slow_the_next_one_finds_a_place(slow: int) -> None:
    crowd = Crowd()
    counts = [taken(crowd, TenantId(f"slow{number}"), MAX_CHARTS_ASKED) for number in range(slow)]
    assert taken(crowd, TenantId("next"), MAX_CHARTS_ASKED) >= 1
    assert counts[0] == MAX_CHARTS_ASKED


def test_one_slow_tenant_leaves_as_many_places_as_it_may_have_itself() -> None:
    crowd = Crowd()
    assert taken(crowd, TenantId("slow"), MAX_ALL_ASKED) == MAX_CHARTS_ASKED
    assert taken(crowd, TenantId("next"), MAX_ALL_ASKED) == MAX_CHARTS_ASKED


@given(st.lists(st.sampled_from("abc"), max_size=MAX_ALL_ASKED))
def test_what_was_answered_frees_its_place(order: list[str]) -> None:
    crowd, asked = Crowd(), list[TenantId]()
    for tenant in map(TenantId, order):
        if crowd.has_room(tenant):
            crowd.enter(tenant)
            asked.append(tenant)
    for tenant in asked:
        crowd.leave(tenant)
    assert taken(crowd, TenantId("d"), MAX_ALL_ASKED) == MAX_CHARTS_ASKED
