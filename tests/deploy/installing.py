"""Wheels, and virtual environments that hold them with what their metadata requires and nothing else.

What is required is linked from the environment that runs the suite, file by file. So nothing is downloaded, it takes
seconds, and a module that is missing from a wheel's requirements cannot be imported, as after a real `pip install`.
"""

import asyncio
import sys
import venv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from typing import Final
from zipfile import Path as ZipPath
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.reading import TOP
from tests.e2e.system import Finished, clean_environment

OURS: Final = {
    "alert-router": TOP,
    "alert-router-local": TOP / "packages/alert-router-local",
    "alert-router-slack-emulator": TOP / "packages/slack-emulator",
    "alert-router-slack-view": TOP / "packages/slack-view",
}
"""Our distributions and where each is built from."""


@dataclass(frozen=True)
class Wheel:
    """A wheel that has been built."""

    path: Path

    @property
    def files(self) -> set[str]:
        """All files in it but its metadata."""
        with ZipFile(self.path) as archive:
            return {name for name in archive.namelist() if ".dist-info/" not in name}

    @property
    def metadata(self) -> Distribution:
        """Its metadata."""
        name, version = self.path.name.split("-")[:2]
        return PathDistribution(ZipPath(self.path, f"{name}-{version}.dist-info/"))


async def build_wheels(folder: Path) -> dict[str, Wheel]:
    """Build all of ours, by the name of the distribution."""
    await asyncio.gather(*(
        _succeed([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(folder / name)], source)
        for name, source in OURS.items()
    ))  # fmt: skip
    return {name: Wheel(next((folder / name).glob("*.whl"))) for name in OURS}


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    folder: Path

    async def run(self, program: str, *arguments: str) -> Finished:
        """Run a program of it to its end, in a folder without any code."""
        return await _finished([str(self.folder / "bin" / program), *arguments], self.folder)


async def install(wheels: Sequence[Wheel], folder: Path) -> Environment:
    """Make an environment with these wheels and what they require."""
    venv.create(folder, symlinks=True)
    site = folder / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    for found in _required(line for wheel in wheels for line in wheel.metadata.requires or ()):
        _link(found, site)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "--disable-pip-version-check"]
    await _succeed([*pip, "install", "--no-deps", "--no-index", *(str(wheel.path) for wheel in wheels)], folder)
    return Environment(folder)


def _required(requirements: Iterable[str]) -> Iterable[Distribution]:
    """The distributions, other than ours, that these requirements lead to."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    ahead = list(_applying(requirements, frozenset()))
    while ahead:
        name, extras = one = ahead.pop()
        if name not in OURS and one not in seen:
            seen.add(one)
            found[name] = distribution(name)
            ahead += _applying(found[name].requires or (), extras)
    return found.values()


def _applying(requirements: Iterable[str], extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The names and extras that are asked for here, when a distribution is installed with these extras."""
    for one in map(Requirement, requirements):
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield canonicalize_name(one.name), frozenset(one.extras)


def _link(found: Distribution, site: Path) -> None:
    for file in found.files or ():
        if ".." not in file.parts:
            target = site / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(Path(str(file.locate())))


async def _succeed(command: Sequence[str], folder: Path) -> None:
    done = await _finished(command, folder)
    assert done.code == 0, done


async def _finished(command: Sequence[str], folder: Path) -> Finished:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=clean_environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return Finished(process.returncode or 0, out.decode(), err.decode())
