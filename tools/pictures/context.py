"""`make pictures`: the messages of an incident with chart, related alerts and history, drawn by `preview`.

The sample incident is preceded by two earlier ones, which are not in the picture, so that there is a history.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from tools.pictures.chromium import chromium, needed_chromium
from tools.pictures.incident import EVENING, SAMPLES, ZONE, draw, run

_LANGUAGES: Final = ("en", "fr")
_UNTIL: Final = 2
_WIDTH: Final = 720
_NEWEST: Final = """
    [...document.querySelectorAll('.messages > li')].filter(one => one.querySelector('.message:not(.broadcast)'))
        .slice(0, -2).concat([...document.querySelectorAll('li:has(> .broadcast), .page-title')])
        .forEach(one => one.remove())
"""
"""The incident has two messages; a reply that is also in the channel stands in their thread."""


async def take(folder: Path) -> None:
    """Write `context-LANGUAGE-THEME.png` in two languages and both themes."""
    with tempfile.TemporaryDirectory() as scratch:
        async with chromium(needed_chromium(), Path(scratch) / "profile") as tab:
            await tab.command("Emulation.setTimezoneOverride", timezoneId=ZONE)
            await tab.stop_the_clock(EVENING.timestamp())
            for language in _LANGUAGES:
                for theme in ("light", "dark"):
                    page = Path(scratch) / f"{language}-{theme}.html"
                    await run(_bodies(), "--locale", language, "--theme", theme, "--html", str(page))
                    await draw(tab, page, folder / f"context-{language}-{theme}.png", _WIDTH, _NEWEST)


def _bodies() -> list[Path]:
    return [SAMPLES.parent / "before.jsonl", *sorted(SAMPLES.glob("*.json"))[:_UNTIL]]


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
