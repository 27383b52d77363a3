"""What Slack is asked about a bot and its channels, and what is made of the answers."""

from collections.abc import AsyncIterator

import pytest
from slack_emulator import Emulator, Fault, FaultKind, TokenStatus

from router.adapters.slack.directory import SlackDirectory
from router.core.slack.answer import Ambiguous, ChannelDead, TokenDead
from router.ports.control import Bot, SlackChannel
from tests.adapters.test_slack_client import TOKEN, calling


@pytest.fixture
async def directory(slack: Emulator) -> AsyncIterator[SlackDirectory]:
    async with calling(f"{slack.url}/api/") as client:
        yield SlackDirectory(client)


async def test_a_bot_is_known_with_its_scopes(slack: Emulator, directory: SlackDirectory) -> None:
    slack.add_token(TOKEN, "T1", ["chat:write", "channels:read"])

    bot = await directory.bot(TOKEN)

    assert isinstance(bot, Bot)
    assert (bot.team, bot.team_id, bot.user) == ("acme", "T1", "alerts")
    assert bot.scopes == frozenset({"chat:write", "channels:read"})


async def test_a_dead_token_is_a_dead_token(slack: Emulator, directory: SlackDirectory) -> None:
    slack.set_token_status(TOKEN, TokenStatus.REVOKED)

    assert await directory.bot(TOKEN) == TokenDead("token_revoked")
    assert await directory.own_channels(TOKEN, None) == TokenDead("token_revoked")


async def test_a_channel_is_found_by_its_id(slack: Emulator, directory: SlackDirectory) -> None:
    slack.add_channel("T1", "elsewhere", "C2", member=False)
    slack.archive_channel("T1", "elsewhere")

    assert await directory.channel(TOKEN, "C1") == SlackChannel("C1", "alerts", member=True, archived=False)
    assert await directory.channel(TOKEN, "C2") == SlackChannel("C2", "elsewhere", member=False, archived=True)
    assert await directory.channel(TOKEN, "C3") == ChannelDead("channel_not_found")


async def test_all_pages_of_the_bots_channels_are_read(slack: Emulator, directory: SlackDirectory) -> None:
    for number in range(1_200):
        slack.add_channel("T1", f"c-{number}", private=number % 2 == 0)
    slack.add_channel("T1", "elsewhere", member=False)

    found = await directory.own_channels(TOKEN, frozenset({"channels:read", "groups:read"}))

    assert isinstance(found, tuple)
    assert {one.name for one in found} == {"alerts", *(f"c-{number}" for number in range(1_200))}
    assert len([call for call in slack.calls if call.method == "users.conversations"]) == 2


async def test_only_kinds_that_the_token_may_see_are_asked_for(slack: Emulator, directory: SlackDirectory) -> None:
    slack.add_token(TOKEN, "T1", ["groups:read"])
    slack.add_channel("T1", "secret", private=True)

    found = await directory.own_channels(TOKEN, frozenset({"groups:read"}))

    assert isinstance(found, tuple)
    assert [one.name for one in found] == ["secret"]


async def test_an_unreadable_answer_is_no_answer(slack: Emulator, directory: SlackDirectory) -> None:
    slack.inject(Fault(FaultKind.TRUNCATED_JSON, method="auth.test"))

    assert isinstance(await directory.bot(TOKEN), Ambiguous)
