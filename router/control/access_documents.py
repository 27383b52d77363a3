"""The access document as it is stored: planned, applied, rolled back and shown, as a tenant's configuration is."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from router.control.access.compiling import compile_access
from router.control.access.document import AccessDocument
from router.control.access.lint import lint_access
from router.control.access.reading import read_access
from router.control.change import Change, text_diff
from router.control.history import HistoryEntry
from router.core.model.instant import Instant
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError, OperationError
from router.ports.access import INSTALLATION, AccessVersions
from router.ports.audit import Difference
from router.ports.control import KeptVersion
from router.ports.provenance import UNKNOWN, Provenance

_NAME: Final = "access document"
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class AccessControl:
    """What one may do with the stored access document; whether they may is decided before."""

    versions: AccessVersions
    now: Callable[[], Instant]

    async def plan(self, text: str, name: str) -> Change:
        """What applying a text would change; `name` is what its diff and its mistakes call it.

        Raises:
            ConfigurationError: one diagnostic for each mistake; one of them may be that nobody could change it again.
        """
        document = await asyncio.to_thread(read_access, text, name)
        active = await self.versions.newest()
        if active is not None and active.text == text:
            return Change(INSTALLATION, active.version, active.version, "unchanged", "", 0, text, name)
        before = active.version if active else 0
        diff = text_diff((f"{_NAME} version {before}", active.text), (name, text)) if active else ""
        changed = _differences(_read(active), document)
        return Change(INSTALLATION, before, before + 1, _summary(changed), diff, 0, text, name)

    async def plan_rollback(self, version: int | None = None) -> Change:
        """What an earlier version would change; without `version`, the one before.

        Raises:
            OperationError: there is none such.
            ConfigurationError: this program does not take it any more.
        """
        kept = await self.versions.all()
        wanted = version or (kept[1].version if len(kept) > 1 else 0)
        earlier = next((one for one in kept if one.version == wanted), None)
        if earlier is None:
            raise _no_version(wanted)
        return await self.plan(earlier.text, f"version {earlier.version}")

    async def publish(self, change: Change, by: Provenance = UNKNOWN) -> None:
        """Store a change that was planned here as the next version; what is unchanged is not stored.

        Raises:
            ChangedMeanwhileError: the document was changed since.
        """
        if change.unchanged:
            return
        active = await self.versions.newest()
        changed = _differences(_read(active), read_access(change.text, change.source))
        await self.versions.add(change.text, change.before, by, changed)

    async def history(self) -> list[HistoryEntry]:
        """The versions, newest first, and what each of them changed."""
        kept = await self.versions.all()
        return [
            HistoryEntry(one, _summary(_differences(_read(earlier), _read(one))))
            for one, earlier in zip(kept, [*kept[1:], None], strict=False)
        ]

    async def show(self, version: int | None = None) -> KeptVersion:
        """A version; the one in force without `version`.

        Raises:
            OperationError: there is none such.
        """
        if version is None:
            found = await self.versions.newest()
        else:
            found = next((one for one in await self.versions.all() if one.version == version), None)
        if found is None:
            raise _no_version(version or 0)
        return found

    def doubts(self, text: str, name: str) -> list[Diagnostic]:
        """What of a valid text is probably not meant, or weaker than it looks."""
        return [replace(one, source=name) for one in lint_access(read_access(text, name), text, self.now())]


def _no_version(version: int) -> OperationError:
    if not version:
        return OperationError("there is no such access document", remedy="apply one: alert-router access apply FILE")
    return OperationError(f"the access document has no version {version}", remedy="see: alert-router access history")


def _read(kept: KeptVersion | None) -> AccessDocument | None:
    """The document; None where there is none, or this program cannot read it."""
    try:
        return None if kept is None else read_access(kept.text, _NAME)
    except ConfigurationError:
        return None


def _differences(before: AccessDocument | None, after: AccessDocument | None) -> tuple[Difference, ...]:
    """Each thing by its path that one has otherwise than the other, in words."""
    old, new = _facts(before), _facts(after)
    return tuple(
        Difference(path, old.get(path), new.get(path))
        for path in dict.fromkeys([*old, *new])
        if old.get(path) != new.get(path)
    )


def _facts(document: AccessDocument | None) -> dict[str, str]:
    if document is None:
        return {}
    return {**dict(_parts(document)), "four_eyes": ", ".join(sorted(document.conditions.four_eyes))}


def _parts(document: AccessDocument) -> Iterator[tuple[str, str]]:
    table = compile_access(document)
    for issuer in document.issuers:
        yield f"issuers/{issuer.name}", issuer.model_dump_json(exclude_defaults=True)
    for role in document.roles:
        yield f"roles/{role.name}", ", ".join(sorted(role.permissions))
    for some in table.bindings.values():
        for one in some:
            yield f"bindings/{one.name}", f"{one}; {one.who} {one.until} {one.networks} {one.mfa}"


def _summary(differences: Sequence[Difference]) -> str:
    """A line: what is new (+), gone (-) and otherwise (~)."""
    words = [_word(one) for one in differences]
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return f"{', '.join(words[:_SHOWN])}{more}" if words else "rewritten"


def _word(one: Difference) -> str:
    sign = "+" if one.before is None else "-" if one.after is None else "~"
    return f"{sign}{one.path}"
