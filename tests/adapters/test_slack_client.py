"""What is said to Slack and made of its answers: one request a call, one answer a request, nothing raised."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import pytest
from aiohttp import web
from alert_router_local.process import HOST, free_port
from slack_emulator import Emulator, Fault, FaultKind, TokenStatus

from router.adapters.slack.client import SlackClient
from router.core.model.group import MessageRef
from router.core.model.instant import HOUR, SECOND, Span
from router.core.slack.answer import (
    Accepted,
    Ambiguous,
    Answer,
    ChannelDead,
    Gone,
    HoldScope,
    Limited,
    Refused,
    TokenDead,
    Uneditable,
    Unreached,
)
from router.core.slack.call import edit, post, reply
from router.core.slack.message import Attachment, SlackMessage, section
from router.ports.slack import Identity
from tests.bounds import tries_time

TOKEN: Final = "xoxb-acme"
MESSAGE: Final = SlackMessage(
    "Disk full on db-1",
    blocks=(section("*Disk full*"),),
    attachments=(Attachment("#cc0000", "Disk full", (section("on db-1"),)),),
)
SHOWN: Final = {
    "text": "Disk full on db-1",
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*Disk full*", "verbatim": True}}],
    "attachments": [
        {
            "color": "#cc0000",
            "fallback": "Disk full",
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "on db-1", "verbatim": True}}],
        }
    ],
    "parse": "none",
    "link_names": False,
    "metadata": {"event_type": "alert_notification", "event_payload": {"delivery": "d1"}},
}
NO_PREVIEWS: Final = {"unfurl_links": False, "unfurl_media": False}

Ask = Callable[[SlackClient], Awaitable[Answer | Identity]]
EVERY_CALL: Final[dict[str, Ask]] = {
    "identify": lambda client: client.identify(TOKEN),
    "post": lambda client: client.send(TOKEN, post("C1", MESSAGE, "d1")),
    "edit": lambda client: client.send(TOKEN, edit(MessageRef("C1", "1.2"), MESSAGE, "d1")),
    "reply": lambda client: client.send(TOKEN, reply(MessageRef("C1", "1.2"), MESSAGE, "d1", broadcast=True)),
}
every_call = pytest.mark.parametrize("ask", EVERY_CALL.values(), ids=EVERY_CALL.keys())


@asynccontextmanager
async def calling(base_url: str, timeout_s: float = 5.0) -> AsyncIterator[SlackClient]:
    client = SlackClient(base_url, timeout_s)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
async def client(slack: Emulator) -> AsyncIterator[SlackClient]:
    async with calling(f"{slack.url}/api/") as client:
        yield client


async def posted(client: SlackClient, channel: str = "C1") -> MessageRef:
    answer = await client.send(TOKEN, post(channel, MESSAGE, "d0"))
    assert isinstance(answer, Accepted)
    return MessageRef(answer.channel, answer.ts)


async def test_a_post_says_exactly_this(slack: Emulator, client: SlackClient) -> None:
    answer = await client.send(TOKEN, post("C1", MESSAGE, "d1"))

    [call] = slack.calls
    assert (call.method, call.token) == ("chat.postMessage", TOKEN)
    assert call.args == {"channel": "C1", **SHOWN, **NO_PREVIEWS}
    [shown] = slack.visible("T1", "C1")
    assert answer == Accepted("C1", shown.ts)
    assert slack.anomalies == []


async def test_a_post_to_a_name_is_answered_with_the_channels_id(slack: Emulator, client: SlackClient) -> None:
    answer = await client.send(TOKEN, post("#alerts", MESSAGE, "d1"))

    assert isinstance(answer, Accepted)
    assert answer.channel == "C1"


async def test_an_edit_says_exactly_this_where_the_message_stands(slack: Emulator, client: SlackClient) -> None:
    place = await posted(client)

    answer = await client.send(TOKEN, edit(place, MESSAGE, "d1"))

    call = slack.calls[-1]
    assert call.method == "chat.update"
    assert call.args == {"channel": "C1", "ts": place.ts, **SHOWN}
    assert answer == Accepted("C1", place.ts)
    assert len(slack.visible("T1", "C1")) == 1
    assert slack.anomalies == []


async def test_an_edit_to_less_clears_what_was_there(slack: Emulator, client: SlackClient) -> None:
    place = await posted(client)

    await client.send(TOKEN, edit(place, SlackMessage("all is well"), "d1"))

    message = slack.channel("T1", "C1").messages[place.ts]
    assert (message.text, message.blocks, message.attachments) == ("all is well", [], [])


@pytest.mark.parametrize("broadcast", [True, False])
async def test_a_reply_says_exactly_this_in_the_thread(
    slack: Emulator, client: SlackClient, *, broadcast: bool
) -> None:
    place = await posted(client)

    answer = await client.send(TOKEN, reply(place, MESSAGE, "d1", broadcast=broadcast))

    call = slack.calls[-1]
    assert call.method == "chat.postMessage"
    also = {"reply_broadcast": True} if broadcast else {}
    assert call.args == {"channel": "C1", "thread_ts": place.ts, **SHOWN, **NO_PREVIEWS, **also}
    assert isinstance(answer, Accepted)
    assert answer.threaded
    stored = slack.channel("T1", "C1").messages[answer.ts]
    assert (stored.thread_ts, stored.broadcast) == (place.ts, broadcast)
    assert slack.anomalies == []


async def test_a_reply_whose_message_was_deleted_is_noticed_to_stand_alone(
    slack: Emulator, client: SlackClient
) -> None:
    place = await posted(client)
    slack.delete_message("T1", "C1", place.ts)

    answer = await client.send(TOKEN, reply(place, MESSAGE, "d1", broadcast=False))

    assert isinstance(answer, Accepted)
    assert not answer.threaded


async def test_a_token_says_its_workspace_and_two_tokens_of_one_bot_the_same(
    slack: Emulator, client: SlackClient
) -> None:
    slack.add_token("xoxb-again", "T1")
    slack.add_token("xoxb-other-app", "T1", app_id="A2")
    slack.add_workspace("T2", "globex")
    slack.add_token("xoxb-globex", "T2")

    mine, again, other_app, globex = [
        await client.identify(token) for token in (TOKEN, "xoxb-again", "xoxb-other-app", "xoxb-globex")
    ]

    assert isinstance(mine, Identity)
    assert mine.workspace.startswith("T1-B")
    assert again == mine
    assert len({mine, other_app, globex}) == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (TokenStatus.REVOKED, "token_revoked"),
        (TokenStatus.EXPIRED, "token_expired"),
        (TokenStatus.INACTIVE, "account_inactive"),
    ],
)
async def test_a_dead_token_is_dead_for_every_call(
    slack: Emulator, client: SlackClient, status: TokenStatus, code: str
) -> None:
    slack.set_token_status(TOKEN, status)

    assert [await ask(client) for ask in EVERY_CALL.values()] == [TokenDead(code)] * 4
    assert await client.identify("xoxb-unknown") == TokenDead("invalid_auth")


async def test_a_channel_that_cannot_be_posted_to_is_dead(slack: Emulator, client: SlackClient) -> None:
    slack.add_channel("T1", "foreign", "C2", member=False)
    slack.add_channel("T1", "old", "C3")
    slack.archive_channel("T1", "old")

    assert await client.send(TOKEN, post("C2", MESSAGE, "d1")) == ChannelDead("not_in_channel")
    assert await client.send(TOKEN, post("C3", MESSAGE, "d1")) == ChannelDead("is_archived")
    assert await client.send(TOKEN, post("#nowhere", MESSAGE, "d1")) == ChannelDead("channel_not_found")


async def test_a_message_that_is_gone_is_set_apart_from_one_that_takes_no_edits(
    slack: Emulator, client: SlackClient
) -> None:
    place = await posted(client)
    theirs = slack.add_message("T1", "C1", "hello")
    slack.delete_message("T1", "C1", place.ts)

    assert await client.send(TOKEN, edit(place, MESSAGE, "d1")) == Gone("message_not_found")
    assert await client.send(TOKEN, edit(MessageRef("C1", theirs), MESSAGE, "d1")) == Uneditable(
        "cant_update_message"
    )


async def test_a_message_that_slack_does_not_take_is_refused(client: SlackClient) -> None:
    assert await client.send(TOKEN, post("C1", SlackMessage("x", blocks=({"type": "nonsense"},)), "d1")) == Refused(
        "invalid_blocks"
    )
    assert await client.send(TOKEN, post("C1", SlackMessage(""), "d1")) == Refused("no_text")


@every_call
@pytest.mark.parametrize(
    ("kind", "done"),
    [
        (FaultKind.COMMIT_THEN_DROP, True),
        (FaultKind.COMMIT_THEN_500, True),
        (FaultKind.COMMIT_THEN_ERROR, True),
        (FaultKind.TRUNCATED_JSON, True),
        (FaultKind.DROP, False),
        (FaultKind.UNAVAILABLE_HTML, False),
    ],
)
async def test_a_call_that_may_have_been_made_is_ambiguous_and_not_repeated(
    slack: Emulator, client: SlackClient, ask: Ask, kind: FaultKind, *, done: bool
) -> None:
    slack.inject(Fault(kind))

    assert isinstance(await ask(client), Ambiguous)

    assert len(slack.calls) == 1
    if slack.calls[0].method == "chat.postMessage" and "thread_ts" not in slack.calls[0].args:
        assert len(slack.visible("T1", "C1")) == int(done)


@every_call
@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.COMMIT_THEN_HANG])
@tries_time("call to Slack")
async def test_a_call_that_hangs_is_ambiguous_after_its_time(
    slack: Emulator, ask: Ask, kind: FaultKind, beyond: int
) -> None:
    if beyond > 0:
        slack.inject(Fault(kind))
    async with calling(f"{slack.url}/api/", timeout_s=0.2 if beyond > 0 else 5) as client, asyncio.timeout(10):
        assert isinstance(await ask(client), Ambiguous) is (beyond > 0)

    assert len(slack.calls) == 1
    slack.clear_faults()


@every_call
async def test_a_slack_out_of_service_was_not_reached(slack: Emulator, client: SlackClient, ask: Ask) -> None:
    slack.inject(Fault(FaultKind.SERVICE_UNAVAILABLE))

    assert await ask(client) == Unreached("service_unavailable")
    assert len(slack.calls) == 1


@every_call
@pytest.mark.parametrize("host", [HOST, "slack.invalid"], ids=["connection refused", "no such host"])
async def test_a_slack_that_cannot_be_connected_to_was_not_reached(ask: Ask, host: str) -> None:
    async with calling(f"http://{host}:{free_port()}/api/") as client:
        assert isinstance(await ask(client), Unreached)


async def test_a_connection_that_is_never_accepted_was_not_reached() -> None:
    """The listener's queue is full, so the handshake does not end: nothing was sent."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind((HOST, 0))
        listener.listen(0)
        for early in (first, second):
            early.setblocking(False)
            early.connect_ex(listener.getsockname())
        async with calling(f"http://{HOST}:{listener.getsockname()[1]}/api/", timeout_s=0.5) as client:
            assert isinstance(await client.send(TOKEN, post("C1", MESSAGE, "d1")), Unreached)


