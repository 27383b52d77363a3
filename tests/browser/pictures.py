"""`make pictures`: the emulator's page in headless Chromium at the end of a demo, light and dark."""

import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from tests.browser.chromium import Tab, chromium, needed_chromium
from tests.e2e.system import service
from tests.waiting import eventually

_SIZE: Final = (1280, 900)
_CHANNEL: Final = "astreinte"
_LAST_WORDS: Final = 'The same with "resolved"'
_DRAWN: Final = "location.search === '?theme={theme}' && document.querySelector('#live')?.textContent === 'live'"
_TO_THE_START: Final = "document.querySelector('.scroll').scrollTop = 0"
_QUIET: Final = "Promise.all(document.getAnimations().map(animation => animation.finished)).then(() => true)"


async def take(folder: Path) -> None:
    """Run a demo and write `page-light.png` and `page-dark.png`."""
    with tempfile.TemporaryDirectory() as scratch:
        async with service(Path(scratch) / "demo.log", "demo", "--keep") as demo:
            said = await _until_invited(demo)
            async with chromium(needed_chromium(), Path(scratch) / "profile") as tab:
                await _draw(tab, _page_of(said), folder)
            demo.terminate()
            await demo.wait()


async def _until_invited(demo: asyncio.subprocess.Process) -> str:
    said = ""
    assert demo.stdout is not None
    async for line in demo.stdout:
        said += line.decode()
        if line.decode().startswith(_LAST_WORDS):
            return said
    raise AssertionError(f"the demo ended: {said}")


def _page_of(said: str) -> str:
    return said.partition("Watch it at ")[2].split()[0]


async def _draw(tab: Tab, page: str, folder: Path) -> None:
    await tab.resize(*_SIZE)
    await tab.open(page)
    find = f"[...document.querySelectorAll('#sidebar a')].find(a => a.innerText.includes('{_CHANNEL}'))?.href"
    channel = await eventually(lambda: tab.ask(find))
    for theme in ("light", "dark"):
        await tab.open(f"{channel}?theme={theme}")
        await eventually(partial(tab.ask, _DRAWN.format(theme=theme)), within_s=30)
        await tab.ask(_TO_THE_START)
        await tab.ask(_QUIET)
        await tab.picture(folder / f"page-{theme}.png")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
