"""The wheel that the image installs holds all that the service reads beside its code."""

import asyncio
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.deploy.reading import TOP


async def test_templates_catalogues_and_scripts_come_along(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path),
        cwd=TOP, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()

    assert beside_the_code() <= contents(tmp_path)


def beside_the_code() -> set[str]:
    own = {path for path in (TOP / "router").rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    shipped = {path for folder in ("templates", "locales") for path in (TOP / folder).rglob("*.[jp][2o]")}
    assert len(own) >= 5
    assert len(shipped) > 15
    return {path.relative_to(TOP).as_posix() for path in own} | {
        f"router/{path.relative_to(TOP).as_posix()}" for path in shipped
    }


def contents(folder: Path) -> set[str]:
    [wheel] = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        return set(archive.namelist())