@every_call
@pytest.mark.parametrize(
    ("asked", "span"),
    [
        (7, 7 * SECOND),
        ("7", 7 * SECOND),
        ("2.5", int(2.5 * SECOND)),
        ("0.5", SECOND),
        ("0", SECOND),
        ("-3", SECOND),
        ("999999999", 24 * HOUR),
        ("1e400", 30 * SECOND),
        ("nan", 30 * SECOND),
        ("Wed, 21 Oct 2026 07:28:00 GMT", SECOND),
        ("soon", 30 * SECOND),
    ],
)
async def test_a_limited_call_says_how_long_to_wait_whatever_slack_wrote(
    slack: Emulator, client: SlackClient, ask: Ask, asked: str, span: int
) -> None:
    slack.inject(Fault(FaultKind.RATE_LIMITED, retry_after=asked))

    answer = await ask(client)

    assert isinstance(answer, Limited)
    assert answer.retry_after == span
    assert len(slack.calls) == 1


@every_call
@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED_TEXT, FaultKind.RATE_LIMITED_HTML])
async def test_a_429_is_a_limit_whatever_its_body(
    slack: Emulator, client: SlackClient, ask: Ask, kind: FaultKind
) -> None:
    slack.inject(Fault(kind, retry_after=3))

    answer = await ask(client)

    assert isinstance(answer, Limited)
    assert answer.retry_after == 3 * SECOND
    assert len(slack.calls) == 1


