"""The worst of ten thousand hostile webhooks, printed to our strict Slack as the service says it.

Posted, edited and answered in the thread: nothing is refused, nothing is odd, nobody is called but by configuration,
and every link leads where an alert's own annotations lead.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from slack_emulator import Emulator

from router.adapters.slack.client import SlackClient
from router.core.model.group import MessageRef
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.receiver import Layout, Style
from router.core.parse.webhook import parse
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.answer import Accepted
from router.core.slack.call import edit, post, reply
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import Story, a_receiver, a_tenant, at
from tests.core.hostile import hostile_body

TOKEN: Final = "xoxb-acme"
WORST: Final = 300
TRIED: Final = range(10_000, 12_000)
ENTITY: Final = re.compile(rb"&(?=(?:amp|lt|gt|#[0-9]+);)")
"""An alert that spells an entity is escaped like any other, which looks as if it had been escaped twice."""

LINK: Final = re.compile(r"<((?!!date\^)[^<>|]+)\|")
PING: Final = re.compile(r"<[@!#](?!date\^)")


@pytest.fixture
async def client(slack: Emulator) -> AsyncIterator[SlackClient]:
    client = SlackClient(f"{slack.url}/api/", timeout_s=10)
    await client.start()
    yield client
    await client.close()


def worst() -> list[SlackMessage]:
    """The messages that come nearest to the limits, and hold the most that had to be escaped."""
    shown = [message for seed in TRIED if (message := _shown(seed)) is not None]
    return sorted(shown, key=_badness, reverse=True)[:WORST]


def _shown(seed: int) -> SlackMessage | None:
    group = parse(ENTITY.sub(b"", hostile_body(seed)), at(0))
    story = Story().see(*group.alerts, group_labels=group.group_labels)
    if not story.state.firing:
        return None
    notification = story.look().decide()
    style, locale = tuple(Style)[seed % 3], LANGUAGES[seed % len(LANGUAGES)]
    localizer = CATALOGUE.localizer(locale, "Asia/Kathmandu", Layout(style))
    return render(RenderRequest(story.state, notification, a_receiver(), a_tenant(), localizer, story.now))


def _badness(message: SlackMessage) -> int:
    return message.serialized_chars + len(message.text) + 20 * str(message.arguments()).count("&")


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_the_worst_messages_are_taken_as_they_are(slack: Emulator, client: SlackClient) -> None:
    messages = worst()
    assert len(messages) == WORST
    place = MessageRef("C1", "")
    for number, message in enumerate(messages):
        match number % 3:
            case 0:
                answer = await client.send(TOKEN, post("C1", message, f"d{number}"))
            case 1:
                answer = await client.send(TOKEN, edit(place, message, f"d{number}"))
            case _:
                answer = await client.send(TOKEN, reply(place, message, f"d{number}", broadcast=True))
        assert isinstance(answer, Accepted), (answer, message)
        place = MessageRef(answer.channel, answer.ts) if number % 3 == 0 else place

    assert slack.anomalies == []
    texts = [text for call in slack.calls for text in _texts(call.args)]
    assert [text for text in texts if PING.search(text)] == []
    links = [url for text in texts for url in LINK.findall(text)]
    assert links
    assert {url.split("/")[2] for url in links} == {"ours.example"}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
