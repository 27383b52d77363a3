"""Which tenants Redis is to be given, and what counts as drift."""

import pytest

from router.control.record.projecting import Drift, Suspicion, ahead, changed, lagging, token_drift
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.ports.record import DriftKind, Fences, Standing, TenantState

ACME, GLOBEX = TenantId("acme"), TenantId("globex")


def _standing(generation: int, state: TenantState = TenantState.ACTIVE, known: int | None = None) -> Standing:
    return Standing(ACME, state, 1, generation, generation if known is None else known, NEVER)


@pytest.mark.parametrize(
    ("standing", "fences", "waits"),
    [
        (_standing(3), Fences(3, 3), False),
        (_standing(3), Fences(2, 3), True),
        (_standing(3), Fences(3, 2), True),
        (_standing(3), Fences(0, 0), True),
        (_standing(3, TenantState.ERASED), Fences(0, 3, removed=True), False),
        (_standing(3, TenantState.ERASED), Fences(3, 3), True),
        (_standing(3), Fences(0, 3, removed=True), True),
        (_standing(3, known=2), Fences(3, 3), True),
    ],
)
def test_a_tenant_waits_until_both_its_parts_are_of_the_newest_generation(
    standing: Standing, fences: Fences, *, waits: bool
) -> None:
    assert lagging([standing], {ACME: fences}) == ([ACME] if waits else [])


@pytest.mark.parametrize("fences", [Fences(4, 4), Fences(3, 4), Fences(4, 0), Fences(0, 4, removed=True)])
def test_a_tenant_whose_generation_the_record_has_not_come_to_is_ahead_and_waits_for_nothing(fences: Fences) -> None:
    standing = [_standing(3, known=2)]
    assert ahead(standing, {ACME: fences}) == {Drift(ACME, DriftKind.AHEAD)}
    assert lagging(standing, {ACME: fences}) == []


def test_what_is_of_the_newest_generation_is_not_ahead() -> None:
    assert ahead([_standing(3)], {ACME: Fences(3, 3)}) == ahead([_standing(3)], {}) == frozenset()


def test_who_is_ahead_is_not_named_as_changed_too() -> None:
    beyond = frozenset({Drift(ACME, DriftKind.AHEAD)})
    assert changed([ACME, GLOBEX], beyond) == {Drift(GLOBEX, DriftKind.CHANGED)}


def test_a_tenant_that_redis_does_not_know_waits() -> None:
    assert lagging([_standing(1)], {}) == [ACME]


def test_tokens_that_only_one_of_both_holds_are_drift() -> None:
    recorded, found = {"a" * 64: ACME, "b" * 64: ACME}, {"b" * 64: ACME, "c" * 64: ACME}
    assert token_drift(recorded, found, {ACME}) == {
        Drift(ACME, DriftKind.TOKEN_REVOKED, "a" * 8),
        Drift(ACME, DriftKind.TOKEN_ADDED, "c" * 8),
    }


def test_a_token_that_was_moved_to_another_tenant_is_drift_there() -> None:
    assert token_drift({"a" * 64: ACME}, {"a" * 64: GLOBEX}, {ACME, GLOBEX}) == {
        Drift(GLOBEX, DriftKind.TOKEN_ADDED, "a" * 8)
    }


def test_what_is_on_its_way_is_not_drift() -> None:
    assert token_drift({"a" * 64: ACME}, {}, {GLOBEX}) == frozenset()


def test_what_one_look_alone_has_found_is_not_drift() -> None:
    one = frozenset({Drift(ACME, DriftKind.TOKEN_ADDED, "a")})
    confirmed, suspicion = Suspicion().confirmed(one)
    assert confirmed == frozenset()
    assert suspicion.confirmed(one)[0] == one
    assert suspicion.confirmed(frozenset())[0] == frozenset()
