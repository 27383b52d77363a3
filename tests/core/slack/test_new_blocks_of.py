"""Which of Slack's newer blocks a message holds is known before it is sent."""

from router.core.slack.message import SlackMessage
from router.core.slack.new_block import NewBlock


def test_newer_blocks_stand_above_the_attachments() -> None:
    message = SlackMessage("A", ({"type": "section"}, {"type": "container"}))

    assert message.new_blocks == {NewBlock.CONTAINER}
    assert SlackMessage("A").new_blocks == frozenset()