async def test_a_limit_without_a_time_waits_half_a_minute(slack: Emulator, client: SlackClient) -> None:
    slack.inject(Fault(FaultKind.RATE_LIMITED_NO_HEADER))

    assert await client.send(TOKEN, post("C1", MESSAGE, "d1")) == Limited(
        Span(30 * SECOND), HoldScope.CHANNEL, "rate_limited"
    )


@pytest.mark.parametrize(
    ("code", "scope"),
    [
        ("rate_limited", HoldScope.CHANNEL),
        ("ratelimited", HoldScope.METHOD),
        ("message_limit_exceeded", HoldScope.METHOD),
    ],
)
async def test_a_limit_holds_the_channel_or_the_method_as_slack_means_it(
    slack: Emulator, client: SlackClient, code: str, scope: HoldScope
) -> None:
    slack.inject(Fault(FaultKind.RATE_LIMITED, retry_after=5, error=code))

    assert await client.send(TOKEN, post("C1", MESSAGE, "d1")) == Limited(Span(5 * SECOND), scope, code)


@asynccontextmanager
async def answering(
    body: bytes, content_type: str, status: int = 200
) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """A server that gives one answer to everything."""
    requests: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        requests.append(request)
        return web.Response(body=body, status=status, headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}/api", requests
    finally:
        await runner.cleanup()


