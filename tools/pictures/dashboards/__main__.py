"""`python -m tools.pictures.dashboards FOLDER [RECORDING]`: the dashboards' pictures, from what is recorded for them.

With the name of a file the recording is kept there, or, where there is one, drawn again.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.pictures.chromium import Tab, chromium, needed_chromium
from tools.pictures.dashboards.board import Board, read_board
from tools.pictures.dashboards.page import page_of, size_of
from tools.pictures.dashboards.record import record
from tools.pictures.dashboards.recording import Recording, load, save
from tools.pictures.dashboards.traffic import SECONDS

BOARDS: Final = Path(__file__).parents[3] / "deploy" / "grafana" / "dashboards"


def main() -> None:
    """Record, unless that has been done, and draw."""
    folder, *kept = map(Path, sys.argv[1:])
    needed_chromium()
    boards = [read_board(one.read_text(encoding="utf-8")) for one in sorted(BOARDS.glob("*.json"))]
    if kept and kept[0].exists():
        recording = load(kept[0])
    else:
        recording = asyncio.run(_recorded(boards))
        for file in kept:
            save(recording, file)
    asyncio.run(take(boards, recording, folder))


async def _recorded(boards: Sequence[Board]) -> Recording:
    with tempfile.TemporaryDirectory() as scratch:
        return await record(boards, SECONDS, Path(scratch))


async def take(boards: Sequence[Board], recording: Recording, folder: Path) -> None:
    """Write `dashboard-NAME.png` of every dashboard."""
    with tempfile.TemporaryDirectory() as scratch:
        async with chromium(needed_chromium(), Path(scratch) / "profile") as tab:
            for board in boards:
                page = Path(scratch) / f"{board.uid}.html"
                await asyncio.to_thread(page.write_text, page_of(board, recording), encoding="utf-8")
                await _draw(tab, page, board, folder)


async def _draw(tab: Tab, page: Path, board: Board, folder: Path) -> None:
    await tab.resize(*size_of(board))
    await tab.open(page.as_uri())
    await tab.until(f"location.href === '{page.as_uri()}' && document.readyState === 'complete'")
    await tab.picture(folder / picture_of(board.uid))


def picture_of(uid: str) -> str:
    """The name of the picture of a dashboard."""
    return f"dashboard-{uid.removeprefix('alert-router-')}.png"


if __name__ == "__main__":
    main()
