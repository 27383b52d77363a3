"""`make pictures`: the sample incident in every language, light and dark, drawn by `preview`."""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from router.core.model.rules.names import LANGUAGES
from tools.pictures.chromium import Tab, chromium, needed_chromium

SAMPLES: Final = Path(__file__).parents[2] / "docs" / "samples" / "incident"
_WIDTH: Final = 1180
ZONE: Final = "Europe/Paris"
EVENING: Final = datetime(2026, 11, 17, 18, 0, tzinfo=UTC)
_DRAWN: Final = "document.readyState === 'complete' && document.querySelectorAll('.panel').length"
FOLDED: Final = "document.querySelectorAll('.thread').forEach(thread => { thread.open = false; })"


async def take(folder: Path) -> None:
    """Write `incident-LANGUAGE-THEME.png` for every language and theme."""
    with tempfile.TemporaryDirectory() as scratch:
        async with chromium(needed_chromium(), Path(scratch) / "profile") as tab:
            await tab.command("Emulation.setTimezoneOverride", timezoneId=ZONE)
            await tab.stop_the_clock(EVENING.timestamp())
            for language in LANGUAGES:
                for theme in ("light", "dark"):
                    page = Path(scratch) / f"{language}-{theme}.html"
                    await run(_bodies(), "--steps", "--locale", language, "--theme", theme, "--html", str(page))
                    await draw(tab, page, folder / f"incident-{language}-{theme}.png", _WIDTH)


def _bodies() -> list[Path]:
    return sorted(SAMPLES.glob("*.json"))


async def run(bodies: Sequence[Path], *options: str) -> None:
    """Run `preview` as its readers do, on these bodies and what was recorded meanwhile."""
    webhooks = [part for path in bodies for part in ("--webhook", str(path))]
    tenant, series = str(SAMPLES / "tenant.yaml"), str(SAMPLES.parent / "series.json")
    command = ["preview", "--config", tenant, *webhooks, "--series", series, *options]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "router", *command, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait() != 0:
        raise RuntimeError(f"preview failed: {' '.join(command)}")


async def draw(tab: Tab, page: Path, picture: Path, width: int, prepared: str = "true") -> None:
    """The whole page, however long it is, once an expression of JavaScript has changed what is to be changed."""
    await tab.resize(width, 600)
    await tab.open(page.as_uri())
    await tab.until(f"location.href === '{page.as_uri()}' && {_DRAWN}")
    await tab.ask(FOLDED)
    await tab.ask(prepared)
    height = await tab.ask("document.documentElement.scrollHeight")
    await tab.resize(width, int(str(height)))
    await tab.picture(picture)


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
