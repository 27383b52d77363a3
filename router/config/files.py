"""Tenants' files on disk: one file or folders of them, all read and checked before any is used."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from router.config.document import TenantDocument
from router.config.read import read_document
from router.config.trial import Trial, untried
from router.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class TenantFile:
    """A valid file."""

    path: Path
    text: str
    document: TenantDocument


def read_files(paths: Sequence[Path], trial: Trial = untried) -> list[TenantFile]:
    """Read all files, and `*.yaml` and `*.yml` of all folders, and try what is right in its form.

    Raises:
        ConfigurationError: with the findings of all files; also where two files are of one tenant.
    """
    files: list[TenantFile] = []
    findings: list[str] = []
    for path in _expand(paths):
        try:
            text = _text(path)
            files.append(TenantFile(path, text, read_document(text, str(path), trial)))
        except ConfigurationError as error:
            findings += error.findings
    findings += _twice(files)
    if findings:
        raise ConfigurationError(*findings)
    return files


def _expand(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(one for one in path.iterdir() if one.suffix in {".yaml", ".yml"})
        if not inside:
            raise ConfigurationError(f"{path}: the folder has no *.yaml file")
        yield from inside


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: is no UTF-8 text") from None


def _twice(files: Sequence[TenantFile]) -> list[str]:
    first: dict[str, Path] = {}
    return [
        f"{file.path}: tenant {file.document.tenant} stands in {first[file.document.tenant]} already"
        for file in files
        if first.setdefault(file.document.tenant, file.path) != file.path
    ]
