"""Read a tenant document from YAML text, and report every mistake in it at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from router.config.check import MAX_DIAGNOSTICS, check
from router.config.document.tenant import TenantDocument
from router.config.tree import START, Tree, read_tree
from router.diagnostic import Diagnostic, Position
from router.errors import ConfigurationError

TemplateValidator = Callable[[TenantDocument], Sequence[Diagnostic]]
"""What is wrong with the templates of a document that is valid otherwise."""


def skip_templates(_document: TenantDocument) -> Sequence[Diagnostic]:
    """Validate no template: for commands that only read a document."""
    return ()


def read_document(text: str, source: str, validate_templates: TemplateValidator = skip_templates) -> TenantDocument:
    """Read and check one document, and its templates if it is valid otherwise; `source` is the file's name.

    Raises:
        ConfigurationError: one diagnostic for each mistake, in the order of the text; at most 100 are reported.
    """
    tree = read_tree(text)
    checked = check(tree.data) if tree.complete else ()
    if isinstance(checked, TenantDocument):
        found = tree.diagnostics or _located(validate_templates(checked), tree)
        if not found:
            return checked
    else:
        found = [*tree.diagnostics, *_located(checked, tree)]
    raise ConfigurationError(*(replace(one, source=source) for one in _reported(found)))


def _located(found: Sequence[Diagnostic], tree: Tree) -> list[Diagnostic]:
    """The diagnostics with their positions; of values that the tree could not read, it has reported its own."""
    return [replace(one, position=tree.position(one)) for one in found if one.path not in tree.unread]


def _reported(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The first of them in the order of the text; the last one says that there are more."""
    reported = sorted(found, key=_position)
    if len(reported) > MAX_DIAGNOSTICS:
        more = Diagnostic("and more from here on; fix the others first", position=reported[MAX_DIAGNOSTICS].position)
        reported[MAX_DIAGNOSTICS:] = [more]
    return reported


def _position(diagnostic: Diagnostic) -> Position:
    return diagnostic.position or START
