"""A tenant document from YAML text; for a person, every mistake of a file in one look."""

from router.config.check import MAX_PROBLEMS, check
from router.config.document import TenantDocument
from router.config.finding import Place, Problem
from router.config.tree import read_tree
from router.config.trial import Trial, untried
from router.errors import ConfigurationError


def read_document(text: str, source: str, trial: Trial = untried) -> TenantDocument:
    """Read and check one document, and try it where it is right; `source` is what findings call the file.

    Raises:
        ConfigurationError: with one finding a mistake, `FILE:LINE:COLUMN: path: what is wrong and what to do`, in
            the order of the text; after a hundred the rest waits for the next look.
    """
    tree = read_tree(text)
    document = check(tree.data) if tree.complete else ()
    if isinstance(document, TenantDocument) and not tree.problems:
        document = tuple(trial(document)) or document
    if isinstance(document, TenantDocument) and not tree.problems:
        return document
    found = list(tree.problems)
    if not isinstance(document, TenantDocument):
        found += [(tree.place(problem), problem) for problem in document if problem.loc not in tree.unread]
    found.sort(key=_position)
    if len(found) > MAX_PROBLEMS:
        found[MAX_PROBLEMS:] = [(found[MAX_PROBLEMS][0], Problem((), "and more from here on; mend the others first"))]
    raise ConfigurationError(*(_line(source, place, problem) for place, problem in found))


def _position(finding: tuple[Place, Problem]) -> Place:
    return finding[0]


def _line(source: str, place: Place, problem: Problem) -> str:
    return f"{source}:{place.line}:{place.column}: {problem}"
