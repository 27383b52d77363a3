"""Read tenants' files from disk: files or folders of them, all checked before any is used."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.config.document.tenant import TenantDocument
from router.config.read import TemplateValidator, read_document, skip_templates
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

STDIN: Final = Path("-")
"""What people write for standard input."""


@dataclass(frozen=True, slots=True)
class TenantFile:
    """A valid file."""

    path: Path
    text: str
    document: TenantDocument


def read_files(paths: Sequence[Path], validate_templates: TemplateValidator = skip_templates) -> list[TenantFile]:
    """Read all files, and `*.yaml` and `*.yml` of all folders, and validate them.

    Raises:
        ConfigurationError: with the diagnostics of all files; also if two files belong to one tenant.
    """
    files: list[TenantFile] = []
    found: list[Diagnostic] = []
    for path in _expand(paths):
        try:
            text = read_text(path)
            files.append(TenantFile(path, text, read_document(text, str(path), validate_templates)))
        except ConfigurationError as error:
            found += error.diagnostics
    found += _duplicates(files)
    if found:
        raise ConfigurationError(*found)
    return files


def _expand(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(one for one in path.iterdir() if one.suffix in {".yaml", ".yml"})
        if not inside:
            raise ConfigurationError(Diagnostic("the folder has no *.yaml file", source=str(path)))
        yield from inside


def read_text(path: Path) -> str:
    """The text of a file, or of standard input.

    Raises:
        ConfigurationError: it cannot be read, or is not UTF-8.
    """
    try:
        return sys.stdin.buffer.read().decode() if path == STDIN else path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(Diagnostic(error.strerror or str(error), source=str(path))) from None
    except UnicodeDecodeError:
        raise ConfigurationError(Diagnostic("is not UTF-8 text", source=str(path))) from None


def _duplicates(files: Sequence[TenantFile]) -> list[Diagnostic]:
    first: dict[str, Path] = {}
    return [
        Diagnostic(f"tenant {tenant} is in {first[tenant]} already", source=str(file.path))
        for file in files
        if first.setdefault(tenant := file.document.tenant, file.path) != file.path
    ]