UNREADABLE: Final = [
    (b"", "application/json"),
    (b"null", "application/json"),
    (b"[]", "application/json"),
    (b'"ok"', "application/json"),
    (b"17", "application/json"),
    (b"true", "application/json"),
    (b'{"ok":', "application/json"),
    (b"\xff\xfe", "application/json; charset=utf-8"),
    (b'{"ok":true}', "application/json; charset=nonsense"),
    (b'{"ok":true}', "application/json"),
    (b'{"ok":true,"channel":null,"ts":null}', "application/json"),
    (b'{"ok":true,"channel":17,"ts":1.5}', "application/json"),
    (b'{"ok":true,"channel":"C1","ts":"1.2"}', "text/plain"),
    (b'{"ok":false}', "application/json"),
    (b'{"ok":false,"error":null}', "application/json"),
    (b'{"ok":false,"error":{"code":1}}', "application/json"),
    (b'{"ok":"false","channel":"C1"}', "application/json"),
    (b"<html>welcome to the hotel's network</html>", "text/html"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"{" * 100_000, "application/json"),
    (b"[" * 100_000, "application/json"),
]


@pytest.mark.parametrize(("body", "content_type"), UNREADABLE)
async def test_an_answer_that_cannot_be_read_is_ambiguous(body: bytes, content_type: str) -> None:
    async with answering(body, content_type) as (url, requests), calling(url) as client:
        assert isinstance(await client.send(TOKEN, post("C1", MESSAGE, "d1")), Ambiguous)

    assert len(requests) == 1


async def test_an_identity_without_a_team_or_a_bot_is_none() -> None:
    """Everybody without one would share the budgets of one workspace."""
    for body in (b'{"ok":true}', b'{"ok":true,"team_id":"T1"}', b'{"ok":true,"team_id":null,"bot_id":"B1"}'):
        async with answering(body, "application/json") as (url, _), calling(url) as client:
            assert isinstance(await client.identify(TOKEN), Ambiguous)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 502, 503, 504])
async def test_an_error_of_something_that_is_not_slack_is_ambiguous(status: int) -> None:
    async with answering(b"<html>", "text/html", status) as (url, requests), calling(url) as client:
        answer = await client.send(TOKEN, post("C1", MESSAGE, "d1"))

    assert answer == Ambiguous(f"http_{status}")
    assert len(requests) == 1


async def test_an_answer_without_a_message_is_not_taken_for_a_thread() -> None:
    body = b'{"ok":true,"channel":"C1","ts":"1.3"}'
    async with answering(body, "application/json") as (url, _), calling(url) as client:
        answer = await client.send(TOKEN, reply(MessageRef("C1", "1.2"), MESSAGE, "d1", broadcast=False))

    assert answer == Accepted("C1", "1.3", threaded=False)


async def test_a_base_url_may_end_with_a_slash_or_not() -> None:
    body = b'{"ok":true,"channel":"C1","ts":"1.3"}'
    async with answering(body, "application/json") as (url, requests):
        for base in (url, url + "/"):
            async with calling(base) as client:
                await client.send(TOKEN, post("C1", MESSAGE, "d1"))

    assert [request.path for request in requests] == ["/api/chat.postMessage"] * 2


async def test_calls_share_one_connection() -> None:
    connections: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        body = b'{"ok":true,"channel":"C1","ts":"1.3"}'
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length:"))
                await reader.readexactly(int(length.partition(b":")[2]))
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                    + body
                )
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0)
    async with calling(f"http://{HOST}:{server.sockets[0].getsockname()[1]}/api") as client:
        answers = [await client.send(TOKEN, post("C1", MESSAGE, "d1")) for _ in range(5)]
    server.close()
    await server.wait_closed()

    assert answers == [Accepted("C1", "1.3")] * 5
    assert len(connections) == 1


async def test_a_proxy_is_not_asked_for_what_no_proxy_excludes(
    slack: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """slack-sdk reads the proxy from the environment for every address, and never NO_PROXY."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://{HOST}:{free_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, HOST)

    async with calling(f"{slack.url}/api/") as client:
        assert isinstance(await client.send(TOKEN, post("C1", MESSAGE, "d1")), Accepted)


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"ok":true,"channel":"C1","ts":"1.3"}'
    async with answering(body, "application/json") as (proxy, requests):
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.removesuffix("/api"))
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        async with calling("http://slack.invalid/api/") as client:
            assert await client.send(TOKEN, post("C1", MESSAGE, "d1")) == Accepted("C1", "1.3")

    assert len(requests) == 1


async def test_a_token_that_cannot_be_sent_raises_nothing(client: SlackClient) -> None:
    assert isinstance(await client.send("xoxb-\n", post("C1", MESSAGE, "d1")), Ambiguous | Unreached | TokenDead)
