"""The severities of a tenant document, worst first: names, and what else they are called."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

from router.config.suggestion import quoted
from router.config.values import word

SeverityEntry = str | Mapping[str, tuple[str, ...]]
"""The name of a severity, alone or with its aliases."""


def _severity(entry: object) -> SeverityEntry:
    """A name, or a mapping of one name to its aliases."""
    if isinstance(entry, str):
        return word(entry)
    name, aliases = next(iter(entry.items())) if isinstance(entry, Mapping) and len(entry) == 1 else ("", None)
    if not isinstance(name, str) or not isinstance(aliases, list | tuple) or not aliases:
        raise ValueError("should be a name, or one name with a list of aliases; use for example critical: [page, p1]")
    if not all(isinstance(alias, str) for alias in aliases):
        raise ValueError("has an alias that is not text; put it in quotes")
    return {word(name): tuple(map(word, aliases))}


def names_of(entry: SeverityEntry) -> tuple[str, ...]:
    """The name of a severity, and its aliases behind it."""
    if isinstance(entry, str):
        return (entry,)
    ((name, aliases),) = entry.items()
    return (name, *aliases)


def _order(entries: tuple[SeverityEntry, ...]) -> tuple[SeverityEntry, ...]:
    if not entries:
        raise ValueError("should name at least one severity, worst first")
    seen: set[str] = set()
    for name in (name for entry in entries for name in names_of(entry)):
        if name.casefold() in seen:
            raise ValueError(f"{quoted(name)} is given twice; keep one")
        seen.add(name.casefold())
    return entries


def _as_written(entry: SeverityEntry) -> object:
    return entry


SeverityText = Annotated[
    SeverityEntry,
    PlainValidator(_severity),
    PlainSerializer(_as_written),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                },
            ]
        }
    ),
]
SeverityOrder = Annotated[tuple[SeverityText, ...], AfterValidator(_order)]
