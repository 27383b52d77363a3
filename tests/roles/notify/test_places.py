"""Places: shares of tenants and workspaces, one at a time for who does not answer, a reserve for who is well."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import pytest

from router.app.options import in_flight_limits
from router.core.model.alert import TenantId
from router.roles.notify.places import (
    ASKED_S,
    HANGING_S,
    RESERVE_SHARE,
    SLOW_SHARE,
    TRUST_S,
    InFlightLimits,
    Pace,
    Places,
)
from router.settings import Settings
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries

LIMITS: Final = InFlightLimits(total=40, per_tenant=4, per_workspace=6, slow_after_s=2, drain_s=5)
NOW: Final = 1000.0


def places(*well: str, limits: InFlightLimits = LIMITS) -> Places:
    """Places of which none is taken; these workspaces have answered in time."""
    found = Places(limits)
    for workspace in well:
        found.answered(workspace, 0.1, NOW)
    return found


def fill(found: Places, tenant: TenantId, workspace: str) -> int:
    """Begin as many calls as may begin; how many that are."""
    count = 0
    while found.free(tenant, workspace, NOW):
        found.take(tenant, workspace)
        count += 1
    return count


def hanging(found: Places, workspaces: int, lanes: int = 8) -> Iterator[int]:
    """Workspaces, each of a tenant that has many lanes to send in."""
    for number in range(workspaces):
        free = found.free(TenantId(f"h{number}"), f"H{number}", NOW)
        for _ in range(min(free, lanes)):
            found.take(TenantId(f"h{number}"), f"H{number}")
        yield min(free, lanes)


def begun(found: Places, wanted: Iterable[tuple[str, str]]) -> int:
    """How many of these calls, by tenant and workspace, may begin."""
    count = 0
    for tenant, workspace in wanted:
        if found.free(TenantId(tenant), workspace, NOW):
            found.take(TenantId(tenant), workspace)
            count += 1
    return count


@tries("calls to Slack in flight")
def test_so_many_calls_are_in_flight(beyond: int) -> None:
    wanted = [(f"t{number}", f"T{number}") for number in range(LIMITS.total + beyond)]

    assert begun(places(), wanted) == min(len(wanted), LIMITS.total)


@tries("calls in flight for one tenant")
def test_so_many_calls_of_a_tenant_are_in_flight(beyond: int) -> None:
    wanted = [("acme", "T1")] * (LIMITS.per_tenant + beyond)

    assert begun(places("T1"), wanted) == min(len(wanted), LIMITS.per_tenant)


@tries("calls in flight in one workspace")
def test_so_many_calls_to_a_workspace_are_in_flight(beyond: int) -> None:
    wanted = [(f"t{number}", "T1") for number in range(LIMITS.per_workspace + beyond)]

    assert begun(places("T1"), wanted) == min(len(wanted), LIMITS.per_workspace)


def test_a_tenant_has_its_share_and_leaves_the_rest_of_a_workspace_to_others() -> None:
    found = places("T1")

    assert fill(found, ACME, "T1") == LIMITS.per_tenant
    assert fill(found, BETA, "T1") == LIMITS.per_workspace - LIMITS.per_tenant


def test_what_is_given_back_is_free_again() -> None:
    found = places("T1")
    fill(found, ACME, "T1")

    found.give_back(ACME, "T1")

    assert found.free(ACME, "T1", NOW) == 1


def test_all_together_have_a_limit() -> None:
    found = places()
    assert sum(hanging(found, LIMITS.total)) == LIMITS.total

    assert found.free(ACME, "T1", NOW) == 0


def test_an_unknown_workspace_gets_one_call_first() -> None:
    found = places()

    assert fill(found, ACME, "T1") == 1
    found.answered("T1", 0.1, NOW)
    assert fill(found, ACME, "T1") == LIMITS.per_tenant - 1


def test_trust_does_not_outlast_a_pause() -> None:
    found = places("T1")

    assert found.pace("T1", NOW + TRUST_S) is Pace.IN_TIME
    assert found.pace("T1", NOW + TRUST_S + 1) is Pace.UNKNOWN


@pytest.mark.parametrize(("after_s", "pace"), [(1.9, Pace.IN_TIME), (2.0, Pace.SLOW), (10.0, Pace.SLOW)])
def test_an_answer_in_time_is_the_only_good_one(after_s: float, pace: Pace) -> None:
    found = places()
    found.answered("T1", after_s, NOW)

    assert found.pace("T1", NOW) is pace


def test_a_slow_workspace_gets_one_call_at_a_time_until_one_is_answered() -> None:
    found = places("T1")
    fill(found, ACME, "T1")
    found.slow("T1", NOW)
    for left in range(LIMITS.per_tenant - 1, -1, -1):
        found.give_back(ACME, "T1")
        assert found.free(ACME, "T1", NOW) == (0 if left else 1)

    assert fill(found, ACME, "T1") == 1
    found.answered("T1", 0.1, NOW)
    assert fill(found, ACME, "T1") == LIMITS.per_tenant - 1


def test_slow_workspaces_leave_half_of_the_places_alone() -> None:
    found = places()
    for number in range(LIMITS.total):
        found.slow(f"H{number}", NOW)

    assert sum(hanging(found, LIMITS.total)) == LIMITS.total // SLOW_SHARE
    assert fill(found, ACME, "T1") == 1


def test_what_slow_workspaces_have_in_flight_counts_from_when_they_are_slow_to_when_they_are_not() -> None:
    found = places(*(f"H{number}" for number in range(5)))
    assert sum(hanging(found, 5)) == LIMITS.total // SLOW_SHARE
    for number in range(5):
        found.slow(f"H{number}", NOW)
    found.slow("T1", NOW)
    assert found.free(ACME, "T1", NOW) == 0

    found.answered("H0", 0.1, NOW)

    assert found.free(ACME, "T1", NOW) == 1


def test_who_has_begun_to_hang_with_many_calls_leaves_the_reserve_to_those_with_none() -> None:
    found = places(*(f"H{number}" for number in range(20)), "T1")
    taken = list(hanging(found, 10))

    assert sum(taken) == LIMITS.total - LIMITS.total // RESERVE_SHARE + sum(one == 1 for one in taken)
    assert fill(found, ACME, "T1") == 1


def test_a_copy_tries_out_and_changes_nothing() -> None:
    found = places("T1")
    fill(found.copy(), ACME, "T1")

    assert found.free(ACME, "T1", NOW) == LIMITS.per_tenant


@pytest.mark.parametrize("total", [1, 2, 3])
def test_even_a_few_places_are_places(total: int) -> None:
    found = places("T1", limits=replace(LIMITS, total=total))
    found.slow("H1", NOW)

    assert found.free(BETA, "H1", NOW) == 1
    assert found.free(ACME, "T1", NOW) >= 1


@pytest.mark.parametrize("known", [True, False], ids=["well until now", "unknown"])
def test_by_default_sixty_workspaces_that_hang_in_eight_channels_each_leave_a_place_to_another(
    *, known: bool
) -> None:
    limits = in_flight_limits(Settings())
    found = places(*(f"H{number}" for number in range(60) if known), limits=limits)

    assert all(taken >= 1 for taken in hanging(found, 60))

    assert found.free(ACME, "T1", NOW) == 1


def test_calls_hang_where_a_workspace_does_not_answer_and_none_has_for_a_minute() -> None:
    places = Places(LIMITS)
    assert not places.all_hang(0)
    places.answered("W1", 0.1, 0)
    places.slow("W2", HANGING_S - 1)

    assert not places.all_hang(HANGING_S - 1)
    assert places.all_hang(HANGING_S)

    places.answered("W1", 0.1, HANGING_S)
    assert not places.all_hang(HANGING_S)


def test_a_slow_call_alone_is_no_hang_while_its_workspace_answered_a_moment_ago() -> None:
    places = Places(LIMITS)
    places.answered("W1", 0.1, 0)
    places.slow("W1", 10)

    assert not places.all_hang(10)
    assert places.all_hang(HANGING_S)


def test_a_workspace_that_nobody_asks_any_more_does_not_keep_a_worker_from_being_ready() -> None:
    places = Places(LIMITS)
    places.slow("W1", 0)

    assert places.all_hang(ASKED_S - 1)
    assert not places.all_hang(ASKED_S)


def test_a_workspace_that_is_asked_again_and_again_goes_on_hanging() -> None:
    places = Places(LIMITS)
    places.slow("W1", 0)
    places.answered("W1", LIMITS.slow_after_s, ASKED_S)

    assert places.all_hang(ASKED_S)
