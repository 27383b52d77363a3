"""Pools are called so that topics, groups and keys can be called after them."""

import pytest

from router.core.pool import SHARED, Pool, in_pool, is_pool_name, shown_pool


@pytest.mark.parametrize("name", ["a", "1", "gold", "eu-1", "a--b", "a" * 32])
def test_a_pool_may_be_called_so(name: str) -> None:
    assert is_pool_name(name)


@pytest.mark.parametrize("name", ["", "-a", "a-", "Gold", "a.b", "a_b", "é", "a\n", "a" * 33, "shared"])
def test_a_pool_may_not_be_called_so(name: str) -> None:
    assert not is_pool_name(name)


def test_what_a_pool_has_of_its_own_is_called_after_it_and_the_shared_one_keeps_the_names_of_the_settings() -> None:
    assert in_pool("alerts.inbound", Pool("gold")) == "alerts.inbound.gold"
    assert in_pool("alerts.inbound", SHARED) == "alerts.inbound"
    assert (shown_pool(Pool("gold")), shown_pool(SHARED)) == ("gold", "shared")
