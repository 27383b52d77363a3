"""Name what a newer description of the control API takes back of an older one, so that no client breaks unnoticed.

    python -m tools.api.compare OLDER.json NEWER.json

A removed operation, parameter, property or answer; what has become required of requests, or is not promised any more
of answers; a value that is not taken any more; another type. What is only added breaks nobody.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

Json = Mapping[str, Any]
_BODY: Final = "application/json"
_MAX_DEPTH: Final = 12
_NULLABLE: Final = "nullable"
_EVERY: Final = "additionalProperties"


def breaking(older: Json, newer: Json) -> list[str]:
    """A line for each thing that a client of the older one may miss, in the order of the older one."""
    return list(_paths(older, newer))


def _paths(older: Json, newer: Json) -> Iterator[str]:
    for path, methods in older["paths"].items():
        for method, one in methods.items():
            name, other = f"{method.upper()} {path}", newer["paths"].get(path, {}).get(method)
            if other is None:
                yield f"{name}: removed"
            else:
                yield from (f"{name}: {line}" for line in _operation((older, one), (newer, other)))


def _operation(old: tuple[Json, Json], new: tuple[Json, Json]) -> Iterator[str]:
    (older, one), (newer, other) = old, new
    before = {(each["in"], each["name"]): each for each in one.get("parameters", ())}
    after = {(each["in"], each["name"]): each for each in other.get("parameters", ())}
    for key, each in before.items():
        label = f"{key[0]} {key[1]}"
        if key not in after:
            yield f"{label}: removed"
            continue
        yield from _requires(label, each, after[key])
        yield from _request(label, (older, each.get("schema", {})), (newer, after[key].get("schema", {})))
    for key, each in after.items():
        if key not in before and each.get("required"):
            yield f"{key[0]} {key[1]}: required, and was not there"
    yield from _bodies(old, new)
    for status, answer in one.get("responses", {}).items():
        if status < "300":
            yield from _answers(status, (older, answer), (newer, other.get("responses", {}).get(status)))


def _requires(label: str, one: Json, other: Json) -> Iterator[str]:
    if other.get("required") and not one.get("required"):
        yield f"{label}: has become required"


def _bodies(old: tuple[Json, Json], new: tuple[Json, Json]) -> Iterator[str]:
    before, after = (one.get("requestBody", {}) for _, one in (old, new))
    if after:
        yield from _requires("body", before, after)
    for kind, one in before.get("content", {}).items():
        other = after.get("content", {}).get(kind)
        if other is None:
            yield f"body {kind}: not taken any more"
        else:
            yield from _request("body", (old[0], one.get("schema", {})), (new[0], other.get("schema", {})))


def _answers(status: str, old: tuple[Json, Json], new: tuple[Json, Json | None]) -> Iterator[str]:
    newer, other = new
    if other is None:
        yield f"answer {status}: removed"
        return
    for kind, one in old[1].get("content", {}).items():
        if kind not in other.get("content", {}):
            yield f"answer {status} {kind}: removed"
        else:
            schemas = one.get("schema", {}), other["content"][kind].get("schema", {})
            yield from _answer(f"answer {status}", (old[0], schemas[0]), (newer, schemas[1]))


def _request(label: str, old: tuple[Json, Json], new: tuple[Json, Json], depth: int = 0) -> Iterator[str]:
    """What a client sends: it may not have to send more, nor be refused what was taken."""
    one, other = _resolved(*old), _resolved(*new)
    yield from _types(label, one, other)
    if "enum" in other and (gone := [value for value in one.get("enum", ()) if value not in other["enum"]]):
        yield f"{label}: {', '.join(map(str, gone))} not taken any more"
    if "enum" in other and "enum" not in one:
        yield f"{label}: takes only some values"
    if one.get(_NULLABLE) and not other.get(_NULLABLE):
        yield f"{label}: null not taken any more"
    for name in other.get("required", ()):
        if name not in one.get("required", ()):
            yield f"{label}.{name}: has become required"
    yield from _below(label, (old[0], one), (new[0], other), depth, _request)


def _answer(label: str, old: tuple[Json, Json], new: tuple[Json, Json], depth: int = 0) -> Iterator[str]:
    """What a client reads: what was promised has to be there."""
    one, other = _resolved(*old), _resolved(*new)
    yield from _types(label, one, other)
    if other.get(_NULLABLE) and not one.get(_NULLABLE) and one:
        yield f"{label}: may be null now"
    for name in one.get("required", ()):
        if name in other.get("properties", {}) and name not in other.get("required", ()):
            yield f"{label}.{name}: not promised any more"
    yield from _below(label, (old[0], one), (new[0], other), depth, _answer)


def _types(label: str, one: Json, other: Json) -> Iterator[str]:
    if "type" in one and one["type"] != other.get("type"):
        yield f"{label}: was {one['type']}, is {other.get('type', 'anything')}"


def _below(label: str, old: tuple[Json, Json], new: tuple[Json, Json], depth: int, look: Any) -> Iterator[str]:  # noqa: ANN401
    (older, one), (newer, other) = old, new
    if depth > _MAX_DEPTH:
        return
    for name, each in one.get("properties", {}).items():
        if name not in other.get("properties", {}):
            yield f"{label}.{name}: removed"
        else:
            yield from look(f"{label}.{name}", (older, each), (newer, other["properties"][name]), depth + 1)
    every, others = one.get(_EVERY, {}), other.get(_EVERY, {})
    if isinstance(every, dict) and isinstance(others, dict) and every:
        yield from look(f"{label}.*", (older, every), (newer, others), depth + 1)
    if "items" in one and "items" in other:
        yield from look(f"{label}[]", (older, one["items"]), (newer, other["items"]), depth + 1)


def _resolved(document: Json, schema: Json) -> Json:
    """The schema that a reference names, and of one that may be null what it is else."""
    other = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(other) == 1:
        return {**_resolved(document, other[0]), _NULLABLE: True}
    if "$ref" not in schema:
        return schema
    found: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return {**found, **{name: value for name, value in schema.items() if name != "$ref"}}


if __name__ == "__main__":
    lines = breaking(*(json.loads(Path(one).read_text(encoding="utf-8")) for one in sys.argv[1:3]))
    for line in lines:
        print(line)  # noqa: T201 - it is a command
    sys.exit(1 if lines else 0)
