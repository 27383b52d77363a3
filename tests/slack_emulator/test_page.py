"""The page's addresses, its headers, and its feed: everything at first, then only what changed."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_emulator import Emulator
from slack_emulator.page import PageServer
from slack_emulator.page.window import Window
from slack_view import Appearance

from tests.slack_emulator.conftest import Call

Json = dict[str, Any]


@pytest.fixture
async def page(served: Emulator) -> AsyncIterator[PageServer]:
    server = PageServer(served)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def here(page: PageServer, alerts: str) -> str:
    """The channel's place in the page."""
    return f"T1/{alerts}"


async def get(http: aiohttp.ClientSession, page: PageServer, path: str) -> tuple[aiohttp.ClientResponse, str]:
    async with http.get(page.url + path) as response:
        return response, await response.text()


class Feed:
    """The events of one reader."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self) -> Json:
        async for line in self._response.content:
            if line.startswith(b"data: "):
                event: Json = json.loads(line.removeprefix(b"data: "))
                return event
        raise AssertionError("the feed has ended")

    async def ended(self) -> bool:
        return b"data: " not in await self._response.content.read()


@pytest.fixture
async def feed(page: PageServer, http: aiohttp.ClientSession, here: str) -> AsyncIterator[Feed]:
    async with http.get(f"{page.url}/feed/{here}") as response:
        assert response.content_type == "text/event-stream"
        yield Feed(response)


async def test_the_page_is_complete_without_its_script(
    page: PageServer, http: aiohttp.ClientSession, here: str, post: Call
) -> None:
    post(text="one <script>")
    for path in ("/", f"/client/{here}"):
        response, html = await get(http, page, path)

        assert response.status == 200
        assert response.content_type == "text/html"
        assert "one <span>&lt;script&gt;</span>" in html
        assert f'href="/client/{here}"' in html


async def test_the_policy_allows_what_this_answer_brought_and_nothing_else(
    page: PageServer, http: aiohttp.ClientSession
) -> None:
    response, html = await get(http, page, "/")
    again, _ = await get(http, page, "/")
    policy = response.headers["Content-Security-Policy"]
    [nonce] = set(re.findall('nonce="([^"]+)"', html))

    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:" in policy
    assert "unsafe" not in policy
    assert policy != again.headers["Content-Security-Policy"]
    assert re.findall(r"\bsrc=|@import|url\(|\sstyle=|\son[a-z]+=\"", html) == []


@pytest.mark.parametrize("path", ["/", "/feed?once=1", "/nowhere", "/client/T1/C404", "/?theme=pink"])
async def test_every_answer_is_guarded(page: PageServer, http: aiohttp.ClientSession, path: str) -> None:
    response, _ = await get(http, page, path)

    assert response.headers.getall("X-Content-Type-Options") == ["nosniff"]
    assert response.headers.getall("X-Frame-Options") == ["DENY"]
    assert response.headers.getall("Referrer-Policy") == ["no-referrer"]
    assert response.headers.getall("Cache-Control") == ["no-store"]
    assert "Server" not in response.headers


@pytest.mark.parametrize(
    "path",
    ["/client/T1/C404", "/client/T404/C1", "/feed/T1/C404", "/client/T1", "/nowhere", "/docs", "/openapi.json"],
)
async def test_what_is_not_there_is_not_found(page: PageServer, http: aiohttp.ClientSession, path: str) -> None:
    response, printed = await get(http, page, path)

    assert response.status == 404
    assert "<" not in printed


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_the_page_only_looks(page: PageServer, http: aiohttp.ClientSession, here: str, method: str) -> None:
    for path in ("/", f"/client/{here}", "/feed", f"/feed/{here}"):
        async with http.request(method, page.url + path, data=b"x") as response:
            assert response.status == 405


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_theme_can_be_asked_for(page: PageServer, http: aiohttp.ClientSession, theme: str) -> None:
    _, html = await get(http, page, f"/?theme={theme}")

    assert f'<html lang="en" data-theme="{theme}">' in html


async def test_once_gives_all_there_is_as_json(
    page: PageServer, http: aiohttp.ClientSession, here: str, post: Call
) -> None:
    ts = post(text="one")["ts"]
    for path in ("/feed", f"/feed/{here}"):
        response, printed = await get(http, page, f"{path}?once=1")
        update = json.loads(printed)

        assert response.content_type == "application/json"
        assert update["title"] == "#alerts · acme"
        assert update["order"] == list(update["messages"]) == [ts]
        assert set(update["pieces"]) == {"sidebar", "channel", "banner"}


async def test_the_feed_begins_with_everything_and_goes_on_with_what_changed(
    feed: Feed, post: Call, call: Call, alerts: str
) -> None:
    empty = await feed.next()
    first = post(text="one")["ts"]
    posted = await feed.next()
    second = post(text="two")["ts"]
    more = await feed.next()
    call("chat.update", channel=alerts, ts=first, text="one, edited")
    edited = await feed.next()

    assert (empty["order"], set(empty["pieces"])) == ([], {"sidebar", "channel", "banner"})
    assert (posted["order"], list(posted["messages"])) == ([first], [first])
    assert (more["order"], list(more["messages"])) == ([first, second], [second])
    assert (edited["order"], list(edited["messages"])) == ([first, second], [first])
    assert "one, edited" in edited["messages"][first]["html"]
    assert "(edited)" in edited["messages"][first]["html"]
    assert posted["messages"][first]["version"] != edited["messages"][first]["version"]
    assert set(edited["pieces"]) == {"sidebar"}


async def test_the_feed_tells_replies_reactions_and_deletions(
    feed: Feed, post: Call, call: Call, alerts: str, emulator: Emulator
) -> None:
    await feed.next()
    ts = post(text="one")["ts"]
    await feed.next()
    post(text="a reply", thread_ts=ts)
    replied = await feed.next()
    call("reactions.add", channel=alerts, timestamp=ts, name="eyes")
    reacted = await feed.next()
    alone = post(text="alone")["ts"]
    await feed.next()
    emulator.delete_message("T1", alerts, alone)
    deleted = await feed.next()

    assert "a reply" in replied["messages"][ts]["html"]
    assert "👀" in reacted["messages"][ts]["html"]
    assert (deleted["order"], deleted["messages"]) == ([ts], {})


async def test_a_broadcast_stands_in_the_thread_and_in_the_channel(feed: Feed, post: Call) -> None:
    await feed.next()
    ts = post(text="one")["ts"]
    await feed.next()
    reply = post(text="news", thread_ts=ts, reply_broadcast=True)["ts"]
    update = await feed.next()

    assert update["order"] == [ts, reply]
    assert "news" in update["messages"][ts]["html"]
    assert "replied to a thread" in update["messages"][reply]["html"]


async def test_an_anomaly_is_announced(feed: Feed, post: Call) -> None:
    await feed.next()
    post(text="<!channel> <b>")
    update = await feed.next()

    assert "mention_not_allowed" in update["pieces"]["banner"]["html"]


async def test_a_feed_without_any_channel_finds_the_first(http: aiohttp.ClientSession) -> None:
    emulator = Emulator()
    page = PageServer(emulator)
    await page.start()
    async with http.get(f"{page.url}/feed") as response:
        feed = Feed(response)
        assert (await feed.next())["title"] == "Slack emulator"
        emulator.add_workspace("T1", "acme")
        emulator.add_channel("T1", "alerts")
        while (await feed.next())["title"] != "#alerts · acme":
            pass
    await page.stop()


async def test_stopping_ends_the_feeds(page: PageServer, feed: Feed) -> None:
    await feed.next()
    await page.stop()

    assert await feed.ended()
    with pytest.raises(RuntimeError):
        _ = page.url


async def test_a_page_can_be_started_once_and_again_after_a_stop(page: PageServer) -> None:
    with pytest.raises(RuntimeError):
        await page.start()
    await page.stop()
    await page.stop()
    await page.start()
    assert page.url.startswith("http://127.0.0.1:")


async def test_a_busy_port_is_refused(page: PageServer, emulator: Emulator) -> None:
    port = int(page.url.rpartition(":")[2])

    with pytest.raises(OSError, match="in use"):
        await PageServer(emulator).start(port=port)


async def test_times_are_in_the_language_of_the_channel(
    page: PageServer, http: aiohttp.ClientSession, served: Emulator, alerts: str, here: str
) -> None:
    _, before = await get(http, page, f"/client/{here}")
    served.speak("T1", alerts, "fr-FR")
    _, after = await get(http, page, f"/client/{here}")

    assert 'data-language="' not in before
    assert 'data-language="fr-FR"' in after


async def test_what_slack_writes_is_in_the_language_of_the_channel_as_soon_as_it_is_known(
    served: Emulator, alerts: str, post: Call
) -> None:
    ts = post(text="one")["ts"]
    post(text="two", thread_ts=ts)
    window = Window(served, Appearance(), ("T1", alerts))

    before = window.view().messages[0].html
    served.speak("T1", alerts, "fr-FR")
    after = window.view().messages[0].html

    assert "1 reply" in before
    assert "1 réponse" in after


async def test_pinged_is_explained(page: PageServer, http: aiohttp.ClientSession, here: str, post: Call) -> None:
    post(text="<!here> disk full")
    _, html = await get(http, page, f"/client/{here}")

    assert html.count("Slack notified them when the message was posted") == 2
    assert re.search(r'<details class="pinged" [^>]*><summary>', html)
