"""Whom a sweep looks at: those that were served lately each time, all others within two minutes."""

import pytest

from router.core.model.alert import TenantId
from router.roles.notify.rounds import FEW, LATELY, MOST, Rounds
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME
from tests.bounds import tries
from tests.fakes.store import FakeStore
from tests.fakes.tenants import FakeTenants
from tests.roles.builders import a_document
from tests.roles.worker import Site, a_site

MANY = [TenantId(f"tenant-{number}") for number in range(2_500)]
SWEEPS_IN_TWO_MINUTES = 24


@pytest.fixture
async def site() -> Site:
    site, text = await a_site(), a_document("acme")
    await site.tenants.remove(ACME)
    for one in MANY:
        await site.tenants.publish(one, text.replace("acme", one))
    return site


@pytest.fixture
async def tenants(site: Site) -> ActiveTenants:
    tenants = ActiveTenants(site.tenants)
    await tenants.load()
    return tenants


def swept(rounds: Rounds, *taken: TenantId) -> list[TenantId]:
    """One sweep that is done."""
    found = rounds.next(taken)
    rounds.done()
    return found


async def test_the_first_sweep_looks_at_all(tenants: ActiveTenants) -> None:
    assert set(swept(Rounds(tenants))) == set(MANY)


async def test_within_two_minutes_all_are_looked_at_and_nobody_twice(tenants: ActiveTenants) -> None:
    rounds = Rounds(tenants)
    swept(rounds)

    slices = [swept(rounds) for _ in range(SWEEPS_IN_TWO_MINUTES)]

    assert sorted(one for some in slices for one in some) == sorted(MANY)
    assert max(map(len, slices)) <= -(-len(MANY) // SWEEPS_IN_TWO_MINUTES)


async def test_who_was_served_lately_is_looked_at_in_every_sweep(tenants: ActiveTenants) -> None:
    rounds = Rounds(tenants)
    swept(rounds)
    await tenants.find(MANY[-1])
    await tenants.find(TenantId("nobody"))

    assert all(MANY[-1] in swept(rounds) for _ in range(LATELY + 1))
    assert MANY[-1] not in swept(rounds)
    assert swept(rounds, MANY[-1])[0] == MANY[-1], "its turn was taken by another worker"
    assert TenantId("nobody") not in swept(rounds, TenantId("nobody"))


async def test_a_sweep_that_failed_is_done_again(tenants: ActiveTenants) -> None:
    rounds = Rounds(tenants)
    swept(rounds)
    await tenants.find(MANY[-1])

    first = rounds.next([])

    assert rounds.next([]) == first
    rounds.done()
    assert not set(rounds.next([])) & set(first) - {MANY[-1]}


@tries("tenants that a sweep looks at besides those served lately")
def test_a_sweep_looks_at_so_many_at_most(monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    assert of(monkeypatch, SWEEPS_IN_TWO_MINUTES * (MOST + beyond)) == MOST + min(beyond, 0)


@pytest.mark.parametrize(("known", "slice_"), [(0, 0), (1, 1), (FEW, FEW), (FEW + 1, FEW), (24 * FEW + 1, FEW + 1)])
def test_of_few_all_are_looked_at_each_time(monkeypatch: pytest.MonkeyPatch, known: int, slice_: int) -> None:
    assert of(monkeypatch, known) == slice_


def of(monkeypatch: pytest.MonkeyPatch, known: int) -> int:
    """How many of so many tenants, with whom nothing goes on, are looked at in the second sweep."""
    names = dict.fromkeys(TenantId(str(number)) for number in range(known))
    tenants = ActiveTenants(FakeTenants(FakeStore()))
    monkeypatch.setattr(ActiveTenants, "__iter__", lambda _: iter(names))
    monkeypatch.setattr(ActiveTenants, "__contains__", lambda _, tenant: tenant in names)
    rounds = Rounds(tenants)
    swept(rounds)
    return len(swept(rounds))
