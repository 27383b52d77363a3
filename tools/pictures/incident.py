"""`make pictures`: the sample incident in every language, light and dark, drawn by `preview`."""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from router.core.model.rules.names import LANGUAGES
from tools.pictures.chromium import Tab, chromium, needed_chromium

SAMPLES: Final = Path(__file__).parents[2] / "docs" / "samples" / "incident"
_WIDTH: Final = 1180
ZONE: Final = "Europe/Paris"
_EVENING: Final = datetime(2026, 11, 17, 18, 0, tzinfo=UTC)
_DRAWN: Final = "document.readyState === 'complete' && document.querySelectorAll('.panel').length"
FOLDED: Final = "document.querySelectorAll('.thread').forEach(thread => { thread.open = false; })"


async def take(folder: Path) -> None:
    """Write `incident-LANGUAGE-THEME.png` for every language and theme."""
    with tempfile.TemporaryDirectory() as scratch:
        async with chromium(needed_chromium(), Path(scratch) / "profile") as tab:
            await tab.command("Emulation.setTimezoneOverride", timezoneId=ZONE)
            await tab.stop_the_clock(_EVENING.timestamp())
            for language in LANGUAGES:
                for theme in ("light", "dark"):
                    page = Path(scratch) / f"{language}-{theme}.html"
                    await preview(language, "--theme", theme, "--html", str(page))
                    await _draw(tab, page, folder / f"incident-{language}-{theme}.png")


async def preview(language: str, *options: str) -> None:
    """Run the command as its readers do."""
    bodies = [part for path in sorted(SAMPLES.glob("*.json")) for part in ("--webhook", str(path))]
    command = ["preview", "--config", str(SAMPLES / "tenant.yaml"), *bodies, "--steps", "--locale", language]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "router", *command, *options, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait() != 0:
        raise RuntimeError(f"preview failed: {' '.join(command)}")


async def _draw(tab: Tab, page: Path, picture: Path) -> None:
    """The whole page, however long it is."""
    await tab.resize(_WIDTH, 600)
    await tab.open(page.as_uri())
    await tab.until(f"location.href === '{page.as_uri()}' && {_DRAWN}")
    await tab.ask(FOLDED)
    height = await tab.ask("document.documentElement.scrollHeight")
    await tab.resize(_WIDTH, int(str(height)))
    await tab.picture(picture)


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
