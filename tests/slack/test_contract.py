"""Slack stores our messages as the emulator does; each is taken as it is, and nothing is left behind."""

import os
from itertools import pairwise
from typing import Final

import pytest
from slack_emulator import Emulator
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.life import Arguments, Place, life, messages, stored

TOKEN: Final = "SLACK_TEST_TOKEN"
CHANNEL: Final = "SLACK_TEST_CHANNEL"
NAMES: Final = ("default-en", "default-fr", "compact-de", "detailed-es")


def pairs() -> list[tuple[Arguments, Arguments]]:
    return [pair for name in NAMES for pair in pairwise(messages(name))]


@pytest.fixture
async def emulated(slack: Emulator) -> Place:
    return Place(AsyncWebClient("xoxb-acme", base_url=f"{slack.url}/api/"), "C1")


@pytest.fixture
async def real() -> Place:
    token, channel = os.environ.get(TOKEN), os.environ.get(CHANNEL)
    if not token or not channel:
        pytest.skip(f"set {TOKEN}, and {CHANNEL} to the ID of a channel that its bot is a member of, to ask Slack")
    return Place(AsyncWebClient(token), channel)


async def test_each_message_is_stored_as_it_was_given_and_its_edit_takes_its_place(emulated: Place) -> None:
    [first, second] = pairs()[0]

    found = await life(emulated, first, second)

    assert found == [stored(first), stored(second), {"text": first["text"]}]
    assert (await emulated.client.conversations_history(channel="C1"))["messages"] == []


@pytest.mark.slack
@pytest.mark.timeout(300)
async def test_slack_stores_what_the_emulator_stores(real: Place, emulated: Place) -> None:
    for first, second in pairs():
        assert await life(real, first, second) == await life(emulated, first, second)
