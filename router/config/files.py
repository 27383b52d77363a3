"""Read tenants' files from disk: files or folders of them, all checked before any is used."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.config.document.tenant import TenantDocument
from router.config.joined import joined
from router.config.parts import is_platform_alone, is_rules_alone, platform_of, read_platform, read_rules
from router.config.read import TemplateValidator, Written, document_of, parse, skip_templates
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

STDIN: Final = Path("-")
"""What people write for standard input."""


@dataclass(frozen=True, slots=True)
class TenantFile:
    """A valid file; its text has both parts, also where those stand in two files."""

    path: Path
    text: str
    document: TenantDocument


def read_files(paths: Sequence[Path], validate_templates: TemplateValidator = skip_templates) -> list[TenantFile]:
    """Read all files, and `*.yaml` and `*.yml` of all folders, and validate them.

    A file with the tenant's part alone needs one with the operator's part of the same tenant among them.

    Raises:
        ConfigurationError: with the diagnostics of all files; also if two files belong to one tenant.
    """
    files: list[TenantFile] = []
    found: list[Diagnostic] = []
    every = list(_expand(paths))
    written = list(_written(every, found))
    for one, platform in _paired(written):
        try:
            files.append(_file(one, platform, validate_templates))
        except ConfigurationError as error:
            found += error.diagnostics
    found += _duplicates((one.document.tenant, str(one.path)) for one in files)
    found += _duplicates((_tenant(one), one.name) for one in written if is_platform_alone(one))
    if found:
        places = {str(path): place for place, path in enumerate(every)}
        raise ConfigurationError(*sorted(found, key=lambda one: places.get(one.source, len(places))))
    return files


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A valid file of a folder: a tenant's part, the operator's, or both, also where those stand in two files."""

    path: Path
    tenant: TenantId
    text: str


def read_folder(folder: Path, validate_templates: TemplateValidator = skip_templates) -> list[FolderFile]:
    """Read the files of a folder, each part beside the other where both are there; a part alone is taken as it is.

    Raises:
        ConfigurationError: with the diagnostics of all files; also if two files belong to one tenant, or it is not a
            folder.
    """
    if not folder.is_dir():
        raise ConfigurationError(Diagnostic("is not a folder of tenants' files", source=str(folder)))
    found: list[Diagnostic] = []
    files: list[FolderFile] = []
    for one, platform in _paired(list(_written(_expand([folder]), found))):
        try:
            files.append(_folder_file(one, platform, validate_templates))
        except ConfigurationError as error:
            found += error.diagnostics
    found += _duplicates((one.tenant, str(one.path)) for one in files)
    if found:
        raise ConfigurationError(*found)
    return files


def _folder_file(one: Written, platform: Written | None, validate_templates: TemplateValidator) -> FolderFile:
    if platform is None and is_rules_alone(one):
        return FolderFile(Path(one.name), read_rules(one, validate_templates=validate_templates).tenant, one.text)
    if is_platform_alone(one):
        return FolderFile(Path(one.name), read_platform(one).tenant, one.text)
    read = _file(one, platform, validate_templates)
    return FolderFile(read.path, read.document.tenant, read.text)


def read_platform_files(paths: Sequence[Path]) -> list[tuple[TenantId, Written]]:
    """Read all files, and those of all folders, with the operator's part alone, and validate them.

    Raises:
        ConfigurationError: with the diagnostics of all files; also if two files belong to one tenant.
    """
    found: list[Diagnostic] = []
    read: list[tuple[TenantId, Written]] = []
    for one in _written(_expand(paths), found):
        try:
            read.append((read_platform(one).tenant, one))
        except ConfigurationError as error:
            found += error.diagnostics
    found += _duplicates((tenant, one.name) for tenant, one in read)
    if found:
        raise ConfigurationError(*found)
    return read


def read_rules_file(path: Path) -> TenantFile:
    """Read one file to try its rules, which need no operator's part.

    Raises:
        ConfigurationError: it is a folder, cannot be read, or is not valid.
    """
    if path.is_dir():
        raise ConfigurationError(Diagnostic("is a folder; name one tenant's file", source=str(path)))
    text = read_text(path)
    return TenantFile(path, text, read_rules_text(text, str(path)))


def read_rules_text(text: str, name: str) -> TenantDocument:
    """The document of a text to try its rules; `name` is what its mistakes call it.

    Raises:
        ConfigurationError: it is not valid.
    """
    written = parse(text, name)
    return (read_rules if is_rules_alone(written) else document_of)(written)


def _written(paths: Iterable[Path], found: list[Diagnostic]) -> Iterator[Written]:
    for path in paths:
        try:
            yield parse(read_text(path), str(path))
        except ConfigurationError as error:
            found += error.diagnostics


def _paired(written: Sequence[Written]) -> Iterator[tuple[Written, Written | None]]:
    """Each file, and beside the tenant's part the operator's, which is none of its own then."""
    operators = {_tenant(one): one for one in written if is_platform_alone(one)}
    paired = {_tenant(one) for one in written if is_rules_alone(one)}
    for one in written:
        if not is_platform_alone(one) or _tenant(one) not in paired:
            yield one, operators.get(_tenant(one)) if is_rules_alone(one) else None


def _tenant(written: Written) -> str:
    return str(written.keys.get("tenant"))


def _file(written: Written, platform: Written | None, validate_templates: TemplateValidator) -> TenantFile:
    if platform is None:
        document = document_of(written, validate_templates=validate_templates)
        return TenantFile(Path(written.name), written.text, document)
    beside = platform_of(read_platform(platform), platform.name)
    document = read_rules(written, platform=beside, validate_templates=validate_templates)
    return TenantFile(Path(written.name), joined(written, platform), document)


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


def _duplicates(named: Iterable[tuple[str, str]]) -> list[Diagnostic]:
    first: dict[str, str] = {}
    return [
        Diagnostic(f"tenant {tenant} is in {first[tenant]} already", source=name)
        for tenant, name in named
        if first.setdefault(tenant, name) != name
    ]
