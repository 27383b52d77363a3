"""Ten thousand hostile webhooks over every style and language: each message is sound, and no card is given up."""

from itertools import product
from typing import Final

import pytest

from router.core.model.instant import Instant
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.receiver import Layout, Style
from router.core.parse.webhook import parse
from router.core.render.render import render, render_plain
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import Story, a_receiver, a_tenant, at, minutes
from tests.core.hostile import hostile_body
from tests.core.render.test_hostile import assert_sound

BODIES: Final = 10_000
COMBINATIONS: Final = tuple(product(Style, LANGUAGES))
MENTION: Final = "<!subteam^S012>"


@pytest.mark.long
@pytest.mark.night
@pytest.mark.parametrize("share", range(len(COMBINATIONS)))
def test_ten_thousand_hostile_webhooks_are_shown_soundly(share: int) -> None:
    style, locale = COMBINATIONS[share]
    shown = 0
    for seed in range(share, BODIES, len(COMBINATIONS)):
        message, mentions = notified(seed, style, locale)
        if message is None:
            continue
        shown += 1
        assert message.faults == ()
        assert message.blocks or is_plain(seed), "the card was given up"
        assert_sound(message, mentions=mentions)
    assert shown > BODIES / len(COMBINATIONS) / 3


def is_plain(seed: int) -> bool:
    """Now and then the message for which Slack would have refused the card."""
    return seed % 50 == 49


def notified(seed: int, style: Style, locale: str) -> tuple[SlackMessage | None, bool]:
    """The first message about a body, and whether it may mention; nothing where all ended before it was shown."""
    group = parse(hostile_body(seed), at(0))
    story = Story().see(*group.alerts, group_labels=group.group_labels, truncated=group.truncated)
    if not story.state.firing:
        return None, False
    notification = story.look().decide()
    receiver = a_receiver(mention=(MENTION,) if seed % 2 else ())
    localizer = CATALOGUE.localizer(locale, "Asia/Kathmandu", Layout(style))
    renders = render_plain if is_plain(seed) else render
    message = renders(
        RenderRequest(story.state, notification, receiver, a_tenant(), localizer, Instant(story.now + minutes(3)))
    )
    return message, bool(notification.mentions and receiver.mention)
