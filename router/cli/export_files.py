"""An export of a tenant as files: its lines, and a manifest of their digests; a folder, or one zip of it."""

import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from router.control.exporting import Line
from router.errors import OperationError

MANIFEST: Final = "manifest.json"
_ZIP: Final = ".zip"


async def write_tenant(place: Path, tenant: str, lines: AsyncIterator[Line]) -> dict[str, Any]:
    """Write an export to a new folder, or to a new file where the name ends with .zip; its manifest.

    Raises:
        OperationError: it is there already, or cannot be made.
    """
    _refuse_to_replace(place)
    try:
        if place.suffix != _ZIP:
            return await _write_folder(place, tenant, lines)
        with TemporaryDirectory(dir=place.parent) as above:
            folder = Path(above, "export")
            manifest = await _write_folder(folder, tenant, lines)
            shutil.make_archive(str(place.with_suffix("")), "zip", folder)
            return manifest
    except OSError as error:
        raise OperationError(f"{place}: {error.strerror}") from None


async def _write_folder(folder: Path, tenant: str, lines: AsyncIterator[Line]) -> dict[str, Any]:
    _make(folder)
    async for line in lines:
        _append(folder / line.file, line.text)
    return _seal(folder, tenant)


def _refuse_to_replace(place: Path) -> None:
    if place.exists():
        raise OperationError(f"{place}: File exists")


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)


def _append(file: Path, line: str) -> None:
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(f"{line}\n")


def _seal(folder: Path, tenant: str) -> dict[str, Any]:
    files = [one for one in sorted(folder.rglob("*")) if one.is_file()]
    manifest = {"tenant": tenant, "files": [_entry(folder, one) for one in files]}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def _entry(folder: Path, file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"path": file.relative_to(folder).as_posix(), "bytes": file.stat().st_size, "sha256": digest}
