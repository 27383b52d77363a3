"""All that is doubtful in a valid document, with its place in the text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from router.config.document.tenant import TenantDocument
from router.config.lint.charts import missing_charts
from router.config.lint.inhibition import doubtful_rules
from router.config.lint.matchers import doubtful_matchers, needless_patterns
from router.config.lint.near import nearly_too_much
from router.config.lint.personal import doubtful_personal
from router.config.lint.routes import doubtful_routes
from router.config.lint.unused import unused_names
from router.config.tree import START, read_tree
from router.diagnostic import Diagnostic, Position

_MOST: Final = 100
"""How many of each kind are reported for one file."""

_KINDS: Final[Sequence[Callable[[TenantDocument], Iterator[Diagnostic]]]] = (
    doubtful_matchers,
    needless_patterns,
    doubtful_routes,
    unused_names,
    doubtful_rules,
    missing_charts,
    doubtful_personal,
    nearly_too_much,
)


def lint(document: TenantDocument, text: str) -> list[Diagnostic]:
    """What is probably not meant, in the order of the text that the document was read from."""
    return located((one for kind in _KINDS for one in islice(kind(document), _MOST)), text)


def misread(document: TenantDocument, text: str) -> list[Diagnostic]:
    """Of all that, what decides differently than its author thinks: the matchers."""
    return located(islice(doubtful_matchers(document), _MOST), text)


def located(found: Iterable[Diagnostic], text: str) -> list[Diagnostic]:
    """The diagnostics with their places in the text, in its order."""
    diagnostics = list(found)
    if not diagnostics:
        return []
    tree = read_tree(text)
    return sorted((replace(one, position=tree.position(one)) for one in diagnostics), key=_position)


def _position(diagnostic: Diagnostic) -> Position:
    return diagnostic.position or START
