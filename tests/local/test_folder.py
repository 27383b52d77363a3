"""Folders of embedded engines do not outlive their process for longer than until the next one is made."""

import asyncio
import sys
import tempfile
from pathlib import Path

import pytest
from alert_router_local.folder import make_folder

_OTHER = """
import sys
from alert_router_local.folder import make_folder

folder = make_folder("engine-")
(folder.path / "data").mkdir()
print(folder.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


async def test_what_a_killed_process_has_left_goes_and_what_a_living_one_has_stays(temporary: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _OTHER, env={"TMPDIR": str(temporary), "PYTHONPATH": ":".join(sys.path)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    theirs = Path((await process.stdout.readline()).decode().strip())
    make_folder("engine-").remove()
    assert _names(theirs) == {"data", "owner"}

    process.kill()
    await process.communicate()
    mine = make_folder("engine-")
    assert _names(temporary) == {mine.path.name}
    mine.remove()
    assert _names(temporary) == set()


def test_what_has_no_owner_is_left_alone(temporary: Path) -> None:
    (temporary / "engine-of-another-program").mkdir()
    (temporary / "engine-with-a-link").mkdir()
    (temporary / "engine-with-a-link" / "owner").symlink_to(temporary / "engine-of-another-program")
    make_folder("engine-").remove()
    assert _names(temporary) == {"engine-of-another-program", "engine-with-a-link"}


def _names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}
