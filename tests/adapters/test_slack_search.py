"""A call is found by its delivery id in what Slack shows; where that may not be read, it is known why."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from slack_emulator import Emulator, Fault, FaultKind, Limits

from router.adapters.slack.client import SlackClient
from router.adapters.slack.search import SlackSearch
from router.core.model.group import MessageRef
from router.core.model.instant import MINUTE, SECOND, Instant, Span, from_datetime
from router.core.slack.answer import Accepted, Ambiguous, Answer, ChannelDead, Gone, HoldScope, Limited, TokenDead
from router.core.slack.call import post, reply
from router.core.slack.message import SlackMessage
from router.core.slack.search import Search
from tests.adapters.test_slack_client import TOKEN, calling

MESSAGE = SlackMessage("x")


@pytest.fixture
async def client(slack: Emulator) -> AsyncIterator[SlackClient]:
    slack.limits = Limits(channel_posts_per_s=1000, channel_burst=1000, workspace_posts_per_min=5000)
    async with calling(f"{slack.url}/api/") as client:
        yield client


@pytest.fixture
def search(client: SlackClient) -> SlackSearch:
    return SlackSearch(client)


def wanted(delivery_id: str = "d1", channel: str = "C1", parent: MessageRef | None = None) -> Search:
    return Search(channel, delivery_id, from_datetime(datetime.now(UTC)), parent)


async def posted(client: SlackClient, delivery_id: str) -> Accepted:
    answer = await client.send(TOKEN, post("C1", MESSAGE, delivery_id))
    assert isinstance(answer, Accepted)
    return answer


async def test_a_message_is_found_by_the_id_of_its_call(client: SlackClient, search: SlackSearch) -> None:
    await posted(client, "d0")
    made = await posted(client, "d1")
    await posted(client, "d2")

    assert await search.find(TOKEN, wanted()) == made
    assert await search.find(TOKEN, wanted("d9")) == Gone("not_in_history")


async def test_a_message_of_a_person_is_no_call(slack: Emulator, search: SlackSearch) -> None:
    slack.add_message("T1", "alerts", "d1")

    assert await search.find(TOKEN, wanted()) == Gone("not_in_history")


async def test_a_reply_is_found_in_its_thread_and_nowhere_else(client: SlackClient, search: SlackSearch) -> None:
    parent = await posted(client, "d0")
    thread = MessageRef(parent.channel, parent.ts)
    made = await client.send(TOKEN, reply(thread, MESSAGE, "d1", broadcast=False))

    assert await search.find(TOKEN, wanted(parent=thread)) == made
    assert await search.find(TOKEN, wanted()) == Gone("not_in_history")
    gone = MessageRef("C1", "1.000000")
    assert await search.find(TOKEN, wanted(parent=gone)) == Gone("thread_not_found")


async def test_a_channel_that_is_known_by_its_name_alone_is_found(client: SlackClient, search: SlackSearch) -> None:
    made = await posted(client, "d1")

    assert await search.find(TOKEN, wanted(channel="#alerts")) == made
    assert not isinstance(await search.find(TOKEN, wanted(channel="#nowhere")), Accepted)


async def test_all_pages_are_read(slack: Emulator, client: SlackClient, search: SlackSearch) -> None:
    slack.limits = replace(slack.limits, history_page=2)
    made = await posted(client, "d1")
    for number in range(5):
        await posted(client, f"later-{number}")

    assert await search.find(TOKEN, wanted()) == made
    assert len([call for call in slack.calls if call.method == "conversations.history"]) == 3


async def test_what_is_far_older_than_the_call_is_not_read(client: SlackClient, search: SlackSearch) -> None:
    await posted(client, "d1")
    later = replace(wanted(), called_at=Instant(wanted().called_at + 2 * MINUTE))

    assert await search.find(TOKEN, later) == Gone("not_in_history")


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Fault(FaultKind.ERROR, error="missing_scope"), TokenDead("missing_scope")),
        (Fault(FaultKind.ERROR, error="not_in_channel"), ChannelDead("not_in_channel")),
        (Fault(FaultKind.COMMIT_THEN_500), Ambiguous("internal_error")),
        (
            Fault(FaultKind.RATE_LIMITED_TEXT, retry_after=30),
            Limited(Span(30 * SECOND), HoldScope.METHOD, "http_429"),
        ),
        (Fault(FaultKind.STALE, latency_s=30), Gone("not_in_history")),
    ],
    ids=lambda part: getattr(part, "kind", ""),
)
async def test_where_it_cannot_be_read_it_is_known_why(
    slack: Emulator, client: SlackClient, search: SlackSearch, fault: Fault, answer: Answer
) -> None:
    await posted(client, "d1")
    slack.inject(replace(fault, method="conversations.history"))

    assert await search.find(TOKEN, wanted()) == answer


async def test_a_bot_without_the_scope_may_not_read(slack: Emulator, search: SlackSearch) -> None:
    slack.add_token(TOKEN, "T1", ["chat:write"])

    assert await search.find(TOKEN, wanted()) == TokenDead("missing_scope")


async def test_our_budget_for_reading_is_within_what_slack_allows(
    slack: Emulator, client: SlackClient, search: SlackSearch
) -> None:
    slack.limits = replace(slack.limits, history_per_min=1)
    made = await posted(client, "d1")

    assert await search.find(TOKEN, wanted()) == made
    limited = await search.find(TOKEN, wanted())
    assert isinstance(limited, Limited)
    assert limited.scope is HoldScope.METHOD
    assert SECOND <= limited.retry_after <= MINUTE
