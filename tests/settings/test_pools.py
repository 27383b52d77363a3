"""Pools are named once, for all roles, and a worker is of one that is there."""

import pytest

from router.errors import ConfigurationError
from router.settings import read_settings


def refused(patch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        patch.setenv(f"ALERT_ROUTER_{name}", value)
    with pytest.raises(ConfigurationError) as error:
        read_settings()
    return [str(one) for one in error.value.diagnostics]


def test_a_worker_is_of_a_pool_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_ROUTER_KAFKA__POOLS", '["gold", "silver"]')
    monkeypatch.setenv("ALERT_ROUTER_WORKER__POOL", "gold")

    assert (read_settings().kafka.pools, read_settings().worker.pool) == (("gold", "silver"), "gold")


def test_a_worker_of_a_pool_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    [near] = refused(monkeypatch, KAFKA__POOLS='["gold"]', WORKER__POOL="golt")
    monkeypatch.delenv("ALERT_ROUTER_KAFKA__POOLS")
    [none] = refused(monkeypatch, WORKER__POOL="gold")

    assert near == "ALERT_ROUTER_WORKER__POOL: `golt` is not among the pools, did you mean `gold`?"
    assert none == (
        "ALERT_ROUTER_WORKER__POOL: `gold` is not among the pools; add it to ALERT_ROUTER_KAFKA__POOLS of all roles"
    )


def test_a_pool_that_stands_there_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    [found] = refused(monkeypatch, KAFKA__POOLS='["gold", "gold"]')

    assert found == "ALERT_ROUTER_KAFKA__POOLS: `gold` stands there more than once; each may once"


def test_a_name_that_no_topic_can_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    [found] = refused(monkeypatch, KAFKA__POOLS='["Gold!"]')

    assert "`Gold!` is not a valid name of a pool" in found


def test_a_topic_of_a_pool_that_is_used_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    [found] = refused(monkeypatch, KAFKA__POOLS='["gold"]', KAFKA__BOUND_TOPICS='{"alerts.inbound.gold": "acme"}')

    assert found == (
        "ALERT_ROUTER_KAFKA__POOLS: `alerts.inbound.gold` is a topic of another use; call the pool otherwise"
    )
