"""What a workspace refuses of Slack's newer blocks is left out for a day, and then tried again."""

import pytest

from router.core.slack.answer import Accepted, Answer, ChannelDead, Refused
from router.core.slack.new_block import NEW_BLOCKS, NewBlock
from router.roles.notify import taken as module
from router.roles.notify.taken import AGAIN_S, TakenBlocks, is_about_blocks, suspects
from tests.bounds import tries


def test_everything_is_tried_until_it_is_refused_and_again_a_day_later() -> None:
    now = 100.0
    blocks = TakenBlocks(lambda: now)
    assert blocks.of("T1") == NEW_BLOCKS

    blocks.refuse("T1", {NewBlock.CHART})
    assert blocks.of("T1") == {NewBlock.CONTAINER}
    assert blocks.of("T2") == NEW_BLOCKS

    now += AGAIN_S
    assert blocks.of("T1") == NEW_BLOCKS


def test_what_was_not_the_reason_is_sent_again() -> None:
    blocks = TakenBlocks()
    blocks.refuse("T1", NEW_BLOCKS)
    blocks.allow("T1", {NewBlock.CHART})
    blocks.allow("T2", {NewBlock.CHART})

    assert blocks.of("T1") == {NewBlock.CHART}


@pytest.mark.parametrize(
    ("answer", "about"),
    [
        (Refused("invalid_blocks"), True),
        (Refused("invalid_blocks_format"), True),
        (Refused("msg_too_long"), False),
        (ChannelDead("invalid_blocks"), False),
        (Accepted("C1", "1.0"), False),
    ],
)
def test_only_an_answer_about_blocks_is_about_blocks(answer: Answer, *, about: bool) -> None:
    assert is_about_blocks(answer) == about


def test_each_block_is_suspected_alone_and_then_all_of_them() -> None:
    assert suspects(frozenset()) == []
    assert suspects(frozenset({NewBlock.CHART})) == [{NewBlock.CHART}]
    assert suspects(NEW_BLOCKS) == [{NewBlock.CONTAINER}, {NewBlock.CHART}, NEW_BLOCKS]


@tries("workspaces of which a worker remembers which blocks they refuse")
def test_of_so_many_workspaces_it_is_remembered(monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    monkeypatch.setattr(module, "MAX_REFUSING", 3)
    blocks = TakenBlocks()
    for number in range(3 + beyond):
        blocks.refuse(f"T{number}", {NewBlock.CHART})

    assert (NewBlock.CHART in blocks.of("T0")) == (beyond > 0)
