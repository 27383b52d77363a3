"""Read an access document from its text, and report every mistake in it at once, where it stands."""

from collections.abc import Mapping
from typing import Final

from router.config.bounds import too_large, too_long
from router.config.read import read_checked
from router.config.validated import validated
from router.control.access.contradictions import contradictions
from router.control.access.document import AccessDocument
from router.diagnostic import Diagnostic, KeyPath

MAX_ISSUERS: Final = 20
"""Issuers of an access document: the keys of each are fetched and kept."""

MAX_ROLES: Final = 100
"""Own roles of an access document."""

MAX_BINDINGS: Final = 5_000
"""Bindings of an access document."""

_LISTS: Final[Mapping[KeyPath, int]] = {
    ("issuers",): MAX_ISSUERS,
    ("roles",): MAX_ROLES,
    ("bindings",): MAX_BINDINGS,
}


def read_access(text: str, source: str) -> AccessDocument:
    """The document; `source` is the file's name.

    Raises:
        ConfigurationError: one diagnostic for each mistake, in the order of the text.
    """
    return read_checked(text, source, check_access)


def check_access(data: object) -> AccessDocument | tuple[Diagnostic, ...]:
    """The document that plain data is, or what is wrong with it."""
    if (beyond := too_large(data)) is not None:
        return (beyond,)
    document = tuple(too_long(data, _LISTS)) or validated(data, AccessDocument)
    return document if isinstance(document, tuple) else tuple(contradictions(document)) or document
