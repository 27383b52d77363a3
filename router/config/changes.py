"""Summarize what a new document changes, in one line for the person who applies it.

Named entries (receivers) are compared by name, so that moving one does not change the others. A list that has become
longer or shorter is reported as a whole, because nobody can know which of its entries is new.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final, TypeGuard

from router.config.document.tenant import TenantDocument
from router.config.suggestion import quoted
from router.diagnostic import one_line

_SHOWN: Final = 3
_Path = tuple[str, ...]


def summary(before: TenantDocument | None, after: TenantDocument) -> str:
    """The changes, the first few by name; "the same rules, written differently" if there are none."""
    if before is None:
        return "new tenant"
    found = changes(before, after)
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return "; ".join(found[:_SHOWN]) + more or "the same rules, written differently"


def changes(before: TenantDocument, after: TenantDocument) -> list[str]:
    """What differs, key by key, in the order of the documents."""
    return list(map(one_line, _changes(before.plain(), after.plain(), ())))


def _changes(before: object, after: object, path: _Path) -> Iterator[str]:
    if before == after:
        return
    old, new = _keyed(before, after), _keyed(after, before)
    if old is None or new is None:
        yield f"{'.'.join(path)}: {_shown(before)} -> {_shown(after)}"
        return
    for key in dict.fromkeys((*old, *new)):
        inner = (*path, key)
        if key not in old:
            yield f"{'.'.join(inner)}: added"
        elif key not in new:
            yield f"{'.'.join(inner)}: removed"
        else:
            yield from _changes(old[key], new[key], inner)


def _keyed(value: object, other: object) -> Mapping[str, object] | None:
    """A mapping, or a list of entries as one: by name, or by position if both lists are equally long."""
    if isinstance(value, Mapping):
        return value
    if not _entries(value) or not _entries(other):
        return None
    if all("name" in one for one in (*value, *other)):
        return {str(one["name"]): one for one in value}
    return {str(place): one for place, one in enumerate(value)} if len(value) == len(other) else None


def _entries(value: object) -> TypeGuard[list[Mapping[str, object]]]:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return quoted(value)
    if _entries(value):
        return "1 entry" if len(value) == 1 else f"{len(value)} entries"
    return quoted(json.dumps(value, ensure_ascii=False))
