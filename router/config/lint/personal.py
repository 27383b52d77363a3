"""Labels that are said to name a person, and are used where their values outlive the person's erasure."""

from collections.abc import Iterator
from typing import Final

from router.config.document.routes import Inheritable
from router.config.document.tenant import TenantDocument
from router.config.suggestion import quoted
from router.diagnostic import Diagnostic, KeyPath

_NAME: Final = "alertname"


def doubtful_personal(document: TenantDocument) -> Iterator[Diagnostic]:
    """A personal label that names alerts or their severity, that is ignored, or that a route groups by."""
    ignored = frozenset(document.ignore_labels)
    for index, label in enumerate(document.personal.labels):
        place = ("personal", "labels", index)
        if label in {_NAME, document.severity.label}:
            message = f"{quoted(label)} is what alerts are known by, also in logs and metrics; name another label"
            yield Diagnostic(message, place)
        elif label in ignored:
            yield Diagnostic(f"{quoted(label)} is in `ignore_labels`, so that it is never stored; remove it", place)
    yield from _grouping(document.route, ("route",), frozenset(document.personal.labels))


def _grouping(route: Inheritable, path: KeyPath, personal: frozenset[str]) -> Iterator[Diagnostic]:
    for index, label in enumerate(route.group_by or ()):
        if label in personal:
            message = (
                f"{quoted(label)} names a person: its value stays in what the alert group is known by until that "
                "ends, also after an erasure; group by another label"
            )
            yield Diagnostic(message, (*path, "group_by", index))
    for index, below in enumerate(route.routes):
        yield from _grouping(below, (*path, "routes", index), personal)
