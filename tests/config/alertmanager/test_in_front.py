"""Intervals that hold twice where the Alertmanager that had them stays in front are named, with shorter ones."""

from typing import Any

import pytest

from router.config.alertmanager.in_front import advice


def route(**changed: str) -> dict[str, Any]:
    return {"group_wait": "0s", "group_interval": "30s", "repeat_interval": "4h", **changed}


def test_short_intervals_need_no_advice() -> None:
    assert advice(route()) == ()


@pytest.mark.parametrize("changed", [{"group_wait": "1s"}, {"group_interval": "1m"}])
def test_what_waits_in_front_and_again_here_is_named(changed: dict[str, str]) -> None:
    [found] = advice(route(**changed))

    [(key, text)] = changed.items()
    assert found.startswith(f"{key} {text}: the Alertmanager in front waits as long before")


def test_both_that_hold_twice_are_one_line() -> None:
    [found] = advice(route(group_wait="30s", group_interval="5m"))

    assert found.startswith("group_wait 30s and group_interval 5m: ")


def test_what_is_repeated_too_seldom_would_be_shown_as_no_longer_reported() -> None:
    [found] = advice(route(repeat_interval="12h"))

    assert found.startswith("repeat_interval 12h: at most 4h at the Alertmanager in front")
