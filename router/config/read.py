"""Read a tenant document from YAML text, and report every mistake in it at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from router.config.check import check
from router.config.document.tenant import TenantDocument
from router.config.tree import START, Tree, read_tree
from router.config.validated import MAX_DIAGNOSTICS, Document
from router.diagnostic import Diagnostic, Position
from router.errors import ConfigurationError

TemplateValidator = Callable[[TenantDocument], Sequence[Diagnostic]]
"""What is wrong with the templates of a document that is valid otherwise."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text that somebody wrote, parsed; `name` is the file's."""

    text: str
    tree: Tree
    name: str

    @property
    def keys(self) -> Mapping[str, object]:
        """The keys at the top; none where there is no mapping."""
        return self.tree.data if isinstance(self.tree.data, dict) else {}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a text in the same document: plain data, and where that comes from."""

    data: Mapping[str, object]
    name: str


NOTHING: Final = Beside({}, "")


def skip_templates(_document: TenantDocument) -> Sequence[Diagnostic]:
    """Validate no template: for commands that only read a document."""
    return ()


def parse(text: str, name: str) -> Written:
    """Parse a text; what is wrong with it is reported when its document is asked for."""
    return Written(text, read_tree(text), name)


def read_document(text: str, source: str, validate_templates: TemplateValidator = skip_templates) -> TenantDocument:
    """Read and check one document, and its templates if it is valid otherwise; `source` is the file's name.

    Raises:
        ConfigurationError: one diagnostic for each mistake, in the order of the text; at most 100 are reported.
    """
    return document_of(parse(text, source), validate_templates=validate_templates)


def read_checked(text: str, name: str, check: Callable[[object], Document | tuple[Diagnostic, ...]]) -> Document:
    """Read a document of any kind, which `check` makes of plain data.

    Raises:
        ConfigurationError: as `read_document`.
    """
    written = parse(text, name)
    checked = check(written.tree.data) if written.tree.complete else ()
    found = [*written.tree.diagnostics]
    if isinstance(checked, tuple):
        found += _located(checked, written.tree)
    elif not found:
        return checked
    raise ConfigurationError(*(replace(one, source=name) for one in _reported(found)))


def document_of(
    written: Written,
    beside: Beside = NOTHING,
    refused: Sequence[Diagnostic] = (),
    validate_templates: TemplateValidator = skip_templates,
) -> TenantDocument:
    """The document that a text makes together with what stands beside it.

    `refused` is what must not stand in this text; keys among it count as if they were not there.

    Raises:
        ConfigurationError: as `read_document`; what is wrong with the other part is named with where that comes from.
    """
    tree = written.tree
    checked = check(_together(written, beside, refused)) if tree.complete else ()
    here = [*tree.diagnostics, *_located(refused, tree)]
    if isinstance(checked, TenantDocument):
        found = here or _located(validate_templates(checked), tree)
        if not found:
            return checked
    else:
        there = [one for one in checked if _stands_beside(one, written, beside)]
        found = [*here, *_located([one for one in checked if one not in there], tree)]
        found += [replace(one, source=beside.name) for one in there]
    raise ConfigurationError(*(replace(one, source=one.source or written.name) for one in _reported(found)))


def _together(written: Written, beside: Beside, refused: Sequence[Diagnostic]) -> object:
    if not written.keys:
        return written.tree.data
    left_out = {one.path for one in refused if one.about_key}
    return {**beside.data, **{key: value for key, value in written.keys.items() if (key,) not in left_out}}


def _stands_beside(found: Diagnostic, written: Written, beside: Beside) -> bool:
    top = found.path[0] if found.path else ""
    return top in beside.data and top not in written.keys


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
