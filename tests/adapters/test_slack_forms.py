"""Fields of an answer that Slack would not write: none is stored, names a key, or reaches a log or a terminal."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from router.adapters.slack.client import SlackClient
from router.adapters.slack.directory import SlackDirectory
from router.adapters.slack.forms import MAX_CURSOR_CHARS, MAX_ERROR_CHARS, MAX_ID_CHARS, MAX_NAME_CHARS
from router.adapters.slack.search import SlackSearch
from router.core.model.instant import from_datetime
from router.core.slack.answer import Accepted, Ambiguous, Answer, ChannelDead, Refused
from router.core.slack.call import post
from router.core.slack.search import Search, metadata
from router.ports.control import Bot, SlackChannel
from router.ports.slack import Identity
from tests.adapters.test_slack_bounds import ACCEPTED, always, answer_to_a_post, server
from tests.adapters.test_slack_client import MESSAGE, TOKEN, calling
from tests.bounds import tries

WHO: Final[Mapping[str, Any]] = {"ok": True, "team_id": "T1", "bot_id": "B1"}
BOT: Final[Mapping[str, Any]] = {"ok": True, "team": "acme", "team_id": "T1", "user": "alerts", "user_id": "U1"}
CHANNEL: Final[Mapping[str, Any]] = {"id": "C1", "name": "alerts"}
MEBIBYTE: Final = 1024 * 1024
UNREADABLE: Final = Ambiguous("unreadable_body")

Ask = Callable[[SlackClient], Awaitable[Any]]


async def asked(ask: Ask, body: bytes | Mapping[str, Any]) -> Any:
    """What becomes of a question to which there is one answer."""
    async with server(always(body)) as url, calling(url) as client:
        return await ask(client)


async def answer_to_who(body: Mapping[str, Any]) -> Identity | Answer:
    found: Identity | Answer = await asked(lambda client: client.identify(TOKEN), body)
    return found


async def find_by_name(client: SlackClient) -> Answer:
    search = Search("#alerts", "d1", from_datetime(datetime.now(UTC)), None)
    return await SlackSearch(client).find(TOKEN, search)


QUESTIONS: Final[Mapping[str, Ask]] = {
    "post": lambda client: client.send(TOKEN, post("C1", MESSAGE, "d1")),
    "who": lambda client: client.identify(TOKEN),
    "bot": lambda client: SlackDirectory(client).bot(TOKEN),
    "channel": lambda client: SlackDirectory(client).channel(TOKEN, "C1"),
    "channels": lambda client: SlackDirectory(client).own_channels(TOKEN, None),
    "history": find_by_name,
}
every_question = pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS.keys())
EVERYTHING: Final[Mapping[str, Any]] = {
    **ACCEPTED, **WHO, **BOT, "channels": [CHANNEL], "messages": [], "response_metadata": {"next_cursor": ""},
}  # fmt: skip


@tries("error code of Slack")
async def test_an_error_is_cut_where_no_code_of_slacks_would_be(beyond: int) -> None:
    length = MAX_ERROR_CHARS + beyond
    for error in ("e" * length, "e" * (length if beyond <= 0 else 3 * MEBIBYTE // 4)):
        answer = await answer_to_a_post(always({"ok": False, "error": error}))

        assert answer == Refused("e" * min(length, MAX_ERROR_CHARS))


@tries("ID of a channel, a team, a bot")
async def test_an_id_has_so_many_characters_or_the_answer_is_unclear(beyond: int) -> None:
    one = "C" * (MAX_ID_CHARS + beyond)

    answered = await answer_to_a_post(always({**ACCEPTED, "channel": one}))
    who = [await answer_to_who({**WHO, part: one}) for part in ("team_id", "bot_id")]

    assert answered == (Accepted(one, "1.2") if beyond <= 0 else UNREADABLE)
    assert who == ([Identity(f"{one}-B1"), Identity(f"T1-{one}")] if beyond <= 0 else [UNREADABLE, UNREADABLE])


@pytest.mark.parametrize(
    "ts",
    ["", "1", "1.", ".2", "1.2.3", "1.2\n", "-1.2", "1e9.0", "now", "1" * 17 + ".2", "1." + "2" * 17, "1" * MEBIBYTE],
)
async def test_a_ts_in_another_form_makes_the_answer_unreadable(ts: str) -> None:
    answer = await answer_to_a_post(always({**ACCEPTED, "ts": ts}))

    assert isinstance(answer, Ambiguous)


@pytest.mark.parametrize("ts", ["1.2", "1700000000.000100", "1" * 16 + "." + "2" * 16])
async def test_a_ts_as_slack_writes_it_is_taken(ts: str) -> None:
    assert await answer_to_a_post(always({**ACCEPTED, "ts": ts})) == Accepted("C1", ts)


OTHER_IDS: Final = [
    "",
    "c1",
    "1C",
    "C 1",
    "C1\n",
    "C}:{ws:T}:x y\n\0",
    "x}:{ws:other",
    "C" * (MAX_ID_CHARS + 1),
    7,
    ["C1"],
]
IDS: Final = ["C1", "C0123456789", "C" * MAX_ID_CHARS]


@pytest.mark.parametrize("channel", OTHER_IDS)
async def test_a_channel_in_another_form_makes_the_answer_unreadable(channel: object) -> None:
    assert await answer_to_a_post(always({**ACCEPTED, "channel": channel})) == UNREADABLE


@pytest.mark.parametrize("channel", IDS)
async def test_a_channel_as_slack_writes_it_is_taken(channel: str) -> None:
    assert await answer_to_a_post(always({**ACCEPTED, "channel": channel})) == Accepted(channel, "1.2")


@pytest.mark.parametrize("part", ["team_id", "bot_id"])
@pytest.mark.parametrize("value", OTHER_IDS)
async def test_a_team_or_bot_in_another_form_names_no_budgets(part: str, value: object) -> None:
    assert await answer_to_who({**WHO, part: value}) == UNREADABLE


@pytest.mark.parametrize("value", IDS)
async def test_a_team_and_bot_as_slack_writes_them_name_the_budgets(value: str) -> None:
    assert await answer_to_who({**WHO, "team_id": value, "bot_id": value}) == Identity(f"{value}-{value}")


@every_question
@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b"null", b"7", b'"ok"', b"[true]", b"\xff", b"", b'{"ok":' + b"1" * 100_000 + b"}", b'{"ok"'],
    ids=["deep", "null", "number", "text", "list", "no text", "empty", "long number", "cut"],
)
async def test_what_is_no_object_is_unclear(ask: Ask, body: bytes) -> None:
    assert isinstance(await asked(ask, body), Ambiguous)


@every_question
@pytest.mark.parametrize("ok", ["true", "false", 1, [True], {"ok": True}], ids=str)
async def test_only_true_is_ok(ask: Ask, ok: object) -> None:
    assert await asked(ask, {**EVERYTHING, "ok": ok}) == UNREADABLE


@every_question
@pytest.mark.parametrize("field", sorted(set(EVERYTHING) - {"ok"}))
@pytest.mark.parametrize("value", [None, 7, "x", [7], ["x"], {"x": 7}, [[]], True], ids=str)
async def test_a_field_of_another_kind_raises_nothing(ask: Ask, field: str, value: object) -> None:
    found = await asked(ask, {**EVERYTHING, field: value})

    assert isinstance(found, Answer | Identity | Bot | SlackChannel | tuple)


@pytest.mark.parametrize("part", ["team_id", "user_id"])
@pytest.mark.parametrize("value", OTHER_IDS)
async def test_a_bot_is_named_by_ids_of_slacks(part: str, value: object) -> None:
    assert await asked(QUESTIONS["bot"], {**BOT, part: value}) == UNREADABLE


@pytest.mark.parametrize("value", OTHER_IDS)
async def test_a_channel_that_was_looked_up_has_an_id_of_slacks(value: object) -> None:
    channel = {**CHANNEL, "id": value}

    assert await asked(QUESTIONS["channels"], {"ok": True, "channels": [channel]}) == UNREADABLE
    assert await asked(QUESTIONS["channel"], {"ok": True, "channel": channel}) == UNREADABLE
    found = {"ts": "1.2", "metadata": metadata("d1")}
    assert await asked(find_by_name, {"ok": True, "channels": [channel], "messages": [found]}) == UNREADABLE


@pytest.mark.parametrize("cursor", ["a b", "a\r\nb", "\x00", "é", 7, ["x"], {"a": 1}], ids=repr)
@pytest.mark.parametrize("question", ["channels", "history"])
async def test_no_next_page_is_asked_for_with_a_cursor_in_another_form(question: str, cursor: object) -> None:
    more = {"response_metadata": {"next_cursor": cursor}}

    assert await asked(QUESTIONS[question], {**EVERYTHING, **more}) == UNREADABLE


@tries("cursor of a next page of Slack's")
async def test_a_cursor_has_so_many_characters_or_the_answer_is_unclear(beyond: int) -> None:
    more = {"response_metadata": {"next_cursor": "c" * (MAX_CURSOR_CHARS + beyond)}}

    found = await asked(QUESTIONS["channels"], {**EVERYTHING, **more})

    assert found == (Ambiguous("too_many_channels") if beyond <= 0 else UNREADABLE), "each page has the same cursor"


@tries("name in an answer of Slack's")
async def test_a_name_is_cut(beyond: int) -> None:
    name = "n" * (MAX_NAME_CHARS + beyond)

    bot = await asked(QUESTIONS["bot"], {**BOT, "team": name, "user": name})

    assert (bot.team, bot.user) == (name[:MAX_NAME_CHARS], name[:MAX_NAME_CHARS])


async def test_a_name_cannot_disturb_a_terminal() -> None:
    bot = await asked(QUESTIONS["bot"], {**BOT, "team": "a\x1b[2Jb\nc", "user": {"a": 1}})

    assert (bot.team, bot.user) == (r"a\x1b[2Jb\nc", "")


@pytest.mark.parametrize("token", [TOKEN, "a-token-in-no-known-form"])
async def test_an_error_code_is_printable_and_repeats_no_token(token: str) -> None:
    error = f"bad \x1b[2J\n{token} {'x' * 200}"
    ask: Ask = lambda client: client.send(token, post("C1", MESSAGE, "d1"))  # noqa: E731 - as those above

    found = await asked(ask, {"ok": False, "error": error})

    assert isinstance(found, Refused)
    assert token not in found.error
    assert found.error.isprintable()
    assert len(found.error) <= MAX_ERROR_CHARS


async def test_a_code_that_begins_like_one_of_slacks_is_kept_printable() -> None:
    found = await asked(QUESTIONS["post"], {"ok": False, "error": "slack_connect_\n<!channel>"})

    assert found == ChannelDead(r"slack_connect_\n<!channel>")
