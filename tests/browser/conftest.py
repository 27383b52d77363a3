"""Tests that look with a real browser. Without one they are skipped, unless CI says that it must be there."""

import os
from collections.abc import AsyncIterator

import pytest
from slack_emulator import Emulator
from slack_emulator.page import PageServer

from tests.browser.watched import Watched
from tests.waiting import eventually
from tools.pictures.chromium import MISSING, Tab, chromium, find_chromium, needed_chromium


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and find_chromium() is None:
        if os.environ.get("CI_REQUIRES_BROWSER") == "1":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)


@pytest.fixture(scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tab]:
    """One Chromium for all tests."""
    async with chromium(needed_chromium(), tmp_path_factory.mktemp("chromium")) as tab:
        yield tab


@pytest.fixture
async def page(slack: Emulator) -> AsyncIterator[PageServer]:
    server = PageServer(slack)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def watched(browser: Tab, page: PageServer, slack: Emulator) -> AsyncIterator[Watched]:
    """The channel in the browser, live; in the end the console must have had nothing to complain of."""
    browser.complaints.clear()
    await browser.prefer("light")
    await browser.open(f"{page.url}/client/T1/C1")
    watched = Watched(browser, slack)
    await eventually(watched.live)
    yield watched
    await browser.open("about:blank")
    assert browser.complaints == []
