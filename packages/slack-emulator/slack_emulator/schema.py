"""A small schema language whose failures are in Slack's words, with JSON pointers.

A check takes a value and its pointer and returns the failures; an empty list means that the value is valid. Lengths
are counted in code points, as in the generator that Slack publishes. A property that no rule names is a failure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """A broken rule: where, and the object that therefore matches no schema."""

    message: str
    pointer: str
    parent: str
    constraint: Mapping[str, Any]


Check = Callable[[object, str], list[Failure]]


def leaf(message: str, at: str, **constraint: object) -> Failure:
    """A failure of the value at `at`, in the object that contains it."""
    return Failure(message, at, at.rpartition("/")[0], constraint)


def inside(message: str, at: str, **constraint: object) -> Failure:
    """A failure of the object at `at` itself."""
    return Failure(message, at, at, constraint)


def anything(_value: object, _at: str) -> list[Failure]:
    """Accept every value, for properties that another rule checks."""
    return []


def boolean(value: object, at: str) -> list[Failure]:
    """Accept true and false."""
    return [] if isinstance(value, bool) else [leaf("must be a boolean", at, type="boolean")]


def number(value: object, at: str) -> list[Failure]:
    """Accept a number that is not a boolean."""
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return [] if good else [leaf("must provide a number", at, type="number")]


def string(least: int = 1, most: int | None = None) -> Check:
    """Accept a string of `least` to `most` code points."""

    def check(value: object, at: str) -> list[Failure]:
        if not isinstance(value, str):
            return [leaf("must provide a string", at, type="string")]
        if most is not None and len(value) > most:
            return [leaf(f"must be less than {most + 1} characters", at, type="max_length", expected=most)]
        if len(value) < least:
            return [leaf(f"must be more than {least - 1} characters", at, type="min_length", expected=least)]
        return []

    return check


def url(most: int = 3000) -> Check:
    """Accept an absolute http or https URL without whitespace."""
    length = string(1, most)

    def check(value: object, at: str) -> list[Failure]:
        failures = length(value, at)
        if failures or not isinstance(value, str):
            return failures
        scheme, mark, rest = value.partition("://")
        good = scheme.lower() in ("http", "https") and mark and rest and not any(map(str.isspace, value))
        return [] if good else [leaf("must be a valid URL", at, type="format", expected="uri")]

    return check


def enum(*allowed: object) -> Check:
    """Accept exactly the listed values."""

    def check(value: object, at: str) -> list[Failure]:
        if value in allowed and not isinstance(value, bool):
            return []
        return [leaf("must be a valid enum value", at, type="enum", expected=list(allowed))]

    return check


def array(item: Check, least: int = 1, most: int | None = None) -> Check:
    """Accept a list of `least` to `most` values, each of which `item` accepts."""

    def check(value: object, at: str) -> list[Failure]:
        if not isinstance(value, list):
            return [leaf("must provide an array", at, type="array")]
        if most is not None and len(value) > most:
            return [leaf(f"no more than {most} items allowed", at, type="max_items", expected=most)]
        if len(value) < least:
            return [leaf(f"must provide at least {least} items", at, type="min_items", expected=least)]
        return [failure for place, one in enumerate(value) for failure in item(one, f"{at}/{place}")]

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Accept an object with all of the required, any of the optional and no other properties."""
    rules = {**required, **(optional or {})}

    def check(value: object, at: str) -> list[Failure]:
        if not isinstance(value, dict):
            return [leaf("must provide an object", at, type="object")]
        failures = [
            inside(f"missing required field: {key}", at, type="required", expected=key)
            for key in required
            if key not in value
        ]
        for key, one in value.items():
            if key in rules:
                failures += rules[key](one, f"{at}/{key}")
            else:
                failures.append(inside(f"invalid additional property: {key}", at, type="additional_property"))
        return failures

    return check


def variant(kinds: Mapping[str, Check]) -> Check:
    """Accept an object whose `type` is one of the kinds, if that kind accepts it."""

    def check(value: object, at: str) -> list[Failure]:
        if not isinstance(value, dict):
            return [leaf("must provide an object", at, type="object")]
        if "type" not in value:
            return [inside("missing required field: type", at, type="required", expected="type")]
        kind = value["type"]
        if not isinstance(kind, str) or kind not in kinds:
            return [leaf(f"unsupported type: {kind}", f"{at}/type", type="enum", expected=list(kinds))]
        return kinds[kind](value, at)

    return check


def every(*checks: Check) -> Check:
    """Accept what all of the checks accept; a later one only sees what passed the earlier ones."""

    def check(value: object, at: str) -> list[Failure]:
        for one in checks:
            failures = one(value, at)
            if failures:
                return failures
        return []

    return check


def messages(failures: Iterable[Failure], root: str) -> list[str]:
    """The failures as Slack lists them: the object that matches no schema (once), then what is wrong with it."""
    lines: list[str] = []
    for failure in failures:
        preamble = f"failed to match all allowed schemas [json-pointer:{root}{failure.parent}]"
        if failure.parent and preamble not in lines:
            lines.append(preamble)
        lines.append(f"{failure.message} [json-pointer:{root}{failure.pointer}]")
    return lines


def structured(failures: Iterable[Failure]) -> list[dict[str, Any]]:
    """The failures in the form of `blocks.validate`."""
    return [
        {
            "code": "failed_constraint",
            "message": failure.message,
            "pointer": failure.pointer,
            "constraint": dict(failure.constraint),
        }
        for failure in failures
    ]
