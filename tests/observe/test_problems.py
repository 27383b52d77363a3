"""What keeps a tenant's alerts from being shown is a metric with its name."""

from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry

from router.observe import problems as observed
from router.observe.problems import TenantProblem, TenantProblems
from tests.bounds import tries


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


class Compared(str):
    """A text that counts how often one of its kind is compared."""

    __slots__ = ()
    __hash__ = str.__hash__
    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)


def named(registry: CollectorRegistry, name: str) -> list[str]:
    """The tenant of each series of a metric."""
    found = next(one.samples for one in registry.collect() if one.name == f"alert_router_{name}")
    return [one.labels["tenant"] for one in found if not one.name.endswith("_created")]


def value(registry: CollectorRegistry, name: str, reason: TenantProblem) -> float | None:
    return registry.get_sample_value(name, {"tenant": "acme", "reason": reason})


def test_what_happens_is_counted_for_its_tenant() -> None:
    registry = CollectorRegistry()
    problems = TenantProblems(registry)
    problems.count("acme", TenantProblem.BODY_REFUSED)
    problems.count("acme", TenantProblem.BODY_REFUSED)
    assert value(registry, "alert_router_tenant_problems_total", TenantProblem.BODY_REFUSED) == 2
    assert value(registry, "alert_router_tenant_problem", TenantProblem.BODY_REFUSED) is None


def test_what_lasts_is_shown_until_it_is_over_and_counted_once() -> None:
    registry = CollectorRegistry()
    problems = TenantProblems(registry)
    for _ in range(3):
        problems.begin("acme", TenantProblem.TOKEN_DEAD)
    assert value(registry, "alert_router_tenant_problem", TenantProblem.TOKEN_DEAD) == 1
    assert value(registry, "alert_router_tenant_problems_total", TenantProblem.TOKEN_DEAD) == 1
    problems.end("acme", TenantProblem.CHANNEL_DEAD)
    problems.end("acme", TenantProblem.TOKEN_DEAD)
    assert value(registry, "alert_router_tenant_problem", TenantProblem.TOKEN_DEAD) is None


def test_a_channel_that_works_does_not_hide_another_that_is_dead() -> None:
    registry = CollectorRegistry()
    problems = TenantProblems(registry)
    problems.begin("acme", TenantProblem.CHANNEL_DEAD, "#one")
    problems.begin("acme", TenantProblem.CHANNEL_DEAD, "#two")
    problems.end("acme", TenantProblem.CHANNEL_DEAD, "#one")
    assert value(registry, "alert_router_tenant_problem", TenantProblem.CHANNEL_DEAD) == 1
    problems.end("acme", TenantProblem.CHANNEL_DEAD, "#two")
    assert value(registry, "alert_router_tenant_problem", TenantProblem.CHANNEL_DEAD) is None


def test_a_problem_of_places_where_nothing_is_sent_any_more_is_over() -> None:
    registry = CollectorRegistry()
    problems = TenantProblems(registry)
    for place in ("#gone", "#kept"):
        problems.begin("acme", TenantProblem.CHANNEL_DEAD, place)
    problems.begin("beta", TenantProblem.CHANNEL_DEAD, "#gone")
    problems.end_elsewhere("acme", TenantProblem.CHANNEL_DEAD, {"#kept"})
    assert set(problems.lasting(TenantProblem.CHANNEL_DEAD)) == {"acme", "beta"}
    problems.end_elsewhere("acme", TenantProblem.CHANNEL_DEAD, {"#new"})
    assert set(problems.lasting(TenantProblem.CHANNEL_DEAD)) == {"beta"}


def test_what_another_worker_has_taken_over_is_forgotten() -> None:
    registry, clock = CollectorRegistry(), Clock()
    problems = TenantProblems(registry, clock)
    problems.begin("acme", TenantProblem.TOKEN_DEAD)
    clock.now = 600
    problems.forget_old()
    assert value(registry, "alert_router_tenant_problem", TenantProblem.TOKEN_DEAD) == 1
    clock.now = 601
    problems.forget_old()
    assert value(registry, "alert_router_tenant_problem", TenantProblem.TOKEN_DEAD) is None


def test_tenants_that_are_made_up_hide_no_problem_of_one_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observed, "NAMED", 3)
    registry = CollectorRegistry()
    problems = TenantProblems(registry)
    for number in range(4):
        problems.count(f"made-up-{number}", TenantProblem.DEAD_LETTER)

    problems.begin("acme", TenantProblem.TOKEN_DEAD)

    assert value(registry, "alert_router_tenant_problem", TenantProblem.TOKEN_DEAD) == 1
    assert list(problems.lasting(TenantProblem.TOKEN_DEAD)) == ["acme"]


def test_what_thousands_of_tenants_have_is_forgotten_in_time_that_grows_with_them() -> None:
    clock = Clock()
    problems = TenantProblems(CollectorRegistry(), clock)
    for number in range(1_000):
        problems.begin(Compared(f"tenant-{number}"), TenantProblem.TOKEN_DEAD)
    Compared.times = 0

    clock.now = 601
    problems.forget_old()

    assert Compared.times < 20_000  # each with each would be half a million
    assert not problems.lasting(TenantProblem.TOKEN_DEAD)


@tries("tenants that are named in metrics")
def test_so_many_tenants_are_named_and_more_count_together(monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    monkeypatch.setattr(observed, "NAMED", 3)
    registry = CollectorRegistry()
    problems = TenantProblems(registry)

    for number in range(3 + beyond):
        problems.begin(f"made-up-{number}", TenantProblem.RECORDS_HELD)

    counted, lasting = named(registry, "tenant_problems"), named(registry, "tenant_problem")
    assert (counted.count(""), len(counted), len(lasting)) == (max(0, beyond), 3 + beyond, min(3, 3 + beyond))
    assert len(problems.lasting(TenantProblem.RECORDS_HELD)) == 3 + beyond


def test_who_has_recovered_leaves_its_name_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observed, "NAMED", 1)
    registry = CollectorRegistry()
    problems = TenantProblems(registry)
    for reason in (TenantProblem.TOKEN_DEAD, TenantProblem.RECORDS_HELD):
        problems.begin("first", reason)
    problems.begin("second", TenantProblem.TOKEN_DEAD)
    assert set(named(registry, "tenant_problem")) == {"first"}

    problems.end("first", TenantProblem.RECORDS_HELD)
    problems.begin("second", TenantProblem.TOKEN_DEAD)
    assert named(registry, "tenant_problem") == ["first"]
    problems.end("first", TenantProblem.TOKEN_DEAD)
    problems.begin("second", TenantProblem.TOKEN_DEAD)
    assert named(registry, "tenant_problem") == ["second"]
