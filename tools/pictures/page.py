"""`make pictures`: the emulator's page in headless Chromium at the end of a demo, light and dark."""

import asyncio
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from tools.pictures.chromium import Tab, chromium, needed_chromium, piped

_SIZE: Final = (1280, 900)
_CHANNEL: Final = "astreinte"
_WATCH: Final = "until Ctrl-C. Watch it at "
_DRAWN: Final = "location.search === '?theme={theme}' && document.querySelector('#live')?.textContent === 'live'"
_TO_THE_START: Final = "document.querySelector('.scroll').scrollTop = 0"
_QUIET: Final = "Promise.all(document.getAnimations().map(animation => animation.finished)).then(() => true)"


async def take(folder: Path) -> None:
    """Run a demo and write `page-light.png` and `page-dark.png`."""
    with tempfile.TemporaryDirectory() as scratch:
        async with _demo() as demo:
            page = await _page_of(demo)
            async with chromium(needed_chromium(), Path(scratch) / "profile") as tab:
                await _draw(tab, page, folder)


@asynccontextmanager
async def _demo() -> AsyncIterator[Process]:
    """A demo that keeps running until the end of the block."""
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "router", "demo", "--keep", stdout=PIPE, stderr=DEVNULL
    )
    try:
        yield demo
    finally:
        with suppress(ProcessLookupError):
            demo.terminate()
        await demo.communicate()


async def _page_of(demo: Process) -> str:
    """The address of the page, which the demo prints once all its alerts are in Slack."""
    async for line in piped(demo.stdout):
        _, found, address = line.decode().partition(_WATCH)
        if found:
            return address.split()[0]
    raise RuntimeError("the demo ended before it printed the address of its page")


async def _draw(tab: Tab, page: str, folder: Path) -> None:
    await tab.resize(*_SIZE)
    await tab.open(page)
    find = f"[...document.querySelectorAll('#sidebar a')].find(a => a.innerText.includes('{_CHANNEL}'))?.href"
    channel = await tab.until(find)
    for theme in ("light", "dark"):
        await tab.open(f"{channel}?theme={theme}")
        await tab.until(_DRAWN.format(theme=theme))
        await tab.ask(_TO_THE_START)
        await tab.ask(_QUIET)
        await tab.picture(folder / f"page-{theme}.png")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
