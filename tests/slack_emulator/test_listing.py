"""`users.conversations`: the bot's own channels and no others, and only of kinds that the token may see."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_emulator import Emulator

Call = Callable[..., dict[str, Any]]
BOTH = "public_channel,private_channel"


def names(reply: dict[str, Any]) -> list[str]:
    return [channel["name"] for channel in reply["channels"]]


@pytest.fixture(autouse=True)
def channels(emulator: Emulator) -> None:
    emulator.add_channel("T1", "open", "C1")
    emulator.add_channel("T1", "secret", "C2", private=True)
    emulator.add_channel("T1", "elsewhere", "C3", member=False)
    emulator.add_channel("T1", "old", "C4")
    emulator.archive_channel("T1", "old")


def test_the_bots_public_channels_are_listed_unless_asked_otherwise(call: Call) -> None:
    assert sorted(names(call("users.conversations"))) == ["alerts", "old", "open"]
    assert sorted(names(call("users.conversations", types=BOTH))) == ["alerts", "old", "open", "secret"]
    assert sorted(names(call("users.conversations", exclude_archived=True))) == ["alerts", "open"]


def test_a_listed_channel_says_less_than_its_info(call: Call) -> None:
    [listed] = [one for one in call("users.conversations")["channels"] if one["id"] == "C1"]
    assert listed["is_archived"] is False
    assert "is_member" not in listed


def test_pages_end_with_an_empty_cursor(call: Call) -> None:
    found, cursor = list[str](), ""
    for _ in range(10):
        reply = call("users.conversations", types=BOTH, limit=1, cursor=cursor)
        assert len(reply["channels"]) == 1
        found += names(reply)
        cursor = reply["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert sorted(found) == ["alerts", "old", "open", "secret"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"types": "channels"}, "invalid_types"),
        ({"types": "im"}, "missing_scope"),
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1000}, "invalid_limit"),
        ({"cursor": "!!"}, "invalid_cursor"),
        ({"cursor": "bm9wZQ=="}, "invalid_cursor"),
    ],
)
def test_nonsense_is_refused(call: Call, args: dict[str, Any], error: str) -> None:
    assert call("users.conversations", **args)["error"] == error


def test_every_kind_asked_for_needs_its_scope(emulator: Emulator, call: Call) -> None:
    emulator.add_token("xoxb-narrow", "T1", ["channels:read"])
    assert call("users.conversations", token="xoxb-narrow")["ok"]
    refused = call("users.conversations", token="xoxb-narrow", types=BOTH)
    assert (refused["error"], refused["needed"]) == ("missing_scope", "groups:read")
