"""What a process remembers of channels' names: for a minute, and of so many."""

import time
from unittest.mock import patch

import pytest

from router.adapters.redis import names
from router.adapters.redis.names import LIFE_S, ChannelNames


def test_a_name_is_known_for_a_minute() -> None:
    known = ChannelNames()
    with patch.object(time, "monotonic", return_value=100.0):
        known.learn("T1", "#alerts", "C1")
        assert known.find("T1", "#alerts") == "C1"
        assert known.find("T2", "#alerts") is None
    for later, found in [(LIFE_S - 1, "C1"), (LIFE_S, None)]:
        with patch.object(time, "monotonic", return_value=100.0 + later):
            assert known.find("T1", "#alerts") == found


def test_what_is_forgotten_is_not_known() -> None:
    known = ChannelNames()
    known.learn("T1", "#alerts", "C1")

    known.forget("T1", "#alerts")
    known.forget("T1", "#alerts")

    assert known.find("T1", "#alerts") is None


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_the_oldest_make_room(beyond: int) -> None:
    known = ChannelNames()
    with patch.object(names, "_MAX_REMEMBERED", 3):
        for number in range(3 + beyond):
            known.learn("T1", f"#{number}", "C1")

    assert (known.find("T1", "#0") is None) is (beyond > 0)
    assert known.find("T1", f"#{2 + beyond}") == "C1"
