"""The emulator's page as a person sees it: alive without a reload, in light and dark, whatever is posted."""

from urllib.parse import urlsplit

import pytest
from slack_emulator.page import PageServer

from tests.browser.watched import GREEN, RED, Watched, coloured
from tests.waiting import eventually

pytestmark = pytest.mark.browser


async def test_a_message_appears_is_edited_and_turns_green_without_a_reload(watched: Watched) -> None:
    await watched.tab.ask("window.marker = 'still the same page'")

    ts = watched.post(**coloured(RED, "FIRING disk full"))
    await watched.reads(ts, "FIRING disk full")
    await watched.painted(ts, RED)
    assert "(edited)" not in await watched.seen(ts)

    watched.edit(ts, **coloured(GREEN, "RESOLVED disk full"))
    await watched.reads(ts, "RESOLVED disk full")
    await watched.painted(ts, GREEN)

    assert "(edited)" in await watched.seen(ts)
    assert "FIRING" not in await watched.seen(ts)
    assert await watched.tab.ask("window.marker") == "still the same page"
    assert await watched.tab.ask("document.querySelectorAll('#messages > li').length") == 1


async def test_a_thread_grows_and_stays_folded_if_the_reader_folded_it(watched: Watched) -> None:
    ts = watched.post(text="parent")
    watched.post(text="first reply", thread_ts=ts)
    await watched.reads(ts, "first reply")
    await watched.tab.ask("document.querySelector('.thread > summary').click()")
    watched.post(text="second reply", thread_ts=ts)
    await watched.reads(ts, "2 replies")

    assert "second reply" not in await watched.seen(ts)
    assert await watched.tab.ask("document.querySelector('.thread').open") is False


async def test_a_broadcast_stands_in_the_channel_too(watched: Watched) -> None:
    parent = watched.post(text="parent")
    reply = watched.post(text="news", thread_ts=parent, reply_broadcast=True)

    await watched.reads(parent, "Also sent to the channel")
    await watched.reads(reply, "replied to a thread: parent")


async def test_who_was_pinged_can_be_seen(watched: Watched) -> None:
    watched.slack.allow_mention("T1", "<!subteam^S012>")
    ts = watched.post(text="<!subteam^S012> disk full")

    await watched.reads(ts, "pinged @S012")


async def test_light_and_dark_follow_the_system_until_the_reader_chooses(watched: Watched) -> None:
    async def colours() -> tuple[str, str]:
        return await watched.style("main", "backgroundColor"), await watched.style("main", "color")

    light = await colours()
    await watched.tab.prefer("dark")
    dark = await colours()
    assert light == ("rgb(255, 255, 255)", "rgb(29, 28, 29)")
    assert dark == ("rgb(26, 29, 33)", "rgb(209, 210, 211)")

    button = "document.getElementById('theme')"
    await watched.tab.ask(f"{button}.click()")
    assert await watched.tab.ask(f"{button}.textContent") == "Theme: light"
    assert await colours() == light
    await watched.tab.ask(f"{button}.click()")
    await watched.tab.prefer("light")
    assert await colours() == dark
    await watched.tab.ask(f"{button}.click()")
    assert await colours() == light


async def test_hostile_text_is_only_read(watched: Watched) -> None:
    hostile = (
        "\"><img src=x onerror='window.hacked=1'><script>window.hacked=1</script><javascript:window.hacked=1|go>"
    )
    ts = watched.post(**coloured(RED, hostile))
    await watched.reads(ts, "window.hacked=1")

    inside = f"document.getElementById('m{ts}')"
    assert await watched.tab.ask(f"{inside}.querySelectorAll('img, script, [href^=javascript]').length") == 0
    assert await watched.tab.ask("window.hacked") is None


async def test_nothing_but_the_page_itself_is_loaded(watched: Watched, page: PageServer) -> None:
    ts = watched.post(text="<https://x.test/a.png|a picture>")
    await watched.reads(ts, "a picture")

    loaded = await watched.tab.ask("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert isinstance(loaded, list)
    assert {urlsplit(url).netloc for url in loaded} <= {urlsplit(page.url).netloc}


async def test_other_channels_are_one_key_away_and_state_what_is_new(watched: Watched) -> None:
    watched.slack.add_channel("T1", "second", "C2")
    links = "[...document.querySelectorAll('#sidebar a')].map(link => link.innerText.trim())"
    await eventually(lambda: watched.tab.ask(f"{links}.length === 2"))
    watched.slack.add_message("T1", "C2", "hello")
    await eventually(lambda: watched.tab.ask("document.querySelectorAll('#sidebar a.unread').length === 1"))

    await watched.tab.press("ArrowDown", alt=True)
    await eventually(lambda: watched.tab.ask("location.pathname === '/client/T1/C2'"))
    await eventually(watched.live)
    await eventually(lambda: watched.tab.ask("document.querySelectorAll('#sidebar a.unread').length === 0"))


async def test_a_lost_page_is_found_again(watched: Watched, page: PageServer) -> None:
    port = int(page.url.rpartition(":")[2])
    await watched.tab.ask("window.marker = 'still the same page'")
    await page.stop()
    await eventually(lambda: watched.tab.ask("document.getElementById('live').dataset.state === 'lost'"))
    await page.start(port=port)
    ts = watched.post(text="meanwhile")
    await watched.reads(ts, "meanwhile")
    await eventually(watched.live)

    assert await watched.tab.ask("window.marker") == "still the same page"
    assert all("ERR_CONNECTION_REFUSED" in one or "ERR_INCOMPLETE" in one for one in watched.tab.complaints)
    watched.tab.complaints.clear()


async def test_on_a_phone_the_messages_come_first_and_the_channels_are_a_tap_away(watched: Watched) -> None:
    shown = "getComputedStyle(document.getElementById('sidebar')).display !== 'none'"
    menu = "getComputedStyle(document.querySelector('.menu')).display !== 'none'"
    assert await watched.tab.ask(shown)
    assert not await watched.tab.ask(menu)

    await watched.tab.resize(390, 844)
    await eventually(lambda: watched.tab.ask(menu))
    assert not await watched.tab.ask(shown)
    await watched.tab.ask("document.querySelector('.menu').click()")

    assert await watched.tab.ask(shown)
    assert await watched.tab.ask("document.querySelector('.menu').ariaExpanded") == "true"
