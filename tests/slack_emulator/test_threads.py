"""Replies: under their parent, or, when it is gone, where Slack puts them."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_emulator import Emulator

Call = Callable[..., dict[str, Any]]


def kinds(emulator: Emulator) -> list[str]:
    return [anomaly.kind.value for anomaly in emulator.anomalies]


def test_a_reply_is_shown_under_its_parent(emulator: Emulator, post: Call) -> None:
    parent = post(text="parent")["ts"]
    quiet = post(text="quiet", thread_ts=parent)
    loud = post(text="loud", thread_ts=parent, reply_broadcast=True)
    (shown,) = emulator.visible("T1", "alerts")
    assert [(reply.text, reply.broadcast) for reply in shown.replies] == [("quiet", False), ("loud", True)]
    assert quiet["message"]["thread_ts"] == parent
    assert loud["message"]["subtype"] == "thread_broadcast"
    assert kinds(emulator) == []


@pytest.mark.parametrize("deleted", [True, False])
def test_a_reply_to_a_missing_parent_is_stored_at_top_level_and_noted(
    emulator: Emulator, post: Call, alerts: str, deleted: bool
) -> None:
    parent = post(text="parent")["ts"] if deleted else "1600000000.000001"
    if deleted:
        emulator.delete_message("T1", "alerts", parent)
    reply = post(text="reply", thread_ts=parent, reply_broadcast=True)
    assert reply["ok"]
    assert "thread_ts" not in reply["message"]
    assert [(one.text, one.broadcast) for one in emulator.visible("T1", "alerts")] == [("reply", False)]
    assert kinds(emulator) == ["unthreaded"]
    assert emulator.anomalies[0].channel == alerts


def test_a_reply_to_a_reply_joins_the_thread_and_is_noted(emulator: Emulator, post: Call) -> None:
    parent = post(text="parent")["ts"]
    first = post(text="first", thread_ts=parent)["ts"]
    assert post(text="second", thread_ts=first)["message"]["thread_ts"] == parent
    assert kinds(emulator) == ["reply_to_reply"]


def test_a_deleted_parent_stays_while_it_has_replies(emulator: Emulator, post: Call) -> None:
    parent = post(text="parent")["ts"]
    reply = post(text="reply", thread_ts=parent)["ts"]
    emulator.delete_message("T1", "alerts", parent)
    (shown,) = emulator.visible("T1", "alerts")
    assert (shown.deleted, shown.text, [one.text for one in shown.replies]) == (
        True,
        "This message was deleted.",
        ["reply"],
    )
    emulator.delete_message("T1", "alerts", reply)
    assert emulator.visible("T1", "alerts") == ()
